"""The trash: deleted projects, which can come back."""

from datetime import datetime
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.projects.service import ProjectNotFound, lock_project
from projectflow.projects.types import PROJECT_COLUMNS, Project


class DeletedProject(Project, frozen=True):
    """A project in the trash."""

    deleted_at: datetime


async def delete_project(db: Db, actor: Actor, project_id: UUID, expected: int | None) -> None:
    """Put a project in the trash. Its tasks are no longer found; nothing is destroyed.

    Raises:
        ProjectNotFound, Forbidden, VersionConflict: as for a change.
    """
    await lock_project(db, actor, project_id, expected)
    actor.must_be_allowed("project", "delete")
    await db.fetchrow(
        """
        WITH p AS (
            UPDATE projects SET deleted_at = now(), version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING id, version
        )
        SELECT record_event($1, 'project.deleted', $3, 'project', p.id, p.id, p.version, '{}')
        FROM p
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
    )


async def list_deleted_projects(
    db: Db, actor: Actor, *, limit: int, cursor: str | None
) -> Page[DeletedProject]:
    """The projects in the trash, the last deleted first: for those who may bring them back.

    Raises:
        Forbidden: the role may not delete projects.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("project", "delete")
    before = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    rows = await db.fetch(
        f"""
        SELECT {PROJECT_COLUMNS}, p.deleted_at FROM projects p
        WHERE p.tenant_id = $1 AND p.deleted_at IS NOT NULL AND p.purged_at IS NULL
          AND ($2::timestamptz IS NULL OR (p.deleted_at, p.id) < ($2, $3))
        ORDER BY p.deleted_at DESC, p.id DESC LIMIT $4
        """,
        actor.tenant_id,
        *before,
        limit + 1,
    )
    deleted = [DeletedProject(*row) for row in rows]
    return page_of(deleted, limit, lambda p: encode_cursor(p.deleted_at, p.id))


async def restore_project(db: Db, actor: Actor, project_id: UUID) -> Project:
    """Bring a project back from the trash, with all that was in it.

    Raises:
        ProjectNotFound: it is not in the trash, is about to be deleted for good, or the actor could
            not see it before either.
        Forbidden: the role may not delete projects, so it may not undo that either.
    """
    actor.must_be_allowed("project", "read", "is_member")
    row = await db.fetchrow(
        f"""
        UPDATE projects p SET deleted_at = NULL, version = version + 1, updated_at = now()
        WHERE p.tenant_id = $1 AND p.id = $2 AND p.deleted_at IS NOT NULL AND p.purged_at IS NULL
          AND ($3 OR EXISTS (SELECT FROM project_members m
                             WHERE m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = $4))
        RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        project_id,
        actor.may_always("project", "read"),
        actor.user_id,
    )
    if row is None:
        raise ProjectNotFound
    actor.must_be_allowed("project", "delete")
    project = Project(*row)
    change = Change(
        "project.restored", "project", project_id, project.version, project_id=project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return project
