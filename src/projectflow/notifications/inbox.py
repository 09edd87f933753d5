"""The inbox: what somebody is told, and what they do with it.

Everything is asked with what the reader may see now: whoever has lost a project reads nothing of
what they were told of it, and it does not count.
"""

from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from projectflow.auth.permissions import Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record, record_all
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Forbidden, InvalidInput, NotFound, VersionConflict
from projectflow.notifications.types import (
    COLUMNS,
    JOINS,
    Moment,
    Notification,
    NotificationFilters,
    NotificationPatch,
    ReadAll,
    ReadCount,
    UnreadCount,
    notification_of,
)
from projectflow.tasks.service import VISIBLE

MAX_READ: Final = 1000
LONGEST_SNOOZE: Final = timedelta(days=366)
IN_INBOX: Final = "n.in_app AND NOT n.is_hidden"
SHOWN: Final = f"n.tenant_id = $1 AND n.user_id = $3 AND {IN_INBOX} AND t.deleted_at IS NULL"
"""Of notifications `n` with `JOINS`, those that a person has; beside `VISIBLE`."""
NO_CURSOR: Final = "$6::timestamptz IS NULL AND $7::uuid IS NULL"


class NotificationNotFound(NotFound):
    """There is no such notification."""


async def list_notifications(
    db: Db, actor: Actor, filters: NotificationFilters, *, limit: int, cursor: str | None
) -> Page[Notification]:
    """The actor's notifications, the newest first.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    after = decode_cursor(cursor, tuple[Moment, UUID])
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM notifications n {JOINS}
        WHERE {SHOWN} AND {VISIBLE} AND {_where(filters)}
          AND {NO_CURSOR if after is None else "(n.shown_at, n.id) < ($6, $7)"}
        ORDER BY n.shown_at DESC, n.id DESC LIMIT $8
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        filters.kind,
        filters.project_id,
        *(after or (None, None)),
        limit + 1,
    )
    with_comments = _may_read_comments(actor)
    found = [notification_of(row, with_comments=with_comments) for row in rows]
    return page_of(found, limit, lambda n: encode_cursor(n.shown_at, n.id))


def _where(filters: NotificationFilters) -> LiteralString:
    """The filters as SQL. One that is off names its parameter, too: each combination is one text.

    The texts are those of the indexes.
    """
    which: LiteralString = "n.archived_at IS NULL"
    if filters.archived:
        which = "n.archived_at IS NOT NULL"
    if filters.unread:
        which = f"{which} AND n.read_at IS NULL"
    when = "n.shown_at > now()" if filters.snoozed else "n.shown_at <= now()"
    kind = "$4::text IS NULL" if filters.kind is None else "$4 = ANY (n.kinds)"
    where = "$5::uuid IS NULL" if filters.project_id is None else "p.id = $5"
    return f"{which} AND {when} AND {kind} AND {where}"


def _may_read_comments(actor: Actor) -> bool:
    holding: Condition = "in_project"
    try:
        actor.must_be_allowed("comment", "read", holding)
    except Forbidden:
        return False
    return True


async def count_unread(db: Db, actor: Actor) -> UnreadCount:
    """How many unread notifications stand in the inbox: a sum of kept counts, less what is snoozed.

    Raises:
        Forbidden: the role may not read tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    unread: int = await db.fetchval(
        f"""
        SELECT coalesce(sum(c.unread), 0)::int - (
            SELECT count(*) FROM notifications n
            JOIN projects p ON p.tenant_id = $1 AND p.id = n.project_id
            WHERE n.tenant_id = $1 AND n.user_id = $3 AND {IN_INBOX} AND n.read_at IS NULL
              AND n.shown_at > now() AND {VISIBLE})::int
        FROM unread_counts c JOIN projects p ON p.tenant_id = $1 AND p.id = c.project_id
        WHERE c.tenant_id = $1 AND c.user_id = $3 AND c.unread > 0 AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
    )
    return UnreadCount(unread)


async def read_notification(db: Db, actor: Actor, notification_id: UUID) -> Notification:
    """One notification of the actor's.

    Raises:
        Forbidden: the role may not read tasks.
        NotificationNotFound: there is none, or the actor may not see what it is about.
    """
    return await _read(db, actor, notification_id, "")


async def _read(db: Db, actor: Actor, notification_id: UUID, lock: LiteralString) -> Notification:
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS} FROM notifications n {JOINS}
        WHERE {SHOWN} AND {VISIBLE} AND n.id = $4 {lock}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        notification_id,
    )
    if row is None:
        raise NotificationNotFound
    return notification_of(row, with_comments=_may_read_comments(actor))


async def update_notification(
    db: Db,
    actor: Actor,
    notification_id: UUID,
    patch: NotificationPatch,
    expected: int | None,
) -> Notification:
    """Read, archive or snooze a notification, or take any of that back.

    Raises:
        Forbidden, NotificationNotFound: as for reading it.
        InvalidInput: it is snoozed into the past or for more than a year, or archived and unread.
        VersionConflict: it was changed since; carries it as it is now.
    """
    before = await _read(db, actor, notification_id, "FOR NO KEY UPDATE OF n")
    if expected is not None and expected != before.version:
        raise VersionConflict(current=before)
    wanted = _changed(before, patch, datetime.now(UTC))
    if wanted == before:
        return before
    await db.execute(
        """
        UPDATE notifications SET read_at = $3, archived_at = $4, snoozed_until = $5, shown_at = $6,
            version = version + 1
        WHERE tenant_id = $1 AND id = $2
        """,
        actor.tenant_id,
        notification_id,
        wanted.read_at,
        wanted.archived_at,
        wanted.snoozed_until,
        wanted.shown_at,
    )
    after = await _read(db, actor, notification_id, "")
    await record(db, actor.tenant_id, actor.user_id, _change(actor, before, after))
    return after


def _changed(before: Notification, patch: NotificationPatch, now: datetime) -> Notification:
    """A notification as a patch wants it."""
    if patch.is_archived is True and (patch.is_read is False or _is_moment(patch.snoozed_until)):
        raise InvalidInput.of("is_archived", "cannot be with being unread or snoozed")
    read_at, archived_at = before.read_at, before.archived_at
    until, shown_at = before.snoozed_until, before.shown_at
    if patch.is_read is not UNSET:
        read_at = (read_at or now) if patch.is_read else None
    if patch.is_archived is not UNSET:
        archived_at = (archived_at or now) if patch.is_archived else None
    if isinstance(patch.snoozed_until, datetime):
        _check_snooze(patch.snoozed_until, now)
        if patch.is_read is True:
            raise InvalidInput.of("is_read", "cannot be with being snoozed")
        read_at, archived_at, until, shown_at = None, None, patch.snoozed_until, patch.snoozed_until
    elif patch.snoozed_until is None or patch.is_archived is True:
        until, shown_at = None, min(shown_at, now)
    if archived_at is not None:
        if patch.is_read is False:
            archived_at = None
        else:
            read_at = read_at or now
    return msgspec.structs.replace(
        before, read_at=read_at, archived_at=archived_at, snoozed_until=until, shown_at=shown_at
    )


def _is_moment(value: datetime | None | UnsetType) -> bool:
    return isinstance(value, datetime)


def _check_snooze(until: datetime, now: datetime) -> None:
    try:
        ahead = until.astimezone(UTC) - now
    except OverflowError:
        raise InvalidInput.of("snoozed_until", "is out of range") from None
    if not timedelta(0) < ahead <= LONGEST_SNOOZE:
        raise InvalidInput.of("snoozed_until", "must be in the future, within a year")


def _change(actor: Actor, before: Notification, after: Notification) -> Change:
    """The event of a change, named by what its person did."""
    fields = ("read_at", "archived_at", "snoozed_until", "shown_at")
    changed = [f for f in fields if getattr(before, f) != getattr(after, f)]
    if "snoozed_until" in changed and after.snoozed_until is not None:
        verb = "snoozed"
    elif "archived_at" in changed:
        verb = "archived" if after.archived_at is not None else "unarchived"
    elif "snoozed_until" in changed:
        verb = "unsnoozed"
    else:
        verb = "read" if after.read_at is not None else "unread"
    payload = {
        "user_id": actor.user_id,
        "before": {f: getattr(before, f) for f in changed},
        "after": {f: getattr(after, f) for f in changed},
    }
    return Change(
        f"notification.{verb}", "notification", after.id, after.version, payload, after.project_id
    )


async def read_all(db: Db, actor: Actor, which: ReadAll) -> ReadCount:
    """Mark unread notifications as read, the newest first, at most 1,000.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: the moment is out of range.
    """
    actor.must_be_allowed("task", "read", "in_project")
    filters = NotificationFilters(
        unread=True,
        kind=None if which.kind is UNSET else which.kind,
        project_id=None if which.project_id is UNSET else which.project_id,
    )
    rows = await db.fetch(
        f"""
        WITH unread AS (
            SELECT n.id FROM notifications n {JOINS}
            WHERE {SHOWN} AND {VISIBLE} AND {_where(filters)}
              AND ($6::timestamptz IS NULL OR n.shown_at <= $6)
            ORDER BY n.shown_at DESC, n.id DESC LIMIT $7 FOR NO KEY UPDATE OF n
        )
        UPDATE notifications n SET read_at = now(), version = version + 1
        FROM (SELECT id FROM unread LIMIT $8) AS chosen
        WHERE n.tenant_id = $1 AND n.id = chosen.id
        RETURNING n.id, n.version, n.project_id, n.read_at, (SELECT count(*) FROM unread) AS found
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        filters.kind,
        filters.project_id,
        None if which.up_to is UNSET else _in_range(which.up_to),
        MAX_READ + 1,
        MAX_READ,
    )
    if not rows:
        return ReadCount(0, more=False)
    changes = [
        Change(
            "notification.read",
            "notification",
            row["id"],
            row["version"],
            {
                "user_id": actor.user_id,
                "before": {"read_at": None},
                "after": {"read_at": row["read_at"]},
            },
            row["project_id"],
        )
        for row in rows
    ]
    await record_all(db, actor.tenant_id, actor.user_id, changes)
    return ReadCount(len(rows), more=rows[0]["found"] > MAX_READ)


def _in_range(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput.of("up_to", "is out of range") from None
