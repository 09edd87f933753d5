"""HTTP for reports; analytics/routes.py takes these in."""

from typing import Annotated, Final
from uuid import UUID

import anyio
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.reports import files, recipients, running, stored
from projectflow.analytics.reports.files import MEDIA_TYPES
from projectflow.analytics.reports.types import (
    Asked,
    Format,
    NewReport,
    Report,
    ReportPatch,
    Result,
)
from projectflow.analytics.store import AnalyticsStore
from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page

STORE: Final[AnalyticsStore] = PostgresStore()
"""Reports join facts to tasks as they are, so they are counted in PostgreSQL in any case."""
As = Annotated[Format, QueryParameter(name="format", description="PDF has the chart in it")]


@get("/reports", tags=["Reports"], operation_id="listReports")
@reads
@scope("task", "read", everywhere=True)
async def list_reports(
    db: Db,
    actor: Actor,
    project_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Report]:
    """Your reports and those shared with you, by name."""
    return await stored.list_reports(db, actor, project_id=project_id, limit=limit, cursor=cursor)


@post("/reports", tags=["Reports"], operation_id="createReport")
@writes
@scope("task", "update", everywhere=True)
async def create_report(db: Db, actor: Actor, data: JSONBody[NewReport]) -> Report:
    """Keep a report, and have it mailed if it has a schedule."""
    return await stored.create_report(db, actor, data)


@post("/reports/run", tags=["Reports"], operation_id="runReport", status_code=200)
@writes
@scope("task", "read", everywhere=True)
async def run_asked(db: Db, actor: Actor, data: JSONBody[Asked]) -> Result:
    """Run a report that is not kept."""
    return await running.run_report(db, actor, STORE, data, data.project_id)


@get("/reports/{report_id:uuid}", tags=["Reports"], operation_id="getReport")
@reads
@scope("task", "read", everywhere=True)
async def get_report(db: Db, actor: Actor, report_id: FromPath[UUID]) -> Report:
    """One report."""
    return await stored.read_report(db, actor, report_id)


@patch("/reports/{report_id:uuid}", tags=["Reports"], operation_id="updateReport")
@writes
@scope("task", "update", everywhere=True)
async def update_report(
    db: Db,
    actor: Actor,
    report_id: FromPath[UUID],
    data: JSONBody[ReportPatch],
    if_match: IfMatch = None,
) -> Report:
    """Change a report; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await stored.update_report(db, actor, report_id, data, expected)


@delete("/reports/{report_id:uuid}", tags=["Reports"], operation_id="deleteReport")
@writes
@scope("task", "update", everywhere=True)
async def delete_report(
    db: Db, actor: Actor, report_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Remove a report."""
    await stored.delete_report(db, actor, report_id, expected_version(if_match))


@delete("/reports/{report_id:uuid}/recipients/me", tags=["Reports"], operation_id="leaveReport")
@writes
async def leave_report(db: Db, actor: Actor, report_id: FromPath[UUID]) -> None:
    """Have a report mailed to you no more."""
    await recipients.leave_report(db, actor, report_id)


@get("/reports/{report_id:uuid}/result", tags=["Reports"], operation_id="getReportResult")
@reads
@scope("task", "read", everywhere=True)
async def get_result(db: Db, actor: Actor, report_id: FromPath[UUID]) -> Result:
    """What a report comes to now, of the tasks that you see."""
    report = await stored.read_report(db, actor, report_id)
    return await running.run_report(db, actor, STORE, report, report.project_id)


@get(
    "/reports/{report_id:uuid}/file",
    tags=["Reports"],
    operation_id="exportReport",
    operation_class=operation_with_files(given=list(MEDIA_TYPES.values())),
)
@writes
@scope("task", "read", everywhere=True)
async def get_file(
    db: Db, actor: Actor, report_id: FromPath[UUID], kind: As = "csv"
) -> Response[bytes]:
    """What a report comes to now as CSV, an Excel workbook, or a PDF with its chart."""
    report = await stored.read_report(db, actor, report_id)
    result = await running.run_report(db, actor, STORE, report, report.project_id)
    await files.record_export(db, actor, report, kind)
    content = await anyio.to_thread.run_sync(files.written, report.name, result, kind)
    return Response(
        content,
        media_type=MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{files.file_name(result, kind)}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [
    list_reports, create_report, run_asked, get_report, update_report, delete_report,
    leave_report, get_result, get_file,
]  # fmt: skip
