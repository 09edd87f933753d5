"""HTTP for tracked time."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page
from projectflow.tasks import time_entries, time_export, time_reading, timer, timesheet
from projectflow.tasks.time_types import (
    NewTimeEntry,
    NewTimer,
    StartedTimer,
    StoppedTimer,
    TimeEntry,
    TimeEntryPatch,
    TimeFilters,
    TimerStop,
    Timesheet,
)

Week = Annotated[str | None, QueryParameter(max_length=8, description="as in 2026-W48 (ISO 8601)")]
NO_TIMER = {204: ResponseSpec(None, description="No timer runs.")}


@post("/tasks/{task_id:uuid}/timer", tags=["Time"], operation_id="startTimer")
@writes
@scope("time_entry", "create")
async def start_timer(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[NewTimer],
    switch: FromQuery[bool] = False,
) -> StartedTimer:
    """Start to track your time on a task; `switch` stops the timer that runs."""
    return await timer.start_timer(db, actor, task_id, data, switch=switch)


@post(
    "/time-entries/{entry_id:uuid}/stop", tags=["Time"], operation_id="stopTimer", status_code=200
)
@writes
@scope("time_entry", "update")
async def stop_timer(
    db: Db, actor: Actor, entry_id: FromPath[UUID], data: JSONBody[TimerStop]
) -> StoppedTimer:
    """Stop a timer: now, or when it should have been. It counts 24 hours at most."""
    return await timer.stop_timer(db, actor, entry_id, data)


@get("/me/timer", tags=["Time"], operation_id="getMyTimer", responses=NO_TIMER)
@reads
@scope("time_entry", "read", everywhere=True)
async def get_my_timer(db: Db, actor: Actor) -> Response[TimeEntry | None]:
    """Your running timer."""
    running = await timer.read_my_timer(db, actor)
    return Response(running, status_code=204 if running is None else 200)


@post("/tasks/{task_id:uuid}/time-entries", tags=["Time"], operation_id="addTimeEntry")
@writes
@scope("time_entry", "create")
async def add_time_entry(
    db: Db, actor: Actor, task_id: FromPath[UUID], data: JSONBody[NewTimeEntry]
) -> TimeEntry:
    """Write down time that you worked on a task: from when, and until when or for how long."""
    return await time_entries.add_time_entry(db, actor, task_id, data)


@patch("/time-entries/{entry_id:uuid}", tags=["Time"], operation_id="updateTimeEntry")
@writes
@scope("time_entry", "update")
async def update_time_entry(
    db: Db,
    actor: Actor,
    entry_id: FromPath[UUID],
    data: JSONBody[TimeEntryPatch],
    if_match: IfMatch = None,
) -> TimeEntry:
    """Correct an entry, or put it on another task."""
    expected = expected_version(if_match, data.version)
    return await time_entries.update_time_entry(db, actor, entry_id, data, expected)


@delete("/time-entries/{entry_id:uuid}", tags=["Time"], operation_id="deleteTimeEntry")
@writes
@scope("time_entry", "delete")
async def delete_time_entry(
    db: Db, actor: Actor, entry_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take an entry away."""
    await time_entries.delete_time_entry(db, actor, entry_id, expected_version(if_match))


@get("/tasks/{task_id:uuid}/time-entries", tags=["Time"], operation_id="listTaskTimeEntries")
@reads
@scope("time_entry", "read")
async def list_task_entries(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[TimeEntry]:
    """The time spent on a task, newest first; your own where you read no more."""
    return await time_reading.list_task_entries(db, actor, task_id, limit=limit, cursor=cursor)


@get(
    "/projects/{project_id:uuid}/time-entries", tags=["Time"], operation_id="listProjectTimeEntries"
)
@reads
@scope("time_entry", "read")
async def list_project_entries(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    user_id: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[TimeEntry]:
    """The time spent on a project's tasks that started in a range, newest first."""
    filters = TimeFilters(user_id, since, until)
    return await time_reading.list_project_entries(
        db, actor, project_id, filters, limit=limit, cursor=cursor
    )


@get("/me/time-entries", tags=["Time"], operation_id="listMyTimeEntries")
@reads
@scope("time_entry", "read", everywhere=True)
async def list_my_entries(
    db: Db,
    actor: Actor,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[TimeEntry]:
    """Your own time in all projects that started in a range, newest first."""
    filters = TimeFilters(None, since, until)
    return await time_reading.list_my_entries(db, actor, filters, limit=limit, cursor=cursor)


@get("/timesheet", tags=["Time"], operation_id="getTimesheet")
@reads
@scope("time_entry", "read", everywhere=True)
async def get_timesheet(
    db: Db, actor: Actor, user_id: FromQuery[UUID | None] = None, week: Week = None
) -> Timesheet:
    """A person's week by tasks and days of their time zone: yours and this one, unless you say."""
    return await timesheet.read_timesheet(db, actor, user_id, week)


@get(
    "/projects/{project_id:uuid}/time-entries/export",
    tags=["Time"],
    operation_id="exportProjectTimeEntries",
    operation_class=operation_with_files(given=["text/csv"]),
)
@reads
@scope("time_entry", "read")
async def export_project_entries(
    db: Db,
    actor: Actor,
    state: State,
    project_id: FromPath[UUID],
    user_id: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> Stream:
    """The same as CSV, oldest first, at most 100,000 entries."""
    filters = await time_reading.open_project(
        db, actor, project_id, TimeFilters(user_id, since, until)
    )
    name = f"time-{datetime.now(UTC):%Y-%m-%d}.csv"
    return Stream(
        time_export.exported(state.database, actor, project_id, filters),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [
    start_timer, stop_timer, get_my_timer, add_time_entry, update_time_entry, delete_time_entry,
    list_task_entries, list_project_entries, list_my_entries, get_timesheet,
    export_project_entries,
]  # fmt: skip
