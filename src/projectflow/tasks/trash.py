"""The trash: deleted tasks, which can come back.

What stands below a task goes to the trash with it, and comes back with it. What was there before,
alone, stays there. They are told apart by the moment, which is one for a transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, begin_batch, record_all
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.projects.access import require_project
from projectflow.tasks.many import Held, hold, with_all_below
from projectflow.tasks.service import VISIBLE, TaskNotFound, lock_task, read_task
from projectflow.tasks.types import TASK_COLUMNS, Task


class TrashedTask(Task, frozen=True):
    """A task in the trash."""

    deleted_at: datetime


async def list_trash(
    db: Db, actor: Actor, project_id: UUID | None, *, limit: int, cursor: str | None
) -> Page[TrashedTask]:
    """What was put in the trash, last first, without what went there with a task above it.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    if project_id is not None:
        await require_project(db, actor, project_id)
    before = decode_cursor(cursor, tuple[datetime, UUID])
    rows = await db.fetch(
        f"""
        SELECT {TASK_COLUMNS}, t.deleted_at
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.deleted_at IS NOT NULL AND {VISIBLE}
          AND ($4::uuid IS NULL OR t.project_id = $4)
          AND ($5::timestamptz IS NULL OR (t.deleted_at, t.id) < ($5, $6::uuid))
          AND NOT EXISTS (SELECT FROM tasks above WHERE above.tenant_id = $1
                            AND above.id = t.parent_id AND above.deleted_at = t.deleted_at)
        ORDER BY t.deleted_at DESC, t.id DESC LIMIT $7
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_id,
        *(before or (None, None)),
        limit + 1,
    )
    tasks = [TrashedTask(*row) for row in rows]
    return page_of(tasks, limit, lambda t: encode_cursor(t.deleted_at, t.id))


async def delete_task(db: Db, actor: Actor, task_id: UUID, expected: int | None) -> None:
    """Put a task in the trash with all below it, from where `restore_task` brings them back.

    Raises:
        TaskNotFound, VersionConflict, Forbidden: as for a change.
    """
    await lock_task(db, actor, task_id, expected)
    await put_in_trash(db, actor, await hold_to_trash(db, actor, [task_id]))


async def hold_to_trash(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> list[Held]:
    """Lock tasks and what goes to the trash with them.

    Raises:
        InvalidInput: they are more than 5,000.
    """
    held = await hold(db, actor, await with_all_below(db, actor, task_ids))
    return [each for each in held.values() if each.deleted_at is None]


async def put_in_trash(db: Db, actor: Actor, held: Sequence[Held]) -> dict[UUID, int]:
    """Put exactly these in the trash; gives their versions.

    Raises:
        Forbidden: the actor may not delete one of them.
    """
    for each in held:
        each.must_be_allowed(actor, "delete")
    rows = await db.fetch(
        """
        UPDATE tasks SET deleted_at = now(), version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) RETURNING id, version
        """,
        actor.tenant_id,
        [each.task.id for each in held],
    )
    versions = {row["id"]: row["version"] for row in rows}
    await _log(db, actor, "task.deleted", held, versions)
    return versions


async def restore_task(db: Db, actor: Actor, task_id: UUID) -> Task:
    """Bring a task back from the trash, with what went there with it.

    Its parent stays what it was, also where that is in the trash still.

    Raises:
        TaskNotFound: it is not in the trash, or the actor may not see it.
        Forbidden: the role may not delete tasks, so it may not undo that either.
        ProjectArchived: nothing in its project changes.
    """
    held = await hold_to_restore(db, actor, [task_id])
    if task_id not in {each.task.id for each in held}:
        raise TaskNotFound
    await take_from_trash(db, actor, held)
    return await read_task(db, actor, task_id)


async def hold_to_restore(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> list[Held]:
    """Lock tasks that are in the trash, and what went there with them."""
    rows = await db.fetch(
        """
        WITH RECURSIVE tree (id, deleted_at) AS (
            SELECT id, deleted_at FROM tasks
            WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND deleted_at IS NOT NULL
            UNION
            SELECT t.id, t.deleted_at FROM tree
            JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = tree.id
            WHERE t.deleted_at = tree.deleted_at
        )
        SELECT id FROM tree
        """,
        actor.tenant_id,
        list(task_ids),
    )
    held = await hold(db, actor, (row["id"] for row in rows))
    return [each for each in held.values() if each.deleted_at is not None]


async def take_from_trash(db: Db, actor: Actor, held: Sequence[Held]) -> dict[UUID, int]:
    """Bring exactly these back; gives their versions.

    Raises:
        Forbidden: the actor may not delete one of them.
    """
    for each in held:
        each.must_be_allowed(actor, "delete")
    rows = await db.fetch(
        """
        UPDATE tasks SET deleted_at = NULL, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) RETURNING id, version
        """,
        actor.tenant_id,
        [each.task.id for each in held],
    )
    versions = {row["id"]: row["version"] for row in rows}
    await _log(db, actor, "task.restored", held, versions)
    return versions


async def _log(
    db: Db, actor: Actor, event: str, held: Iterable[Held], versions: dict[UUID, int]
) -> None:
    if len(versions) > 1:
        await begin_batch(db)
    changes = [
        Change(event, "task", each.task.id, versions[each.task.id], {}, each.task.project_id)
        for each in held
    ]
    await record_all(db, actor.tenant_id, actor.user_id, changes)
