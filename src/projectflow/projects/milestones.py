"""Milestones: what a project is to have reached by when, and how far its tasks are."""

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import CONSTRAINTS, Conflict, InvalidInput, NotFound, VersionConflict
from projectflow.projects.membership import ProjectArchived, must_be_allowed_in
from projectflow.projects.progress import (
    NO_PROGRESS,
    PROGRESS_COLUMNS,
    Progress,
    progress_of,
)
from projectflow.projects.service import SEEN, lock_to_change, read_visible

MAX_MILESTONES: Final = 200
"""A project's."""
MAX_CLEARED: Final = 10_000
"""Tasks that lose their milestone with one event."""
MilestoneName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Markdown = Annotated[str, Meta(max_length=100_000)]


class Milestone(Struct, frozen=True):
    """Something that a project is to have reached."""

    id: UUID
    project_id: UUID
    name: str
    description: str | None
    due_date: date | None
    completed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


MILESTONE_COLUMNS: Final = (
    "m.id, m.project_id, m.name, m.description, m.due_date, m.completed_at, m.version,"
    " m.created_at, m.updated_at"
)
WIDTH: Final = len(Milestone.__struct_fields__)
LOGGED: Final = ("name", "description", "due_date", "completed_at")
TASKS: Final = f"""
    CROSS JOIN LATERAL (
        SELECT {PROGRESS_COLUMNS}
        FROM tasks t JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = t.status
        WHERE t.tenant_id = $1 AND t.project_id = m.project_id AND t.milestone_id = m.id
          AND t.deleted_at IS NULL
    ) work
"""
"""The progress of milestone `m`."""


class MilestoneDetails(Milestone, frozen=True):
    """A milestone with the progress of its tasks."""

    progress: Progress


class Milestones(Struct, frozen=True):
    """A project's milestones, the next one due first; at most 200."""

    items: list[MilestoneDetails]


class NewMilestone(Struct, frozen=True, forbid_unknown_fields=True):
    """A milestone to create; `id` may be made by the client (UUIDv7)."""

    name: MilestoneName
    id: UUID | UnsetType = UNSET
    description: Markdown | None = None
    due_date: date | None = None


class MilestonePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a milestone; absent fields stay as they are."""

    name: MilestoneName | UnsetType = UNSET
    description: Markdown | None | UnsetType = UNSET
    due_date: date | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


class MilestoneNotFound(NotFound):
    """There is no such milestone."""


class MilestoneExists(Conflict):
    """A milestone with this id exists."""


class MilestoneTooLarge(Conflict):
    """More than 10,000 tasks belong to this milestone: give some of them another one first."""


CONSTRAINTS["milestones_pkey"] = MilestoneExists


def no_such_milestone() -> InvalidInput:
    """A task was to get a milestone that its project does not have."""
    return InvalidInput.of("milestone_id", "is not a milestone of this project")


CONSTRAINTS["tasks_milestone_exists"] = no_such_milestone


async def hold_milestone(db: Db, actor: Actor, project_id: UUID, milestone_id: UUID) -> None:
    """Keep a milestone that a task is to get from being deleted until the transaction ends.

    Raises:
        InvalidInput: the project has no such milestone.
    """
    found = await db.fetchval(
        """
        SELECT id FROM milestones WHERE tenant_id = $1 AND project_id = $2 AND id = $3
        FOR KEY SHARE
        """,
        actor.tenant_id,
        project_id,
        milestone_id,
    )
    if found is None:
        raise no_such_milestone()


async def create_milestone(
    db: Db, actor: Actor, project_id: UUID, new: NewMilestone
) -> MilestoneDetails:
    """Add a milestone to a project.

    Raises:
        ProjectNotFound, Forbidden, ProjectArchived: the actor may not see or change the project.
        InvalidInput: it has 200 already.
        MilestoneExists: the client's id was used before.
    """
    await lock_to_change(db, actor, project_id)
    row = await db.fetchrow(
        f"""
        INSERT INTO milestones AS m (tenant_id, id, project_id, name, description, due_date)
        SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM milestones WHERE tenant_id = $1 AND project_id = $3) < $7
        RETURNING {MILESTONE_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        project_id,
        new.name.strip(),
        new.description,
        new.due_date,
        MAX_MILESTONES,
    )
    if row is None:
        raise InvalidInput.of("name", f"the project has {MAX_MILESTONES} milestones already")
    milestone = Milestone(*row)
    await _log(db, actor, "milestone.created", milestone, {"after": milestone})
    return MilestoneDetails(**asdict(milestone), progress=NO_PROGRESS)


async def list_milestones(db: Db, actor: Actor, project_id: UUID) -> Milestones:
    """A project's milestones with their progress; those without a due date come last.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    await read_visible(db, actor, project_id)
    return Milestones(await milestones_of(db, actor, project_id))


async def milestones_of(db: Db, actor: Actor, project_id: UUID) -> list[MilestoneDetails]:
    """The milestones of a project that the actor may see."""
    rows = await db.fetch(
        f"""
        SELECT {MILESTONE_COLUMNS}, work.* FROM milestones m {TASKS}
        WHERE m.tenant_id = $1 AND m.project_id = $2
        ORDER BY m.due_date, m.name, m.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_MILESTONES,
    )
    return [_details(row) for row in rows]


def _details(row: asyncpg.Record) -> MilestoneDetails:
    values: list[Any] = list(row)
    return MilestoneDetails(*values[:WIDTH], progress=progress_of(values[WIDTH:]))


async def read_milestone(db: Db, actor: Actor, milestone_id: UUID) -> MilestoneDetails:
    """One milestone with its progress.

    Raises:
        MilestoneNotFound: it does not exist, or the actor may not see its project.
    """
    actor.must_be_allowed("project", "read", "is_member")
    row = await db.fetchrow(
        f"""
        SELECT {MILESTONE_COLUMNS}, work.*
        FROM milestones m JOIN projects p ON p.tenant_id = $1 AND p.id = m.project_id {TASKS}
        WHERE m.tenant_id = $1 AND m.id = $4 AND {SEEN}
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        milestone_id,
    )
    if row is None:
        raise MilestoneNotFound
    return _details(row)


async def update_milestone(
    db: Db, actor: Actor, milestone_id: UUID, patch: MilestonePatch, expected: int | None
) -> MilestoneDetails:
    """Change a milestone's fields; nothing is written when nothing differs.

    Raises:
        MilestoneNotFound, Forbidden, ProjectArchived: the actor may not see or change it.
        VersionConflict: it was changed since; carries it as it is now.
    """
    milestone = await _lock(db, actor, milestone_id, expected)
    changes = {f: v for f in LOGGED[:3] if (v := getattr(patch, f)) is not UNSET}
    if "name" in changes:
        changes["name"] = changes["name"].strip()
    wanted = msgspec.structs.replace(milestone, **changes)
    return await _write(db, actor, "milestone.updated", milestone, wanted)


async def complete_milestone(
    db: Db, actor: Actor, milestone_id: UUID, expected: int | None, at: datetime | None = None
) -> MilestoneDetails:
    """Say that a milestone is reached, now or `at` a moment, whatever is left of its tasks.

    Once is enough.

    Raises:
        MilestoneNotFound, Forbidden, ProjectArchived, VersionConflict: as for a change.
    """
    milestone = await _lock(db, actor, milestone_id, expected)
    now = await db.fetchval("SELECT now()")
    wanted = msgspec.structs.replace(milestone, completed_at=milestone.completed_at or at or now)
    return await _write(db, actor, "milestone.completed", milestone, wanted)


async def reopen_milestone(
    db: Db, actor: Actor, milestone_id: UUID, expected: int | None
) -> MilestoneDetails:
    """Say that a milestone is not reached after all.

    Raises:
        MilestoneNotFound, Forbidden, ProjectArchived, VersionConflict: as for a change.
    """
    milestone = await _lock(db, actor, milestone_id, expected)
    wanted = msgspec.structs.replace(milestone, completed_at=None)
    return await _write(db, actor, "milestone.reopened", milestone, wanted)


async def _write(
    db: Db, actor: Actor, event: str, before: Milestone, wanted: Milestone
) -> MilestoneDetails:
    if wanted != before:
        row = await db.fetchrow(
            f"""
            UPDATE milestones m SET name = $3, description = $4, due_date = $5, completed_at = $6,
                version = version + 1, updated_at = now()
            WHERE m.tenant_id = $1 AND m.id = $2 RETURNING {MILESTONE_COLUMNS}
            """,
            actor.tenant_id,
            before.id,
            wanted.name,
            wanted.description,
            wanted.due_date,
            wanted.completed_at,
        )
        after = Milestone(*only(row))
        await _log(db, actor, event, after, difference(before, after, *LOGGED))
    return await read_milestone(db, actor, before.id)


async def delete_milestone(db: Db, actor: Actor, milestone_id: UUID, expected: int | None) -> None:
    """Take a milestone away; its tasks stay, without one. The event holds all that it was.

    Raises:
        MilestoneNotFound, Forbidden, ProjectArchived, VersionConflict: as for a change.
        MilestoneTooLarge: it has more than 10,000 tasks.
    """
    milestone = await _lock(db, actor, milestone_id, expected)
    cleared = await db.fetch(
        """
        SELECT id FROM tasks WHERE tenant_id = $1 AND milestone_id = $2
        ORDER BY id LIMIT $3 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        milestone_id,
        MAX_CLEARED + 1,
    )
    if len(cleared) > MAX_CLEARED:
        raise MilestoneTooLarge
    await db.execute(
        """
        UPDATE tasks SET milestone_id = NULL, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND milestone_id = $2
        """,
        actor.tenant_id,
        milestone_id,
    )
    await db.execute(
        "DELETE FROM milestones WHERE tenant_id = $1 AND id = $2", actor.tenant_id, milestone_id
    )
    payload = {"before": milestone, "task_ids": [row["id"] for row in cleared]}
    gone = msgspec.structs.replace(milestone, version=milestone.version + 1)
    await _log(db, actor, "milestone.deleted", gone, payload)


async def _lock(db: Db, actor: Actor, milestone_id: UUID, expected: int | None) -> Milestone:
    """Lock a milestone that the actor is to change; no task gets it meanwhile."""
    actor.must_be_allowed("project", "read", "is_member")
    row = await db.fetchrow(
        f"""
        SELECT p.status = 'archived', {MILESTONE_COLUMNS}
        FROM milestones m JOIN projects p ON p.tenant_id = $1 AND p.id = m.project_id
        WHERE m.tenant_id = $1 AND m.id = $4 AND {SEEN} FOR UPDATE OF m
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        milestone_id,
    )
    if row is None:
        raise MilestoneNotFound
    is_archived, *values = row
    milestone = Milestone(*values)
    await must_be_allowed_in(db, actor, milestone.project_id, "project", "update")
    if is_archived:
        raise ProjectArchived
    if expected is not None and expected != milestone.version:
        raise VersionConflict(current=milestone)
    return milestone


async def _log(
    db: Db, actor: Actor, event: str, milestone: Milestone, payload: dict[str, Any]
) -> None:
    change = Change(
        event, "milestone", milestone.id, milestone.version, payload, milestone.project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
