"""Whose tasks of a project somebody may read."""

from uuid import UUID

from projectflow.auth.permissions import ProjectRole
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.projects.membership import ProjectArchived
from projectflow.projects.service import ProjectNotFound


async def require_project(db: Db, actor: Actor, project_id: UUID) -> ProjectRole | None:
    """Refuse when the actor may not read this project's tasks; says what they are in it.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not know of it.
        Forbidden: a manager may read the project, but not its tasks without being in it.
    """
    row = await db.fetchrow(
        """
        SELECT (SELECT m.role FROM project_members m
                WHERE m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = $3) AS role
        FROM projects p WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
    )
    if row is None or (row["role"] is None and not actor.may_always("project", "read")):
        raise ProjectNotFound
    if row["role"] is None and not actor.sees_all_projects:
        raise Forbidden("You are not a member of this project.")
    return row["role"]


async def must_be_open(db: Db, actor: Actor, project_id: UUID) -> None:
    """Refuse to bring anything into a project that is archived.

    Raises:
        ProjectArchived: it is.
    """
    archived: bool = await db.fetchval(
        "SELECT EXISTS (SELECT FROM projects"
        " WHERE tenant_id = $1 AND id = $2 AND status = 'archived')",
        actor.tenant_id,
        project_id,
    )
    if archived:
        raise ProjectArchived
