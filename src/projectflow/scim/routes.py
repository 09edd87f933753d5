"""HTTP for provisioning: tokens for owners, and the SCIM endpoints for identity providers."""

import json
from typing import Final
from uuid import UUID

import asyncpg
from litestar import Response, delete, get, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from scim2_models import NotFoundException, UnauthorizedException
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse

from projectflow.auth.browser import AnyRequest, count_address
from projectflow.auth.edge import ATTEMPTS, reads, writes
from projectflow.auth.limits import Limits
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.settings import Settings
from projectflow.scim import tokens
from projectflow.scim.errors import scim_error
from projectflow.scim.protocol import Protocol
from projectflow.scim.service import Provisioning
from projectflow.scim.types import MadeScimToken, NewScimToken, Provisioner, ScimTokens

ROOT: Final = "/scim/v2"
METHODS: Final = [
    HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE,
]  # fmt: skip
protocol: Final = Protocol()


@get("/scim-tokens", tags=["Provisioning"], operation_id="listScimTokens")
@reads
async def list_scim_tokens(db: Db, actor: Actor) -> ScimTokens:
    """The workspace's provisioning tokens."""
    return await tokens.list_tokens(db, actor)


@post("/scim-tokens", tags=["Provisioning"], operation_id="createScimToken")
@writes
async def create_scim_token(db: Db, actor: Actor, data: JSONBody[NewScimToken]) -> MadeScimToken:
    """Make a provisioning token; its secret is shown this once."""
    return await tokens.create_token(db, actor, data)


@delete("/scim-tokens/{token_id:uuid}", tags=["Provisioning"], operation_id="revokeScimToken")
@writes
async def revoke_scim_token(db: Db, actor: Actor, token_id: FromPath[UUID]) -> None:
    """Refuse a provisioning token from now on."""
    await tokens.revoke_token(db, actor, token_id)


def answer_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A SCIM error, whatever was raised."""
    return _response(protocol.error_response(scim_error(error, request.url.path)))


@route(
    ["/scim", "/scim/{path:path}"],
    http_method=METHODS,
    include_in_schema=False,
    exception_handlers={Exception: answer_error},
)
async def provision(request: AnyRequest) -> Response[bytes]:
    """Any SCIM request: all of it and its events, or nothing."""
    database: Database = request.app.state.database
    limits: Limits = request.app.state.limits
    try:
        by = await tokens.authenticate(database, request.headers.get("authorization", ""))
    except UnauthorizedException:
        await count_address(request)
        raise
    await limits.workspace(by.tenant_id, by.plan)
    if not f"{request.url.path}/".startswith(f"{ROOT}/"):
        raise NotFoundException(detail=f"SCIM 2.0 is at {ROOT}.")
    asked = await _scim_request(request)
    for attempt in range(ATTEMPTS):
        try:
            return _response(await _answer(request, by, asked))
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


async def _scim_request(request: AnyRequest) -> ScimRequest:
    settings: Settings = request.app.state.settings
    return ScimRequest(
        method=request.method,
        base_url=f"{settings.url}{ROOT}",
        path=request.scope["path"].removeprefix(ROOT),
        query={name: values[-1] for name, values in request.query_params.dict().items()},
        headers=[(name, value) for name, value in request.headers.items()],
        body=await request.body(),
    )


async def _answer(request: AnyRequest, by: Provisioner, asked: ScimRequest) -> ScimResponse:
    state = request.app.state
    changes = asked.method != HttpMethod.GET
    async with state.database.tenant(by.tenant_id, read_only=not changes) as db:
        storage = Provisioning(db, by, state.revocations, changes=changes)
        return await AsyncScimHandler(protocol, storage).handle(asked)


def _response(answer: ScimResponse) -> Response[bytes]:
    headers = {**answer.headers, "Cache-Control": "no-store"}
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    media_type = headers.pop("Content-Type")
    return Response(body, status_code=int(answer.status), media_type=media_type, headers=headers)


handlers: list[ControllerRouterHandler] = [list_scim_tokens, create_scim_token, revoke_scim_token]
root_handlers: list[ControllerRouterHandler] = [provision]
