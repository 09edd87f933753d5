"""What somebody wants of single tasks, as the network would be then. No SQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, cast
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from projectflow.core.problems import InvalidInput
from projectflow.planning.computed import (
    FIRST_DAY,
    KINDS,
    LAST_DAY,
    Built,
    Computed,
    before,
    worked_between,
    working_start,
)
from projectflow.planning.constraints import (
    DATELESS,
    MAX_DURATION,
    OF_SUMMARIES,
    ConstraintType,
    Duration,
    TaskSchedule,
    check_schedule,
    is_plannable,
)
from projectflow.planning.project_plan import PlanTask
from projectflow.tasks.schedule.types import Activity, Network
from projectflow.tasks.types import Moment

MOVABLE = ("as_soon_as_possible", "start_no_earlier_than")
"""The constraints that a task which is dragged takes along."""


class TaskChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What one task would become. Two of start, due and duration give the third."""

    task_id: UUID
    start_date: date | UnsetType = UNSET
    """The day to start on, in the project's zone."""
    due_date: Moment | UnsetType = UNSET
    """When to finish. Without a start or duration the task gets longer or shorter."""
    duration_minutes: Duration | UnsetType = UNSET
    constraint_type: ConstraintType | UnsetType = UNSET
    constraint_date: Moment | None | UnsetType = UNSET
    is_pinned: bool | UnsetType = UNSET


Changes = Annotated[list[TaskChange], Meta(min_length=1, max_length=1000)]


class Changed(Struct, frozen=True):
    """A network with changes in it."""

    network: Network
    schedules: list[tuple[TaskSchedule, TaskSchedule]]
    """How the changed tasks are scheduled, before and after, where that differs."""
    wanted: dict[UUID, datetime]
    """The starts that were asked for."""


def apply_changes(computed: Computed, changes: Sequence[TaskChange]) -> Changed:
    """Make the wanted tasks of the network what they are to become.

    Raises:
        InvalidInput: names the change and its field.
    """
    built = computed.built
    tasks = {task.id: task for task in built.plan.tasks}
    activities = {item.id: item for item in built.network.activities}
    held = held_tasks(built)
    schedules: list[tuple[TaskSchedule, TaskSchedule]] = []
    wanted: dict[UUID, datetime] = {}
    seen: set[UUID] = set()
    for number, change in enumerate(changes):
        within = f"changes.{number}."
        task = tasks.get(change.task_id)
        if task is None:
            raise InvalidInput.of(f"{within}task_id", "is not a task of this project's timeline")
        if task.id in seen:
            raise InvalidInput.of(f"{within}task_id", "is there twice")
        seen.add(task.id)
        item = activities[task.id]
        if task.id in built.summaries:
            _check_summary(change, within)
        elif task.category == "completed":
            raise InvalidInput.of(f"{within}task_id", "is completed")
        one = _One(computed, task, item, change, within)
        after = one.changed(held=task.id in held)
        activities[task.id] = after
        if one.start is not None:
            wanted[task.id] = one.start
        schedule = schedule_of_task(task)
        if (becomes := one.schedule(schedule, after)) != schedule:
            check_schedule(becomes, within)
            schedules.append((schedule, becomes))
    begin = built.network.start
    if built.plan.start_date is None:
        begin = min(
            [begin, *(built.days.begin(built.days.day(start)) for start in wanted.values())]
        )
    network = replace(built.network, start=begin, activities=tuple(activities.values()))
    return Changed(network, schedules, wanted)


def held_tasks(built: Built) -> set[UUID]:
    """The tasks that wait for others, themselves or by what they are part of."""
    held = {link.successor_id for link in built.network.links}
    parents = {item.id: item.parent_id for item in built.network.activities}
    known: dict[UUID, bool] = {}
    for task_id in parents:
        path: list[UUID] = []
        above: UUID | None = task_id
        while above is not None and above not in held and above not in known:
            path.append(above)
            above = parents[above]
        waits = above is not None and (above in held or known[above])
        known.update(dict.fromkeys(path, waits))
    return held | {task_id for task_id, waits in known.items() if waits}


def _check_summary(change: TaskChange, within: str) -> None:
    for field in ("due_date", "duration_minutes", "is_pinned"):
        if getattr(change, field) is not UNSET:
            raise InvalidInput.of(f"{within}{field}", "comes from the sub-tasks: change those")
    if change.constraint_type is not UNSET and change.constraint_type not in OF_SUMMARIES:
        raise InvalidInput.of(
            f"{within}constraint_type",
            f"of a task with sub-tasks is one of {', '.join(OF_SUMMARIES)}",
        )


class _One:
    """One change, read."""

    def __init__(
        self, computed: Computed, task: PlanTask, item: Activity, change: TaskChange, within: str
    ) -> None:
        self.computed, self.task, self.item = computed, task, item
        self.change, self.within = change, within
        self.duration = item.duration
        self.start: datetime | None = None
        self._read_dates()

    def _read_dates(self) -> None:
        change, table = self.change, self.computed.built.table(self.item)
        start_date, due, length = change.start_date, change.due_date, change.duration_minutes
        if not isinstance(length, UnsetType):
            self.duration = length
        if isinstance(start_date, date):
            if not FIRST_DAY <= start_date <= LAST_DAY:
                raise self._wrong("start_date", "is outside of the years 1970 to 2199")
            day = self.computed.built.days.begin(start_date)
            self.start = working_start(table, day, self.duration)
        if isinstance(due, UnsetType):
            return
        if not is_plannable(due):
            raise self._wrong("due_date", "is outside of the years 1970 to 2199")
        if length is UNSET and self.item.duration:
            start = self.start or self.computed.schedule.activities[self.task.id].start
            self.duration = worked_between(table, start, due)
            if self.duration <= 0:
                raise self._wrong("due_date", "leaves no working time after the start")
            if self.duration > MAX_DURATION:
                raise self._wrong("due_date", "is too long after the start")
        elif self.start is None:
            self.start = before(table, due, self.duration)
        else:
            raise self._wrong("due_date", "follows from the start and the duration")

    def _wrong(self, field: str, message: str) -> InvalidInput:
        return InvalidInput.of(f"{self.within}{field}", message)

    def changed(self, *, held: bool) -> Activity:
        """The task as it would be."""
        item, change = self.item, self.change
        kind, when = item.constraint, item.constraint_date
        if not isinstance(change.constraint_type, UnsetType):
            kind = KINDS[change.constraint_type]
            when = None if change.constraint_type in DATELESS else when
        if not isinstance(change.constraint_date, UnsetType):
            when = change.constraint_date
        pinned = item.pinned if isinstance(change.is_pinned, UnsetType) else change.is_pinned
        start = self.start or item.start
        if pinned and start is None:
            start = self.computed.schedule.activities[item.id].start
        free = pinned or item.progress > 0 or not held
        movable = change.constraint_type is UNSET and kind.name.lower() in MOVABLE
        summary = item.id in self.computed.built.summaries
        dated = kind is KINDS["start_no_earlier_than"]
        if self.start is not None and movable and (not free or summary or dated):
            kind, when = KINDS["start_no_earlier_than"], self.start
        return replace(
            item,
            duration=self.duration,
            constraint=kind,
            constraint_date=when,
            pinned=pinned,
            start=start,
        )

    def schedule(self, before_it: TaskSchedule, after: Activity) -> TaskSchedule:
        """How the task is to be scheduled then."""
        basis = self.computed.built.bases[self.task.id]
        given = self.change.duration_minutes is not UNSET or (
            after.duration != self.item.duration and basis in {"given", "estimate"}
        )
        constraint_type, constraint_date = before_it.constraint_type, before_it.constraint_date
        if (after.constraint, after.constraint_date) != (
            self.item.constraint,
            self.item.constraint_date,
        ) or self.change.constraint_type is not UNSET:
            constraint_type = cast("ConstraintType", after.constraint.name.lower())
            constraint_date = after.constraint_date
        pinned = self.change.is_pinned
        return replace(
            before_it,
            constraint_type=constraint_type,
            constraint_date=constraint_date,
            duration_minutes=after.duration if given else before_it.duration_minutes,
            is_pinned=before_it.is_pinned if isinstance(pinned, UnsetType) else pinned,
        )


def schedule_of_task(task: PlanTask) -> TaskSchedule:
    """How a task of a plan is scheduled now."""
    return TaskSchedule(
        task.id,
        task.constraint_type,
        task.constraint_date,
        task.deadline,
        task.is_pinned,
        task.duration_minutes,
        task.progress,
        task.start_at,
        task.schedule_version,
    )
