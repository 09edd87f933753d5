"""HTTP for plans; exports/routes.py takes these in."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import anyio
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.openapi import operation_with_files
from projectflow.exports.mspdi import write_mspdi
from projectflow.exports.plans import read_plan
from projectflow.projects.service import read_visible
from projectflow.tasks.service import require_project

XML: Final = "application/xml"


@get(
    "/projects/{project_id:uuid}/msproject",
    tags=["Exports"],
    operation_id="exportMicrosoftProject",
    operation_class=operation_with_files(given=[XML]),
)
@writes
@scope("task", "read")
async def export_plan(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Response[bytes]:
    """A project's tasks, links and people as Microsoft Project's XML, at most 20,000 tasks."""
    await require_project(db, actor, project_id)
    project = await read_visible(db, actor, project_id)
    plan = await read_plan(db, actor, project)
    content = await anyio.to_thread.run_sync(write_mspdi, plan)
    payload = {"format": "msproject", "tasks": len(plan.tasks)}
    change = Change("tasks.exported", "project", project.id, 1, payload, project.id)
    await record(db, actor.tenant_id, actor.user_id, change)
    name = f"{project.key}-{datetime.now(UTC):%Y-%m-%d}.xml"
    return Response(
        content,
        media_type=XML,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [export_plan]
