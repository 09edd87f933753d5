"""HTTP for imports."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

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
from projectflow.imports import service
from projectflow.imports.types import Import

IMPORTING = Scope(Permission("import", "create"), everywhere=True)
FileName = Annotated[str, QueryParameter(name="file_name", max_length=255, pattern=r"^[^\x00]*$")]


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
    request: Request[Any, Any, State], file_name: FileName = "board.json"
) -> Import:
    """Bring in a Trello board: the body is its JSON export."""
    actor = await identify(request, IMPORTING)
    actor.must_be_allowed("import", "create")
    state = request.app.state
    limits: Limits = state.limits
    await limits.upload(actor)
    # The upload is taken in before the transaction opens: a slow sender holds no connection.
    limit: int = state.settings.import_max_bytes
    upload = await service.receive(request.stream(), file_name or "board.json", limit)
    again = await repeatable(request, actor, upload.content)
    database: Database = state.database
    async with database.tenant(actor.tenant_id) as db:
        act = partial(service.request_trello_import, db, actor, state.files, upload)
        return await (act() if again is None else again.answer(db, act))  # pyright: ignore[reportReturnType] - Litestar sends a Response as it is


import_trello.fn.answers_once = True  # pyright: ignore[reportFunctionMemberAccess] - see core/openapi.py


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


handlers: list[ControllerRouterHandler] = [import_trello, get_import, list_imports,
]  # fmt: skip
