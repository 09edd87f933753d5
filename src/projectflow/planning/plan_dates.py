"""Writing many tasks' dates as one change, which a batch id holds together."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record_all
from projectflow.core.problems import Conflict
from projectflow.planning.constraints import LOGGED, TaskSchedule, write_schedules
from projectflow.planning.project_plan import PlanTask, ProjectPlan


class PlanChanged(Conflict):
    """The tasks were changed meanwhile; look at what would move now."""


class NewDates(Struct, frozen=True, gc=False):
    """Where a task is put: its day in the project's zone, when on it, and when it ends."""

    task: PlanTask
    start_date: date
    due_date: datetime
    start_at: datetime


class Stored(Struct, frozen=True):
    """The fields of a task that a move changes."""

    start_date: date | None
    due_date: datetime | None


async def lock_plan(db: Db, actor: Actor, project_id: UUID) -> None:
    """Let one plan of a project be written at a time. Take it before reading the plan."""
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
    )


async def write_plan(
    db: Db,
    actor: Actor,
    plan: ProjectPlan,
    moved: Sequence[NewDates],
    schedules: Sequence[tuple[TaskSchedule, TaskSchedule]],
    batch: UUID,
    author_id: UUID | None,
) -> None:
    """Write dates and, before and after, how tasks are scheduled; an event each of this author's.

    Raises:
        PlanChanged: one of the tasks is not what the plan says any more.
    """
    by_id = {task.id: task for task in plan.tasks}
    touched = {each.task.id for each in moved} | {after.task_id for _, after in schedules}
    await _lock_tasks(db, actor, {task_id: by_id[task_id] for task_id in touched})
    changes: list[Change] = []
    dated = [each for each in moved if _before(each) != _after(each)]
    if dated:
        await _write_dates(db, actor, dated)
    changes += [_moved(each, plan.project_id, batch) for each in dated]
    if schedules:
        await write_schedules(db, actor, [after for _, after in schedules])
    changes += [
        Change(
            "task.scheduled",
            "task",
            after.task_id,
            by_id[after.task_id].version + any(d.task.id == after.task_id for d in dated),
            payload={**difference(before, after, *LOGGED), "batch": batch},
            project_id=plan.project_id,
        )
        for before, after in schedules
    ]
    if moved:
        await _write_starts(db, actor, moved)
    if changes:
        await record_all(db, actor.tenant_id, author_id, changes)


async def _lock_tasks(db: Db, actor: Actor, tasks: dict[UUID, PlanTask]) -> None:
    """In the order of their ids, as everything that locks several tasks does."""
    rows = await db.fetch(
        """
        SELECT t.id, t.version FROM tasks t
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[]) AND t.deleted_at IS NULL
        ORDER BY t.id FOR NO KEY UPDATE OF t
        """,
        actor.tenant_id,
        list(tasks),
    )
    if {row["id"]: row["version"] for row in rows} != {id_: t.version for id_, t in tasks.items()}:
        raise PlanChanged


async def _write_dates(db: Db, actor: Actor, moved: Sequence[NewDates]) -> None:
    await db.execute(
        """
        UPDATE tasks t SET start_date = w.start_date, due_date = w.due_date,
            version = t.version + 1, updated_at = now()
        FROM unnest($2::uuid[], $3::date[], $4::timestamptz[]) AS w (id, start_date, due_date)
        WHERE t.tenant_id = $1 AND t.id = w.id
        """,
        actor.tenant_id,
        [each.task.id for each in moved],
        [each.start_date for each in moved],
        [each.due_date for each in moved],
    )


async def _write_starts(db: Db, actor: Actor, moved: Sequence[NewDates]) -> None:
    """The minute of a start is a detail of its date: no version counts it."""
    await db.execute(
        """
        INSERT INTO task_schedules AS c (tenant_id, task_id, start_at)
        SELECT $1, w.id, w.start_at FROM unnest($2::uuid[], $3::timestamptz[]) AS w (id, start_at)
        ON CONFLICT (tenant_id, task_id) DO UPDATE SET start_at = excluded.start_at
        """,
        actor.tenant_id,
        [each.task.id for each in moved],
        [each.start_at for each in moved],
    )


def _before(dates: NewDates) -> Stored:
    return Stored(dates.task.start_date, dates.task.due_date)


def _after(dates: NewDates) -> Stored:
    return Stored(dates.start_date, dates.due_date)


def _moved(dates: NewDates, project_id: UUID, batch: UUID) -> Change:
    """The same event as of a change by hand, and which change it is part of."""
    payload: dict[str, Any] = difference(_before(dates), _after(dates), "start_date", "due_date")
    if dates.task.start_at != dates.start_at:
        # A detail of the date, which goes back with it.
        payload["minutes"] = {"before": dates.task.start_at, "after": dates.start_at}
    return Change(
        "task.updated",
        "task",
        dates.task.id,
        dates.task.version + 1,
        payload={**payload, "batch": batch},
        project_id=project_id,
    )
