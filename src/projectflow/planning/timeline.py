"""A project's timeline: every task's dates and slack, and the way that decides its finish."""

import asyncio
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.computed import Basis, Computed, Days, compute, worked_between
from projectflow.planning.constraints import ConstraintType
from projectflow.planning.project_plan import PlanTask, load_plan
from projectflow.projects.types import Category
from projectflow.tasks.dependencies import Dependency
from projectflow.tasks.linked import LinkedTask
from projectflow.tasks.schedule.types import Planned, Unmet

MAX_MILESTONES = 1000


class TimelineTask(Struct, frozen=True, gc=False):
    """A task on the timeline. Slack is in working minutes of its calendar."""

    id: UUID
    key: str
    title: str
    status: str
    category: Category
    assignee_id: UUID | None
    parent_id: UUID | None
    is_summary: bool
    """Whether it has sub-tasks, from which its dates, slack and progress come."""
    is_milestone: bool
    start_date: date | None
    """The plan as it is stored."""
    due_date: datetime | None
    start: datetime
    """Where the schedule puts it: at its early dates, or late for "as late as possible"."""
    finish: datetime
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack: int
    free_slack: int
    is_critical: bool
    duration_minutes: int
    duration_basis: Basis
    progress: int
    constraint_type: ConstraintType
    constraint_date: datetime | None
    deadline: datetime | None
    is_pinned: bool
    version: int
    schedule_version: int


class UnmetWish(Struct, frozen=True):
    """Something asked of a task that its dates do not keep."""

    task_id: UUID
    about: Literal["constraint", "deadline", "dependency"]
    wanted: datetime
    got: datetime
    predecessor_id: UUID | None = None
    """Of a dependency, where the reader may see it: the task that comes first."""


class TimelineMilestone(Struct, frozen=True):
    """A date of the project's."""

    id: UUID
    name: str
    due_date: date | None
    completed_at: datetime | None
    is_overdue: bool
    """Whether its day has passed, in the project's zone, and it is not completed."""


class Timeline(Struct, frozen=True):
    """A project's schedule. Moments are in UTC; days are those of `zone`."""

    project_id: UUID
    zone: str
    start: datetime | None
    finish: datetime | None
    tasks: list[TimelineTask]
    """In the order of the project's list; nothing archived or cancelled."""
    dependencies: list[Dependency]
    outside: list[LinkedTask]
    """Tasks of other projects that hold some of these, by their own plan."""
    hidden: int
    """How many more of those there are that the reader may not see."""
    milestones: list[TimelineMilestone]
    critical_path: list[UUID]
    """The critical tasks without sub-tasks, in the order of their early starts."""
    unmet: list[UnmetWish]


async def read_timeline(db: Db, actor: Actor, project_id: UUID) -> Timeline:
    """Schedule a project from its dependencies and calendars; nothing is written.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        ProjectTooLarge: more than 10,000 tasks or 50,000 dependencies.
        InvalidSchedule: names the task that cannot be scheduled.
    """
    plan = await load_plan(db, actor, project_id)
    rows = await db.fetch(
        """
        SELECT id, name, due_date, completed_at FROM milestones
        WHERE tenant_id = $1 AND project_id = $2 ORDER BY due_date, id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_MILESTONES,
    )
    timeline = await asyncio.to_thread(lambda: timeline_of(compute(plan)))
    today = Days(plan.timetables.zone).day(plan.now)
    for row in rows:
        late = row["due_date"] is not None and row["due_date"] < today and row[3] is None
        timeline.milestones.append(TimelineMilestone(*row, is_overdue=late))
    return timeline


def timeline_of(computed: Computed) -> Timeline:
    """The answer, without milestones; takes CPU as `compute` does, a quarter of it."""
    built, schedule = computed.built, computed.schedule
    plan, planned = built.plan, schedule.activities
    rolled = progress_of(computed)
    durations = durations_of(computed)
    tasks = [
        _task(computed, task, planned[task.id], durations[task.id], rolled[task.id])
        for task in plan.tasks
    ]
    return Timeline(
        project_id=plan.project_id,
        zone=built.days.zone.key,
        start=min((task.start for task in tasks), default=None),
        finish=max((task.finish for task in tasks), default=None),
        tasks=tasks,
        dependencies=[
            each
            for each in plan.dependencies
            if (other := plan.outside.get(each.depends_on_task_id)) is None or other.is_shown
        ],
        outside=[other.task for other in plan.outside.values() if other.is_shown],
        hidden=sum(not other.is_shown for other in plan.outside.values()),
        milestones=[],
        critical_path=critical_path(computed),
        unmet=[unmet_wish(computed, wish) for wish in schedule.unmet],
    )


def _task(
    computed: Computed, task: PlanTask, dates: Planned, duration: int, progress: int
) -> TimelineTask:
    built = computed.built
    summary = task.id in built.summaries
    return TimelineTask(
        id=task.id,
        key=f"{built.plan.key}-{task.number}",
        title=task.title,
        status=task.status,
        category=task.category,
        assignee_id=task.assignee_id,
        parent_id=task.parent_id,
        is_summary=summary,
        is_milestone=duration == 0 and not summary,
        start_date=task.start_date,
        due_date=task.due_date,
        start=dates.start,
        finish=dates.finish,
        early_start=dates.early_start,
        early_finish=dates.early_finish,
        late_start=dates.late_start,
        late_finish=dates.late_finish,
        total_slack=dates.total_slack,
        free_slack=dates.free_slack,
        is_critical=dates.critical,
        duration_minutes=duration,
        duration_basis=built.bases[task.id],
        progress=progress,
        constraint_type=task.constraint_type,
        constraint_date=task.constraint_date,
        deadline=task.deadline,
        is_pinned=task.is_pinned,
        version=task.version,
        schedule_version=task.schedule_version,
    )


def durations_of(computed: Computed) -> dict[UUID, int]:
    """Working minutes of each task; of a summary, the project's from its start to its finish."""
    built = computed.built
    found: dict[UUID, int] = {}
    for item in built.network.activities:
        found[item.id] = item.duration
        if item.id in built.summaries:
            dates = computed.schedule.activities[item.id]
            found[item.id] = worked_between(built.network.calendar, dates.start, dates.finish)
    return found


def progress_of(computed: Computed) -> dict[UUID, int]:
    """Percent of each task; of a summary, that of the work below it, weighed by duration."""
    built = computed.built
    work = {item.id: (item.duration or 1) for item in built.network.activities}
    parents = {item.id: item.parent_id for item in built.network.activities}
    done: dict[UUID, int] = {}
    totals: dict[UUID, tuple[int, int]] = {}
    for task in built.plan.tasks:
        if task.id in built.summaries:
            continue
        done[task.id] = 100 if task.category == "completed" else task.progress
        above = parents[task.id]
        while above is not None:
            amount, finished = totals.get(above, (0, 0))
            weight = work[task.id]
            totals[above] = (amount + weight, finished + weight * done[task.id])
            above = parents[above]
    return done | {task_id: finished // amount for task_id, (amount, finished) in totals.items()}


def critical_path(computed: Computed) -> list[UUID]:
    """The critical tasks without sub-tasks, by early start, then early finish."""
    summaries, activities = computed.built.summaries, computed.schedule.activities
    own = {task.id for task in computed.built.plan.tasks}
    found = [
        (dates.early_start, dates.early_finish, task_id)
        for task_id, dates in activities.items()
        if dates.critical and task_id in own and task_id not in summaries
    ]
    return [task_id for _, _, task_id in sorted(found)]


def unmet_wish(computed: Computed, wish: Unmet) -> UnmetWish:
    """A wish of the engine's, without naming what the reader may not see."""
    predecessor = wish.predecessor_id
    plan = computed.built.plan
    if predecessor is not None and predecessor not in computed.built.bases:
        each = next(each for each in plan.dependencies if each.id == predecessor)
        other = plan.outside[each.depends_on_task_id]
        predecessor = other.task.id if other.is_shown else None
    return UnmetWish(wish.activity_id, wish.about, wish.wanted, wish.got, predecessor)
