"""HTTP for queries and saved views; tasks/routes.py takes these in."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import kept, reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.tasks import find, group_counts, views
from projectflow.tasks.group_counts import TaskCounts
from projectflow.tasks.types import Task
from projectflow.tasks.views import NewView, View, ViewPatch

TaskQuery = Annotated[
    str, QueryParameter(name="query", description="assignee:me status:started due<7d -tag:x")
]
GroupBy = Annotated[
    str | None, QueryParameter(name="group", max_length=100, description="status,assignee")
]


@get("/tasks", tags=["Queries"], operation_id="findTasks")
@reads
@scope("task", "read")
async def find_tasks(
    db: Db,
    actor: Actor,
    text: TaskQuery = "",
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
    include_total: FromQuery[bool] = False,
) -> Page[Task]:
    """A page of the tasks that a query means, over all projects that you may see."""
    return await find.find_tasks(
        db, actor, text, limit=limit, cursor=cursor, include_total=include_total
    )


@get("/tasks/counts", tags=["Queries"], operation_id="countTasks")
@reads
@scope("task", "read")
@kept("task")
async def count_tasks(
    db: Db, actor: Actor, text: TaskQuery = "", group: GroupBy = None
) -> TaskCounts:
    """How many tasks a query means, by group and sub-group."""
    return await group_counts.count_tasks(db, actor, text, group)


@get("/views", tags=["Queries"], operation_id="listViews")
@reads
@scope("task", "read", everywhere=True)
async def list_views(
    db: Db,
    actor: Actor,
    project_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[View]:
    """Your views and those shared with you, by name."""
    return await views.list_views(db, actor, project_id=project_id, limit=limit, cursor=cursor)


@post("/views", tags=["Queries"], operation_id="createView")
@writes
@scope("task", "update", everywhere=True)
async def create_view(db: Db, actor: Actor, data: JSONBody[NewView]) -> View:
    """Keep a query."""
    return await views.create_view(db, actor, data)


@get("/views/{view_id:uuid}", tags=["Queries"], operation_id="getView")
@reads
@scope("task", "read", everywhere=True)
async def get_view(db: Db, actor: Actor, view_id: FromPath[UUID]) -> View:
    """One view."""
    return await views.read_view(db, actor, view_id)


@patch("/views/{view_id:uuid}", tags=["Queries"], operation_id="updateView")
@writes
@scope("task", "update", everywhere=True)
async def update_view(
    db: Db,
    actor: Actor,
    view_id: FromPath[UUID],
    data: JSONBody[ViewPatch],
    if_match: IfMatch = None,
) -> View:
    """Change a view; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await views.update_view(db, actor, view_id, data, expected)


@delete("/views/{view_id:uuid}", tags=["Queries"], operation_id="deleteView")
@writes
@scope("task", "update", everywhere=True)
async def delete_view(
    db: Db, actor: Actor, view_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Remove a view."""
    await views.delete_view(db, actor, view_id, expected_version(if_match))


handlers: list[ControllerRouterHandler] = [
            find_tasks, count_tasks, list_views, create_view, get_view, update_view, delete_view,
]  # fmt: skip
