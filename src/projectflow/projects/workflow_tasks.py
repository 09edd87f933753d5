"""What a change of the workflow does to the tasks of a state: all of them, with the trash.

Each function gives what its event must hold to be undone: the tasks, and when those were completed
that no longer are, or were at another time.
"""

from typing import Any, Final
from uuid import UUID

import asyncpg

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict
from projectflow.projects.types import State

MAX_TASKS: Final = 10_000
"""Tasks that one change of a workflow changes too, all of which its event names."""


class TooManyTasks(Conflict):
    """More than 10,000 tasks are in this state: move some of them to another one first."""


async def count_tasks(db: Db, actor: Actor, project_id: UUID, status: str) -> int:
    """How many tasks are in a state."""
    return await db.fetchval(
        """
        SELECT count(*) FROM tasks WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        """,
        actor.tenant_id,
        project_id,
        status,
    )


async def complete_tasks(db: Db, actor: Actor, project_id: UUID, status: str) -> dict[str, Any]:
    """Complete a state's tasks, now."""
    tasks = await _lock(db, actor, project_id, status)
    await db.execute(
        """
        UPDATE tasks SET completed_at = now(), version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        """,
        actor.tenant_id,
        project_id,
        status,
    )
    return _told(tasks)


async def reopen_tasks(db: Db, actor: Actor, project_id: UUID, status: str) -> dict[str, Any]:
    """Let a state's tasks be completed no longer."""
    tasks = await _lock(db, actor, project_id, status)
    await db.execute(
        """
        UPDATE tasks SET completed_at = NULL, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        """,
        actor.tenant_id,
        project_id,
        status,
    )
    return _told(tasks)


async def move_tasks(
    db: Db, actor: Actor, project_id: UUID, status: str, target: State
) -> dict[str, Any]:
    """Move a state's tasks into another one; each keeps its rank."""
    tasks = await _lock(db, actor, project_id, status)
    await db.execute(
        """
        UPDATE tasks SET status = $4, version = version + 1, updated_at = now(),
            completed_at = CASE WHEN $5 THEN coalesce(completed_at, now()) END
        WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        """,
        actor.tenant_id,
        project_id,
        status,
        target.key,
        target.category == "completed",
    )
    return _told(tasks)


async def _lock(db: Db, actor: Actor, project_id: UUID, status: str) -> list[asyncpg.Record]:
    tasks = await db.fetch(
        """
        SELECT id, completed_at FROM tasks
        WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        ORDER BY id LIMIT $4 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
        status,
        MAX_TASKS + 1,
    )
    if len(tasks) > MAX_TASKS:
        raise TooManyTasks
    return tasks


def _told(tasks: list[asyncpg.Record]) -> dict[str, Any]:
    completed = {str(task["id"]): task["completed_at"] for task in tasks if task["completed_at"]}
    return {"task_ids": [task["id"] for task in tasks], "completed_at": completed}
