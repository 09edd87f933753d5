"""Moving tasks with all that depends on them: first looked at, then written as one change."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict
from projectflow.planning.changes import Changed, Changes, TaskChange, apply_changes
from projectflow.planning.computed import Built, Computed, compute, schedule_of
from projectflow.planning.constraints import TaskSchedule
from projectflow.planning.plan_dates import NewDates, lock_plan, write_plan
from projectflow.planning.project_plan import PlanTask, ProjectPlan, load_plan
from projectflow.planning.timeline import UnmetWish, unmet_wish
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.linked import EXISTING, LINKED_COLUMNS, LINKED_JOINS, SHOWN, LinkedTask
from projectflow.tasks.schedule.engine import moves
from projectflow.tasks.schedule.types import Schedule

MAX_ELSEWHERE = 500


class Reschedule(Struct, frozen=True, forbid_unknown_fields=True):
    """Tasks to change; `token` is that of the preview, to do that or nothing."""

    changes: Changes
    token: Annotated[str, Meta(max_length=100)] | None = None


class SchedulePreview(Struct, frozen=True, forbid_unknown_fields=True):
    """Tasks that would change."""

    changes: Changes


class TaskMoved(Struct, frozen=True):
    """A task that goes from its stored dates to others."""

    task_id: UUID
    key: str
    title: str
    old_start_date: date | None
    old_due_date: datetime | None
    start_date: date
    due_date: datetime
    start: datetime
    """When on its start date it begins."""
    reason: Literal["changed", "dependency", "sub_tasks", "schedule"]
    """It was asked for; what it waits for moves; its sub-tasks do; or neither of these."""
    predecessor_id: UUID | None
    """The task that it waits for and that holds it the longest, where that moves."""


class Misfit(Struct, frozen=True):
    """A start that was asked for and that the schedule does not give."""

    task_id: UUID
    wanted: datetime
    got: datetime


class Rescheduling(Struct, frozen=True):
    """What moves. `batch` is the change's in the log, once it is written."""

    token: str
    moves: list[TaskMoved]
    conflicts: list[UnmetWish]
    """Wishes that are kept now and would be no more."""
    misfits: list[Misfit]
    waiting_elsewhere: list[LinkedTask]
    """Tasks of other projects that wait for what moves: they stay where they are."""
    hidden: int
    """How many more of those there are that the reader may not see."""
    old_finish: datetime | None
    finish: datetime | None
    batch: UUID | None = None


class SchedulePreviewStale(Conflict):
    """Something else would move by now; look at it again."""


class _Outcome(Struct, frozen=True):
    answer: Rescheduling
    dates: list[NewDates]
    schedules: list[tuple[TaskSchedule, TaskSchedule]]


async def preview_reschedule(
    db: Db, actor: Actor, project_id: UUID, changes: Sequence[TaskChange]
) -> Rescheduling:
    """What would move if some tasks became others; nothing is written.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge, InvalidSchedule: as for a timeline.
        InvalidInput: names the change and its field.
    """
    plan = await load_plan(db, actor, project_id)
    outcome = await asyncio.to_thread(_outcome, plan, changes)
    return await _told(db, actor, project_id, outcome.answer)


async def reschedule(
    db: Db, actor: Actor, project_id: UUID, changes: Sequence[TaskChange], token: str | None
) -> Rescheduling:
    """Change tasks and move their dependents, as one change.

    Raises:
        ProjectNotFound, ProjectTooLarge, InvalidSchedule, InvalidInput: as for a preview.
        Forbidden: the actor may not change all tasks of the project.
        SchedulePreviewStale: not what the token's preview showed would happen.
        PlanChanged: somebody changed one of the tasks in this moment.
    """
    await lock_plan(db, actor, project_id)
    plan = await load_plan(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "task", "update")
    outcome = await asyncio.to_thread(_outcome, plan, changes)
    if token is not None and token != outcome.answer.token:
        raise SchedulePreviewStale
    return await _write(db, actor, plan, outcome)


async def apply_schedule(db: Db, actor: Actor, project_id: UUID) -> Rescheduling:
    """Make the schedule the plan of all tasks that have not begun and are not pinned.

    Raises:
        ProjectNotFound, Forbidden, ProjectTooLarge, InvalidSchedule, PlanChanged: as above.
    """
    await lock_plan(db, actor, project_id)
    plan = await load_plan(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "task", "update")
    return await _write(db, actor, plan, await asyncio.to_thread(_whole, plan))


async def _write(db: Db, actor: Actor, plan: ProjectPlan, outcome: _Outcome) -> Rescheduling:
    answer = await _told(db, actor, plan.project_id, outcome.answer)
    if not outcome.dates and not outcome.schedules:
        return answer
    batch = uuid7()
    await write_plan(db, actor, plan, outcome.dates, outcome.schedules, batch, actor.user_id)
    return replace(answer, batch=batch)


async def _told(db: Db, actor: Actor, project_id: UUID, answer: Rescheduling) -> Rescheduling:
    """With the tasks of other projects that wait for what moves, at most 500."""
    if not answer.moves:
        return answer
    rows = await db.fetch(
        f"""
        SELECT {SHOWN} AS is_shown, {LINKED_COLUMNS}
        FROM (
            SELECT DISTINCT d.task_id FROM task_dependencies d
            WHERE d.tenant_id = $1 AND d.depends_on_task_id = ANY ($4::uuid[])
        ) d
        JOIN tasks t ON t.tenant_id = $1 AND t.id = d.task_id {LINKED_JOINS}
        WHERE t.project_id <> $5 AND {EXISTING} ORDER BY t.id LIMIT $6
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        [each.task_id for each in answer.moves],
        project_id,
        MAX_ELSEWHERE,
    )
    shown = [LinkedTask(*values) for is_shown, *values in rows if is_shown]
    return replace(answer, waiting_elsewhere=shown, hidden=len(rows) - len(shown))


def _outcome(plan: ProjectPlan, changes: Sequence[TaskChange]) -> _Outcome:
    """What the changes move: the changed tasks, their dependents, and what they are part of."""
    computed = compute(plan)
    changed = apply_changes(computed, changes)
    after = schedule_of(plan, changed.network)
    asked = [change.task_id for change in changes]
    moving = {move.activity_id for move in moves(computed.schedule, after)} | set(asked)
    misfits = [
        Misfit(task_id, wanted, after.activities[task_id].start)
        for task_id, wanted in changed.wanted.items()
        if after.activities[task_id].start != wanted
    ]
    return _finished(computed, changed, after, moving, misfits, set(asked))


def _whole(plan: ProjectPlan) -> _Outcome:
    computed = compute(plan)
    built = computed.built
    activities = {item.id: item for item in built.network.activities}
    moving = {
        task.id
        for task in plan.tasks
        if task.category != "completed"
        and (
            task.id in built.summaries
            or (activities[task.id].progress == 0 and not activities[task.id].pinned)
        )
    }
    unchanged = Changed(built.network, [], {})
    return _finished(computed, unchanged, computed.schedule, moving, [], set())


def _finished(
    computed: Computed,
    changed: Changed,
    after: Schedule,
    moving: set[UUID],
    misfits: list[Misfit],
    asked: set[UUID],
) -> _Outcome:
    built = computed.built
    starts = {item.id: item.start for item in built.network.activities}
    dates = [
        new
        for task in built.plan.tasks
        if task.id in moving and _differs(new := _dates(built, task, after), starts[task.id])
    ]
    written = {new.task.id for new in dates}
    holders = _holders(built, after, written)
    answer = Rescheduling(
        token="",
        moves=[_moved(built, new, asked, holders) for new in dates],
        conflicts=[
            unmet_wish(computed, wish)
            for wish in after.unmet
            if wish not in computed.schedule.unmet
        ],
        misfits=misfits,
        waiting_elsewhere=[],
        hidden=0,
        old_finish=_finish(built, computed.schedule),
        finish=_finish(built, after),
    )
    shown = msgspec.json.encode((answer, [wanted for _, wanted in changed.schedules]))
    token = urlsafe_b64encode(hashlib.sha256(shown).digest()).decode().rstrip("=")
    return _Outcome(replace(answer, token=token), dates, changed.schedules)


def _dates(built: Built, task: PlanTask, after: Schedule) -> NewDates:
    planned = after.activities[task.id]
    return NewDates(task, built.days.day(planned.start), planned.finish, planned.start)


def _differs(new: NewDates, start: datetime | None) -> bool:
    task = new.task
    before = (task.start_date, task.due_date, start)
    return before != (new.start_date, new.due_date, new.start_at)


def _holders(built: Built, after: Schedule, written: set[UUID]) -> dict[UUID, UUID]:
    """Of each task that waits for some that move, itself or by what it is part of: the last."""
    holders: dict[UUID, UUID] = {}
    for link in built.network.links:
        first = link.predecessor_id
        if first in written:
            known = holders.get(link.successor_id, first)
            holders[link.successor_id] = max(
                known, first, key=lambda id_: (after.activities[id_].finish, id_)
            )
    parents = {item.id: item.parent_id for item in built.network.activities}
    found: dict[UUID, UUID] = {}
    for task_id in written:
        above: UUID | None = task_id
        while above is not None and above not in holders:
            above = parents[above]
        if above is not None:
            found[task_id] = holders[above]
    return found


def _moved(built: Built, new: NewDates, asked: set[UUID], holders: dict[UUID, UUID]) -> TaskMoved:
    task = new.task
    reason: Literal["changed", "dependency", "sub_tasks", "schedule"] = "schedule"
    holder = holders.get(task.id)
    if task.id in asked:
        reason = "changed"
    elif task.id in built.summaries:
        reason = "sub_tasks"
    elif holder is not None:
        reason = "dependency"
    return TaskMoved(
        task_id=task.id,
        key=f"{built.plan.key}-{task.number}",
        title=task.title,
        old_start_date=task.start_date,
        old_due_date=task.due_date,
        start_date=new.start_date,
        due_date=new.due_date,
        start=new.start_at,
        reason=reason,
        predecessor_id=holder,
    )


def _finish(built: Built, schedule: Schedule) -> datetime | None:
    return max((schedule.activities[task.id].finish for task in built.plan.tasks), default=None)
