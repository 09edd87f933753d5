"""A milestone that was taken away comes back, with the tasks that still have none."""

from collections.abc import Sequence
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput
from projectflow.projects.milestones import MAX_MILESTONES, MILESTONE_COLUMNS, Milestone
from projectflow.projects.service import lock_to_change


async def return_milestone(
    db: Db, actor: Actor, was: Milestone, task_ids: Sequence[UUID]
) -> Milestone:
    """Bring a milestone back under its id, and give it to those of the tasks that have no other.

    Raises:
        ProjectNotFound, Forbidden, ProjectArchived: the actor may not see or change the project.
        InvalidInput: the project has 200 milestones by now.
        MilestoneExists: it is there.
    """
    await lock_to_change(db, actor, was.project_id)
    row = await db.fetchrow(
        f"""
        INSERT INTO milestones AS m (tenant_id, id, project_id, name, description, due_date,
                                     completed_at, version)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8
        WHERE (SELECT count(*) FROM milestones WHERE tenant_id = $1 AND project_id = $3) < $9
        RETURNING {MILESTONE_COLUMNS}
        """,
        actor.tenant_id,
        was.id,
        was.project_id,
        was.name,
        was.description,
        was.due_date,
        was.completed_at,
        was.version + 2,
        MAX_MILESTONES,
    )
    if row is None:
        raise InvalidInput.of("name", f"the project has {MAX_MILESTONES} milestones already")
    milestone = Milestone(*row)
    rows = await db.fetch(
        """
        WITH free AS (
            SELECT id FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND id = ANY ($3::uuid[])
              AND milestone_id IS NULL
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE tasks t SET milestone_id = $4, version = t.version + 1, updated_at = now()
        FROM free WHERE t.tenant_id = $1 AND t.id = free.id RETURNING t.id
        """,
        actor.tenant_id,
        was.project_id,
        list(task_ids),
        was.id,
    )
    payload = {"after": milestone, "task_ids": sorted(row["id"] for row in rows)}
    change = Change(
        "milestone.restored", "milestone", was.id, milestone.version, payload, was.project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return milestone
