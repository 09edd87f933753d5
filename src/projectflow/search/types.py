"""What the search takes and gives."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

Kind = Literal["task", "project", "comment", "attachment"]
KINDS: Final[tuple[Kind, ...]] = ("task", "project", "comment", "attachment")
Engine = Literal["postgresql", "elasticsearch"]


class Piece(Struct, frozen=True):
    """A part of a text, as it is: nothing in it is markup. `hit` where it was searched for."""

    text: str
    hit: bool = False


class SearchResult(Struct, frozen=True):
    """Something that was found."""

    kind: Kind
    id: UUID
    project_id: UUID
    project_key: str
    task_id: UUID | None
    """The task itself, or the one that a comment or an attachment belongs to."""
    key: Annotated[str, Meta(description="of the task, or of the project")]
    title: list[Piece]
    """Of a comment: its task's title."""
    snippet: list[Piece] | None
    """Where in the description or comment something was found."""
    is_archived: bool
    created_at: datetime


class SearchPage(Struct, frozen=True):
    """Part of what was found, the best first. `next_cursor` is null on the last page."""

    items: list[SearchResult]
    next_cursor: str | None
    engine: Engine
    """What answered."""
    is_fallback: bool
    """Whether Elasticsearch was away, so that PostgreSQL answered in its place."""


class Question(Struct, frozen=True):
    """What is asked of an index, and which projects the asker sees."""

    tenant_id: UUID
    text: str
    kinds: tuple[Kind, ...]
    seen: list[UUID]
    """Projects whose tasks, comments and attachments may be found."""
    listed: list[UUID]
    """Projects that may be found themselves."""
    archived: bool
    most: int
    after: tuple[Any, ...] | None = None
    """The place of the hit after which to go on, as the same index gave it."""


class Hit(Struct, frozen=True):
    """Something that matches, and its place among all that does."""

    kind: Kind
    id: UUID
    place: tuple[Any, ...]


class Entry(Struct, frozen=True):
    """Something that can be found, as an index outside of the database keeps it."""

    kind: Kind
    id: UUID
    project_id: UUID
    task_id: UUID | None
    state: int
    """0 is found, 1 where the archive is searched too, 2 never."""
    title: str
    body: str
    created_at: datetime


class Name(Struct, frozen=True):
    """Which entry is meant."""

    kind: Kind
    id: UUID


class Progress(Struct, frozen=True):
    """How far a tenant's rebuild has come."""

    tenant_id: UUID
    version: int
    """The tenant's last event when it began."""
    kind: Kind
    after: UUID
    """The last entry of this kind that is written."""
    written: int = 0
    """Entries, in all steps of this run."""
