"""What comments take and give, and the feed of what happened."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType


class Reaction(Struct, frozen=True):
    """How many people answered a comment with an emoji, and whether the reader is one."""

    emoji: str
    count: int
    mine: bool


class Reactions(Struct, frozen=True):
    """All reactions to a comment, the oldest emoji first."""

    items: list[Reaction]


class Comment(Struct, frozen=True):
    """What somebody said about a task, in Markdown."""

    id: UUID
    task_id: UUID
    parent_id: UUID | None
    """The comment that it answers, which may have been deleted since."""
    author_id: UUID
    body: str
    version: int
    edited_at: datetime | None
    created_at: datetime
    updated_at: datetime
    mentions: list[UUID]
    """Whom it names that may see the task."""
    reactions: list[Reaction]


COMMENT_COLUMNS: Final = (
    "c.id, c.task_id, c.parent_id, c.author_id, c.body, c.version, c.edited_at, c.created_at,"
    " c.updated_at"
)
"""The columns of `Comment` in its order, up to the mentions."""
MENTIONS: Final = (
    "ARRAY(SELECT m.user_id FROM comment_mentions m"
    " WHERE m.tenant_id = $1 AND m.comment_id = c.id ORDER BY m.user_id) AS mentions"
)
CommentBody = Annotated[str, Meta(min_length=1, max_length=50_000, pattern=r"\S")]


class NewComment(Struct, frozen=True, forbid_unknown_fields=True):
    """A comment to write; with a `parent_id`, an answer to that one."""

    body: CommentBody
    id: UUID | UnsetType = UNSET
    parent_id: UUID | None = None


class CommentPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """A comment's new text."""

    body: CommentBody
    version: int | UnsetType = UNSET


Show = Literal["all", "comments", "changes"]


class Event(Struct, frozen=True):
    """A change, as the log has it."""

    seq: int
    type: str
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    entity_version: int
    project_id: UUID | None
    task_id: UUID | None
    """The task that it is about, where it is about one."""
    payload: Any
    created_at: datetime
