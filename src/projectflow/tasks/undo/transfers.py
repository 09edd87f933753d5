"""Tasks that went to another project go back, and get the numbers that they had there."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.many import with_all_below
from projectflow.tasks.project_moves import (
    lock_counters,
    log_moves,
    must_be_allowed_there,
    remember_keys,
)
from projectflow.tasks.ranks import free_ranks
from projectflow.tasks.types import TASK_COLUMNS, Task
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of
from projectflow.tasks.undo.task_fields import fields_of, hold_unchanged


@inverse_of("task.transferred")
async def send_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put tasks back into the projects, places and states that they had."""
    before = {event.entity_id: fields_of(event.before) for event in events}
    # Parents came before their sub-tasks, and go back before them.
    by_project = sorted(before.items(), key=lambda item: item[1]["project_id"].bytes)
    for project_id, group in groupby(by_project, key=lambda item: item[1]["project_id"]):
        wanted = dict(group)
        there = {event.entity_id: event for event in events if event.entity_id in wanted}
        await lock_counters(db, actor, list(wanted), project_id)
        held = await hold_unchanged(db, actor, there, "position")
        await must_be_allowed_there(db, actor, project_id)
        added = set(await with_all_below(db, actor, list(wanted))) - before.keys()
        if added:
            raise ChangedSince.of("subtasks", "came below the task since")
        await _check_parents(db, actor, project_id, wanted)
        ranks = {task_id: fields["position"] for task_id, fields in wanted.items()}
        ranks = await free_ranks(db, actor, project_id, ranks)
        tasks = [held[task_id].task for task_id in wanted]
        await _forget_keys(db, actor, project_id, [f["number"] for f in wanted.values()])
        moved = await _write(db, actor, project_id, tasks, wanted, ranks)
        await remember_keys(db, actor, tasks)
        await log_moves(db, actor, tasks, moved)


async def _check_parents(
    db: Db, actor: Actor, project_id: UUID, wanted: dict[UUID, dict[str, Any]]
) -> None:
    parents = {p for f in wanted.values() if (p := f.get("parent_id")) and p not in wanted}
    found = await db.fetchval(
        """
        SELECT count(*) FROM tasks
        WHERE tenant_id = $1 AND project_id = $2 AND id = ANY ($3::uuid[]) AND deleted_at IS NULL
        """,
        actor.tenant_id,
        project_id,
        list(parents),
    )
    if found != len(parents):
        raise ChangedSince.of("parent_id", "names a task that is no longer in that project")


async def _forget_keys(db: Db, actor: Actor, project_id: UUID, numbers: Sequence[int]) -> None:
    """These keys are the tasks' own again."""
    await db.execute(
        """
        DELETE FROM former_task_keys
        WHERE tenant_id = $1 AND project_id = $2 AND number = ANY ($3::int[])
        """,
        actor.tenant_id,
        project_id,
        list(numbers),
    )


async def _write(
    db: Db,
    actor: Actor,
    project_id: UUID,
    tasks: Sequence[Task],
    wanted: dict[UUID, dict[str, Any]],
    ranks: dict[UUID, str],
) -> dict[UUID, Task]:
    was = [wanted[task.id] for task in tasks]
    rows = await db.fetch(
        f"""
        UPDATE tasks t SET project_id = $2, number = n.number, position = n.position,
            status = n.status, parent_id = n.parent_id, completed_at = n.completed_at,
            version = t.version + 1, updated_at = now()
        FROM projects p,
            unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::uuid[], $8::timestamptz[])
            AS n (id, number, position, status, parent_id, completed_at)
        WHERE t.tenant_id = $1 AND t.id = n.id AND p.tenant_id = $1 AND p.id = $2
        RETURNING {TASK_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        [task.id for task in tasks],
        [fields["number"] for fields in was],
        [ranks[task.id] for task in tasks],
        [fields.get("status", task.status) for task, fields in zip(tasks, was, strict=True)],
        [fields.get("parent_id", task.parent_id) for task, fields in zip(tasks, was, strict=True)],
        [
            fields.get("completed_at", task.completed_at)
            for task, fields in zip(tasks, was, strict=True)
        ],
    )
    return {row["id"]: Task(*row) for row in rows}
