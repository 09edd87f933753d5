"""Who belongs to a project, and as what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from projectflow.auth.permissions import ProjectRole
from projectflow.auth.types import USER_COLUMNS, Actor, User
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import NotFound
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible

MAX_MEMBERS = 1000


class MemberNotFound(NotFound):
    """This person is not in the project, or not in this workspace."""


class Member(Struct, frozen=True):
    """A person in a project."""

    user: User
    role: ProjectRole
    created_at: datetime


class Members(Struct, frozen=True):
    """A project's people by name, at most 1,000."""

    items: list[Member]


class MemberRole(Struct, frozen=True, forbid_unknown_fields=True):
    """As what somebody belongs to a project."""

    role: ProjectRole = "member"


async def list_members(db: Db, actor: Actor, project_id: UUID) -> Members:
    """A project's people.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    await read_visible(db, actor, project_id)
    rows = await db.fetch(
        f"""
        SELECT {USER_COLUMNS}, m.role, m.created_at
        FROM project_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
        WHERE m.tenant_id = $1 AND m.project_id = $2
        ORDER BY u.first_name, u.last_name, u.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_MEMBERS,
    )
    return Members([_member(*row) for row in rows])


def _member(*values: object) -> Member:
    *user, role, created_at = values
    return Member(User(*user), role, created_at)  # pyright: ignore[reportArgumentType]


async def set_member(
    db: Db, actor: Actor, project_id: UUID, user_id: UUID, role: ProjectRole
) -> Member:
    """Add somebody to a project, or change what they are in it.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        MemberNotFound: nobody in this workspace has this id.
    """
    await _require_update(db, actor, project_id)
    before = await role_of(db, actor, project_id, user_id)
    row = await db.fetchrow(
        f"""
        WITH m AS (
            INSERT INTO project_members AS m (tenant_id, project_id, user_id, role)
            SELECT $1, $2, u.id, $4 FROM users u
            WHERE u.tenant_id = $1 AND u.id = $3 AND u.deleted_at IS NULL
            ON CONFLICT (tenant_id, project_id, user_id) DO UPDATE SET role = excluded.role
            RETURNING m.user_id, m.role, m.created_at
        )
        SELECT {USER_COLUMNS}, m.role AS project_role, m.created_at AS joined_at
        FROM m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
        """,
        actor.tenant_id,
        project_id,
        user_id,
        role,
    )
    if row is None:
        raise MemberNotFound
    payload = {"before": {"role": before}, "after": {"role": role}}
    await _log(db, actor, project_id, user_id, "project.member_set", payload)
    return _member(*row)


async def remove_member(db: Db, actor: Actor, project_id: UUID, user_id: UUID) -> None:
    """Take somebody out of a project. Their tasks stay assigned to them.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        MemberNotFound: they are not in it.
    """
    await _require_update(db, actor, project_id)
    removed: str | None = await db.fetchval(
        """
        DELETE FROM project_members WHERE tenant_id = $1 AND project_id = $2 AND user_id = $3
        RETURNING role
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )
    if removed is None:
        raise MemberNotFound
    await _log(
        db, actor, project_id, user_id, "project.member_removed", {"before": {"role": removed}}
    )


async def role_of(db: Db, actor: Actor, project_id: UUID, user_id: UUID) -> str | None:
    """What somebody is in a project, which is kept as it is until the transaction ends."""
    return await db.fetchval(
        """
        SELECT role FROM project_members
        WHERE tenant_id = $1 AND project_id = $2 AND user_id = $3 FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        project_id,
        user_id,
    )


async def _require_update(db: Db, actor: Actor, project_id: UUID) -> None:
    await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "project", "update")


async def _log(
    db: Db, actor: Actor, project_id: UUID, user_id: UUID, event: str, payload: dict[str, Any]
) -> None:
    said = {"user_id": user_id, **payload}
    change = Change(event, "project", project_id, payload=said, project_id=project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
