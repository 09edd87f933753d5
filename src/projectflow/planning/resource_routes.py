"""HTTP for who works where, how busy they are, and what it costs."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import kept, reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.planning import assigning, assignments, costs, overload, rates, utilisation
from projectflow.planning.assigning import AssignmentList, Assignments
from projectflow.planning.assignments import Assignment, AssignmentPatch, NewAssignment
from projectflow.planning.calendar_routes import Since, Until
from projectflow.planning.costs import ProjectCosts, TaskCosts
from projectflow.planning.overload import PersonDays
from projectflow.planning.rates import NewRate, Rate, RatePatch
from projectflow.planning.utilisation import PersonLoad

SinceWeek = Annotated[
    str | None, QueryParameter(max_length=8, description="the first week, as in 2026-W48")
]
UntilWeek = Annotated[
    str | None, QueryParameter(max_length=8, description="the last week: the twelfth, unless said")
]


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


@get(
    "/projects/{project_id:uuid}/utilisation",
    tags=["Planning"],
    operation_id="getResourceUtilization",
)
@reads
@scope("time_entry", "read")
@kept("project")
async def get_project_utilisation(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    since: SinceWeek = None,
    until: UntilWeek = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[PersonLoad]:
    """How busy a project's people are by week, in all projects and in this one."""
    return await utilisation.read_project_utilisation(
        db, actor, project_id, since, until, limit=limit, cursor=cursor
    )


@get("/utilisation", tags=["Planning"], operation_id="getUtilization")
@reads
@scope("time_entry", "read", everywhere=True)
@kept("project")
async def get_utilisation(
    db: Db,
    actor: Actor,
    since: SinceWeek = None,
    until: UntilWeek = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[PersonLoad]:
    """How busy those are whose time you read, by week."""
    return await utilisation.read_utilisation(db, actor, since, until, limit=limit, cursor=cursor)


@get("/users/{user_id:uuid}/load", tags=["Planning"], operation_id="getLoad")
@reads
@scope("time_entry", "read", everywhere=True)
async def get_load(
    db: Db, actor: Actor, user_id: FromPath[UUID], since: Since = None, until: Until = None
) -> PersonDays:
    """What somebody has to do on each day, and which tasks are too much; at most 92 days."""
    return await overload.read_load(db, actor, user_id, since, until)


@get("/users/{user_id:uuid}/rates", tags=["Planning"], operation_id="listRates")
@reads
@scope("rate", "read", everywhere=True)
async def list_rates(
    db: Db,
    actor: Actor,
    user_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Rate]:
    """What an hour of somebody costs, from when on: the newest first."""
    return await rates.list_rates(db, actor, user_id, limit=limit, cursor=cursor)


@post("/users/{user_id:uuid}/rates", tags=["Planning"], operation_id="addRate")
@writes
@scope("rate", "create", everywhere=True)
async def add_rate(db: Db, actor: Actor, user_id: FromPath[UUID], data: JSONBody[NewRate]) -> Rate:
    """Say what an hour of somebody costs, and is billed at, from a day on."""
    return await rates.add_rate(db, actor, user_id, data)


@patch("/rates/{rate_id:uuid}", tags=["Planning"], operation_id="changeRate")
@writes
@scope("rate", "update", everywhere=True)
async def change_rate(
    db: Db,
    actor: Actor,
    rate_id: FromPath[UUID],
    data: JSONBody[RatePatch],
    if_match: IfMatch = None,
) -> Rate:
    """Correct a rate. A raise is a rate of its own, from its day on."""
    expected = expected_version(if_match, data.version)
    return await rates.change_rate(db, actor, rate_id, data, expected)


@delete("/rates/{rate_id:uuid}", tags=["Planning"], operation_id="deleteRate")
@writes
@scope("rate", "delete", everywhere=True)
async def delete_rate(
    db: Db, actor: Actor, rate_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a rate away."""
    await rates.delete_rate(db, actor, rate_id, expected_version(if_match))


@get("/projects/{project_id:uuid}/costs", tags=["Planning"], operation_id="getProjectCosts")
@reads
@scope("rate", "read")
@kept("project")
async def get_project_costs(db: Db, actor: Actor, project_id: FromPath[UUID]) -> ProjectCosts:
    """What a project costs, as planned and until now, by person, against its budget."""
    return await costs.read_costs(db, actor, project_id)


@get("/projects/{project_id:uuid}/costs/tasks", tags=["Planning"], operation_id="listTaskCosts")
@reads
@scope("rate", "read")
async def list_task_costs(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[TaskCosts]:
    """What each of a project's tasks costs, by their numbers."""
    return await costs.list_task_costs(db, actor, project_id, limit=limit, cursor=cursor)


handlers: list[ControllerRouterHandler] = [
    list_resources, assign_resources, add_resource, change_resource, remove_resource,
    get_project_utilisation, get_utilisation, get_load, list_rates, add_rate, change_rate,
    delete_rate, get_project_costs, list_task_costs,
]  # fmt: skip
