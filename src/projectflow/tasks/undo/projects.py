"""Projects: fields, settings, owner and people go back; what was made or deleted changes sides."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.auth.permissions import ProjectRole
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.archive import archive_project, unarchive_project
from projectflow.projects.members import remove_member, role_of, set_member
from projectflow.projects.ownership import change_owner
from projectflow.projects.service import (
    PATCHABLE,
    ProjectNotFound,
    list_states,
    lock_project,
    update_project,
)
from projectflow.projects.settings import ProjectSettingsPatch, change_settings, settings_of
from projectflow.projects.trash import delete_project, restore_project
from projectflow.projects.types import Project, ProjectPatch
from projectflow.projects.workflow import reorder_states
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


@inverse_of("project.updated")
async def put_project_fields_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give projects the fields that they had."""
    for event in events:
        await _lock_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, ProjectPatch, strict=False)
        await update_project(db, actor, event.entity_id, patch, None)


@inverse_of("project.archived")
async def take_out_of_archive(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let projects be worked in again, with the status that they had."""
    for event in events:
        await _lock_unchanged(db, actor, event)
        await unarchive_project(db, actor, event.entity_id, None)


@inverse_of("project.unarchived")
async def put_in_archive(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Archive projects again."""
    for event in events:
        await _lock_unchanged(db, actor, event)
        await archive_project(db, actor, event.entity_id, None)


@inverse_of("project.created", "project.restored")
async def throw_projects_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put projects in the trash, new ones where nobody has changed their fields since."""
    for event in events:
        await _lock_unchanged(db, actor, event)
        await delete_project(db, actor, event.entity_id, None)


@inverse_of("project.deleted")
async def bring_projects_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take projects from the trash, with all that was in them."""
    for event in events:
        try:
            await restore_project(db, actor, event.entity_id)
        except ProjectNotFound:
            raise ChangedSince.of("deleted_at") from None


@inverse_of("project.settings_changed")
async def put_settings_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Run projects as they were run."""
    for event in events:
        await lock_project(db, actor, event.entity_id)
        now = await settings_of(db, actor, event.entity_id)
        _compare(event, now)
        patch = msgspec.convert(event.before, ProjectSettingsPatch, strict=False)
        await change_settings(db, actor, event.entity_id, patch, None)


@inverse_of("project.owner_changed")
async def give_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give projects to those whose they were; who had them meanwhile is in it what they were."""
    for event in events:
        project = await lock_project(db, actor, event.entity_id)
        if str(project.owner_id) != event.after["owner_id"]:
            raise ChangedSince.of("owner_id")
        await change_owner(db, actor, event.entity_id, UUID(event.before["owner_id"]), None)
        role = cast("ProjectRole", event.before["role"])
        await set_member(db, actor, event.entity_id, project.owner_id, role)


@inverse_of("project.member_set")
async def put_members_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let people be in projects what they were, or not be in them."""
    for event in events:
        user_id = UUID(event.payload["user_id"])
        await _check_role(db, actor, event, user_id, event.after["role"])
        # What was logged before roles were: somebody was added.
        role: ProjectRole | None = event.before.get("role")
        if role is None:
            await remove_member(db, actor, event.entity_id, user_id)
        else:
            await set_member(db, actor, event.entity_id, user_id, role)


@inverse_of("project.member_removed")
async def take_members_in(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Let people belong to projects again, as what they did."""
    for event in events:
        user_id = UUID(event.payload["user_id"])
        await _check_role(db, actor, event, user_id, None)
        await set_member(db, actor, event.entity_id, user_id, event.before.get("role", "member"))


@inverse_of("project.workflow_ordered")
async def order_states_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Put the states of workflows into the order that they had."""
    for event in events:
        await lock_project(db, actor, event.entity_id)
        now = [str(state.id) for state in await list_states(db, actor, event.entity_id)]
        if now != event.after["state_ids"]:
            raise ChangedSince.of("state_ids")
        before = [UUID(each) for each in event.before["state_ids"]]
        await reorder_states(db, actor, event.entity_id, before)


async def _check_role(db: Db, actor: Actor, event: Logged, user_id: UUID, left: str | None) -> None:
    if await role_of(db, actor, event.entity_id, user_id) != left:
        raise ChangedSince.of("role")


async def _lock_unchanged(db: Db, actor: Actor, event: Logged) -> Project:
    try:
        project = await lock_project(db, actor, event.entity_id)
    except ProjectNotFound:
        raise ChangedSince.of("project", "is gone") from None
    _compare(event, project, *PATCHABLE)
    return project


def _compare(event: Logged, now: Struct, *fields: str) -> None:
    said: dict[str, Any] = msgspec.to_builtins(now)
    left = {f: v for f, v in event.after.items() if not fields or f in fields}
    if errors := differing(left, said):
        raise ChangedSince(errors)
