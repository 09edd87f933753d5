"""HTTP for what tasks wait for, and for what else they are to each other."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks import dependencies, dependency_graph, relations
from projectflow.tasks.dependencies import (
    Dependencies,
    Dependency,
    DependencyPatch,
    NewDependency,
)
from projectflow.tasks.dependency_graph import DependencyGraph
from projectflow.tasks.relations import NewRelation, Relation, Relations

Depth = Annotated[
    int | None, QueryParameter(ge=1, le=1000, description="dependencies away from the task")
]


@get("/tasks/{task_id:uuid}/dependencies", tags=["Tasks"], operation_id="listDependencies")
@reads
@scope("task", "read")
async def list_dependencies(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Dependencies:
    """What a task waits for, and what waits for it."""
    return await dependencies.list_dependencies(db, actor, task_id)


@post("/tasks/{task_id:uuid}/dependencies", tags=["Tasks"], operation_id="addDependency")
@writes
@scope("task", "update")
async def add_dependency(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[NewDependency]
) -> Dependency:
    """Make a task wait for another one."""
    return await dependencies.add_dependency(db, actor, task_id, data)


@patch("/dependencies/{dependency_id:uuid}", tags=["Tasks"], operation_id="changeDependency")
@writes
@scope("task", "update")
async def change_dependency(
    db: Db, actor: Actor, dependency_id: FromPath[UUID], data: JSONBody[DependencyPatch]
) -> Dependency:
    """Change how a task waits for another one."""
    return await dependencies.change_dependency(db, actor, dependency_id, data)


@delete("/dependencies/{dependency_id:uuid}", tags=["Tasks"], operation_id="deleteDependency")
@writes
@scope("task", "update")
async def delete_dependency(db: Db, actor: Actor, dependency_id: FromPath[UUID]) -> None:
    """Let a task no longer wait for another one."""
    await dependencies.remove_dependency(db, actor, dependency_id)


@delete(
    "/tasks/{task_id:uuid}/dependencies/{depends_on_task_id:uuid}",
    tags=["Tasks"],
    operation_id="removeDependency",
)
@writes
@scope("task", "update")
async def remove_dependency(
    db: Db, actor: Actor, task_id: FromPath[UUID], depends_on_task_id: FromPath[UUID]
) -> None:
    """Let a task no longer wait for another one, named by both."""
    await dependencies.remove_dependency_on(db, actor, task_id, depends_on_task_id)


@get("/tasks/{task_id:uuid}/dependency-graph", tags=["Tasks"], operation_id="getDependencyGraph")
@reads
@scope("task", "read")
async def get_dependency_graph(
    db: Db, actor: Actor, task_id: FromPath[UUID], depth: Depth = None
) -> DependencyGraph:
    """All that a task waits for and all that waits for it, step by step."""
    return await dependency_graph.read_dependency_graph(db, actor, task_id, depth=depth)


@get(
    "/projects/{project_id:uuid}/dependency-graph",
    tags=["Tasks"],
    operation_id="getProjectDependencyGraph",
)
@reads
@scope("task", "read")
async def get_project_graph(db: Db, actor: Actor, project_id: FromPath[UUID]) -> DependencyGraph:
    """The dependencies of a project's tasks."""
    return await dependency_graph.read_project_graph(db, actor, project_id)


@get("/tasks/{task_id:uuid}/relations", tags=["Tasks"], operation_id="listRelations")
@reads
@scope("task", "read")
async def list_relations(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Relations:
    """What a task is related to."""
    return await relations.list_relations(db, actor, task_id)


@put("/tasks/{task_id:uuid}/relations/{other_id:uuid}", tags=["Tasks"], operation_id="setRelation")
@writes
@scope("task", "update")
async def set_relation(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    other_id: FromPath[UUID],
    data: JSONBody[NewRelation],
) -> Relation:
    """Say what a task is to another one."""
    return await relations.set_relation(db, actor, task_id, other_id, data.kind)


@delete(
    "/tasks/{task_id:uuid}/relations/{other_id:uuid}",
    tags=["Tasks"],
    operation_id="removeRelation",
)
@writes
@scope("task", "update")
async def remove_relation(
    db: Db, actor: Actor, task_id: FromPath[UUID], other_id: FromPath[UUID]
) -> None:
    """Take the relation of two tasks away."""
    await relations.remove_relation(db, actor, task_id, other_id)


handlers: list[ControllerRouterHandler] = [
    list_dependencies, add_dependency, change_dependency, delete_dependency, remove_dependency,
    get_dependency_graph, get_project_graph, list_relations, set_relation, remove_relation,
]  # fmt: skip
