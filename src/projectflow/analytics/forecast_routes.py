"""Routes of forecasts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.analytics.forecasting import bottlenecks, prediction, priorities
from projectflow.analytics.forecasting.backtest import Backtest
from projectflow.analytics.forecasting.bottlenecks import Bottlenecks
from projectflow.analytics.forecasting.prediction import CompletionPrediction
from projectflow.analytics.forecasting.priorities import Prioritization
from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks import prioritise as prioritising
from projectflow.tasks.bulk import BulkChanged
from projectflow.tasks.prioritise import Priorities

By = Annotated[
    date | None, QueryParameter(description="a day whose chance is wanted, of the project's zone")
]


@get("/projects/{project_id:uuid}/forecast", tags=["Analytics"], operation_id="predictCompletion")
@reads
@scope("task", "read")
async def predict_completion(
    db: Db, actor: Actor, project_id: FromPath[UUID], by: By = None
) -> CompletionPrediction:
    """When a project will be done, how surely, and what that hangs on."""
    return await prediction.predict_completion(db, actor, project_id, by)


@get(
    "/projects/{project_id:uuid}/forecast/backtest",
    tags=["Analytics"],
    operation_id="backtestForecasts",
)
@reads
@scope("task", "read")
async def backtest(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Backtest:
    """How a project's forecasts would have done in its past."""
    return await prediction.backtest_project(db, actor, project_id)


@get(
    "/projects/{project_id:uuid}/bottlenecks",
    tags=["Analytics"],
    operation_id="identifyResourceBottlenecks",
)
@reads
@scope("task", "read")
async def identify_bottlenecks(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Bottlenecks:
    """What holds a project up, and by how many days."""
    return await bottlenecks.identify_bottlenecks(db, actor, project_id)


@get(
    "/projects/{project_id:uuid}/priorities",
    tags=["Analytics"],
    operation_id="suggestTaskPrioritization",
)
@reads
@scope("task", "read")
async def suggest_priorities(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Prioritization:
    """Which open tasks to do first, and why."""
    return await priorities.suggest_priorities(db, actor, project_id)


@post(
    "/tasks/prioritise",
    tags=["Tasks"],
    operation_id="prioritiseTasks",
    status_code=200,
)
@writes
@scope("task", "update")
async def prioritise(db: Db, actor: Actor, data: JSONBody[Priorities]) -> BulkChanged:
    """Give up to 100 tasks their priorities as one change."""
    return await prioritising.prioritise(db, actor, data)


handlers: list[ControllerRouterHandler] = [
    predict_completion, backtest, identify_bottlenecks, suggest_priorities, prioritise,
]  # fmt: skip
