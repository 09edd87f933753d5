"""HTTP for what-if scenarios: forks of a plan, compared with it, merged or dropped."""

from importlib import import_module
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.analytics.scheduling import comparison, merging, scenarios
from projectflow.analytics.scheduling.comparison import ScenarioComparison
from projectflow.analytics.scheduling.merging import ScenarioMerge
from projectflow.analytics.scheduling.scenario_types import (
    NewScenario,
    Scenario,
    ScenarioPatch,
    Scenarios,
)
from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version

import_module("projectflow.analytics.scheduling.undo_scenarios")  # says how they are undone


@get("/projects/{project_id:uuid}/scenarios", tags=["Planning"], operation_id="listScenarios")
@reads
@scope("task", "read")
async def list_scenarios(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Scenarios:
    """A project's scenarios, oldest first."""
    return await scenarios.list_scenarios(db, actor, project_id)


@post("/projects/{project_id:uuid}/scenarios", tags=["Planning"], operation_id="makeScenario")
@writes
@scope("task", "update")
async def make_scenario(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewScenario]
) -> Scenario:
    """Fork a project's plan: other people, scope or dates."""
    return await scenarios.make_scenario(db, actor, project_id, data)


@get("/scenarios/{scenario_id:uuid}", tags=["Planning"], operation_id="getScenario")
@reads
@scope("task", "read")
async def get_scenario(db: Db, actor: Actor, scenario_id: FromPath[UUID]) -> Scenario:
    """A scenario."""
    return await scenarios.read_scenario(db, actor, scenario_id)


@patch("/scenarios/{scenario_id:uuid}", tags=["Planning"], operation_id="updateScenario")
@writes
@scope("task", "update")
async def change_scenario(
    db: Db,
    actor: Actor,
    scenario_id: FromPath[UUID],
    data: JSONBody[ScenarioPatch],
    if_match: IfMatch = None,
) -> Scenario:
    """Change a scenario; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await scenarios.change_scenario(db, actor, scenario_id, data, expected)


@delete("/scenarios/{scenario_id:uuid}", tags=["Planning"], operation_id="dropScenario")
@writes
@scope("task", "update")
async def drop_scenario(db: Db, actor: Actor, scenario_id: FromPath[UUID]) -> None:
    """Drop a scenario; undo brings it back."""
    await scenarios.drop_scenario(db, actor, scenario_id)


@get("/scenarios/{scenario_id:uuid}/comparison", tags=["Planning"], operation_id="compareScenario")
@reads
@scope("task", "read")
async def compare_scenario(db: Db, actor: Actor, scenario_id: FromPath[UUID]) -> ScenarioComparison:
    """A scenario beside the present plan: finish, cost and lateness."""
    return await comparison.compare_scenario(db, actor, scenario_id)


@post(
    "/scenarios/{scenario_id:uuid}/merge",
    tags=["Planning"],
    operation_id="mergeScenario",
    status_code=200,
)
@writes
@scope("task", "update")
async def merge_scenario(db: Db, actor: Actor, scenario_id: FromPath[UUID]) -> ScenarioMerge:
    """Make a scenario the plan, as one change; refused when its tasks were changed since."""
    return await merging.merge_scenario(db, actor, scenario_id)


handlers: list[ControllerRouterHandler] = [
    list_scenarios, make_scenario, get_scenario, change_scenario, drop_scenario, compare_scenario,
    merge_scenario,
]  # fmt: skip
