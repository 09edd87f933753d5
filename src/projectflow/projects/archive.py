"""The archive: projects that are over, to be read and not to be changed.

Nothing in an archived project is written: no task and nothing that hangs on one, no milestone, no
state, no setting. Its people, its owner and its place among somebody's favourites still change, a
timer that runs is stopped, and it is deleted and copied as any other.
"""

from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import lock_project
from projectflow.projects.types import PROJECT_COLUMNS, Project


async def archive_project(db: Db, actor: Actor, project_id: UUID, expected: int | None) -> Project:
    """Put a project into the archive; it remembers what its status was.

    Raises:
        ProjectNotFound, Forbidden, VersionConflict: as for a change.
    """
    project = await lock_project(db, actor, project_id, expected)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    if project.status == "archived":
        return project
    row = await db.fetchrow(
        f"""
        UPDATE projects p SET status = 'archived', archived_from = status, version = version + 1,
            updated_at = now()
        WHERE p.tenant_id = $1 AND p.id = $2 RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
    )
    return await _log(db, actor, "project.archived", project, Project(*only(row)))


async def unarchive_project(
    db: Db, actor: Actor, project_id: UUID, expected: int | None
) -> Project:
    """Take a project out of the archive, with the status that it had before.

    Raises:
        ProjectNotFound, Forbidden, VersionConflict: as for a change.
    """
    project = await lock_project(db, actor, project_id, expected)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    if project.status != "archived":
        return project
    row = await db.fetchrow(
        f"""
        UPDATE projects p SET status = coalesce(archived_from, 'active'), archived_from = NULL,
            version = version + 1, updated_at = now()
        WHERE p.tenant_id = $1 AND p.id = $2 RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
    )
    return await _log(db, actor, "project.unarchived", project, Project(*only(row)))


async def _log(db: Db, actor: Actor, event: str, before: Project, after: Project) -> Project:
    payload = difference(before, after, "status")
    change = Change(event, "project", after.id, after.version, payload, after.id)
    await record(db, actor.tenant_id, actor.user_id, change)
    return after
