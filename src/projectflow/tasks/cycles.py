"""Whether tasks wait for themselves: through dependencies, and through tasks and their sub-tasks.

A dependency of a task holds for all of its sub-tasks, and who waits for a task waits for all of
them. So a task that depends on its own sub-task is a cycle too, as is one that depends on a task
whose sub-task waits for the first.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.problems import Conflict

MAX_STEPS = 100_000
MAX_DEPTH = 1000
STEPS: Final = """
    (SELECT d.task_id AS id, true AS downwards FROM task_dependencies d
     WHERE d.tenant_id = $1 AND d.depends_on_task_id = walk.id
     UNION ALL
     SELECT t.id, true FROM tasks t
     WHERE t.tenant_id = $1 AND t.parent_id = walk.id AND walk.downwards
     UNION ALL
     SELECT t.parent_id, false FROM tasks t
     WHERE t.tenant_id = $1 AND t.id = walk.id AND t.parent_id IS NOT NULL)
"""
"""Where the walk goes from a task: to those that wait for it, its sub-tasks and its parent.

From a parent it does not go down to the other sub-tasks: they do not wait for this one. Tasks in
the trash are walked too, or a task that is restored could bring a cycle with it.
"""
WALK: Final = f"""
    RECURSIVE walk (id, downwards) AS (
        SELECT unnest($2::uuid[]), true
        UNION
        SELECT step.id, step.downwards FROM walk CROSS JOIN LATERAL {STEPS} step
    )
"""
Place = tuple[UUID, bool]


class DependenciesTooMany(Conflict):
    """Too many tasks wait for this one to be sure that it would not wait for itself."""


async def lock_dependencies(db: Db, actor: Actor) -> None:
    """One change of a workspace's dependencies at a time, until the transaction ends.

    A cycle is made by rows of many tasks and projects, so no row can stand for it; and what a
    serializable transaction reads on its walk would make unrelated changes fail. Take it after
    row locks of tasks and before an event.
    """
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('dependencies of ' || $1::text, 0))",
        str(actor.tenant_id),
    )


async def lock_hierarchy(db: Db, actor: Actor, project_id: UUID) -> None:
    """One change at a time of who stands below whom in a project, until the transaction ends.

    Or two people could close a circle, or put a task below one that leaves the project.
    """
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
    )


async def lock_hierarchy_around(db: Db, actor: Actor, task_id: UUID) -> None:
    """The same for the project that a task is in."""
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND project_id =
            (SELECT project_id FROM tasks WHERE tenant_id = $1 AND id = $2)
        FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        task_id,
    )


async def find_way(
    db: Db, actor: Actor, starts: Sequence[UUID], targets: Sequence[UUID]
) -> list[UUID] | None:
    """How one of `targets` comes to wait for one of `starts`, if any does.

    The shortest way, from the start to the target: each task waits for the one before it, or is
    its parent or sub-task. What it says holds until the transaction ends under
    `lock_dependencies`.

    Raises:
        DependenciesTooMany: the walk was given up after 100,000 steps.
    """
    row = only(
        await db.fetchrow(
            f"""
            WITH {WALK}
            SELECT count(*) AS steps, coalesce(bool_or(id = ANY ($3::uuid[])), false) AS arrived
            FROM (SELECT * FROM walk LIMIT $4) seen
            """,
            actor.tenant_id,
            list(starts),
            list(targets),
            MAX_STEPS,
        )
    )
    if row["arrived"]:
        return await _shortest(db, actor, starts, targets)
    if row["steps"] == MAX_STEPS:
        raise DependenciesTooMany
    return None


async def _shortest(
    db: Db, actor: Actor, starts: Sequence[UUID], targets: Sequence[UUID]
) -> list[UUID]:
    rows = await db.fetch(
        f"""
        WITH {WALK}
        SELECT walk.id, walk.downwards, step.id, step.downwards
        FROM (SELECT * FROM walk LIMIT $3) walk CROSS JOIN LATERAL {STEPS} step
        """,
        actor.tenant_id,
        list(starts),
        MAX_STEPS,
    )
    steps: dict[Place, list[Place]] = {}
    for row in rows:
        here, downwards, there, then_downwards = row
        steps.setdefault((here, downwards), []).append((there, then_downwards))
    came_from: dict[Place, Place | None] = {(start, True): None for start in starts}
    waiting = deque(came_from)
    while waiting:
        place: Place | None = waiting.popleft()
        if place[0] in targets:
            way: list[UUID] = []
            while place is not None:
                way.append(place[0])
                place = came_from[place]
            return way[::-1]
        for following in steps.get(place, ()):
            if following not in came_from:
                came_from[following] = place
                waiting.append(following)
    raise LookupError("the walk arrived, and its steps do not")


async def parent_closes_cycle(db: Db, actor: Actor, task_id: UUID) -> bool:
    """Whether a task that was just put below its parent waits for itself there.

    Raises:
        DependenciesTooMany: as `find_way`.
    """
    return await parents_close_cycle(db, actor, [task_id])


async def parents_close_cycle(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> bool:
    """Whether one of these tasks, which were just put below one parent, waits for itself there.

    Ask in the transaction of the change, after it and under `lock_dependencies`.

    Raises:
        DependenciesTooMany: as `find_way`.
    """
    row = only(
        await db.fetchrow(
            """
            WITH RECURSIVE above (id, depth) AS (
                SELECT parent_id, 1 FROM tasks WHERE tenant_id = $1 AND id = ($2::uuid[])[1]
                UNION ALL
                SELECT t.parent_id, above.depth + 1 FROM above
                JOIN tasks t ON t.tenant_id = $1 AND t.id = above.id
                WHERE above.depth < $3
            )
            SELECT
                ARRAY(SELECT DISTINCT d.depends_on_task_id FROM above JOIN task_dependencies d
                      ON d.tenant_id = $1 AND d.task_id = above.id) AS blocked_by,
                ARRAY(SELECT DISTINCT d.task_id FROM above JOIN task_dependencies d
                      ON d.tenant_id = $1 AND d.depends_on_task_id = above.id) AS blocks
            """,
            actor.tenant_id,
            list(task_ids),
            MAX_DEPTH,
        )
    )
    blocked_by, blocks = row["blocked_by"], row["blocks"]
    if blocked_by and await find_way(db, actor, task_ids, blocked_by) is not None:
        return True
    return bool(blocks) and await find_way(db, actor, blocks, task_ids) is not None
