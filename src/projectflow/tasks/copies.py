"""Copies of tasks: the row, the checklist with no step done, and what stands in custom fields."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Db
from projectflow.core.events import Change, record_all
from projectflow.tasks.field_storage import field_set, insert_values, values_of
from projectflow.tasks.field_types import COLUMNS, CustomField
from projectflow.tasks.types import CHECKLIST_COLUMNS, TASK_COLUMNS, ChecklistItem, Task


class Copy(Struct, frozen=True):
    """Which task becomes which, and what is different about it."""

    source_id: UUID
    id: UUID
    parent_id: UUID | None
    start_date: date | None
    due_date: datetime | None


async def copy_tasks(
    db: Db, tenant_id: UUID, actor_id: UUID | None, project_id: UUID, copies: Sequence[Copy]
) -> list[Task]:
    """Make the copies, at the end of a project and in its first state, with their events.

    Whoever calls holds the lock of the project's numbers.
    """
    rows = await db.fetch(
        f"""
        WITH p AS (
            UPDATE project_counters c SET last_number = last_number + cardinality($4::uuid[])
            FROM projects p
            WHERE c.tenant_id = $1 AND c.project_id = $3 AND p.tenant_id = $1 AND p.id = $3
            RETURNING c.last_number - cardinality($4::uuid[]) AS base, p.key
        ), state AS (
            SELECT s.key, CASE WHEN s.category = 'completed' THEN now() END AS completed_at
            FROM workflow_states s WHERE s.tenant_id = $1 AND s.project_id = $3
            ORDER BY s.category <> 'unstarted', s.category <> 'backlog', s.position LIMIT 1
        ), t AS (
            INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status,
                               priority, assignee_id, reporter_id, parent_id, start_date,
                               due_date, estimated_hours, tags, position, completed_at,
                               milestone_id)
            SELECT $1, c.id, $3, p.base + c.place, o.title, o.description, state.key, o.priority,
                   o.assignee_id, o.reporter_id, c.parent_id, c.start_date, c.due_date,
                   o.estimated_hours, o.tags, rank_of((p.base + c.place)::int), state.completed_at,
                   CASE WHEN o.project_id = $3 THEN o.milestone_id END
            FROM p, state, unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::date[],
                $8::timestamptz[]) WITH ORDINALITY
                AS c (source_id, id, parent_id, start_date, due_date, place)
            JOIN tasks o ON o.tenant_id = $1 AND o.id = c.source_id
            RETURNING *
        )
        SELECT {TASK_COLUMNS},
            record_event($1, 'task.created', $2, 'task', t.id, t.project_id, t.version,
                         jsonb_build_object('after', to_jsonb(t) - 'tenant_id'))
        FROM t, p ORDER BY t.number
        """,
        tenant_id,
        actor_id,
        project_id,
        [copy.source_id for copy in copies],
        [copy.id for copy in copies],
        [copy.parent_id for copy in copies],
        [copy.start_date for copy in copies],
        [copy.due_date for copy in copies],
    )
    tasks = [Task(*tuple(row)[:-1]) for row in rows]
    changes = await _copy_checklists(db, tenant_id, project_id, copies)
    changes += await _copy_fields(db, tenant_id, copies, tasks)
    if changes:
        await record_all(db, tenant_id, actor_id, changes)
    return tasks


async def _copy_checklists(
    db: Db, tenant_id: UUID, project_id: UUID, copies: Sequence[Copy]
) -> list[Change]:
    rows = await db.fetch(
        f"""
        INSERT INTO checklist_items AS i (tenant_id, id, task_id, checklist, title, position)
        SELECT $1, gen_random_uuid(), c.id, o.checklist, o.title, o.position
        FROM unnest($2::uuid[], $3::uuid[]) AS c (source_id, id)
        JOIN checklist_items o ON o.tenant_id = $1 AND o.task_id = c.source_id
        RETURNING {CHECKLIST_COLUMNS}
        """,
        tenant_id,
        [copy.source_id for copy in copies],
        [copy.id for copy in copies],
    )
    return [item_created(ChecklistItem(*row), project_id) for row in rows]


def item_created(item: ChecklistItem, project_id: UUID) -> Change:
    """The event of a new step of a task."""
    return Change(
        "checklist_item.created",
        "checklist_item",
        item.id,
        item.version,
        payload={"task_id": item.task_id, "after": item},
        project_id=project_id,
    )


async def _copy_fields(
    db: Db, tenant_id: UUID, copies: Sequence[Copy], tasks: Sequence[Task]
) -> list[Change]:
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM custom_fields f
        WHERE f.tenant_id = $1 AND (f.project_id IS NULL OR f.project_id = $2)
          AND f.deleted_at IS NULL
        """,
        tenant_id,
        tasks[0].project_id,
    )
    fields = {row["id"]: CustomField(*row) for row in rows}
    if not fields:
        return []
    had = await values_of(db, tenant_id, [copy.source_id for copy in copies], fields)
    wanted = {copy.id: had.get(copy.source_id, {}) for copy in copies}
    await insert_values(db, tenant_id, wanted)
    return [
        field_set(task, fields[field_id], None, value)
        for task in tasks
        for field_id, value in wanted[task.id].items()
    ]
