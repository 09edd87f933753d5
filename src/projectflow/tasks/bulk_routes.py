"""HTTP for changes of many tasks, copies, moves to other projects, the trash and undo."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.tasks import bulk, duplicates, progress, project_moves, purge, trash, undoing
from projectflow.tasks.bulk import BulkChange, BulkChanged
from projectflow.tasks.duplicates import Duplication
from projectflow.tasks.progress import ProgressOfTasks, Subtasks
from projectflow.tasks.project_moves import ProjectMove
from projectflow.tasks.trash import TrashedTask
from projectflow.tasks.types import Task
from projectflow.tasks.undoing import Undone, UndoRequest

TaskIds = Annotated[
    list[UUID] | None, QueryParameter(name="id", max_items=200, description="ids of tasks")
]
EventNumber = Annotated[int, PathParameter(ge=1, le=2**63 - 1, description="the event's seq")]


@post("/tasks/bulk", tags=["Tasks"], operation_id="changeTasks", status_code=200)
@writes
@scope("task", "update")
async def change_tasks(db: Db, actor: Actor, data: JSONBody[BulkChange]) -> BulkChanged:
    """Change up to 1,000 tasks at once: all of them, or none and a list of what failed."""
    return await bulk.change_tasks(db, actor, data)


@post("/tasks/{task_id:uuid}/duplicate", tags=["Tasks"], operation_id="duplicateTask")
@writes
@scope("task", "create")
async def duplicate_task(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[Duplication]
) -> Task:
    """Make a task like this one."""
    return await duplicates.duplicate_task(db, actor, task_id, data)


@post(
    "/tasks/{task_id:uuid}/move-to-project",
    tags=["Tasks"],
    operation_id="moveTaskToProject",
    status_code=200,
)
@writes
@scope("task", "update")
async def move_to_project(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[ProjectMove],
    if_match: IfMatch = None,
) -> Task:
    """Move a task to another project, with all below it; its former key goes on finding it."""
    expected = expected_version(if_match, data.version)
    return await project_moves.move_to_project(db, actor, task_id, data.project_id, expected)


@get("/tasks/{task_id:uuid}/subtasks", tags=["Tasks"], operation_id="listSubtasks")
@reads
@scope("task", "read")
async def list_subtasks(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Subtasks:
    """The tree below a task, and how far each of it is."""
    return await progress.read_subtasks(db, actor, task_id)


@get("/tasks/progress", tags=["Tasks"], operation_id="getProgress")
@reads
@scope("task", "read")
async def get_progress(db: Db, actor: Actor, ids: TaskIds = None) -> ProgressOfTasks:
    """How far each of up to 200 tasks is, by its sub-tasks at any depth."""
    return await progress.read_progress(db, actor, ids or [])


@get("/trash", tags=["Tasks"], operation_id="listTrash")
@reads
@scope("task", "read")
async def list_trash(
    db: Db,
    actor: Actor,
    project_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[TrashedTask]:
    """What is in the trash, last first."""
    return await trash.list_trash(db, actor, project_id, limit=limit, cursor=cursor)


@delete("/trash/{task_id:uuid}", tags=["Tasks"], operation_id="deleteForGood")
@writes
@scope("task", "delete")
async def delete_for_good(
    db: Db, actor: Actor, task_id: FromPath[UUID], confirm: FromQuery[bool] = False
) -> None:
    """Delete a task that is in the trash for good; `confirm=true` says that this is meant."""
    await purge.delete_for_good(db, actor, task_id, confirmed=confirm)


@post("/undo", tags=["Undo"], operation_id="undo", status_code=200)
@writes
@scope("task", "update")
async def undo_last(db: Db, actor: Actor, data: JSONBody[UndoRequest]) -> Undone:
    """Undo your last change of the last 24 hours; once more goes one further back."""
    return await undoing.undo_last(db, actor, data.project_id)


@post("/events/{seq:int}/undo", tags=["Undo"], operation_id="undoEvent", status_code=200)
@writes
@scope("task", "update")
async def undo_event(db: Db, actor: Actor, seq: EventNumber) -> Undone:
    """Undo one change of yours, or undo an undoing."""
    return await undoing.undo_event(db, actor, seq)


handlers: list[ControllerRouterHandler] = [
    change_tasks, duplicate_task, move_to_project, list_subtasks, get_progress, list_trash,
    delete_for_good, undo_last, undo_event,
]  # fmt: skip
