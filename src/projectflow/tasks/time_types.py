"""What time tracking takes and gives."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.tasks.types import Moment

MAX_MINUTES: Final = 24 * 60
Note = Annotated[str, Meta(max_length=2000)]
Minutes = Annotated[int, Meta(ge=1, le=MAX_MINUTES)]


class TimeEntry(Struct, frozen=True):
    """Time that somebody worked on a task, to the second.

    `task_key` and `task_title` are null where the task is in the trash, or in a project that the
    reader no longer belongs to: one's own time stays one's own.
    """

    id: UUID
    task_id: UUID
    task_key: str | None
    task_title: str | None
    project_id: UUID
    user_id: UUID
    started_at: datetime
    stopped_at: datetime | None
    """Null while the timer runs."""
    minutes: int | None
    """Rounded to the nearest minute; null while the timer runs."""
    note: str | None
    is_billable: bool
    version: int
    created_at: datetime
    updated_at: datetime


TIME_ENTRY_COLUMNS: Final = (
    "e.id, e.task_id, p.key || '-' || t.number AS task_key, t.title AS task_title, e.project_id,"
    " e.user_id, e.started_at, e.stopped_at,"
    " round(extract(epoch FROM e.stopped_at - e.started_at) / 60)::int AS minutes,"
    " e.note, e.is_billable, e.version, e.created_at, e.updated_at"
)
"""The columns of `TimeEntry` in its order: entry `e`, task `t` and project `p` where seen."""


class StoppedTimer(TimeEntry, frozen=True):
    """A timer that was stopped."""

    is_cut: bool
    """It had run for longer than 24 hours, and counts only the first 24."""


class StartedTimer(TimeEntry, frozen=True):
    """A timer that was started."""

    stopped: StoppedTimer | None
    """The one that ran before, when it was switched."""


class NewTimer(Struct, frozen=True, forbid_unknown_fields=True):
    """A timer to start now; `id` may be made by the client (UUIDv7)."""

    note: Note | None = None
    is_billable: bool = True
    id: UUID | UnsetType = UNSET


class TimerStop(Struct, frozen=True, forbid_unknown_fields=True):
    """When to stop a timer: now, unless it is said."""

    stopped_at: Moment | UnsetType = UNSET


class NewTimeEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Time to write down afterwards, with its end or its length. Parts of a second are dropped."""

    started_at: Moment
    stopped_at: Moment | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET
    note: Note | None = None
    is_billable: bool = True
    id: UUID | UnsetType = UNSET


class TimeEntryPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; absent fields stay as they are. `minutes` counts from the start."""

    task_id: UUID | UnsetType = UNSET
    started_at: Moment | UnsetType = UNSET
    stopped_at: Moment | UnsetType = UNSET
    minutes: Minutes | UnsetType = UNSET
    note: Note | None | UnsetType = UNSET
    is_billable: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


class TimeFilters(Struct, frozen=True):
    """Which entries: those that start at `since` or later, and before `until`."""

    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class TimesheetRow(Struct, frozen=True):
    """A task's seconds, Monday first. Key and title are null as in `TimeEntry`."""

    task_id: UUID
    task_key: str | None
    task_title: str | None
    project_id: UUID
    seconds: list[int]
    total: int


class Timesheet(Struct, frozen=True):
    """A person's week, in seconds, by the days of their own time zone. Running timers do not count.

    Time past midnight counts for the next day.
    """

    user_id: UUID
    week: str
    """As in 2026-W48 (ISO 8601)."""
    time_zone: str
    days: list[date]
    rows: list[TimesheetRow]
    """By key, at most 1,000; the sums count every task."""
    totals: list[int]
    total: int
