"""What somebody is in a project, and what that lets them do."""

from uuid import UUID

from projectflow.auth.permissions import Action, Condition, ProjectRole, Resource
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict


class ProjectArchived(Conflict):
    """The project is archived: nothing in it changes until it is taken out of the archive."""


async def project_role(db: Db, actor: Actor, project_id: UUID) -> ProjectRole | None:
    """What the actor is in the project; None for somebody who does not belong to it."""
    return await db.fetchval(
        """
        SELECT role FROM project_members
        WHERE tenant_id = $1 AND project_id = $2 AND user_id = $3
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
    )


async def must_be_allowed_in(
    db: Db,
    actor: Actor,
    project_id: UUID,
    resource: Resource,
    action: Action,
    *holding: Condition,
) -> None:
    """Refuse unless the actor may do this in a project that they can see.

    That they belong to it is looked up here; `holding` says which other conditions hold. What
    changes a task or the project itself has their row, and sees there whether that is archived.

    Raises:
        Forbidden: they may not.
        ProjectArchived: nobody may comment or track time in a project that is archived.
    """
    if action != "read" and resource in {"comment", "time_entry"}:
        role, is_archived = await _standing(db, actor, project_id)
    elif actor.may_always(resource, action):
        return
    else:
        role, is_archived = await project_role(db, actor, project_id), False
    if role is None:
        actor.must_be_allowed(resource, action)
    else:
        actor.within(role).must_be_allowed(resource, action, "in_project", "is_member", *holding)
    if is_archived:
        raise ProjectArchived


async def _standing(db: Db, actor: Actor, project_id: UUID) -> tuple[ProjectRole | None, bool]:
    row = await db.fetchrow(
        """
        SELECT (SELECT m.role FROM project_members m
                WHERE m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = $3),
               p.status = 'archived'
        FROM projects p WHERE p.tenant_id = $1 AND p.id = $2
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
    )
    return (None, False) if row is None else (row[0], row[1])
