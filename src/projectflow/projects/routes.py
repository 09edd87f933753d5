"""HTTP for projects."""

from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.projects import (
    lifecycle_routes,
    members,
    milestone_routes,
    service,
    workflow_routes,
)
from projectflow.projects.members import Member, MemberRole, Members
from projectflow.projects.types import (
    NewProject,
    Project,
    ProjectDetails,
    ProjectPatch,
    ProjectStatus,
    ProjectSummary,
)


@get("/projects", tags=["Projects"], operation_id="listProjects")
@reads
@scope("project", "read")
async def list_projects(
    db: Db,
    actor: Actor,
    status: FromQuery[ProjectStatus | None] = None,
    templates: FromQuery[bool] = False,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[ProjectSummary]:
    """The projects you may see, newest first: all but the archived, or those of one status."""
    return await service.list_projects(
        db, actor, status=status, templates=templates, limit=limit, cursor=cursor
    )


@post("/projects", tags=["Projects"], operation_id="createProject")
@writes
@scope("project", "create", everywhere=True)
async def create_project(db: Db, actor: Actor, data: JSONBody[NewProject]) -> Project:
    """Create a project with the default workflow."""
    return await service.create_project(db, actor, data)


@get("/projects/{project_id:uuid}", tags=["Projects"], operation_id="getProject")
@reads
@scope("project", "read")
async def get_project(db: Db, actor: Actor, project_id: FromPath[UUID]) -> ProjectDetails:
    """A project with its workflow and counts."""
    return await service.read_project(db, actor, project_id)


@patch("/projects/{project_id:uuid}", tags=["Projects"], operation_id="updateProject")
@writes
@scope("project", "update")
async def update_project(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    data: JSONBody[ProjectPatch],
    if_match: IfMatch = None,
) -> Project:
    """Change fields of a project; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await service.update_project(db, actor, project_id, data, expected)


@get("/projects/{project_id:uuid}/members", tags=["Projects"], operation_id="listMembers")
@reads
@scope("project", "read")
async def list_members(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Members:
    """A project's people."""
    return await members.list_members(db, actor, project_id)


@put(
    "/projects/{project_id:uuid}/members/{user_id:uuid}",
    tags=["Projects"],
    operation_id="setMember",
)
@writes
@scope("project", "update")
async def set_member(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    user_id: FromPath[UUID],
    data: JSONBody[MemberRole],
) -> Member:
    """Add somebody to a project, or change what they are in it."""
    return await members.set_member(db, actor, project_id, user_id, data.role)


@delete(
    "/projects/{project_id:uuid}/members/{user_id:uuid}",
    tags=["Projects"],
    operation_id="removeMember",
)
@writes
@scope("project", "update")
async def remove_member(
    db: Db, actor: Actor, project_id: FromPath[UUID], user_id: FromPath[UUID]
) -> None:
    """Take somebody out of a project."""
    await members.remove_member(db, actor, project_id, user_id)


handlers: list[ControllerRouterHandler] = [
            list_projects, create_project, get_project, update_project,
            list_members, set_member, remove_member, *lifecycle_routes.handlers,
            *milestone_routes.handlers, *workflow_routes.handlers,
]  # fmt: skip
