"""The trash: deleted tasks, which can come back."""

from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.membership import ProjectArchived
from projectflow.tasks.service import VISIBLE, TaskNotFound, lock_task, must_be_allowed_to
from projectflow.tasks.types import TASK_COLUMNS, Task


async def delete_task(db: Db, actor: Actor, task_id: UUID, expected: int | None) -> None:
    """Put a task in the trash, from where `restore_task` brings it back.

    Raises:
        TaskNotFound, VersionConflict, Forbidden: as for a change.
    """
    task = await lock_task(db, actor, task_id, expected)
    await must_be_allowed_to(db, actor, "delete", task)
    await db.execute(
        """
        WITH t AS (
            UPDATE tasks SET deleted_at = now(), version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING id, project_id, version
        )
        SELECT record_event($1, 'task.deleted', $3, 'task', t.id, t.project_id, t.version, '{}')
        FROM t
        """,
        actor.tenant_id,
        task_id,
        actor.user_id,
    )


async def restore_task(db: Db, actor: Actor, task_id: UUID) -> Task:
    """Bring a task back from the trash.

    Raises:
        TaskNotFound: it is not in the trash, or the actor may not see it.
        Forbidden: the role may not delete tasks, so it may not undo that either.
        ProjectArchived: nothing in its project changes.
    """
    row = await db.fetchrow(
        f"""
        WITH t AS (
            UPDATE tasks t SET deleted_at = NULL, version = t.version + 1, updated_at = now()
            FROM projects p
            WHERE t.tenant_id = $1 AND t.id = $4 AND t.deleted_at IS NOT NULL
              AND p.tenant_id = $1 AND p.id = t.project_id AND {VISIBLE}
            RETURNING t.*
        )
        SELECT {TASK_COLUMNS}, p.status = 'archived',
            record_event($1, 'task.restored', $3, 'task', t.id, t.project_id, t.version, '{{}}')
        FROM t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
    )
    if row is None:
        raise TaskNotFound
    *values, is_archived, _ = row
    task = Task(*values)
    await must_be_allowed_to(db, actor, "delete", task)
    if is_archived:
        raise ProjectArchived
    return task
