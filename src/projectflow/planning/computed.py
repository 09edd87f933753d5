"""A project's plan as a network, and its schedule. No SQL: this runs beside the event loop."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from projectflow.planning.constraints import OF_SUMMARIES, is_plannable
from projectflow.planning.project_plan import Outside, PlanTask, ProjectPlan
from projectflow.tasks.dependencies import Dependency
from projectflow.tasks.schedule.calendars import EPOCH_UTC, MINUTE
from projectflow.tasks.schedule.engine import schedule
from projectflow.tasks.schedule.timetable import NoWorkingTime, Timetable
from projectflow.tasks.schedule.types import (
    Activity,
    Constraint,
    InvalidSchedule,
    Link,
    LinkType,
    Network,
    Schedule,
)

DEFAULT_DURATION: Final = 480
"""Working minutes of a task that says nothing: a day of eight hours."""
Basis = Literal["given", "estimate", "dates", "default"]
"""Where a duration comes from: `duration_minutes`, the estimate, start to due, nowhere."""
TYPES: Final = {name.lower(): kind for name, kind in LinkType.__members__.items()}
KINDS: Final = {name.lower(): kind for name, kind in Constraint.__members__.items()}
UUIDS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Days:
    """Dates of a project's zone as moments, and back."""

    def __init__(self, zone: ZoneInfo) -> None:
        """Days of this zone."""
        self.zone = zone
        self._midnights: dict[date, datetime] = {}

    def begin(self, day: date) -> datetime:
        """The first moment of a day, in UTC."""
        found = self._midnights.get(day)
        if found is None:
            found = datetime.combine(day, time(), self.zone).astimezone(UTC)
            self._midnights[day] = found
        return found

    def day(self, moment: datetime) -> date:
        """The day on which a moment falls."""
        return moment.astimezone(self.zone).date()


class Built(Struct, frozen=True):
    """The network of a plan, and what was found out on the way."""

    plan: ProjectPlan
    days: Days
    network: Network
    bases: dict[UUID, Basis]
    summaries: frozenset[UUID]

    def table(self, activity: Activity) -> Timetable:
        """In whose working time a task is done."""
        if activity.calendar is None:
            return self.network.calendar
        return self.network.calendars[activity.calendar]


class Computed(Struct, frozen=True):
    """A plan, its network and the schedule of it."""

    built: Built
    schedule: Schedule


def compute(plan: ProjectPlan) -> Computed:
    """Schedule a whole plan. Takes CPU: 0.3 s for 10,000 tasks.

    Raises:
        InvalidSchedule, NoWorkingTime: as the engine; tasks are named by their keys.
    """
    built = build(plan)
    return Computed(built, schedule_of(plan, built.network))


def schedule_of(plan: ProjectPlan, network: Network) -> Schedule:
    """The engine's schedule; what cannot be scheduled is named by the keys of tasks."""
    try:
        return schedule(network)
    except (InvalidSchedule, NoWorkingTime) as error:
        keys = {str(task.id): f"{plan.key}-{task.number}" for task in plan.tasks}
        detail = UUIDS.sub(lambda found: keys.get(found[0], found[0]), error.detail)
        raise InvalidSchedule(detail) from None


def build(plan: ProjectPlan) -> Built:
    """Turn what is stored into what the engine takes (docs/scheduling.md says how)."""
    days = Days(plan.timetables.zone)
    own = {task.id for task in plan.tasks}
    summaries = frozenset(
        task.parent_id
        for task in plan.tasks
        if task.parent_id is not None and task.parent_id in own
    )
    calendars = {
        str(user_id): table
        for user_id, table in plan.timetables.people.items()
        if _works(table, plan.now)
    }
    bases: dict[UUID, Basis] = {}
    activities: list[Activity] = []
    for task in plan.tasks:
        calendar = None if task.assignee_id is None else str(task.assignee_id)
        table = calendars.get(calendar or "", plan.timetables.project)
        start = planned_start(task, days)
        try:
            duration, bases[task.id] = _duration(task, start, table)
            if start is None and task.due_date is not None and is_plannable(task.due_date):
                start = before(table, task.due_date, duration)
            elif start is not None and task.start_at != start:
                start = working_start(table, start, duration)
        except NoWorkingTime:
            raise NoWorkingTime(
                f"{plan.key}-{task.number}: there is no working time for it."
            ) from None
        activities.append(
            _activity(task, start, duration, calendar if calendar in calendars else None, own,
                      summary=task.id in summaries)
        )  # fmt: skip
    begin = _project_start(plan, days, activities)
    links: list[Link] = []
    tables = {
        item.id: calendars.get(item.calendar or "", plan.timetables.project) for item in activities
    }
    for each in plan.dependencies:
        if each.depends_on_task_id in own:
            links.append(
                Link(
                    each.depends_on_task_id,
                    each.task_id,
                    TYPES[each.type],
                    each.lag_minutes,
                    each.lag_is_elapsed,
                )
            )
            continue
        moment = _held_until(each, plan.outside, tables[each.task_id], days)
        if moment is not None:
            # A fixed point under the dependency's own id, with the lag in it already.
            moment = max(moment, begin)
            activities.append(Activity(id=each.id, actual_finish=moment, progress=100))
            links.append(Link(each.id, each.task_id, TYPES[each.type]))
    network = Network(
        start=begin,
        calendar=plan.timetables.project,
        calendars=calendars,
        activities=tuple(activities),
        links=tuple(links),
    )
    return Built(plan, days, network, bases, summaries)


def _works(table: Timetable, now: datetime) -> bool:
    """Whether somebody ever works: who never does keeps no project from having a schedule."""
    try:
        table.run(_minute(now), 1)
    except NoWorkingTime:
        return False
    return True


def planned_start(task: PlanTask, days: Days) -> datetime | None:
    """Where a task's start date puts it: to the minute where a schedule was applied to that day."""
    day = task.start_date
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        return None
    if task.start_at is not None and days.day(task.start_at) == day:
        return task.start_at
    return days.begin(day)


FIRST_DAY: Final = date(1970, 1, 2)
LAST_DAY: Final = date(2199, 12, 30)


def _duration(task: PlanTask, start: datetime | None, table: Timetable) -> tuple[int, Basis]:
    if task.duration_minutes is not None:
        return task.duration_minutes, "given"
    if task.estimated_hours:
        return int(task.estimated_hours * 60), "estimate"
    if start is not None and task.due_date is not None and is_plannable(task.due_date):
        minutes = worked_between(table, start, task.due_date)
        if minutes > 0:
            return minutes, "dates"
    return DEFAULT_DURATION, "default"


def _activity(
    task: PlanTask,
    start: datetime | None,
    duration: int,
    calendar: str | None,
    own: set[UUID],
    *,
    summary: bool,
) -> Activity:
    kind, when = KINDS[task.constraint_type], task.constraint_date
    if summary and task.constraint_type not in OF_SUMMARIES:
        kind, when = Constraint.AS_SOON_AS_POSSIBLE, None
    done = task.category == "completed" and not summary
    done_at = task.completed_at
    if done_at is None or not is_plannable(done_at):
        done_at = start or EPOCH_UTC
    begun = (task.category == "started" or task.progress > 0) and not summary
    return Activity(
        id=task.id,
        duration=duration,
        parent_id=task.parent_id if task.parent_id in own else None,
        calendar=calendar,
        constraint=kind,
        constraint_date=when,
        deadline=task.deadline,
        start=start,
        pinned=task.is_pinned and start is not None,
        actual_finish=done_at if done else None,
        progress=100 if done else max(task.progress, 1) if begun else 0,
    )


def _project_start(plan: ProjectPlan, days: Days, activities: list[Activity]) -> datetime:
    """The project's own start date; without one its first task's start; without any, today."""
    if plan.start_date is not None and FIRST_DAY <= plan.start_date <= LAST_DAY:
        return days.begin(plan.start_date)
    starts = [item.start for item in activities if item.start is not None]
    return days.begin(days.day(min(starts, default=plan.now)))


def _held_until(
    dependency: Dependency, outside: Mapping[UUID, Outside], table: Timetable, days: Days
) -> datetime | None:
    """The end of the task that another project's task holds, by that one's plan."""
    other = outside[dependency.depends_on_task_id]
    task = other.task
    moment: datetime | None = None
    if dependency.type in {"finish_to_start", "finish_to_finish"}:
        moment = task.completed_at or task.due_date
    elif task.start_date is not None and FIRST_DAY <= task.start_date <= LAST_DAY:
        exact = other.start_at is not None and days.day(other.start_at) == task.start_date
        moment = other.start_at if exact else days.begin(task.start_date)
    if moment is None or not is_plannable(moment):
        return None
    minute, lag = _minute(moment), dependency.lag_minutes
    try:
        if dependency.lag_is_elapsed:
            minute += lag
        elif lag:
            minute = table.finish_at(table.worked(minute) + lag)
        if dependency.type in {"finish_to_finish", "start_to_finish"}:
            minute = table.finish_at(table.worked(minute))
    except NoWorkingTime:
        return None
    return _moment(minute)


def worked_between(table: Timetable, start: datetime, finish: datetime) -> int:
    """Working minutes from one moment to another; below 0 the other way round."""
    return table.worked(_minute(finish)) - table.worked(_minute(start))


def before(table: Timetable, finish: datetime, duration: int) -> datetime:
    """Where a task starts that is to be finished at a moment."""
    if duration == 0:
        return _moment(table.at_or_before(_minute(finish)))
    return _moment(table.start_at(table.worked(_minute(finish)) - duration))


def working_start(table: Timetable, moment: datetime, duration: int) -> datetime:
    """The first moment from one on at which a task can start."""
    if duration == 0:
        return _moment(table.at_or_after(_minute(moment)))
    return _moment(table.run(_minute(moment), 1)[0])


def _minute(moment: datetime) -> int:
    return (moment - EPOCH_UTC) // MINUTE


def _moment(minute: int) -> datetime:
    return EPOCH_UTC + minute * MINUTE
