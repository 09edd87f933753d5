"""HTTP for workspaces and sign-in."""

from contextlib import suppress
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie, State
from litestar.params import FromPath, JSONBody

from projectflow.auth import service
from projectflow.auth.edge import reads
from projectflow.auth.service import AuthService, RefreshToken, SessionEnded, SignedIn
from projectflow.auth.tokens import Tokens
from projectflow.auth.types import (
    Actor,
    AuthResult,
    Credentials,
    Me,
    NewWorkspace,
    WorkspaceName,
)
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.core.settings import Settings

COOKIE = "projectflow_session"
COOKIE_PATH = "/api/v1/auth"

AnyRequest = Request[Any, Any, State]


@post("/workspaces", tags=["Auth"], operation_id="createWorkspace")
async def create_workspace(
    request: AnyRequest, data: JSONBody[NewWorkspace]
) -> Response[AuthResult]:
    """Create a workspace and its owner, and sign the owner in."""
    _refuse_other_origins(request)
    signed_in = await _service(request).create_workspace(data, request.headers.get("user-agent"))
    return _with_cookie(request, signed_in, status_code=201)


@get("/workspaces/{slug:str}", tags=["Auth"], operation_id="findWorkspace")
async def find_workspace(request: AnyRequest, slug: FromPath[str]) -> WorkspaceName:
    """The name of the workspace at an address; for the sign-in page."""
    return await _service(request).find_workspace(slug)


@post("/auth/login", tags=["Auth"], operation_id="login", status_code=200)
async def login(request: AnyRequest, data: JSONBody[Credentials]) -> Response[AuthResult]:
    """Sign in with an e-mail address and a password."""
    _refuse_other_origins(request)
    signed_in = await _service(request).login(data, request.headers.get("user-agent"))
    return _with_cookie(request, signed_in)


@post("/auth/refresh", tags=["Auth"], operation_id="refresh", status_code=200)
async def refresh(request: AnyRequest) -> Response[AuthResult]:
    """Exchange the refresh token in the cookie for a new one and a new access token."""
    _refuse_other_origins(request)
    token = RefreshToken.parse(request.cookies.get(COOKIE))
    return _with_cookie(request, await _service(request).refresh(token))


@post("/auth/logout", tags=["Auth"], operation_id="logout", status_code=204)
async def logout(request: AnyRequest) -> Response[None]:
    """End the session that the cookie names."""
    _refuse_other_origins(request)
    with suppress(SessionEnded):
        await _service(request).logout(RefreshToken.parse(request.cookies.get(COOKIE)))
    gone: Response[None] = Response(None, status_code=204)
    gone.delete_cookie(COOKIE, path=COOKIE_PATH)
    return gone


@get("/me", tags=["Auth"], operation_id="readMe")
@reads
async def read_me(db: Db, actor: Actor) -> Me:
    """The signed-in person."""
    return await service.read_me(db, actor)


@get("/.well-known/jwks.json", tags=["Auth"], operation_id="readKeys")
async def read_keys(request: AnyRequest) -> dict[str, Any]:
    """The public keys that access tokens are signed with (RFC 7517)."""
    tokens: Tokens = request.app.state.tokens
    return tokens.jwks()


def _service(request: AnyRequest) -> AuthService:
    return request.app.state.auth


def _with_cookie(
    request: AnyRequest, signed_in: SignedIn, *, status_code: int = 200
) -> Response[AuthResult]:
    settings: Settings = request.app.state.settings
    cookie = Cookie(
        key=COOKIE,
        value=str(signed_in.refresh_token),
        path=COOKIE_PATH,
        httponly=True,
        secure=settings.url.startswith("https://"),
        samesite="strict",
        max_age=settings.refresh_token_ttl,
    )
    return Response(
        signed_in.result,
        status_code=status_code,
        cookies=[cookie],
        headers={"Cache-Control": "no-store"},
    )


def _refuse_other_origins(request: AnyRequest) -> None:
    """A page of another site must not use this browser's cookie, nor plant one (CSRF).

    Raises:
        Forbidden: the browser says that the request comes from another site.
    """
    if request.headers.get("sec-fetch-site", "same-origin") in {"cross-site", "same-site"}:
        settings: Settings = request.app.state.settings
        if request.headers.get("origin") not in settings.allowed_origins:
            raise Forbidden("This request comes from a page of another site.")


router = Router(
    "/api/v1", route_handlers=[create_workspace, find_workspace, login, refresh, logout, read_me]
)
routers = [router, read_keys]
