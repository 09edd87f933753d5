"""What the schedule is made from, and what it says."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Literal
from uuid import UUID

from msgspec import Struct

from projectflow.core.problems import InvalidInput
from projectflow.tasks.schedule.timetable import Timetable


class InvalidSchedule(InvalidInput):
    """These tasks and dependencies cannot be scheduled."""


class LinkType(Enum):
    """Which end of the predecessor holds which end of the successor (numbers of MSPDI)."""

    FINISH_TO_FINISH = 0
    FINISH_TO_START = 1
    START_TO_FINISH = 2
    START_TO_START = 3


class Constraint(Enum):
    """A wish about one task's dates (numbers of MSPDI); all but the first two need a date."""

    AS_SOON_AS_POSSIBLE = 0
    AS_LATE_AS_POSSIBLE = 1
    MUST_START_ON = 2
    MUST_FINISH_ON = 3
    START_NO_EARLIER_THAN = 4
    START_NO_LATER_THAN = 5
    FINISH_NO_EARLIER_THAN = 6
    FINISH_NO_LATER_THAN = 7


class Activity(Struct, frozen=True, kw_only=True, gc=False):
    """One task as the schedule sees it; with children it is a summary, which only rolls up."""

    id: UUID
    duration: int = 0
    """Working minutes; 0 is a milestone."""
    parent_id: UUID | None = None
    calendar: str | None = None
    """A key of `Network.calendars`; None is the project's calendar."""
    constraint: Constraint = Constraint.AS_SOON_AS_POSSIBLE
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    """Bounds the late dates and moves nothing."""
    start: datetime | None = None
    """Where a task without dependencies starts, unless the project starts later."""
    pinned: bool = False
    """Scheduled by hand: it stays at `start`, whatever its dependencies say."""
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    progress: int = 0
    """Percent. Above 0 the task stays at `actual_start` or else `start`; 100 is done."""


class Link(Struct, frozen=True, gc=False):
    """A dependency between two tasks."""

    predecessor_id: UUID
    successor_id: UUID
    type: LinkType = LinkType.FINISH_TO_START
    lag: int = 0
    """Minutes between the two ends; below 0 it is a lead."""
    elapsed: bool = False
    """The lag's minutes are those of the clock, not the successor's working minutes."""


class Network(Struct, frozen=True, kw_only=True):
    """A project to schedule.

    Dates are all aware (answers are in UTC, calendars without a zone work by UTC's clock) or all
    naive (then no calendar may have a zone). Seconds are cut off.
    """

    start: datetime
    calendar: Timetable
    calendars: Mapping[str, Timetable] = {}
    activities: tuple[Activity, ...] = ()
    links: tuple[Link, ...] = ()
    critical_slack: int = 0
    """A task with at most this total slack (working minutes) is critical."""


class Planned(Struct, frozen=True, gc=False):
    """One task's dates; slack is in working minutes of the task's calendar."""

    start: datetime
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack: int
    free_slack: int
    critical: bool


class Unmet(Struct, frozen=True):
    """Something asked of a task that its dates do not keep."""

    activity_id: UUID
    about: Literal["constraint", "deadline", "dependency"]
    wanted: datetime
    """The date asked for; of a dependency, the earliest that it allows."""
    got: datetime
    predecessor_id: UUID | None = None
    """Of a dependency: the task that comes first (or the summary it was given to)."""


class Schedule(Struct, frozen=True):
    """The whole answer; `start` and `finish` are those of the project."""

    start: datetime
    finish: datetime
    activities: dict[UUID, Planned]
    unmet: tuple[Unmet, ...]
    """Ordered by task and kind."""


class Move(Struct, frozen=True):
    """A task whose planned dates differ between two schedules."""

    activity_id: UUID
    old_start: datetime
    old_finish: datetime
    start: datetime
    finish: datetime
