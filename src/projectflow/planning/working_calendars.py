"""When a workspace works, and what of it is different in a project."""

from typing import Final
from uuid import UUID

import asyncpg
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record, to_json
from projectflow.core.problems import VersionConflict
from projectflow.planning.calendars import stored
from projectflow.planning.types import (
    ProjectCalendar,
    VersionedProjectCalendar,
    VersionedWorkspaceCalendar,
    WorkspaceCalendar,
    check_settings,
)
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible

OF_WORKSPACE: Final = WorkspaceCalendar.__struct_fields__
OF_PROJECT: Final = ProjectCalendar.__struct_fields__


class NewWorkspaceCalendar(WorkspaceCalendar, frozen=True, forbid_unknown_fields=True):
    """When a workspace works from now on; absent fields are as in a new workspace."""

    version: int | UnsetType = UNSET


class NewProjectCalendar(ProjectCalendar, frozen=True, forbid_unknown_fields=True):
    """What is different in a project from now on."""

    version: int | UnsetType = UNSET


async def read_calendar(db: Db, actor: Actor) -> VersionedWorkspaceCalendar:
    """When the workspace works.

    Raises:
        Forbidden: the role may not read it.
    """
    actor.must_be_allowed("calendar", "read")
    row = await db.fetchrow(
        "SELECT calendar, version FROM workspace_calendars WHERE tenant_id = $1", actor.tenant_id
    )
    return _of_workspace(row)


async def set_calendar(
    db: Db, actor: Actor, new: NewWorkspaceCalendar, expected: int | None
) -> VersionedWorkspaceCalendar:
    """Say when the workspace works; the whole of it.

    Raises:
        Forbidden: the role may not.
        VersionConflict: somebody changed it since; carries it as it is now.
        InvalidInput: names the field that is wrong.
    """
    actor.must_be_allowed("calendar", "update")
    check_settings(new)
    wanted = WorkspaceCalendar(*(getattr(new, field) for field in OF_WORKSPACE))
    await db.execute(
        """
        INSERT INTO workspace_calendars (tenant_id, calendar) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO NOTHING
        """,
        actor.tenant_id,
        to_json(WorkspaceCalendar()),
    )
    row = await db.fetchrow(
        """
        SELECT calendar, version FROM workspace_calendars WHERE tenant_id = $1 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
    )
    current = _of_workspace(row)
    _check_version(current, expected)
    payload = difference(current, wanted, *OF_WORKSPACE)
    if not payload["after"]:
        return current
    row = await db.fetchrow(
        """
        UPDATE workspace_calendars SET calendar = $2, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 RETURNING calendar, version
        """,
        actor.tenant_id,
        to_json(wanted),
    )
    saved = _of_workspace(row)
    change = Change(
        "workspace.calendar_changed", "workspace", actor.tenant_id, saved.version, payload
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return saved


async def read_project_calendar(db: Db, actor: Actor, project_id: UUID) -> VersionedProjectCalendar:
    """What is different in a project.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    await read_visible(db, actor, project_id)
    row = await db.fetchrow(
        """
        SELECT calendar, version FROM project_calendars WHERE tenant_id = $1 AND project_id = $2
        """,
        actor.tenant_id,
        project_id,
    )
    return _of_project(project_id, row)


async def set_project_calendar(
    db: Db, actor: Actor, project_id: UUID, new: NewProjectCalendar, expected: int | None
) -> VersionedProjectCalendar:
    """Say what is different in a project; the whole of it. An empty one changes nothing again.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        VersionConflict: somebody changed it since; carries it as it is now.
        InvalidInput: names the field that is wrong.
    """
    await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    check_settings(new)
    wanted = ProjectCalendar(*(getattr(new, field) for field in OF_PROJECT))
    await db.execute(
        """
        INSERT INTO project_calendars (tenant_id, project_id, calendar) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, project_id) DO NOTHING
        """,
        actor.tenant_id,
        project_id,
        to_json(ProjectCalendar()),
    )
    row = await db.fetchrow(
        """
        SELECT calendar, version FROM project_calendars
        WHERE tenant_id = $1 AND project_id = $2 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
    )
    current = _of_project(project_id, row)
    _check_version(current, expected)
    payload = difference(current, wanted, *OF_PROJECT)
    if not payload["after"]:
        return current
    row = await db.fetchrow(
        """
        UPDATE project_calendars SET calendar = $3, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND project_id = $2 RETURNING calendar, version
        """,
        actor.tenant_id,
        project_id,
        to_json(wanted),
    )
    saved = _of_project(project_id, row)
    change = Change(
        "project.calendar_changed", "project", project_id, saved.version, payload, project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return saved


def _of_workspace(row: asyncpg.Record | None) -> VersionedWorkspaceCalendar:
    text, version = (None, 0) if row is None else row
    return VersionedWorkspaceCalendar(**asdict(stored(text, WorkspaceCalendar)), version=version)


def _of_project(project_id: UUID, row: asyncpg.Record | None) -> VersionedProjectCalendar:
    text, version = (None, 0) if row is None else row
    settings = stored(text, ProjectCalendar)
    return VersionedProjectCalendar(**asdict(settings), project_id=project_id, version=version)


def _check_version(
    current: VersionedWorkspaceCalendar | VersionedProjectCalendar, expected: int | None
) -> None:
    if expected is not None and expected != current.version:
        raise VersionConflict(current=current)
