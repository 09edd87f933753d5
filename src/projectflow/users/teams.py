"""Teams: people who work together, whatever projects they are in."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import USER_COLUMNS, Actor, Name, User
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import CONSTRAINTS, Conflict, FieldError, NotFound, VersionConflict
from projectflow.users.service import UserNotFound, read_user

MAX_TEAMS_OF_ONE: Final = 200
TEAM_COLUMNS: Final = (
    "t.id, t.name,"
    " (SELECT count(*) FROM team_members m WHERE m.tenant_id = $1 AND m.team_id = t.id) AS people,"
    " t.version, t.created_at, t.updated_at"
)
"""For queries whose $1 is the tenant."""


class TeamNotFound(NotFound):
    """There is no such team."""


class NotInTeam(NotFound):
    """This person is not in the team."""


class TeamNameTaken(Conflict):
    """Another team has this name."""


CONSTRAINTS["teams_name_unique"] = lambda: TeamNameTaken(
    errors=[FieldError("name", "is taken by another team")]
)


class Team(Struct, frozen=True):
    """Some of the workspace's people. `people` counts them, deactivated ones too."""

    id: UUID
    name: str
    people: int
    version: int
    created_at: datetime
    updated_at: datetime


class Teams(Struct, frozen=True):
    """The teams that somebody is in, by name, at most 200."""

    items: list[Team]


class NewTeam(Struct, frozen=True, forbid_unknown_fields=True):
    """A team to make."""

    name: Name
    id: UUID | UnsetType = UNSET


class TeamPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a team."""

    name: Name | UnsetType = UNSET
    version: int | UnsetType = UNSET


async def list_teams(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[Team]:
    """The workspace's teams by name.

    Raises:
        Forbidden: the role may not.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("team", "read")
    (after,) = decode_cursor(cursor, tuple[str]) or ("",)
    rows = await db.fetch(
        f"""
        SELECT {TEAM_COLUMNS} FROM teams t
        WHERE t.tenant_id = $1 AND t.name > $2 ORDER BY t.name LIMIT $3
        """,
        actor.tenant_id,
        after,
        limit + 1,
    )
    return page_of([Team(*row) for row in rows], limit, lambda t: encode_cursor(t.name))


async def create_team(db: Db, actor: Actor, new: NewTeam) -> Team:
    """Make a team without people.

    Raises:
        Forbidden: the role may not.
        TeamNameTaken: there is one of this name.
    """
    actor.must_be_allowed("team", "create")
    row = await db.fetchrow(
        f"""
        INSERT INTO teams AS t (tenant_id, id, name) VALUES ($1, $2, $3) RETURNING {TEAM_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        new.name.strip(),
    )
    team = Team(*only(row))
    change = Change("team.created", "team", team.id, payload={"after": {"name": team.name}})
    await record(db, actor.tenant_id, actor.user_id, change)
    return team


async def rename_team(
    db: Db, actor: Actor, team_id: UUID, patch: TeamPatch, expected: int | None
) -> Team:
    """Give a team another name; the name it has is no change.

    Raises:
        Forbidden, TeamNotFound, VersionConflict, TeamNameTaken: as their names say.
    """
    actor.must_be_allowed("team", "update")
    team = await _lock(db, actor, team_id, expected)
    if patch.name is UNSET or patch.name.strip() == team.name:
        return team
    row = await db.fetchrow(
        f"""
        UPDATE teams t SET name = $3, version = t.version + 1, updated_at = now()
        WHERE t.tenant_id = $1 AND t.id = $2 RETURNING {TEAM_COLUMNS}
        """,
        actor.tenant_id,
        team_id,
        patch.name.strip(),
    )
    renamed = Team(*only(row))
    payload = difference(team, renamed, "name")
    change = Change("team.renamed", "team", team_id, renamed.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
    return renamed


async def delete_team(db: Db, actor: Actor, team_id: UUID) -> None:
    """Remove a team; its people stay in the workspace.

    Raises:
        Forbidden, TeamNotFound: as their names say.
    """
    actor.must_be_allowed("team", "delete")
    team = await _lock(db, actor, team_id)
    await db.execute("DELETE FROM teams WHERE tenant_id = $1 AND id = $2", actor.tenant_id, team_id)
    payload = {"before": {"name": team.name}}
    change = Change("team.deleted", "team", team_id, team.version + 1, payload)
    await record(db, actor.tenant_id, actor.user_id, change)


async def list_members(
    db: Db, actor: Actor, team_id: UUID, *, limit: int, cursor: str | None
) -> Page[User]:
    """A team's people by name.

    Raises:
        Forbidden, TeamNotFound: as their names say.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("team", "read")
    actor.must_be_allowed("user", "read")
    after = decode_cursor(cursor, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {USER_COLUMNS}
        FROM team_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
        WHERE m.tenant_id = $1 AND m.team_id = $2
          AND (u.first_name, u.last_name, u.id) > ($3, $4, $5)
        ORDER BY u.first_name, u.last_name, u.id LIMIT $6
        """,
        actor.tenant_id,
        team_id,
        *after,
        limit + 1,
    )
    if not rows:
        await _require(db, actor, team_id)
    people = [User(*row) for row in rows]
    return page_of(people, limit, lambda u: encode_cursor(u.first_name, u.last_name, u.id))


async def add_member(db: Db, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Put somebody into a team; who is in it already stays.

    Raises:
        Forbidden, TeamNotFound: as their names say.
        UserNotFound: nobody in this workspace has this id.
    """
    actor.must_be_allowed("team", "update")
    team = await _lock(db, actor, team_id)
    # Whoever deletes this person meanwhile waits, and then takes them out of the team again.
    person = await db.fetchval(
        "SELECT id FROM users WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR SHARE",
        actor.tenant_id,
        user_id,
    )
    if person is None:
        raise UserNotFound
    added = await db.fetchval(
        """
        INSERT INTO team_members (tenant_id, team_id, user_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING user_id
        """,
        actor.tenant_id,
        team_id,
        user_id,
    )
    if added is not None:
        await _log(db, actor, team, user_id, "team.member_added")


async def remove_member(db: Db, actor: Actor, team_id: UUID, user_id: UUID) -> None:
    """Take somebody out of a team.

    Raises:
        Forbidden, TeamNotFound, NotInTeam: as their names say.
    """
    actor.must_be_allowed("team", "update")
    team = await _lock(db, actor, team_id)
    removed = await db.fetchval(
        """
        DELETE FROM team_members WHERE tenant_id = $1 AND team_id = $2 AND user_id = $3
        RETURNING user_id
        """,
        actor.tenant_id,
        team_id,
        user_id,
    )
    if removed is None:
        raise NotInTeam
    await _log(db, actor, team, user_id, "team.member_removed")


async def teams_of(db: Db, actor: Actor, user_id: UUID) -> Teams:
    """The teams that somebody is in, at most 200.

    Raises:
        Forbidden, UserNotFound: as their names say.
    """
    actor.must_be_allowed("team", "read")
    await read_user(db, actor, user_id)
    rows = await db.fetch(
        f"""
        SELECT {TEAM_COLUMNS}
        FROM team_members of JOIN teams t ON t.tenant_id = $1 AND t.id = of.team_id
        WHERE of.tenant_id = $1 AND of.user_id = $2 ORDER BY t.name LIMIT $3
        """,
        actor.tenant_id,
        user_id,
        MAX_TEAMS_OF_ONE,
    )
    return Teams([Team(*row) for row in rows])


async def _require(db: Db, actor: Actor, team_id: UUID) -> None:
    found = await db.fetchval(
        "SELECT id FROM teams WHERE tenant_id = $1 AND id = $2", actor.tenant_id, team_id
    )
    if found is None:
        raise TeamNotFound


async def _lock(db: Db, actor: Actor, team_id: UUID, expected: int | None = None) -> Team:
    row = await db.fetchrow(
        f"""
        SELECT {TEAM_COLUMNS} FROM teams t WHERE t.tenant_id = $1 AND t.id = $2 FOR UPDATE OF t
        """,
        actor.tenant_id,
        team_id,
    )
    if row is None:
        raise TeamNotFound
    team = Team(*row)
    if expected is not None and expected != team.version:
        raise VersionConflict(current=team)
    return team


async def _log(db: Db, actor: Actor, team: Team, user_id: UUID, event: str) -> None:
    """Who is in a team is part of it: its version goes up."""
    version: int = await db.fetchval(
        """
        UPDATE teams SET version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        actor.tenant_id,
        team.id,
    )
    change = Change(event, "team", team.id, version, {"user_id": user_id})
    await record(db, actor.tenant_id, actor.user_id, change)
