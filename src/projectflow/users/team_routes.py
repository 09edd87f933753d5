"""HTTP for teams; users/routes.py takes these in."""

from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor, User
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.users import teams
from projectflow.users.teams import NewTeam, Team, TeamPatch, Teams


@get("/teams", tags=["Teams"], operation_id="listTeams")
@reads
@scope("team", "read", everywhere=True)
async def list_teams(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[Team]:
    """The workspace's teams by name."""
    return await teams.list_teams(db, actor, limit=limit, cursor=cursor)


@post("/teams", tags=["Teams"], operation_id="createTeam")
@writes
@scope("team", "create", everywhere=True)
async def create_team(db: Db, actor: Actor, data: JSONBody[NewTeam]) -> Team:
    """Make a team."""
    return await teams.create_team(db, actor, data)


@patch("/teams/{team_id:uuid}", tags=["Teams"], operation_id="renameTeam")
@writes
@scope("team", "update", everywhere=True)
async def rename_team(
    db: Db,
    actor: Actor,
    team_id: FromPath[UUID],
    data: JSONBody[TeamPatch],
    if_match: IfMatch = None,
) -> Team:
    """Give a team another name."""
    expected = expected_version(if_match, data.version)
    return await teams.rename_team(db, actor, team_id, data, expected)


@delete("/teams/{team_id:uuid}", tags=["Teams"], operation_id="deleteTeam")
@writes
@scope("team", "delete", everywhere=True)
async def delete_team(db: Db, actor: Actor, team_id: FromPath[UUID]) -> None:
    """Remove a team; its people stay."""
    await teams.delete_team(db, actor, team_id)


@get("/teams/{team_id:uuid}/members", tags=["Teams"], operation_id="listTeamMembers")
@reads
@scope("team", "read", everywhere=True)
async def list_team_members(
    db: Db,
    actor: Actor,
    team_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[User]:
    """A team's people by name."""
    return await teams.list_members(db, actor, team_id, limit=limit, cursor=cursor)


@put(
    "/teams/{team_id:uuid}/members/{user_id:uuid}",
    tags=["Teams"],
    operation_id="addTeamMember",
    status_code=204,
)
@writes
@scope("team", "update", everywhere=True)
async def add_team_member(
    db: Db, actor: Actor, team_id: FromPath[UUID], user_id: FromPath[UUID]
) -> None:
    """Put somebody into a team."""
    await teams.add_member(db, actor, team_id, user_id)


@delete(
    "/teams/{team_id:uuid}/members/{user_id:uuid}",
    tags=["Teams"],
    operation_id="removeTeamMember",
)
@writes
@scope("team", "update", everywhere=True)
async def remove_team_member(
    db: Db, actor: Actor, team_id: FromPath[UUID], user_id: FromPath[UUID]
) -> None:
    """Take somebody out of a team."""
    await teams.remove_member(db, actor, team_id, user_id)


@get("/users/{user_id:uuid}/teams", tags=["Teams"], operation_id="listTeamsOfUser")
@reads
@scope("team", "read", everywhere=True)
async def list_teams_of_user(db: Db, actor: Actor, user_id: FromPath[UUID]) -> Teams:
    """The teams that somebody is in."""
    return await teams.teams_of(db, actor, user_id)


handlers: list[ControllerRouterHandler] = [
            list_teams, create_team, rename_team, delete_team, list_team_members, add_team_member,
            remove_team_member, list_teams_of_user,
]  # fmt: skip
