"""Whose a project is."""

from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import Forbidden, InvalidInput
from projectflow.projects.service import lock_project
from projectflow.projects.types import PROJECT_COLUMNS, Project


class NewOwner(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to give a project to."""

    user_id: UUID


async def change_owner(
    db: Db, actor: Actor, project_id: UUID, user_id: UUID, expected: int | None
) -> Project:
    """Give a project to another of its members, who manages it from then on.

    Those may who change every project of the workspace, and who owns it now. An archived project
    can change hands too.

    Raises:
        ProjectNotFound, VersionConflict: as for any change.
        Forbidden: the project is neither the actor's nor may they change all projects.
        InvalidInput: they are not in the project, not active, or only read in this workspace.
    """
    project = await lock_project(db, actor, project_id, expected)
    is_theirs = project.owner_id == actor.user_id and actor.role != "viewer"
    if not is_theirs and not actor.may_always("project", "update"):
        raise Forbidden("Only its owner, or who may change every project, gives a project away.")
    if user_id == project.owner_id:
        return project
    role = await _role_of_new_owner(db, actor, project_id, user_id)
    await db.execute(
        """
        UPDATE project_members SET role = 'manager'
        WHERE tenant_id = $1 AND project_id = $2 AND user_id = $3
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )
    row = await db.fetchrow(
        f"""
        UPDATE projects p SET owner_id = $3, version = version + 1, updated_at = now()
        WHERE p.tenant_id = $1 AND p.id = $2 RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )
    changed = Project(*only(row))
    payload = {
        "before": {"owner_id": project.owner_id, "role": role},
        "after": {"owner_id": user_id, "role": "manager"},
    }
    change = Change(
        "project.owner_changed", "project", project_id, changed.version, payload, project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return changed


async def _role_of_new_owner(db: Db, actor: Actor, project_id: UUID, user_id: UUID) -> str:
    """What somebody is in the project so far; refuses those who cannot own it."""
    row = await db.fetchrow(
        """
        SELECT m.role, u.role AS workspace_role
        FROM project_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
        WHERE m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = $3
          AND u.is_active AND u.deleted_at IS NULL
        FOR NO KEY UPDATE OF m FOR SHARE OF u
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )
    if row is None:
        raise InvalidInput.of("user_id", "is no active member of this project")
    if row["workspace_role"] == "viewer":
        raise InvalidInput.of("user_id", "only reads in this workspace")
    return row["role"]
