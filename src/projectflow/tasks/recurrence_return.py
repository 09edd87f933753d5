"""How tasks come again goes back to what it was: for undo."""

from uuid import UUID

from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import record
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.occurrences import SERIES_COLUMNS, Series, due_at, series_change
from projectflow.tasks.recurrence import Recurrence, RecurrenceNotFound, lock_series_of, told_of


async def put_recurrence_back(
    db: Db, actor: Actor, task_id: UUID, before: Recurrence
) -> Recurrence:
    """Let a task come again exactly as it did, or had ended.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        RecurrenceNotFound: it does not come again.
    """
    _, series = await lock_series_of(db, actor, task_id)
    if series is None:
        raise RecurrenceNotFound
    await must_be_allowed_in(db, actor, series.project_id, "task", "create")
    wanted = replace(
        series, rule=before.rule, mode=before.mode, time_zone=before.time_zone,
        starts_on=before.starts_on, with_subtasks=before.with_subtasks, next_on=before.next_on,
        ended_at=before.ended_at,
    )  # fmt: skip
    row = await db.fetchrow(
        f"""
        UPDATE task_series s SET rule = $3, mode = $4, time_zone = $5, starts_on = $6,
            with_subtasks = $7, next_on = $8, next_at = $9, ended_at = $10,
            version = s.version + 1, updated_at = now()
        WHERE s.tenant_id = $1 AND s.id = $2 RETURNING {SERIES_COLUMNS}
        """,
        actor.tenant_id,
        series.id,
        wanted.rule,
        wanted.mode,
        wanted.time_zone,
        wanted.starts_on,
        wanted.with_subtasks,
        wanted.next_on,
        due_at(wanted, wanted.next_on),
        wanted.ended_at,
    )
    after = told_of(Series(*only(row)))
    await db.execute(
        """
        DELETE FROM task_occurrences
        WHERE tenant_id = $1 AND series_id = $2 AND task_id IS NULL AND occurs_on >= $3
        """,
        actor.tenant_id,
        series.id,
        wanted.next_on,
    )
    payload = {"task_id": series.task_id, "before": told_of(series), "after": after}
    change = series_change("task_series.updated", series, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
    return after


async def forget_recurrence(db: Db, actor: Actor, task_id: UUID) -> None:
    """Let a task be as if it had never come again; those that were made stay.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        RecurrenceNotFound: it does not come again.
    """
    _, series = await lock_series_of(db, actor, task_id)
    if series is None:
        raise RecurrenceNotFound
    await db.execute(
        "DELETE FROM task_series WHERE tenant_id = $1 AND id = $2", actor.tenant_id, series.id
    )
    payload = {"task_id": series.task_id, "before": told_of(series)}
    change = series_change("task_series.forgotten", series, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
