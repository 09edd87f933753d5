"""What somebody is in a project, and what that lets them do."""

from uuid import UUID

from projectflow.auth.permissions import Action, Condition, ProjectRole, Resource
from projectflow.auth.types import Actor
from projectflow.core.db import Db


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

    That they belong to it is looked up here; `holding` says which other conditions hold.

    Raises:
        Forbidden: they may not.
    """
    if actor.may_always(resource, action):
        return
    role = await project_role(db, actor, project_id)
    if role is None:
        actor.must_be_allowed(resource, action)
    else:
        actor.within(role).must_be_allowed(resource, action, "in_project", "is_member", *holding)
