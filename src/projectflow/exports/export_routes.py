"""HTTP for exports of projects and workspaces; exports/routes.py takes these in."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import identify, reads, writes
from projectflow.auth.limits import Limits
from projectflow.auth.permissions import Permission
from projectflow.auth.scopes import Scope, scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page
from projectflow.exports import project_imports, service
from projectflow.exports.types import Export
from projectflow.imports.types import Import

ZIP: Final = "application/zip"
EXPORTING: Final = Scope(Permission("export", "create"), everywhere=False)
IMPORTING: Final = Scope(Permission("import", "create"), everywhere=True)
FileName = Annotated[str, QueryParameter(name="file_name", max_length=255, pattern=r"^[^\x00]*$")]


@post(
    "/projects/{project_id:uuid}/export",
    tags=["Exports"],
    operation_id="exportProject",
    status_code=202,
)
@writes
@scope("export", "create")
async def export_project(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Export:
    """Have a project written out, with its files, for `POST /imports/projectflow`."""
    return await service.request_project_export(db, actor, project_id)


@post("/workspace/export", tags=["Exports"], operation_id="exportWorkspace", status_code=202)
@writes
@scope("workspace_export", "create", everywhere=True)
async def export_workspace(db: Db, actor: Actor) -> Export:
    """Have the whole workspace written out, for `projectflow workspace import`."""
    return await service.request_workspace_export(db, actor)


@get("/exports", tags=["Exports"], operation_id="listExports")
@reads
@scope("export", "create")
async def list_exports(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[Export]:
    """Your exports, newest first; an owner sees everybody's."""
    return await service.list_exports(db, actor, limit=limit, cursor=cursor)


@get("/exports/{export_id:uuid}", tags=["Exports"], operation_id="getExport")
@reads
@scope("export", "create")
async def get_export(db: Db, actor: Actor, export_id: FromPath[UUID]) -> Export:
    """How an export goes, and what is in it."""
    return await service.read_export(db, actor, export_id)


@delete("/exports/{export_id:uuid}", tags=["Exports"], operation_id="deleteExport")
@writes
@scope("export", "create")
async def delete_export(db: Db, actor: Actor, export_id: FromPath[UUID]) -> None:
    """Take an export and its file away."""
    await service.delete_export(db, actor, export_id)


@get(
    "/exports/{export_id:uuid}/file",
    tags=["Exports"],
    operation_id="downloadExport",
    operation_class=operation_with_files(given=[ZIP]),
)
async def download_export(request: Request[Any, Any, State], export_id: FromPath[UUID]) -> Stream:
    """An export's file, while it is kept. Each time is an event of the audit log."""
    # The transaction ends before the first byte is sent to somebody slow.
    actor = await identify(request, EXPORTING)
    state = request.app.state
    found = await service.open_file(state.database, state.files, actor, export_id)
    return Stream(
        found.pieces,
        media_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{found.file_name}"',
            "Content-Length": str(found.export.size_bytes),
            "Cache-Control": "no-store",
        },
    )


@post(
    "/imports/projectflow",
    tags=["Imports"],
    operation_id="importProjectFlow",
    operation_class=operation_with_files(taken=[ZIP, "application/octet-stream"]),
    status_code=202,
    request_max_body_size=None,
)
async def import_projectflow(
    request: Request[Any, Any, State], file_name: FileName = "project.zip"
) -> Import:
    """Bring in an exported project: the body is the file. It becomes another project, whole."""
    actor = await identify(request, IMPORTING)
    actor.must_be_allowed("import", "create")
    state = request.app.state
    limits: Limits = state.limits
    await limits.upload(actor)
    with TemporaryDirectory(prefix="projectflow-upload-") as folder:
        path = Path(folder) / "export.zip"
        longest: int = state.settings.archive_max_bytes
        await project_imports.receive(request.stream(), longest, path)
        return await project_imports.request_import(
            state.database, state.files, actor, path, file_name or "project.zip"
        )


handlers: list[ControllerRouterHandler] = [
    export_project, export_workspace, list_exports, get_export, delete_export, download_export,
    import_projectflow,
]  # fmt: skip
