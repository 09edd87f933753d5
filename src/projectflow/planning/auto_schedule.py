"""Projects that schedule themselves: dependents get new dates when what they wait for moves.

The worker does it, a moment after the change and in a transaction of its own, because the rows of
tasks have to be locked before a change's events are written (docs/decisions/0017). What moves says
`caused_by`, the number of the event that led to it, and is taken back with that.

It works from how the project is now, not from what an event says: to do it twice, late, or once
for a whole burst comes to the same.
"""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import note_events
from projectflow.core.problems import InvalidInput
from projectflow.planning.auto_triggers import AutoScheduleJob
from projectflow.planning.changes import Changed, apply_changes
from projectflow.planning.computed import Built, compute, schedule_of, worked_between
from projectflow.planning.constraints import TaskSchedule
from projectflow.planning.plan_dates import NewDates, PlanChanged, lock_plan, write_plan
from projectflow.planning.project_plan import ProjectPlan, ProjectTooLarge, load_plan
from projectflow.planning.wishes import Wish, changes_of, read_wishes
from projectflow.projects.service import ProjectNotFound
from projectflow.tasks.schedule.types import Activity, InvalidSchedule

ATTEMPTS: Final = 5
NOBODY: Final = UUID(int=0)
log = structlog.get_logger()


class _Moves(Struct, frozen=True):
    dates: list[NewDates]
    schedules: list[tuple[TaskSchedule, TaskSchedule]]


async def run_auto_schedule(database: Database, job: AutoScheduleJob) -> int:
    """Give the tasks of a project that wait the dates that follow; says how many moved.

    A project that cannot be scheduled is left as it is: its timeline tells why.

    Raises:
        PlanChanged: tasks changed under our hands each time; the job is tried again later.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with database.tenant(job.tenant_id) as db:
                return await _schedule(db, job)
        except PlanChanged:
            if attempt == ATTEMPTS:
                raise
        except (InvalidSchedule, InvalidInput, ProjectTooLarge) as refused:
            log.warning(
                "auto_schedule_refused",
                project=str(job.project_id),
                caused_by=job.caused_by,
                reason=type(refused).__name__,
            )
            return 0
    return 0


async def _schedule(db: Db, job: AutoScheduleJob) -> int:
    actor = Actor(job.actor_id or NOBODY, job.tenant_id, "owner", NOBODY)
    await lock_plan(db, actor, job.project_id)
    if not await _is_automatic(db, job):
        return 0
    try:
        plan = await load_plan(db, actor, job.project_id)
    except ProjectNotFound:
        return 0
    wishes = await read_wishes(db, job.tenant_id, job.project_id, job.first_seq, job.last_seq)
    found = await asyncio.to_thread(_moves, plan, wishes)
    if not found.dates and not found.schedules:
        return 0
    await note_events(db, caused_by=job.caused_by, hops=job.hops)
    await write_plan(db, actor, plan, found.dates, found.schedules, uuid7(), job.actor_id)
    return len(found.dates)


async def _is_automatic(db: Db, job: AutoScheduleJob) -> bool:
    """Still: it may have been switched off since."""
    return await db.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM projects
            WHERE tenant_id = $1 AND id = $2 AND settings @> '{"auto_schedule": true}'
              AND deleted_at IS NULL AND status <> 'archived')
        """,
        job.tenant_id,
        job.project_id,
    )


def _moves(plan: ProjectPlan, wishes: dict[UUID, Wish]) -> _Moves:
    computed = compute(plan)
    built = computed.built
    changes = changes_of(computed, wishes)
    changed = apply_changes(computed, changes) if changes else Changed(built.network, [], {})
    after = schedule_of(plan, changed.network) if changes else computed.schedule
    activities = {item.id: item for item in built.network.activities}
    moving = _linked(built) | {change.task_id for change in changes}
    moving |= _above(built, moving | {id_ for id_ in wishes if id_ in activities})
    dates = [
        new
        for task in plan.tasks
        if task.id in moving
        and (task.id in built.summaries or not _stays(activities[task.id]))
        and _differs(
            built,
            new := NewDates(
                task,
                built.days.day(after.activities[task.id].start),
                after.activities[task.id].finish,
                after.activities[task.id].start,
            ),
            activities[task.id],
        )
    ]
    return _Moves(dates, changed.schedules)


def _stays(item: Activity) -> bool:
    return item.pinned or item.progress == 100


def _linked(built: Built) -> set[UUID]:
    """The tasks that wait for others or are waited for, themselves or by what they are part of."""
    own = {task.id for task in built.plan.tasks}
    ends = {end for link in built.network.links for end in (link.predecessor_id, link.successor_id)}
    linked = ends & own
    parents = {item.id: item.parent_id for item in built.network.activities}
    found: set[UUID] = set()
    for task_id in own:
        above: UUID | None = task_id
        while above is not None and above not in linked:
            above = parents[above]
        if above is not None:
            found.add(task_id)
    return found


def _above(built: Built, tasks: set[UUID]) -> set[UUID]:
    """What these tasks are part of."""
    parents = {item.id: item.parent_id for item in built.network.activities}
    found: set[UUID] = set()
    for task_id in tasks:
        above = parents[task_id]
        while above is not None and above not in found:
            found.add(above)
            above = parents[above]
    return found


def _differs(built: Built, new: NewDates, item: Activity) -> bool:
    """Whether a task is elsewhere: an end after hours is the same as that of the working day."""
    task = new.task
    if task.start_date != new.start_date or item.start != new.start_at or task.due_date is None:
        return True
    return task.due_date != new.due_date and not _is_same_end(built, item, task.due_date, new)


def _is_same_end(built: Built, item: Activity, due: datetime, new: NewDates) -> bool:
    return (
        due > new.due_date
        and built.days.day(due) == built.days.day(new.due_date)
        and worked_between(built.table(item), new.due_date, due) == 0
    )
