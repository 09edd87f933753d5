"""Moving a task: to another state, and to a place among its project's ranks."""

from collections.abc import Mapping
from uuid import UUID

from fractional_indexing import generate_key_between
from msgspec import UNSET

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.tasks.occurrences import continue_series, lock_series
from projectflow.tasks.service import (
    TaskNotFound,
    lock_task,
    log_difference,
    must_be_allowed_to,
    read_task,
)
from projectflow.tasks.types import TASK_COLUMNS, Task, TaskMove


async def move_task(
    db: Db, actor: Actor, task_id: UUID, move: TaskMove, expected: int | None
) -> Task:
    """Put a task right after one, right before one, or at the end; and into a state.

    The project's ranks are handed out under one lock, so two people who drop cards at the same
    place get two different ranks.

    Raises:
        TaskNotFound, VersionConflict, Forbidden: as for any change.
        InvalidInput: a neighbour is not in this project, or the state is not in its workflow.
    """
    seen = await read_task(db, actor, task_id)
    end = await _lock_ranks(db, actor, seen.project_id)
    if move.status is not UNSET:
        await lock_series(db, actor.tenant_id, task_ids=[task_id])
    task = await lock_task(db, actor, task_id, expected)
    await must_be_allowed_to(db, actor, "update", task)
    lower, upper = await _neighbours(db, actor, task, move, end)
    row = await db.fetchrow(
        f"""
        UPDATE tasks t SET status = $3::text, position = $4, version = t.version + 1,
            updated_at = now(),
            completed_at = CASE WHEN t.status = $3::text THEN t.completed_at ELSE (
                SELECT CASE WHEN s.category = 'completed' THEN coalesce(t.completed_at, now()) END
                FROM workflow_states s
                WHERE s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = $3::text
                FOR KEY SHARE) END
        FROM projects p
        WHERE t.tenant_id = $1 AND t.id = $2 AND p.tenant_id = $1 AND p.id = t.project_id
        RETURNING {TASK_COLUMNS}
        """,
        actor.tenant_id,
        task_id,
        task.status if move.status is UNSET else move.status,
        generate_key_between(lower, upper),
    )
    if row is None:
        raise TaskNotFound
    moved = Task(*row)
    await log_difference(db, actor, "task.moved", task, moved)
    await continue_series(db, actor, [(task, moved)])
    return moved


async def free_ranks(
    db: Db, actor: Actor, project_id: UUID, wanted: Mapping[UUID, str]
) -> dict[UUID, str]:
    """Ranks for tasks that go back to where they were: right after whoever stands there now.

    Under the project's rank lock, and one after the other, so that no two get the same.
    """
    rows = await db.fetch(
        """
        SELECT position FROM tasks WHERE tenant_id = $1 AND project_id = $2
          AND position = ANY ($3::text[]) AND id <> ALL ($4::uuid[])
        """,
        actor.tenant_id,
        project_id,
        list(wanted.values()),
        list(wanted),
    )
    taken = {row["position"] for row in rows}
    ranks: dict[UUID, str] = {}
    for task_id, rank in wanted.items():
        free = rank
        if rank in taken or rank in ranks.values():
            above = await db.fetchval(
                """
                SELECT coalesce(
                    (SELECT position FROM tasks WHERE tenant_id = $1 AND project_id = $2
                       AND position > $3 AND id <> ALL ($4::uuid[]) ORDER BY position LIMIT 1),
                    (SELECT rank_of(last_number + 1) FROM project_counters
                     WHERE tenant_id = $1 AND project_id = $2))
                """,
                actor.tenant_id,
                project_id,
                rank,
                list(wanted),
            )
            free = generate_key_between(
                rank, min([above, *(r for r in ranks.values() if r > rank)])
            )
        ranks[task_id] = free
    return ranks


async def _lock_ranks(db: Db, actor: Actor, project_id: UUID) -> str:
    """Take the project's rank lock; returns the rank that its next new task will get."""
    return await db.fetchval(
        """
        SELECT rank_of(last_number + 1) FROM project_counters
        WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
    )


async def _neighbours(
    db: Db, actor: Actor, task: Task, move: TaskMove, end: str
) -> tuple[str | None, str]:
    """The ranks between which the task goes; None is the beginning."""
    if move.after_id is not None:
        lower = await _rank_of(db, actor, task, move.after_id, "after_id")
        above = await db.fetchval(
            """
            SELECT position FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND position > $3 AND id <> $4
            ORDER BY position LIMIT 1
            """,
            actor.tenant_id,
            task.project_id,
            lower,
            task.id,
        )
        return lower, above or end
    upper = end
    if move.before_id is not None:
        upper = await _rank_of(db, actor, task, move.before_id, "before_id")
    below = await db.fetchval(
        """
        SELECT position FROM tasks
        WHERE tenant_id = $1 AND project_id = $2 AND position < $3 AND id <> $4
        ORDER BY position DESC LIMIT 1
        """,
        actor.tenant_id,
        task.project_id,
        upper,
        task.id,
    )
    return below, upper


async def _rank_of(db: Db, actor: Actor, task: Task, neighbour_id: UUID, field: str) -> str:
    if neighbour_id == task.id:
        raise InvalidInput.of(field, "is the task itself")
    rank = await db.fetchval(
        "SELECT position FROM tasks WHERE tenant_id = $1 AND project_id = $2 AND id = $3",
        actor.tenant_id,
        task.project_id,
        neighbour_id,
    )
    if rank is None:
        raise InvalidInput.of(field, "is not a task of this project")
    return rank
