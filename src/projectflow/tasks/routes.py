"""HTTP for tasks and what hangs on them."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.core.problems import InvalidInput
from projectflow.tasks import (
    attachment_routes,
    board,
    bulk_routes,
    checklist,
    conversation_routes,
    dependency_routes,
    export_routes,
    field_routes,
    listing,
    project_moves,
    query_routes,
    ranks,
    recurrence_routes,
    sample_routes,
    service,
    tags,
    template_routes,
    time_routes,
    trash,
)
from projectflow.tasks.types import (
    Board,
    Checklist,
    ChecklistItem,
    ChecklistItemPatch,
    NewChecklistItem,
    NewTask,
    Priority,
    SortField,
    SortOrder,
    Tag,
    TagColor,
    Tags,
    Task,
    TaskFilters,
    TaskMove,
    TaskPatch,
)

Statuses = Annotated[list[str] | None, QueryParameter(name="status", description="state keys")]
Assignees = Annotated[
    list[str] | None, QueryParameter(name="assignee_id", description="user ids, or `none`")
]
Priorities = Annotated[list[Priority] | None, QueryParameter(name="priority")]
TagFilter = Annotated[list[str] | None, QueryParameter(name="tag", description="all of these tags")]
Milestones = Annotated[
    list[str] | None, QueryParameter(name="milestone_id", description="milestones' ids, or `none`")
]
SearchText = Annotated[str | None, QueryParameter(max_length=200)]


def _filters(
    status: list[str] | None,
    assignees: list[str] | None,
    priority: list[Priority] | None,
    tag: list[str] | None,
    milestones: list[str] | None,
    text: str | None,
    archived: bool,
) -> TaskFilters:
    return TaskFilters(
        status=status or [],
        assignee_id=_ids(assignees, "assignee_id", "a user's id"),
        unassigned="none" in (assignees or []),
        priority=priority or [],
        tag=tag or [],
        milestone_id=_ids(milestones, "milestone_id", "a milestone's id"),
        no_milestone="none" in (milestones or []),
        text=text,
        archived=archived,
    )


def _ids(values: list[str] | None, field: str, what: str) -> list[UUID]:
    try:
        return [UUID(value) for value in values or [] if value != "none"]
    except ValueError:
        raise InvalidInput.of(field, f"must be {what} or `none`") from None


@get("/projects/{project_id:uuid}/board", tags=["Tasks"], operation_id="getBoard")
@reads
@scope("task", "read")
async def get_board(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    assignee_id: Assignees = None,
    priority: Priorities = None,
    tag: TagFilter = None,
    milestone_id: Milestones = None,
    q: SearchText = None,
    archived: FromQuery[bool] = False,
    limit: Limit = 50,
) -> Board:
    """A project's columns, each with its first cards."""
    filters = _filters(None, assignee_id, priority, tag, milestone_id, q, archived)
    return await board.read_board(db, actor, project_id, filters, limit=limit)


@get("/projects/{project_id:uuid}/tasks", tags=["Tasks"], operation_id="listTasks")
@reads
@scope("task", "read")
async def list_tasks(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    status: Statuses = None,
    assignee_id: Assignees = None,
    priority: Priorities = None,
    tag: TagFilter = None,
    milestone_id: Milestones = None,
    q: SearchText = None,
    archived: FromQuery[bool] = False,
    sort: FromQuery[SortField] = "position",
    order: FromQuery[SortOrder] = "asc",
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
    include_total: FromQuery[bool] = False,
) -> Page[Task]:
    """A page of a project's tasks."""
    filters = _filters(status, assignee_id, priority, tag, milestone_id, q, archived)
    return await listing.list_tasks(
        db,
        actor,
        project_id,
        filters,
        sort=sort,
        order=order,
        limit=limit,
        cursor=cursor,
        include_total=include_total,
    )


@post("/projects/{project_id:uuid}/tasks", tags=["Tasks"], operation_id="createTask")
@writes
@scope("task", "create")
async def create_task(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewTask]
) -> Task:
    """Add a task at the end of a project."""
    return await service.create_task(db, actor, project_id, data)


@get("/tasks/{task_id:uuid}", tags=["Tasks"], operation_id="getTask")
@reads
@scope("task", "read")
async def get_task(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Task:
    """One task."""
    return await service.read_task(db, actor, task_id)


@get("/tasks/by-key/{key:str}", tags=["Tasks"], operation_id="getTaskByKey")
@reads
@scope("task", "read")
async def get_task_by_key(db: Db, actor: Actor, key: FromPath[str]) -> Task:
    """One task by the key people use, such as WEB-42, or by one that it had before a move."""
    return await project_moves.find_by_key(db, actor, key)


@patch("/tasks/{task_id:uuid}", tags=["Tasks"], operation_id="updateTask")
@writes
@scope("task", "update")
async def update_task(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[TaskPatch],
    if_match: IfMatch = None,
) -> Task:
    """Change fields of a task; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await service.update_task(db, actor, task_id, data, expected)


@post("/tasks/{task_id:uuid}/move", tags=["Tasks"], operation_id="moveTask", status_code=200)
@writes
@scope("task", "update")
async def move_task(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[TaskMove],
    if_match: IfMatch = None,
) -> Task:
    """Put a task into a state and at a place."""
    expected = expected_version(if_match, data.version)
    return await ranks.move_task(db, actor, task_id, data, expected)


@delete("/tasks/{task_id:uuid}", tags=["Tasks"], operation_id="deleteTask")
@writes
@scope("task", "delete")
async def delete_task(
    db: Db, actor: Actor, task_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Put a task in the trash."""
    await trash.delete_task(db, actor, task_id, expected_version(if_match))


@post("/tasks/{task_id:uuid}/restore", tags=["Tasks"], operation_id="restoreTask", status_code=200)
@writes
@scope("task", "delete")
async def restore_task(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Task:
    """Bring a task back from the trash."""
    return await trash.restore_task(db, actor, task_id)


@get("/tasks/{task_id:uuid}/checklist", tags=["Tasks"], operation_id="getChecklist")
@reads
@scope("task", "read")
async def get_checklist(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Checklist:
    """A task's small steps."""
    return await checklist.read_checklist(db, actor, task_id)


@post("/tasks/{task_id:uuid}/checklist", tags=["Tasks"], operation_id="addChecklistItem")
@writes
@scope("task", "update")
async def add_checklist_item(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[NewChecklistItem]
) -> ChecklistItem:
    """Add a step."""
    return await checklist.add_checklist_item(db, actor, task_id, data)


@patch("/checklist-items/{item_id:uuid}", tags=["Tasks"], operation_id="updateChecklistItem")
@writes
@scope("task", "update")
async def update_checklist_item(
    db: Db,
    actor: Actor,
    item_id: FromPath[UUID],
    data: JSONBody[ChecklistItemPatch],
    if_match: IfMatch = None,
) -> ChecklistItem:
    """Tick a step, or change its text."""
    expected = expected_version(if_match, data.version)
    return await checklist.update_checklist_item(db, actor, item_id, data, expected)


@delete("/checklist-items/{item_id:uuid}", tags=["Tasks"], operation_id="deleteChecklistItem")
@writes
@scope("task", "update")
async def delete_checklist_item(
    db: Db, actor: Actor, item_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a step away."""
    await checklist.delete_checklist_item(db, actor, item_id, expected_version(if_match))


@get("/tags", tags=["Tasks"], operation_id="listTags")
@reads
@scope("task", "read", everywhere=True)
async def list_tags(db: Db, actor: Actor) -> Tags:
    """The workspace's tags."""
    return await tags.list_tags(db, actor)


@put("/tags/{name:str}", tags=["Tasks"], operation_id="colorTag")
@writes
@scope("task", "create", everywhere=True)
async def color_tag(
    db: Db,
    actor: Actor,
    name: Annotated[str, PathParameter(min_length=1, max_length=50, pattern=r"\S")],
    data: JSONBody[TagColor],
) -> Tag:
    """Give a tag a colour."""
    return await tags.color_tag(db, actor, name.strip(), data.color)


handlers: list[ControllerRouterHandler] = [
            get_board, list_tasks, create_task, get_task, get_task_by_key, update_task, move_task,
            delete_task, restore_task, get_checklist, add_checklist_item, update_checklist_item,
            delete_checklist_item, list_tags, color_tag, *dependency_routes.handlers,
            *time_routes.handlers, *query_routes.handlers, *bulk_routes.handlers,
            *attachment_routes.handlers, *conversation_routes.handlers, *field_routes.handlers,
            *template_routes.handlers, *export_routes.handlers, *recurrence_routes.handlers,
            *sample_routes.handlers,
]  # fmt: skip
root_handlers: list[ControllerRouterHandler] = [*attachment_routes.root_handlers]
