"""What a task waits for and what waits for it, all the way; and the same of a whole project."""

from collections import deque
from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.access import require_project
from projectflow.tasks.dependencies import DEPENDENCY_COLUMNS, Dependency
from projectflow.tasks.linked import EXISTING, LINKED_COLUMNS, LINKED_JOINS, SHOWN, LinkedTask
from projectflow.tasks.service import read_task

MAX_NODES = 1000
MAX_EDGES = 10_000


class DependencyGraph(Struct, frozen=True):
    """Tasks, and which of them waits for which."""

    nodes: list[LinkedTask]
    edges: list[Dependency]
    hidden: int
    """How many tasks would follow that the reader may not see; the graph does not go past them."""
    is_cut: bool
    """Whether there is more than is shown: beyond the depth asked for, or the bound."""


async def read_dependency_graph(
    db: Db, actor: Actor, task_id: UUID, *, depth: int | None
) -> DependencyGraph:
    """What a task waits for, what that waits for and so on, and the same of what waits for it.

    The nearest 1,000 tasks, and of their dependencies 10,000. `depth` is how many dependencies
    away from the task; None is all.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    walked = await db.fetch(
        f"""
        WITH RECURSIVE walk (id, up, is_shown) AS (
            SELECT $4::uuid, up, true FROM unnest(ARRAY[true, false]) up
            UNION
            SELECT t.id, walk.up, {SHOWN}
            FROM walk
            CROSS JOIN LATERAL (
                SELECT d.depends_on_task_id AS id FROM task_dependencies d
                WHERE d.tenant_id = $1 AND d.task_id = walk.id AND walk.up
                UNION ALL
                SELECT d.task_id FROM task_dependencies d
                WHERE d.tenant_id = $1 AND d.depends_on_task_id = walk.id AND NOT walk.up
            ) following
            JOIN tasks t ON t.tenant_id = $1 AND t.id = following.id
            LEFT JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
            WHERE walk.is_shown AND {EXISTING}
        )
        SELECT id, is_shown FROM walk LIMIT $5
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        task_id,
        MAX_NODES + 2,  # the task itself twice, and one more to see whether there is more
    )
    shown = {row["id"]: row["is_shown"] for row in walked[: MAX_NODES + 1]}
    edges = await _edges_among(db, actor, shown)
    distances = _distances(task_id, edges[:MAX_EDGES], shown)
    within = {other for other, away in distances.items() if depth is None or away <= depth}
    kept = {other for other in within if shown[other]}
    return DependencyGraph(
        nodes=[node for node in await _nodes(db, actor, kept) if isinstance(node, LinkedTask)],
        edges=[e for e in edges[:MAX_EDGES] if {e.task_id, e.depends_on_task_id} <= kept],
        hidden=len(within) - len(kept),
        is_cut=len(walked) > MAX_NODES + 1 or len(edges) > MAX_EDGES or within < shown.keys(),
    )


async def _edges_among(db: Db, actor: Actor, task_ids: Collection[UUID]) -> list[Dependency]:
    rows = await db.fetch(
        f"""
        SELECT {DEPENDENCY_COLUMNS}
        FROM unnest($2::uuid[]) AS among (id)
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = among.id
        WHERE d.depends_on_task_id = ANY ($2) ORDER BY d.id LIMIT $3
        """,
        actor.tenant_id,
        list(task_ids),
        MAX_EDGES + 1,
    )
    return [Dependency(*row) for row in rows]


def _distances(task_id: UUID, edges: list[Dependency], shown: dict[UUID, bool]) -> dict[UUID, int]:
    """How many dependencies away each task is, up or down, without going past hidden ones."""
    up: dict[UUID, list[UUID]] = {}
    down: dict[UUID, list[UUID]] = {}
    for edge in edges:
        up.setdefault(edge.task_id, []).append(edge.depends_on_task_id)
        down.setdefault(edge.depends_on_task_id, []).append(edge.task_id)
    distances = {task_id: 0}
    for following in (up, down):
        waiting = deque([task_id])
        while waiting:
            here = waiting.popleft()
            for there in following.get(here, ()) if shown[here] else ():
                if there not in distances:
                    distances[there] = distances[here] + 1
                    waiting.append(there)
    return distances


async def _nodes(db: Db, actor: Actor, task_ids: Collection[UUID]) -> list[LinkedTask | None]:
    """The tasks that are not in the trash; None for one that the actor may not see."""
    rows = await db.fetch(
        f"""
        SELECT {SHOWN} AS is_shown, {LINKED_COLUMNS} FROM tasks t {LINKED_JOINS}
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND {EXISTING}
        ORDER BY p.key, t.number
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(task_ids),
    )
    return [LinkedTask(*values) if is_shown else None for is_shown, *values in rows]


async def read_project_graph(db: Db, actor: Actor, project_id: UUID) -> DependencyGraph:
    """All dependencies of a project's tasks, also on tasks of other projects and from there.

    At most 10,000 of them, the oldest first.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    rows = await db.fetch(
        f"""
        WITH own AS MATERIALIZED (
            SELECT id FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
        )
        SELECT {DEPENDENCY_COLUMNS} FROM own
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = own.id
        UNION
        SELECT {DEPENDENCY_COLUMNS} FROM own
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.depends_on_task_id = own.id
        ORDER BY created_at, id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_EDGES + 1,
    )
    edges = [Dependency(*row) for row in rows[:MAX_EDGES]]
    ends = {end for edge in edges for end in (edge.task_id, edge.depends_on_task_id)}
    found = await _nodes(db, actor, ends)
    nodes = {node.id: node for node in found if node is not None}
    return DependencyGraph(
        nodes=list(nodes.values()),
        edges=[e for e in edges if e.task_id in nodes and e.depends_on_task_id in nodes],
        hidden=len(found) - len(nodes),
        is_cut=len(rows) > MAX_EDGES,
    )
