"""HTTP for tasks as sheets; exports/routes.py takes these in."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.openapi import operation_with_files
from projectflow.exports.sheets import (
    MEDIA_TYPES,
    Format,
    Sheet,
    as_csv,
    as_excel,
    record_sheet,
)
from projectflow.projects.service import read_visible

TaskQuery = Annotated[
    str, QueryParameter(name="query", description="assignee:me status:started due<7d -tag:x")
]
Columns = Annotated[
    str | None,
    QueryParameter(name="columns", max_length=500, description="key,title,status,due_date"),
]


@get(
    "/tasks/export",
    tags=["Exports"],
    operation_id="exportTasks",
    operation_class=operation_with_files(given=list(MEDIA_TYPES.values())),
)
@writes
@scope("task", "read")
async def export_tasks(
    db: Db,
    actor: Actor,
    state: State,
    text: TaskQuery = "",
    columns: Columns = None,
    format: FromQuery[Format] = "csv",  # noqa: A002 - the parameter's name
) -> Stream:
    """A query's tasks: as CSV at most 100,000, as a workbook at most 50,000."""
    sheet = await record_sheet(db, actor, text, columns, format, None)
    return _answer(state.database, actor, sheet, "tasks")


@get(
    "/projects/{project_id:uuid}/tasks/export",
    tags=["Exports"],
    operation_id="exportProjectTasks",
    operation_class=operation_with_files(given=list(MEDIA_TYPES.values())),
)
@writes
@scope("task", "read")
async def export_project_tasks(
    db: Db,
    actor: Actor,
    state: State,
    project_id: FromPath[UUID],
    columns: Columns = None,
    format: FromQuery[Format] = "csv",  # noqa: A002 - the parameter's name
) -> Stream:
    """A project's tasks, the oldest first, without those in the archive; as many as of a query."""
    project = await read_visible(db, actor, project_id)
    text = f"project:{project.key} order:created-asc"
    sheet = await record_sheet(db, actor, text, columns, format, project)
    return _answer(state.database, actor, sheet, project.key)


def _answer(database: Database, actor: Actor, sheet: Sheet, name: str) -> Stream:
    made = as_csv if sheet.format == "csv" else as_excel
    file_name = f"{name}-{datetime.now(UTC):%Y-%m-%d}.{sheet.format}"
    # It is sent once this transaction has committed.
    return Stream(
        made(database, actor, sheet),
        media_type=MEDIA_TYPES[sheet.format],
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [export_tasks, export_project_tasks]
