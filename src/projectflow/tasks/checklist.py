"""The checklist of a task: small steps that are ticked off."""

from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound, VersionConflict
from projectflow.tasks.service import VISIBLE, lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import (
    CHECKLIST_COLUMNS,
    Checklist,
    ChecklistItem,
    ChecklistItemPatch,
    NewChecklistItem,
    Task,
)

MAX_ITEMS = 500


class ChecklistItemNotFound(NotFound):
    """There is no such checklist item."""


class ChecklistItemExists(Conflict):
    """A checklist item with this id exists."""


CONSTRAINTS["checklist_items_pkey"] = ChecklistItemExists


async def read_checklist(db: Db, actor: Actor, task_id: UUID) -> Checklist:
    """All steps of a task in their order, at most 500.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    rows = await db.fetch(
        f"""
        SELECT {CHECKLIST_COLUMNS} FROM checklist_items i
        WHERE i.tenant_id = $1 AND i.task_id = $2 ORDER BY i.position, i.id LIMIT $3
        """,
        actor.tenant_id,
        task_id,
        MAX_ITEMS,
    )
    return Checklist([ChecklistItem(*row) for row in rows])


async def add_checklist_item(
    db: Db, actor: Actor, task_id: UUID, new: NewChecklistItem
) -> ChecklistItem:
    """Add a step at the end.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        InvalidInput: the task has 500 steps already.
    """
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    row = await db.fetchrow(
        f"""
        INSERT INTO checklist_items AS i (tenant_id, id, task_id, checklist, title, position)
        SELECT $1, $3, $2, $4, $5, coalesce(max(position), 0) + 1
        FROM checklist_items WHERE tenant_id = $1 AND task_id = $2
        HAVING count(*) < $6
        RETURNING {CHECKLIST_COLUMNS}
        """,
        actor.tenant_id,
        task_id,
        uuid7() if new.id is UNSET else new.id,
        new.checklist,
        new.title.strip(),
        MAX_ITEMS,
    )
    if row is None:
        raise InvalidInput.of("title", f"the task has {MAX_ITEMS} checklist items already")
    item = ChecklistItem(*row)
    await _log(db, actor, task, item, "checklist_item.created", {"after": item})
    return item


async def update_checklist_item(
    db: Db, actor: Actor, item_id: UUID, patch: ChecklistItemPatch, expected: int | None
) -> ChecklistItem:
    """Tick a step, untick it, or change its text.

    Raises:
        ChecklistItemNotFound, Forbidden, VersionConflict: as for a task.
    """
    task, item = await _lock(db, actor, item_id, expected)
    title = item.title if patch.title is UNSET else patch.title.strip()
    is_done = item.is_done if patch.is_done is UNSET else patch.is_done
    if (title, is_done) == (item.title, item.is_done):
        return item
    row = await db.fetchrow(
        f"""
        UPDATE checklist_items i SET title = $3, is_done = $4, version = version + 1
        WHERE i.tenant_id = $1 AND i.id = $2 RETURNING {CHECKLIST_COLUMNS}
        """,
        actor.tenant_id,
        item_id,
        title,
        is_done,
    )
    if row is None:
        raise ChecklistItemNotFound
    updated = ChecklistItem(*row)
    payload = difference(item, updated, "title", "is_done")
    await _log(db, actor, task, updated, "checklist_item.updated", payload)
    return updated


async def delete_checklist_item(db: Db, actor: Actor, item_id: UUID, expected: int | None) -> None:
    """Take a step away.

    Raises:
        ChecklistItemNotFound, Forbidden, VersionConflict: as for a task.
    """
    task, item = await _lock(db, actor, item_id, expected)
    await db.execute(
        "DELETE FROM checklist_items WHERE tenant_id = $1 AND id = $2", actor.tenant_id, item_id
    )
    await _log(db, actor, task, item, "checklist_item.deleted", {"before": item})


async def restore_checklist_item(db: Db, actor: Actor, item: ChecklistItem) -> None:
    """Put a step back that was taken away, as it was.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        ChecklistItemExists: it is there.
        InvalidInput: the task has 500 steps already.
    """
    task = await lock_task(db, actor, item.task_id)
    await must_be_allowed_to(db, actor, "update", task)
    row = await db.fetchrow(
        f"""
        INSERT INTO checklist_items AS i (tenant_id, id, task_id, checklist, title, is_done,
                                          position, version)
        SELECT $1, $3, $2, $4, $5, $6, $7, $8
        WHERE (SELECT count(*) FROM checklist_items WHERE tenant_id = $1 AND task_id = $2) < $9
        RETURNING {CHECKLIST_COLUMNS}
        """,
        actor.tenant_id,
        item.task_id,
        item.id,
        item.checklist,
        item.title,
        item.is_done,
        item.position,
        item.version + 1,
        MAX_ITEMS,
    )
    if row is None:
        raise InvalidInput.of("title", f"the task has {MAX_ITEMS} checklist items already")
    restored = ChecklistItem(*row)
    await _log(db, actor, task, restored, "checklist_item.created", {"after": restored})


async def _lock(
    db: Db, actor: Actor, item_id: UUID, expected: int | None
) -> tuple[Task, ChecklistItem]:
    """Lock the item's task, under which all of its checklist changes."""
    task_id: UUID | None = await db.fetchval(
        f"""
        SELECT i.task_id FROM checklist_items i
        JOIN tasks t ON t.tenant_id = $1 AND t.id = i.task_id AND t.deleted_at IS NULL
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE i.tenant_id = $1 AND i.id = $4 AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        item_id,
    )
    if task_id is None:
        raise ChecklistItemNotFound
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    row = await db.fetchrow(
        f"SELECT {CHECKLIST_COLUMNS} FROM checklist_items i WHERE i.tenant_id = $1 AND i.id = $2",
        actor.tenant_id,
        item_id,
    )
    if row is None:
        raise ChecklistItemNotFound
    item = ChecklistItem(*row)
    if expected is not None and expected != item.version:
        raise VersionConflict(current=item)
    return task, item


async def _log(
    db: Db, actor: Actor, task: Task, item: ChecklistItem, event: str, payload: dict[str, object]
) -> None:
    change = Change(
        event,
        "checklist_item",
        item.id,
        item.version,
        payload={"task_id": task.id, **payload},
        project_id=task.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
