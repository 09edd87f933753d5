"""The rows of a project that is copied, read and written many at a time."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.types import State

TASKS: Final = """
    t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL AND t.archived_at IS NULL
"""


class SourceTask(Struct, frozen=True):
    """A task that is copied."""

    id: UUID
    start_date: date | None
    due_date: datetime | None


class Copy(Struct, frozen=True):
    """From where to where, by how many days later, and in which time zone a day is counted."""

    source_id: UUID
    project_id: UUID
    days: int
    zone: str


class Pairs(Struct, frozen=True):
    """Which row becomes which, in the order in which the new ones are numbered."""

    old: list[UUID]
    new: list[UUID]


async def hold_tasks(db: Db, actor: Actor, project_id: UUID) -> None:
    """Let no task be added to a project, moved in it or given a parent until this is done."""
    await db.execute(
        "SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = $2 FOR SHARE",
        actor.tenant_id,
        project_id,
    )


async def time_zone(db: Db, actor: Actor) -> str:
    """Where the actor is: a deadline at five stays at five when the clocks change in between."""
    return await db.fetchval(
        "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        actor.user_id,
    )


async def read_tasks(db: Db, actor: Actor, project_id: UUID, most: int) -> list[SourceTask]:
    """A project's tasks in their order."""
    rows = await db.fetch(
        f"""
        SELECT t.id, t.start_date, t.due_date FROM tasks t WHERE {TASKS}
        ORDER BY t.position LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        most,
    )
    return [SourceTask(*row) for row in rows]


async def read_milestones(db: Db, actor: Actor, project_id: UUID) -> list[tuple[UUID, date | None]]:
    """A project's milestones with their due dates."""
    rows = await db.fetch(
        "SELECT id, due_date FROM milestones WHERE tenant_id = $1 AND project_id = $2",
        actor.tenant_id,
        project_id,
    )
    return [(row["id"], row["due_date"]) for row in rows]


async def has_more_parts(db: Db, actor: Actor, task_ids: list[UUID], most: int) -> bool:
    """Whether tasks have more checklist items than `most`, or dependencies."""
    return await db.fetchval(
        """
        SELECT greatest(
            (SELECT count(*) FROM checklist_items
             WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])),
            (SELECT count(*) FROM task_dependencies
             WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]))) > $3
        """,
        actor.tenant_id,
        task_ids,
        most,
    )


async def copy_milestones(db: Db, actor: Actor, copy: Copy, pairs: Pairs) -> None:
    """Write the milestones of the new project; none is reached."""
    await db.execute(
        """
        INSERT INTO milestones (tenant_id, id, project_id, name, description, due_date)
        SELECT $1, n.new_id, $2, m.name, m.description, m.due_date + $5::int
        FROM unnest($3::uuid[], $4::uuid[]) AS n (old_id, new_id)
        JOIN milestones m ON m.tenant_id = $1 AND m.id = n.old_id
        """,
        actor.tenant_id,
        copy.project_id,
        pairs.old,
        pairs.new,
        copy.days,
    )


async def copy_tasks(
    db: Db, actor: Actor, copy: Copy, pairs: Pairs, milestones: Pairs, beginning: State
) -> None:
    """Write the tasks of the new project, numbered in their order."""
    await db.execute(
        """
        INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status, priority,
                           reporter_id, parent_id, milestone_id, start_date, due_date,
                           estimated_hours, tags, position, completed_at)
        SELECT $1, n.new_id, $2, n.number, t.title, t.description,
               CASE WHEN s.category IN ('unstarted', 'backlog') THEN t.status ELSE $11::text END,
               t.priority, $3, above.new_id, stone.new_id, t.start_date + $8::int,
               (t.due_date AT TIME ZONE $9::text + make_interval(days => $8::int))
                   AT TIME ZONE $9::text,
               t.estimated_hours, t.tags, rank_of(n.number::int),
               CASE WHEN $10::boolean THEN now() END
        FROM unnest($4::uuid[], $5::uuid[]) WITH ORDINALITY AS n (old_id, new_id, number)
        JOIN tasks t ON t.tenant_id = $1 AND t.id = n.old_id
        JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = t.status
        LEFT JOIN unnest($4::uuid[], $5::uuid[]) AS above (old_id, new_id)
            ON above.old_id = t.parent_id
        LEFT JOIN unnest($6::uuid[], $7::uuid[]) AS stone (old_id, new_id)
            ON stone.old_id = t.milestone_id
        """,
        actor.tenant_id,
        copy.project_id,
        actor.user_id,
        pairs.old,
        pairs.new,
        milestones.old,
        milestones.new,
        copy.days,
        copy.zone,
        # Where no task can begin, each is over at once.
        beginning.category == "completed",
        beginning.key,
    )
    await db.execute(
        "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
        actor.tenant_id,
        copy.project_id,
        len(pairs.new),
    )


async def copy_checklists(db: Db, actor: Actor, pairs: Pairs) -> None:
    """Write the steps of the new tasks; none is done."""
    await db.execute(
        """
        INSERT INTO checklist_items (tenant_id, id, task_id, checklist, title, position)
        SELECT $1, gen_random_uuid(), n.new_id, i.checklist, i.title, i.position
        FROM unnest($2::uuid[], $3::uuid[]) AS n (old_id, new_id)
        JOIN checklist_items i ON i.tenant_id = $1 AND i.task_id = n.old_id
        """,
        actor.tenant_id,
        pairs.old,
        pairs.new,
    )


async def copy_dependencies(db: Db, actor: Actor, pairs: Pairs) -> None:
    """Write the dependencies among the new tasks, which close no cycle as the old ones did not."""
    await db.execute(
        """
        INSERT INTO task_dependencies (tenant_id, task_id, depends_on_task_id, dependency_type,
                                       lag_minutes, lag_is_elapsed, created_by)
        SELECT $1, n.new_id, before.new_id, d.dependency_type, d.lag_minutes, d.lag_is_elapsed, $4
        FROM unnest($2::uuid[], $3::uuid[]) AS n (old_id, new_id)
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = n.old_id
        JOIN unnest($2::uuid[], $3::uuid[]) AS before (old_id, new_id)
            ON before.old_id = d.depends_on_task_id
        """,
        actor.tenant_id,
        pairs.old,
        pairs.new,
        actor.user_id,
    )


async def log_copies(db: Db, actor: Actor, project_id: UUID, part_of: int) -> None:
    """Write an event for each row of a project that was made just now, as if one by one.

    `part_of` is the event of the project, which is what is undone.
    """
    await db.execute(
        """
        WITH made AS (
            SELECT 1 AS turn, 0 AS place, 'milestone.created' AS type, 'milestone' AS entity_type,
                   m.id, jsonb_build_object('after', to_jsonb(m) - 'tenant_id') AS payload
            FROM milestones m WHERE m.tenant_id = $1 AND m.project_id = $2
            UNION ALL
            SELECT 2, t.number, 'task.created', 'task', t.id,
                   jsonb_build_object('after', to_jsonb(t) - 'tenant_id')
            FROM tasks t WHERE t.tenant_id = $1 AND t.project_id = $2
            UNION ALL
            SELECT 3, t.number, 'checklist_item.created', 'checklist_item', i.id,
                   jsonb_build_object('task_id', t.id, 'after', to_jsonb(i) - 'tenant_id')
            FROM tasks t JOIN checklist_items i ON i.tenant_id = $1 AND i.task_id = t.id
            WHERE t.tenant_id = $1 AND t.project_id = $2
            UNION ALL
            SELECT 4, t.number, 'dependency.added', 'task', t.id,
                   jsonb_build_object(
                       'dependency_id', d.id, 'depends_on_task_id', d.depends_on_task_id,
                       'after', jsonb_build_object(
                           'depends_on_task_id', d.depends_on_task_id, 'type', d.dependency_type,
                           'lag_minutes', d.lag_minutes, 'lag_is_elapsed', d.lag_is_elapsed))
            FROM tasks t JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = t.id
            WHERE t.tenant_id = $1 AND t.project_id = $2
        ), counted AS (
            UPDATE event_counters
            SET last_seq = last_seq + (SELECT count(*) FROM made), is_unsettled = true
            WHERE tenant_id = $1 RETURNING last_seq - (SELECT count(*) FROM made) AS base
        )
        INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                            entity_version, payload)
        SELECT $1, counted.base + row_number() OVER (ORDER BY made.turn, made.place, made.id),
               made.type, $3, made.entity_type, made.id, $2, 1,
               made.payload || jsonb_build_object('part_of', $4::bigint)
        FROM counted, made
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
        part_of,
    )
