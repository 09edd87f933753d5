"""Duplicating a task: a new one like it, and as much of what hangs on it as one wants."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, begin_batch, record_all
from projectflow.core.problems import InvalidInput
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.project_moves import lock_counters
from projectflow.tasks.service import TaskExists, read_task
from projectflow.tasks.types import (
    CHECKLIST_COLUMNS,
    TASK_COLUMNS,
    ChecklistItem,
    Task,
    Title,
)

MAX_COPIES: Final = 500
MAX_ITEMS: Final = 5000


class Duplication(Struct, frozen=True, forbid_unknown_fields=True):
    """What to copy of a task; comments, time and who watches are never copied."""

    title: Title | UnsetType = UNSET
    id: UUID | UnsetType = UNSET
    checklist: bool = True
    subtasks: bool = False
    links: bool = True
    """Attachments that are links; files stay with their task."""


async def duplicate_task(db: Db, actor: Actor, task_id: UUID, wanted: Duplication) -> Task:
    """Make a task like this one at the end of its project.

    What is done starts anew: such a copy stands in the state in which tasks start, and no step of
    its checklist is ticked. Dependencies among the copied sub-tasks are copied.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
        Forbidden: the actor may not create tasks in its project.
        InvalidInput: it has more than 500 sub-tasks, or these more than 5,000 steps.
        TaskExists: the client's id was used before.
    """
    seen = await read_task(db, actor, task_id)
    await lock_counters(db, actor, [task_id], seen.project_id)
    original = await read_task(db, actor, task_id)
    await must_be_allowed_in(db, actor, original.project_id, "task", "create")
    ids = await _tree(db, actor, task_id) if wanted.subtasks else [task_id]
    copies = {each: uuid7() for each in ids}
    if wanted.id is not UNSET:
        if wanted.id in ids:
            raise TaskExists
        copies[task_id] = wanted.id
    await begin_batch(db)
    await _copy_tasks(db, actor, original, copies, wanted.title)
    if wanted.checklist:
        await _copy_checklists(db, actor, original.project_id, copies)
    if wanted.links:
        await _copy_links(db, actor, copies)
    if len(ids) > 1:
        await _copy_dependencies(db, actor, original.project_id, copies)
    return await read_task(db, actor, copies[task_id])


async def _tree(db: Db, actor: Actor, task_id: UUID) -> list[UUID]:
    """The task and its sub-tasks, those above first."""
    rows = await db.fetch(
        """
        WITH RECURSIVE tree (id, depth) AS (
            SELECT $2::uuid, 0
            UNION ALL
            SELECT t.id, tree.depth + 1 FROM tree
            JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = tree.id
            WHERE t.deleted_at IS NULL AND tree.depth < 1000
        )
        SELECT id FROM tree ORDER BY depth LIMIT $3
        """,
        actor.tenant_id,
        task_id,
        MAX_COPIES + 2,
    )
    if len(rows) > MAX_COPIES + 1:
        raise InvalidInput.of("subtasks", f"are more than {MAX_COPIES}")
    return [row["id"] for row in rows]


async def _copy_tasks(
    db: Db,
    actor: Actor,
    original: Task,
    copies: Mapping[UUID, UUID],
    title: str | UnsetType,
) -> None:
    rows = await db.fetch(
        f"""
        WITH counter AS (
            UPDATE project_counters SET last_number = last_number + cardinality($4::uuid[])
            WHERE tenant_id = $1 AND project_id = $3
            RETURNING last_number - cardinality($4::uuid[]) AS base
        ), copy AS (
            SELECT * FROM unnest($4::uuid[], $5::uuid[]) WITH ORDINALITY AS c (old, new, place)
        ), t AS (
            INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status,
                               priority, assignee_id, reporter_id, parent_id, start_date, due_date,
                               estimated_hours, tags, milestone_id, position)
            SELECT $1, copy.new, o.project_id, counter.base + copy.place,
                   CASE WHEN copy.place = 1 THEN coalesce($6, o.title) ELSE o.title END,
                   o.description,
                   CASE WHEN s.category IN ('completed', 'cancelled') THEN (
                       SELECT f.key FROM workflow_states f
                       WHERE f.tenant_id = $1 AND f.project_id = $3
                       ORDER BY f.category <> 'unstarted', f.category <> 'backlog', f.position
                       LIMIT 1) ELSE o.status END,
                   o.priority, o.assignee_id, $2, coalesce(above.new, o.parent_id), o.start_date,
                   o.due_date, o.estimated_hours, o.tags, o.milestone_id,
                   rank_of((counter.base + copy.place)::int)
            FROM counter, copy
            JOIN tasks o ON o.tenant_id = $1 AND o.id = copy.old
            JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = $3 AND s.key = o.status
            LEFT JOIN copy above ON above.old = o.parent_id
            RETURNING *
        )
        SELECT {TASK_COLUMNS} FROM t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        ORDER BY t.number
        """,
        actor.tenant_id,
        actor.user_id,
        original.project_id,
        list(copies),
        list(copies.values()),
        None if title is UNSET else title.strip(),
    )
    originals = {new: old for old, new in copies.items()}
    await record_all(
        db,
        actor.tenant_id,
        actor.user_id,
        [
            Change(
                "task.created",
                "task",
                task.id,
                task.version,
                {"after": task, "copy_of": originals[task.id]},
                task.project_id,
            )
            for task in (Task(*row) for row in rows)
        ],
    )


async def _copy_checklists(
    db: Db, actor: Actor, project_id: UUID, copies: Mapping[UUID, UUID]
) -> None:
    rows = await db.fetch(
        f"""
        SELECT {CHECKLIST_COLUMNS} FROM checklist_items i
        WHERE i.tenant_id = $1 AND i.task_id = ANY ($2::uuid[])
        ORDER BY i.task_id, i.position, i.id LIMIT $3
        """,
        actor.tenant_id,
        list(copies),
        MAX_ITEMS + 1,
    )
    if len(rows) > MAX_ITEMS:
        raise InvalidInput.of("checklist", f"they have more than {MAX_ITEMS} steps")
    if not rows:
        return
    items = [
        ChecklistItem(uuid7(), copies[i.task_id], i.checklist, i.title, False, i.position, 1)
        for i in (ChecklistItem(*row) for row in rows)
    ]
    await db.execute(
        """
        INSERT INTO checklist_items (tenant_id, id, task_id, checklist, title, position)
        SELECT $1, i.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[]) i
        """,
        actor.tenant_id,
        [i.id for i in items],
        [i.task_id for i in items],
        [i.checklist for i in items],
        [i.title for i in items],
        [i.position for i in items],
    )
    changes = [
        Change(
            "checklist_item.created",
            "checklist_item",
            i.id,
            1,
            {"task_id": i.task_id, "after": i},
            project_id,
        )
        for i in items
    ]
    await record_all(db, actor.tenant_id, actor.user_id, changes)


async def _copy_links(db: Db, actor: Actor, copies: Mapping[UUID, UUID]) -> None:
    await db.execute(
        """
        INSERT INTO attachments (tenant_id, id, task_id, uploader_id, name, url)
        SELECT $1, gen_random_uuid(), copy.new, $2, a.name, a.url
        FROM unnest($3::uuid[], $4::uuid[]) AS copy (old, new)
        JOIN attachments a ON a.tenant_id = $1 AND a.task_id = copy.old
        WHERE a.url IS NOT NULL
        """,
        actor.tenant_id,
        actor.user_id,
        list(copies),
        list(copies.values()),
    )


async def _copy_dependencies(
    db: Db, actor: Actor, project_id: UUID, copies: Mapping[UUID, UUID]
) -> None:
    """Those among the copied: a copy of what has no cycle has none."""
    rows = await db.fetch(
        """
        INSERT INTO task_dependencies (tenant_id, id, task_id, depends_on_task_id,
                                       dependency_type, lag_minutes, lag_is_elapsed, created_by)
        SELECT $1, gen_random_uuid(), waits.new, first.new, d.dependency_type, d.lag_minutes,
               d.lag_is_elapsed, $2
        FROM unnest($3::uuid[], $4::uuid[]) AS waits (old, new)
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = waits.old
        JOIN unnest($3::uuid[], $4::uuid[]) AS first (old, new) ON first.old = d.depends_on_task_id
        RETURNING id, task_id, depends_on_task_id, dependency_type AS type, lag_minutes,
                  lag_is_elapsed
        """,
        actor.tenant_id,
        actor.user_id,
        list(copies),
        list(copies.values()),
    )
    await _log_dependencies(db, actor, project_id, [dict(row) for row in rows])


async def _log_dependencies(
    db: Db, actor: Actor, project_id: UUID, added: Sequence[dict[str, object]]
) -> None:
    changes: list[Change] = []
    for each in added:
        dependency_id, task_id = each.pop("id"), each.pop("task_id")
        assert isinstance(task_id, UUID)
        payload = {
            "dependency_id": dependency_id,
            "depends_on_task_id": each["depends_on_task_id"],
            "after": each,
        }
        changes.append(Change("dependency.added", "task", task_id, 1, payload, project_id))
    if changes:
        await record_all(db, actor.tenant_id, actor.user_id, changes)
