"""How far a task is: what its sub-tasks at any depth add up to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.projects.types import Category
from projectflow.tasks.service import VISIBLE, read_task

MAX_TASKS: Final = 200
MAX_SUBTASKS: Final = 1000
MAX_DEPTH: Final = 1000


class Progress(Struct, frozen=True):
    """What a task and its sub-tasks at any depth add up to, without what is in the trash."""

    task_id: UUID
    total: int
    """Its sub-tasks, without cancelled ones."""
    done: int
    """How many of them are completed."""
    estimated_hours: Decimal | None
    """Of the task and all below it; null where nobody has estimated."""
    actual_hours: Decimal | None


class ProgressOfTasks(Struct, frozen=True):
    """The progress of those of the tasks that one may see, in the order asked for."""

    items: list[Progress]


class Subtask(Struct, frozen=True):
    """A task below another one, and how far it is."""

    progress: Progress
    id: UUID
    parent_id: UUID
    depth: int
    """1 for what stands right below the task that was asked for."""
    key: str
    title: str
    status: str
    category: Category
    priority: str
    assignee_id: UUID | None


class Subtasks(Struct, frozen=True):
    """The tree below a task, each parent before its sub-tasks, by rank; at most 1,000."""

    progress: Progress
    items: list[Subtask]
    more: int
    """How many sub-tasks there are beyond those; they count in the progress."""


TREE: Final = """
    RECURSIVE tree (root, id, depth) AS (
        SELECT asked, asked, 0 FROM unnest($2::uuid[]) asked
        UNION ALL
        SELECT tree.root, t.id, tree.depth + 1
        FROM tree JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = tree.id
        WHERE t.deleted_at IS NULL AND tree.depth < $3
    )
"""
SUMS: Final = """
    SELECT tree.root,
           count(*) FILTER (WHERE tree.depth > 0 AND s.category <> 'cancelled') AS total,
           count(*) FILTER (WHERE tree.depth > 0 AND s.category = 'completed') AS done,
           sum(t.estimated_hours) AS estimated_hours, sum(t.actual_hours) AS actual_hours
    FROM tree JOIN tasks t ON t.tenant_id = $1 AND t.id = tree.id
    JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id
        AND s.key = t.status
    GROUP BY tree.root
"""


async def read_progress(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> ProgressOfTasks:
    """The progress of up to 200 tasks, such as a page of them, in two statements.

    Raises:
        InvalidInput: they are more than 200.
    """
    actor.must_be_allowed("task", "read", "in_project")
    if len(task_ids) > MAX_TASKS:
        raise InvalidInput.of("id", f"stands more than {MAX_TASKS} times")
    seen = await db.fetch(
        f"""
        SELECT t.id FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND t.deleted_at IS NULL AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(task_ids),
    )
    found = await _sum_up(db, actor, [row["id"] for row in seen])
    return ProgressOfTasks([found[i] for i in dict.fromkeys(task_ids) if i in found])


async def _sum_up(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    rows = await db.fetch(f"WITH {TREE} {SUMS}", actor.tenant_id, list(task_ids), MAX_DEPTH)
    return {row["root"]: Progress(*row) for row in rows}


async def read_subtasks(db: Db, actor: Actor, task_id: UUID) -> Subtasks:
    """The tree below a task, with the progress of each.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    rows = await db.fetch(
        """
        WITH RECURSIVE tree (id, depth, path) AS (
            SELECT t.id, 1, ARRAY[t.position] FROM tasks t
            WHERE t.tenant_id = $1 AND t.parent_id = $2 AND t.deleted_at IS NULL
            UNION ALL
            SELECT t.id, tree.depth + 1, tree.path || t.position
            FROM tree JOIN tasks t ON t.tenant_id = $1 AND t.parent_id = tree.id
            WHERE t.deleted_at IS NULL AND tree.depth < $3
        )
        SELECT t.id, t.parent_id, tree.depth, p.key || '-' || t.number AS key, t.title, t.status,
               s.category, t.priority, t.assignee_id
        FROM (SELECT * FROM tree ORDER BY path LIMIT $4) tree
        JOIN tasks t ON t.tenant_id = $1 AND t.id = tree.id
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id
            AND s.key = t.status
        ORDER BY tree.path
        """,
        actor.tenant_id,
        task_id,
        MAX_DEPTH,
        MAX_SUBTASKS,
    )
    below: int = await db.fetchval(
        f"WITH {TREE} SELECT count(*) - 1 FROM tree", actor.tenant_id, [task_id], MAX_DEPTH
    )
    found = await _sum_up(db, actor, [task_id, *(row["id"] for row in rows)])
    items = [Subtask(found[row["id"]], *row) for row in rows]
    return Subtasks(found[task_id], items, below - len(items))
