"""HTTP for timelines: how tasks are scheduled, moving them, and baselines."""

from importlib import import_module
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import kept, reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.planning import baseline_comparison, baselines, constraints, timeline
from projectflow.planning import reschedule as rescheduling
from projectflow.planning.baseline_comparison import BaselineComparison
from projectflow.planning.baselines import Baseline, BaselineDetails, Baselines, NewBaseline
from projectflow.planning.constraints import TaskSchedule, TaskSchedulePatch
from projectflow.planning.reschedule import Reschedule, Rescheduling, SchedulePreview
from projectflow.planning.timeline import Timeline

import_module("projectflow.planning.undo_plans")  # being imported says how plans are undone


@get("/projects/{project_id:uuid}/timeline", tags=["Planning"], operation_id="getProjectTimeline")
@reads
@scope("task", "read")
@kept("project")
async def get_timeline(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Timeline:
    """A project's schedule: dates, slack, the critical path, and what cannot be met."""
    return await timeline.read_timeline(db, actor, project_id)


@get("/tasks/{task_id:uuid}/schedule", tags=["Planning"], operation_id="getTaskSchedule")
@reads
@scope("task", "read")
async def get_schedule(db: Db, actor: Actor, task_id: FromPath[UUID]) -> TaskSchedule:
    """How a task is to be scheduled."""
    return await constraints.read_schedule(db, actor, task_id)


@patch("/tasks/{task_id:uuid}/schedule", tags=["Planning"], operation_id="updateTaskSchedule")
@writes
@scope("task", "update")
async def change_schedule(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[TaskSchedulePatch],
    if_match: IfMatch = None,
) -> TaskSchedule:
    """Change how a task is scheduled; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await constraints.change_schedule(db, actor, task_id, data, expected)


@post(
    "/projects/{project_id:uuid}/reschedule/preview",
    tags=["Planning"],
    operation_id="previewReschedule",
    status_code=200,
)
@writes
@scope("task", "read")
async def preview_reschedule(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[SchedulePreview]
) -> Rescheduling:
    """What would move if tasks changed; nothing is written."""
    return await rescheduling.preview_reschedule(db, actor, project_id, data.changes)


@post(
    "/projects/{project_id:uuid}/reschedule",
    tags=["Planning"],
    operation_id="reschedule",
    status_code=200,
)
@writes
@scope("task", "update")
async def reschedule(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[Reschedule]
) -> Rescheduling:
    """Change tasks and move what depends on them, as one change."""
    return await rescheduling.reschedule(db, actor, project_id, data.changes, data.token)


@post(
    "/projects/{project_id:uuid}/schedule/apply",
    tags=["Planning"],
    operation_id="applySchedule",
    status_code=200,
)
@writes
@scope("task", "update")
async def apply_schedule(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Rescheduling:
    """Make the schedule the plan of all tasks that have not begun."""
    return await rescheduling.apply_schedule(db, actor, project_id)


@get("/projects/{project_id:uuid}/baselines", tags=["Planning"], operation_id="listBaselines")
@reads
@scope("task", "read")
async def list_baselines(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Baselines:
    """A project's baselines, oldest first."""
    return await baselines.list_baselines(db, actor, project_id)


@post("/projects/{project_id:uuid}/baselines", tags=["Planning"], operation_id="saveBaseline")
@writes
@scope("project", "update")
async def save_baseline(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewBaseline]
) -> Baseline:
    """Remember a project's schedule as it is now."""
    return await baselines.save_baseline(db, actor, project_id, data)


@get("/baselines/{baseline_id:uuid}", tags=["Planning"], operation_id="getBaseline")
@reads
@scope("task", "read")
async def get_baseline(db: Db, actor: Actor, baseline_id: FromPath[UUID]) -> BaselineDetails:
    """A baseline with its tasks."""
    return await baselines.read_baseline(db, actor, baseline_id)


@get("/baselines/{baseline_id:uuid}/comparison", tags=["Planning"], operation_id="compareBaseline")
@reads
@scope("task", "read")
async def compare_baseline(db: Db, actor: Actor, baseline_id: FromPath[UUID]) -> BaselineComparison:
    """A baseline beside the schedule of now."""
    return await baseline_comparison.compare_baseline(db, actor, baseline_id)


@delete("/baselines/{baseline_id:uuid}", tags=["Planning"], operation_id="deleteBaseline")
@writes
@scope("project", "update")
async def delete_baseline(db: Db, actor: Actor, baseline_id: FromPath[UUID]) -> None:
    """Delete a baseline; for 30 days it can be restored."""
    await baselines.delete_baseline(db, actor, baseline_id)


@post(
    "/baselines/{baseline_id:uuid}/restore",
    tags=["Planning"],
    operation_id="restoreBaseline",
    status_code=200,
)
@writes
@scope("project", "update")
async def restore_baseline(db: Db, actor: Actor, baseline_id: FromPath[UUID]) -> Baseline:
    """Bring a deleted baseline back."""
    return await baselines.restore_baseline(db, actor, baseline_id)


handlers: list[ControllerRouterHandler] = [
    get_timeline, get_schedule, change_schedule, preview_reschedule, reschedule, apply_schedule,
    list_baselines, save_baseline, get_baseline, compare_baseline, delete_baseline,
    restore_baseline,
]  # fmt: skip
