"""HTTP for taking tasks away as a table."""

from datetime import UTC, datetime

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.openapi import operation_with_files
from projectflow.tasks import task_export
from projectflow.tasks.query_routes import TaskQuery
from projectflow.tasks.task_export import MEDIA_TYPES, Format


@get(
    "/tasks/export",
    tags=["Queries"],
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
    format: FromQuery[Format] = "csv",  # noqa: A002
) -> Stream:
    """The tasks that a query means as CSV (up to 100,000) or as an Excel workbook (20,000)."""
    await task_export.record_export(db, actor, text, format)
    name = f"tasks-{datetime.now(UTC):%Y-%m-%d}.{format}"
    return Stream(
        task_export.exported(state.database, actor, text, format),
        media_type=MEDIA_TYPES[format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [export_tasks]
