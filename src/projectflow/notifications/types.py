"""What the inbox takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

Kind = Literal[
    "mentioned", "assigned", "overdue", "due_soon", "commented", "unblocked", "state_changed",
    "unassigned", "project_added", "reacted",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The weightiest first: that is the one by which a group is called."""
Sort = Literal["at_once", "digest"]
"""Of mail."""
Moment = Annotated[datetime, Meta(tz=True, description="with its offset from UTC")]


class Details(Struct, frozen=True, omit_defaults=True):
    """What a sentence about it needs, as it was then."""

    old_state: str | None = None
    """Names of workflow states."""
    new_state: str | None = None
    emoji: str | None = None
    due_date: datetime | None = None


class NotifiedTask(Struct, frozen=True):
    """The task that it is about, as it is now."""

    id: UUID
    key: str
    title: str
    status: str


class Notification(Struct, frozen=True):
    """What somebody is told. It may stand for several events of one task."""

    id: UUID
    kind: Kind
    kinds: list[Kind]
    project_id: UUID
    project_name: str
    task: NotifiedTask | None
    comment_id: UUID | None
    excerpt: str | None
    """How the comment begins, while it is there."""
    actor_id: UUID | None
    """Who did it; null where nobody did, as when a date comes."""
    actor_name: str | None
    details: Details
    events: int
    last_seq: int
    read_at: datetime | None
    archived_at: datetime | None
    snoozed_until: datetime | None
    shown_at: datetime
    """When it came into the inbox, or comes back: the order of the list."""
    version: int
    created_at: datetime


COLUMNS: Final = (
    "n.id, n.kind, n.kinds, p.id, p.name, t.id, p.key || '-' || t.number, t.title, t.status,"
    " n.comment_id, left(c.body, 300), n.actor_id, a.first_name || ' ' || a.last_name, n.details,"
    " n.events, n.last_seq, n.read_at, n.archived_at, n.snoozed_until, n.shown_at, n.version,"
    " n.created_at"
)
JOINS: Final = (
    "LEFT JOIN tasks t ON t.tenant_id = $1 AND t.id = n.task_id"
    " JOIN projects p ON p.tenant_id = $1 AND p.id = coalesce(t.project_id, n.project_id)"
    " LEFT JOIN users a ON a.tenant_id = $1 AND a.id = n.actor_id"
    " LEFT JOIN comments c"
    " ON c.tenant_id = $1 AND c.id = n.comment_id AND c.deleted_at IS NULL"
)
"""To a notification `n`: its task `t`, project `p`, actor `a` and comment `c`."""


def notification_of(values: Any, *, with_comments: bool = True) -> Notification:
    """The notification of a row of `COLUMNS`; without comments it says nothing that one says."""
    row: list[Any] = list(values)
    row[13] = msgspec.json.decode(row[13], type=Details)
    if not with_comments:
        row[10] = None
    row[5:9] = [NotifiedTask(*row[5:9]) if row[5] is not None else None]
    return Notification(*row)


class NotificationFilters(Struct, frozen=True):
    """Which notifications; the inbox without any: neither archived nor snoozed."""

    unread: bool = False
    archived: bool = False
    snoozed: bool = False
    kind: Kind | None = None
    project_id: UUID | None = None


class NotificationPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to do with a notification; absent fields stay as they are.

    What is archived is read. What is snoozed leaves the inbox and comes back unread at its time;
    null brings it back at once.
    """

    is_read: bool | UnsetType = UNSET
    is_archived: bool | UnsetType = UNSET
    snoozed_until: Moment | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


class ReadAll(Struct, frozen=True, forbid_unknown_fields=True):
    """Which unread notifications to mark as read: those shown up to a moment, of a project or kind.

    At most 1,000 at a time.
    """

    up_to: Moment | UnsetType = UNSET
    project_id: UUID | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET


class ReadCount(Struct, frozen=True):
    """How many were marked; where there were more, ask again."""

    read: int
    more: bool


class UnreadCount(Struct, frozen=True):
    """How many unread notifications stand in the inbox now."""

    unread: int
