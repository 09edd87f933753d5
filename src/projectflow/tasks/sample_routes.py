"""HTTP for the sample project; tasks/routes.py takes it in."""

from litestar import post
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.types import Project
from projectflow.tasks.sample_project import create_sample_project


@post("/projects/sample", tags=["Projects"], operation_id="createSampleProject")
@writes
@scope("project", "create", everywhere=True)
async def create_sample(db: Db, actor: Actor) -> Project:
    """Make a project to look around in, with tasks around today. Delete it like any other."""
    return await create_sample_project(db, actor)


handlers: list[ControllerRouterHandler] = [create_sample]
