"""How many tasks each state of a project holds: kept by a trigger (migration 0019), not counted."""

from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.types import TaskFilters


def are_tallied(filters: TaskFilters) -> bool:
    """Whether nothing but states and being archived tells the tasks apart."""
    return filters == TaskFilters(status=filters.status, archived=filters.archived)


async def read_tallies(
    db: Db, actor: Actor, project_id: UUID, filters: TaskFilters
) -> dict[str, int]:
    """Tasks by state, of those that `filters` means; whether the actor may know is the caller's."""
    rows = await db.fetch(
        """
        SELECT n.status, sum(CASE WHEN $4 THEN n.archived ELSE n.tasks END)::bigint AS tasks
        FROM task_tallies n
        WHERE n.tenant_id = $1 AND n.project_id = $2
          AND ($3::text[] IS NULL OR n.status = ANY ($3))
        GROUP BY n.status
        """,
        actor.tenant_id,
        project_id,
        filters.status or None,
        filters.archived,
    )
    return {row["status"]: row["tasks"] for row in rows}
