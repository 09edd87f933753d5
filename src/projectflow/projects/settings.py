"""A project's settings: what new tasks get, who may change the workflow, what moves by itself."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, difference, record, to_json
from projectflow.core.problems import InvalidInput
from projectflow.projects.service import lock_to_change, read_visible
from projectflow.projects.types import Priority


class ProjectSettings(Struct, frozen=True):
    """How a project is run."""

    default_priority: Priority = "medium"
    """Of new tasks that are given none."""
    default_assignee_id: UUID | None = None
    """Of new tasks that are given none, as long as this person is active."""
    members_change_workflow: bool = False
    """Whether whoever creates tasks here may change the workflow too."""
    auto_schedule: bool = False
    """Whether tasks that wait for others get new dates by themselves when those move."""


class ProjectSettingsPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of the settings; absent fields stay. `version` is the project's."""

    default_priority: Priority | UnsetType = UNSET
    default_assignee_id: UUID | None | UnsetType = UNSET
    members_change_workflow: bool | UnsetType = UNSET
    auto_schedule: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


FIELDS: Final = ProjectSettings.__struct_fields__


async def read_settings(db: Db, actor: Actor, project_id: UUID) -> ProjectSettings:
    """A project's settings.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    await read_visible(db, actor, project_id)
    return await settings_of(db, actor, project_id)


async def settings_of(db: Db, actor: Actor, project_id: UUID) -> ProjectSettings:
    """The settings of a project that the actor may see."""
    stored = await db.fetchval(
        "SELECT settings FROM projects WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        project_id,
    )
    return msgspec.json.decode(stored, type=ProjectSettings)


async def change_settings(
    db: Db, actor: Actor, project_id: UUID, patch: ProjectSettingsPatch, expected: int | None
) -> ProjectSettings:
    """Change a project's settings; nothing is written when nothing differs.

    Raises:
        ProjectNotFound, Forbidden, ProjectArchived: the actor may not see or change the project.
        VersionConflict: the project was changed since; carries it as it is now.
        InvalidInput: the assignee is no active member of the project.
    """
    await lock_to_change(db, actor, project_id, expected)
    before = await settings_of(db, actor, project_id)
    changes = {f: v for f in FIELDS if (v := getattr(patch, f)) is not UNSET}
    wanted = msgspec.structs.replace(before, **changes)
    if wanted == before:
        return before
    if wanted.default_assignee_id is not None and "default_assignee_id" in changes:
        await _check_assignee(db, actor, project_id, wanted.default_assignee_id)
    version = await db.fetchval(
        """
        UPDATE projects SET settings = settings || $3::jsonb, version = version + 1,
            updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        actor.tenant_id,
        project_id,
        to_json(wanted),
    )
    changed = Change(
        "project.settings_changed",
        "project",
        project_id,
        version,
        difference(before, wanted, *FIELDS),
        project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, changed)
    return wanted


async def _check_assignee(db: Db, actor: Actor, project_id: UUID, user_id: UUID) -> None:
    is_member = await db.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM project_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
            WHERE m.tenant_id = $1 AND m.project_id = $2 AND m.user_id = $3
              AND u.is_active AND u.deleted_at IS NULL)
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )
    if not is_member:
        raise InvalidInput.of("default_assignee_id", "is no active member of this project")
