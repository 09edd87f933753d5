"""HTTP for workflows; projects/routes.py takes these in."""

from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.projects import workflow
from projectflow.projects.types import State
from projectflow.projects.workflow import AddedState, StateOrder, StatePatch, States


@get("/projects/{project_id:uuid}/states", tags=["Workflow"], operation_id="listStates")
@reads
@scope("project", "read")
async def list_states(db: Db, actor: Actor, project_id: FromPath[UUID]) -> States:
    """A project's states in their order."""
    return await workflow.read_workflow(db, actor, project_id)


@post("/projects/{project_id:uuid}/states", tags=["Workflow"], operation_id="addState")
@writes
@scope("project", "update")
async def add_state(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[AddedState]
) -> State:
    """Add a state to a project's workflow."""
    return await workflow.add_state(db, actor, project_id, data)


@put("/projects/{project_id:uuid}/states/order", tags=["Workflow"], operation_id="orderStates")
@writes
@scope("project", "update")
async def order_states(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[StateOrder]
) -> States:
    """Put a project's states into an order: name all of them."""
    return await workflow.reorder_states(db, actor, project_id, data.state_ids)


@patch("/states/{state_id:uuid}", tags=["Workflow"], operation_id="updateState")
@writes
@scope("project", "update")
async def update_state(
    db: Db,
    actor: Actor,
    state_id: FromPath[UUID],
    data: JSONBody[StatePatch],
    if_match: IfMatch = None,
) -> State:
    """Rename or recolour a state, or change its category; its key stays."""
    expected = expected_version(if_match, data.version)
    return await workflow.update_state(db, actor, state_id, data, expected)


@delete("/states/{state_id:uuid}", tags=["Workflow"], operation_id="deleteState")
@writes
@scope("project", "update")
async def delete_state(
    db: Db,
    actor: Actor,
    state_id: FromPath[UUID],
    move_to: FromQuery[UUID | None] = None,
    if_match: IfMatch = None,
) -> None:
    """Take a state away; its tasks go into the state `move_to`."""
    await workflow.delete_state(db, actor, state_id, move_to, expected_version(if_match))


handlers: list[ControllerRouterHandler] = [
            list_states, add_state, order_states, update_state, delete_state,
]  # fmt: skip
