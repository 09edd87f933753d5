"""HTTP for the inbox and for the rules that fill it."""

from uuid import UUID

from litestar import get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.notifications import inbox, rules
from projectflow.notifications.rules import NewRules, NotificationRules
from projectflow.notifications.types import (
    Kind,
    Notification,
    NotificationFilters,
    NotificationPatch,
    ReadAll,
    ReadCount,
    UnreadCount,
)


@get("/notifications", tags=["Notifications"], operation_id="listNotifications")
@reads
async def list_notifications(
    db: Db,
    actor: Actor,
    unread: FromQuery[bool] = False,
    archived: FromQuery[bool] = False,
    snoozed: FromQuery[bool] = False,
    kind: FromQuery[Kind | None] = None,
    project_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Notification]:
    """Your inbox, the newest first; or what you archived, or what is snoozed."""
    filters = NotificationFilters(unread, archived, snoozed, kind, project_id)
    return await inbox.list_notifications(db, actor, filters, limit=limit, cursor=cursor)


@get("/notifications/unread-count", tags=["Notifications"], operation_id="countUnread")
@reads
async def count_unread(db: Db, actor: Actor) -> UnreadCount:
    """How many unread notifications stand in your inbox."""
    return await inbox.count_unread(db, actor)


@post(
    "/notifications/read-all",
    tags=["Notifications"],
    operation_id="readAllNotifications",
    status_code=200,
)
@writes
async def read_all(db: Db, actor: Actor, data: JSONBody[ReadAll]) -> ReadCount:
    """Mark all as read that your inbox showed you."""
    return await inbox.read_all(db, actor, data)


@get(
    "/notifications/{notification_id:uuid}",
    tags=["Notifications"],
    operation_id="readNotification",
)
@reads
async def read_notification(db: Db, actor: Actor, notification_id: FromPath[UUID]) -> Notification:
    """One of your notifications."""
    return await inbox.read_notification(db, actor, notification_id)


@patch(
    "/notifications/{notification_id:uuid}",
    tags=["Notifications"],
    operation_id="updateNotification",
)
@writes
async def update_notification(
    db: Db,
    actor: Actor,
    notification_id: FromPath[UUID],
    data: JSONBody[NotificationPatch],
    if_match: IfMatch = None,
) -> Notification:
    """Mark one as read or unread, archive it, or have it come back later."""
    expected = expected_version(if_match, data.version)
    return await inbox.update_notification(db, actor, notification_id, data, expected)


@get("/me/notification-rules", tags=["Notifications"], operation_id="readNotificationRules")
@reads
async def read_rules(db: Db, actor: Actor) -> NotificationRules:
    """How you want to be told of what."""
    return await rules.read_rules(db, actor)


@put("/me/notification-rules", tags=["Notifications"], operation_id="setNotificationRules")
@writes
async def set_rules(
    db: Db, actor: Actor, data: JSONBody[NewRules], if_match: IfMatch = None
) -> NotificationRules:
    """Say how you want to be told of what; what is left out is as by default."""
    return await rules.set_rules(db, actor, data, expected_version(if_match, data.version))


handlers: list[ControllerRouterHandler] = [
    list_notifications,
    count_unread,
    read_all,
    read_notification,
    update_notification,
    read_rules,
    set_rules,
]
