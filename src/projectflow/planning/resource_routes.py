"""HTTP for who works where, how busy they are, and what it costs."""

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
from projectflow.planning import assigning, assignments
from projectflow.planning.assigning import AssignmentList, Assignments
from projectflow.planning.assignments import Assignment, AssignmentPatch, NewAssignment


@get("/projects/{project_id:uuid}/resources", tags=["Planning"], operation_id="listResources")
@reads
@scope("project", "read")
async def list_resources(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Assignment]:
    """Who is assigned to a project, with how much of their time, by the first day."""
    return await assignments.list_assignments(db, actor, project_id, limit=limit, cursor=cursor)


@put("/projects/{project_id:uuid}/resources", tags=["Planning"], operation_id="assignResources")
@writes
@scope("project", "update")
async def assign_resources(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[AssignmentList]
) -> Assignments:
    """Say who is assigned to a project: the whole list, what is not in it is taken away."""
    return await assigning.assign_resources(db, actor, project_id, data)


@post("/projects/{project_id:uuid}/resources", tags=["Planning"], operation_id="addResource")
@writes
@scope("project", "update")
async def add_resource(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewAssignment]
) -> Assignment:
    """Assign somebody to a project."""
    return await assignments.add_assignment(db, actor, project_id, data)


@patch(
    "/resource-assignments/{assignment_id:uuid}", tags=["Planning"], operation_id="changeResource"
)
@writes
@scope("project", "update")
async def change_resource(
    db: Db,
    actor: Actor,
    assignment_id: FromPath[UUID],
    data: JSONBody[AssignmentPatch],
    if_match: IfMatch = None,
) -> Assignment:
    """Change with how much of their time, or how long, somebody is assigned."""
    expected = expected_version(if_match, data.version)
    return await assignments.change_assignment(db, actor, assignment_id, data, expected)


@delete(
    "/resource-assignments/{assignment_id:uuid}", tags=["Planning"], operation_id="removeResource"
)
@writes
@scope("project", "update")
async def remove_resource(
    db: Db, actor: Actor, assignment_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take an assignment away."""
    await assignments.remove_assignment(db, actor, assignment_id, expected_version(if_match))


handlers: list[ControllerRouterHandler] = [
    list_resources, assign_resources, add_resource, change_resource, remove_resource,
]  # fmt: skip
