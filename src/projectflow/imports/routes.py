"""HTTP for imports."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import anyio
import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.openapi.spec import Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import identify, reads
from projectflow.auth.idempotency import repeatable
from projectflow.auth.limits import Limits
from projectflow.auth.permissions import Permission
from projectflow.auth.scopes import Scope, scope
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page
from projectflow.core.problems import InvalidInput
from projectflow.imports import service
from projectflow.imports.formats import ImportOptions
from projectflow.imports.mapping import Mapping, Preview, preview
from projectflow.imports.tables import read_table
from projectflow.imports.types import Import, Source

IMPORTING = Scope(Permission("import", "create"), everywhere=True)
FileName = Annotated[str, QueryParameter(name="file_name", max_length=255, pattern=r"^[^\x00]*$")]
ProjectName = Annotated[
    str | None, QueryParameter(name="project_name", max_length=200, pattern=r"^[^\x00]*[^\s\x00]")
]
PullRequests = Annotated[
    bool, QueryParameter(name="pull_requests", description="whether pull requests become tasks too")
]
MappingText = Annotated[
    str | None,
    QueryParameter(
        name="mapping",
        max_length=20_000,
        description='JSON: {"columns": {"Column": "title"}, "dates": "dmy", "tag_separator": ","}',
    ),
]
TEXT = ["text/csv", "application/octet-stream"]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _take(
    request: Request[Any, Any, State], source: Source, options: ImportOptions, file_name: str
) -> Import:
    """Have a file brought in: it is taken in and read before the transaction opens."""
    actor, content = await _upload(request)
    upload = await service.examine(source, content, options, file_name)
    again = await repeatable(request, actor, content)
    database: Database = request.app.state.database
    async with database.tenant(actor.tenant_id, projects=actor.project_ids) as db:
        act = partial(service.request_import, db, actor, request.app.state.files, upload)
        return await (act() if again is None else again.answer(db, act))  # pyright: ignore[reportReturnType] - Litestar sends a Response as it is


async def _upload(request: Request[Any, Any, State]) -> tuple[Actor, bytes]:
    """Who uploads, and what: a slow sender holds no connection to the database."""
    actor = await identify(request, IMPORTING)
    actor.must_be_allowed("import", "create")
    limits: Limits = request.app.state.limits
    await limits.upload(actor)
    longest: int = request.app.state.settings.import_max_bytes
    return actor, await service.receive(request.stream(), longest)


def _mapping(text: str | None) -> Mapping:
    if text is None:
        return Mapping()
    try:
        return msgspec.json.decode(text, type=Mapping)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput.of("mapping", f"cannot be read: {error}") from None


@post(
    "/imports/trello",
    tags=["Imports"],
    operation_id="importTrello",
    operation_class=operation_with_files(
        taken=["application/json"], schema=Schema(type=OpenAPIType.OBJECT)
    ),
    status_code=202,
    request_max_body_size=None,
)
async def import_trello(
    request: Request[Any, Any, State],
    file_name: FileName = "board.json",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
) -> Import:
    """Bring in a Trello board: the body is its JSON export."""
    options = ImportOptions(project_id, project_name)
    return await _take(request, "trello", options, file_name or "board.json")


@post(
    "/imports/github",
    tags=["Imports"],
    operation_id="importGitHub",
    operation_class=operation_with_files(taken=["application/json"], schema=Schema()),
    status_code=202,
    request_max_body_size=None,
)
async def import_github(
    request: Request[Any, Any, State],
    file_name: FileName = "issues.json",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
    pull_requests: PullRequests = True,
) -> Import:
    """Bring in GitHub issues: the body is JSON, as the REST API lists them or a backup has them."""
    options = ImportOptions(project_id, project_name, pull_requests)
    return await _take(request, "github", options, file_name or "issues.json")


@post(
    "/imports/jira",
    tags=["Imports"],
    operation_id="importJira",
    operation_class=operation_with_files(taken=TEXT),
    status_code=202,
    request_max_body_size=None,
)
async def import_jira(
    request: Request[Any, Any, State],
    file_name: FileName = "jira.csv",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
) -> Import:
    """Bring in Jira issues: the body is Jira's CSV export."""
    options = ImportOptions(project_id, project_name)
    return await _take(request, "jira", options, file_name or "jira.csv")


@post(
    "/imports/linear",
    tags=["Imports"],
    operation_id="importLinear",
    operation_class=operation_with_files(taken=TEXT),
    status_code=202,
    request_max_body_size=None,
)
async def import_linear(
    request: Request[Any, Any, State],
    file_name: FileName = "linear.csv",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
) -> Import:
    """Bring in Linear issues: the body is Linear's CSV export."""
    options = ImportOptions(project_id, project_name)
    return await _take(request, "linear", options, file_name or "linear.csv")


@post(
    "/imports/msproject",
    tags=["Imports"],
    operation_id="importMicrosoftProject",
    operation_class=operation_with_files(taken=["application/xml", "application/octet-stream"]),
    status_code=202,
    request_max_body_size=None,
)
async def import_msproject(
    request: Request[Any, Any, State],
    file_name: FileName = "project.xml",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
) -> Import:
    """Bring in a plan of Microsoft Project: the body is the project saved as XML."""
    options = ImportOptions(project_id, project_name)
    return await _take(request, "msproject", options, file_name or "project.xml")


@post(
    "/imports/table/preview",
    tags=["Imports"],
    operation_id="previewTable",
    operation_class=operation_with_files(taken=[*TEXT, WORKBOOK]),
    status_code=200,
    request_max_body_size=None,
)
async def preview_table(request: Request[Any, Any, State], mapping: MappingText = None) -> Preview:
    """What a CSV file or workbook holds and what its columns would become; keeps nothing."""
    said = _mapping(mapping)
    _, content = await _upload(request)
    table = await anyio.to_thread.run_sync(read_table, content)
    return await anyio.to_thread.run_sync(preview, table, said)


@post(
    "/imports/table",
    tags=["Imports"],
    operation_id="importTable",
    operation_class=operation_with_files(taken=[*TEXT, WORKBOOK]),
    status_code=202,
    request_max_body_size=None,
)
async def import_table(
    request: Request[Any, Any, State],
    file_name: FileName = "table.csv",
    project_id: FromQuery[UUID | None] = None,
    project_name: ProjectName = None,
    mapping: MappingText = None,
) -> Import:
    """Bring in the rows of a CSV file or of a workbook's first sheet, as `mapping` says."""
    options = ImportOptions(project_id, project_name, mapping=_mapping(mapping))
    return await _take(request, "table", options, file_name or "table.csv")


@get("/imports/{import_id:uuid}", tags=["Imports"], operation_id="getImport")
@reads
@scope("import", "read", everywhere=True)
async def get_import(db: Db, actor: Actor, import_id: FromPath[UUID]) -> Import:
    """How an import goes, and at its end the report."""
    return await service.read_import(db, actor, import_id)


@get("/imports", tags=["Imports"], operation_id="listImports")
@reads
@scope("import", "read", everywhere=True)
async def list_imports(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[Import]:
    """Your imports, newest first."""
    return await service.list_imports(db, actor, limit=limit, cursor=cursor)


for _taking in (
    import_trello, import_github, import_jira, import_linear, import_msproject, import_table,
):  # fmt: skip
    _taking.fn.answers_once = True  # pyright: ignore[reportFunctionMemberAccess] - see core/openapi.py
handlers: list[ControllerRouterHandler] = [
            import_trello, import_github, import_jira, import_linear, import_msproject,
            preview_table, import_table, get_import, list_imports,
]  # fmt: skip
