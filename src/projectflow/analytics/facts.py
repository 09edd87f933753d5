"""The facts about tasks and tracked time that the event log comes down to."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

OPEN: Final = frozenset({"backlog", "unstarted", "started"})
CATEGORIES: Final = ("backlog", "unstarted", "started", "completed", "cancelled")
QUARTER: Final = 900
DAY: Final = 86_400
NO_HOURS: Final = Decimal("0.00")
MICROSECOND: Final = timedelta(microseconds=1)


class Head(Struct, frozen=True):
    """A task as the log leaves it."""

    task_id: UUID
    project_id: UUID
    status: str
    category: str
    assignee_id: UUID | None
    estimate: Decimal | None
    start_date: date | None
    due_at: datetime | None
    is_live: bool
    created_at: datetime
    started_at: datetime | None
    """When it first came into a started state."""
    completed_at: datetime | None
    """Since when it is completed; None for what is not."""
    entered_at: datetime
    """When it came into the state that it is in."""
    touched_at: datetime
    """The moment of the last event: time does not run back within a task."""
    first_seq: int
    seq: int


class Span(Struct, frozen=True):
    """How a task was from a moment to another."""

    task_id: UUID
    place: int
    project_id: UUID
    status: str
    category: str
    assignee_id: UUID | None
    estimate: Decimal | None
    due_at: datetime | None
    starts_at: datetime
    ends_at: datetime | None
    actor_id: UUID | None
    seq: int
    enters: bool
    completes: bool
    reopens: bool
    leaves: bool
    created_at: datetime
    started_at: datetime | None
    active_us: int
    """Microseconds that it had been in started states before this."""


class Link(Struct, frozen=True):
    """A dependency of a task on another, from when to when."""

    task_id: UUID
    place: int
    dependency_id: UUID
    depends_on_task_id: UUID
    type: str
    starts_at: datetime
    ends_at: datetime | None


class Blocked(Struct, frozen=True):
    """Time in which an open task waited for another."""

    task_id: UUID
    place: int
    project_id: UUID
    category: str
    starts_at: datetime
    ends_at: datetime | None


class TimeFact(Struct, frozen=True):
    """A time entry as the log leaves it."""

    entry_id: UUID
    task_id: UUID
    project_id: UUID
    user_id: UUID
    started_at: datetime
    stopped_at: datetime | None
    is_deleted: bool
    first_seq: int
    seq: int


class TaskFacts(Struct, frozen=True):
    """All facts of one task."""

    head: Head | None = None
    spans: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()


class Step(Struct, frozen=True):
    """What a span adds to the roll-up of its project: at a moment, by column."""

    project_id: UUID
    at: datetime
    category: str
    tasks: int
    hours: Decimal
    entries: int = 0
    exits: int = 0
    completions: int = 0
    reopenings: int = 0


def steps_of(span: Span, sign: int = 1) -> list[Step]:
    """The two changes that a span is for the roll-up; `sign` -1 takes them back."""
    hours = span.estimate or Decimal(0)
    steps = [
        Step(
            span.project_id,
            span.starts_at,
            span.category,
            sign,
            sign * hours,
            entries=sign * span.enters,
            completions=sign * span.completes,
            reopenings=sign * span.reopens,
        )
    ]
    if span.ends_at is not None:
        leaving = sign * span.leaves
        steps.append(
            Step(span.project_id, span.ends_at, span.category, -sign, -sign * hours, exits=leaving)
        )
    return steps
