"""HTTP for taking a plan away."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.openapi import operation_with_files
from projectflow.planning import mspdi


@get(
    "/projects/{project_id:uuid}/msproject",
    tags=["Planning"],
    operation_id="exportMicrosoftProject",
    operation_class=operation_with_files(given=["application/xml"]),
)
@writes
@scope("task", "read")
async def export_msproject(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Response[bytes]:
    """A project as Microsoft Project's XML, which Project and its like open."""
    content = await mspdi.export_project(db, actor, project_id)
    change = Change("project.exported", "project", project_id, project_id=project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
    return Response(
        content,
        media_type="application/xml",
        headers={
            "Content-Disposition": f'attachment; filename="{project_id}.xml"',
            "Cache-Control": "no-store",
        },
    )


handlers: list[ControllerRouterHandler] = [export_msproject]
