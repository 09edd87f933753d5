"""HTTP for better plans: looked at, then made the project's."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.analytics.scheduling import optimise as optimising
from projectflow.analytics.scheduling.optimise import Optimisation, Optimise, OptimiseWishes
from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db


@post(
    "/projects/{project_id:uuid}/optimise/preview",
    tags=["Planning"],
    operation_id="previewOptimise",
    status_code=200,
)
@writes
@scope("task", "read")
async def preview_optimise(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[OptimiseWishes]
) -> Optimisation:
    """A plan that heeds everybody's time, beside the present one; nothing is written."""
    return await optimising.preview_optimise(db, actor, project_id, data)


@post(
    "/projects/{project_id:uuid}/optimise",
    tags=["Planning"],
    operation_id="optimise",
    status_code=200,
)
@writes
@scope("task", "update")
async def optimise(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[Optimise]
) -> Optimisation:
    """Make such a plan the project's, as one change."""
    return await optimising.optimise(db, actor, project_id, data)


handlers: list[ControllerRouterHandler] = [preview_optimise, optimise]
