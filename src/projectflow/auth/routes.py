"""HTTP for workspaces and sign-in."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth import account as account_service
from projectflow.auth import (
    my_security_routes,
    second_factor_routes,
    service,
    settings_routes,
    sign_in_page,
)
from projectflow.auth.account import NewPassword, Sessions
from projectflow.auth.attempts import Attempts, account_of
from projectflow.auth.browser import (
    AnyRequest,
    Remember,
    answer_sign_in,
    client_address,
    device_of,
    refuse_other_origins,
    session_cookie,
    with_session_cookie,
    without_session_cookie,
)
from projectflow.auth.edge import authenticate, reads, writes
from projectflow.auth.password_reset import PasswordResets, ResetConfirmation, ResetRequest
from projectflow.auth.scopes import scope
from projectflow.auth.second_factor import SecondFactorNeeded
from projectflow.auth.service import AuthService, WrongCredentials
from projectflow.auth.sessions import RefreshToken, SessionEnded, SignedIn
from projectflow.auth.sign_in_page import WorkspaceDoor
from projectflow.auth.sign_up import create_workspace as found_workspace
from projectflow.auth.tokens import Tokens
from projectflow.auth.types import (
    Actor,
    AuthResult,
    Credentials,
    Me,
    NewWorkspace,
)
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput


@post("/workspaces", tags=["Auth"], operation_id="createWorkspace")
async def create_workspace(
    request: AnyRequest, data: JSONBody[NewWorkspace], remember: Remember = False
) -> Response[AuthResult]:
    """Create a workspace and its owner, and sign the owner in."""
    refuse_other_origins(request)
    state = request.app.state
    signed_in = await found_workspace(
        state.database, state.auth, data, device_of(request, remember=remember)
    )
    return with_session_cookie(request, signed_in, status_code=201)


@get("/workspaces/{slug:str}", tags=["Auth"], operation_id="findWorkspace")
async def find_workspace(request: AnyRequest, slug: FromPath[str]) -> WorkspaceDoor:
    """The workspace at an address, and how people sign in to it."""
    return await sign_in_page.find_workspace(request.app.state.database, slug)


@post("/auth/login", tags=["Auth"], operation_id="login", status_code=200)
async def login(
    request: AnyRequest, data: JSONBody[Credentials], remember: Remember = False
) -> Response[AuthResult | SecondFactorNeeded]:
    """Sign in with an e-mail address and a password; the second factor may be asked for then."""
    refuse_other_origins(request)
    attempts: Attempts = request.app.state.attempts
    address, account = client_address(request), account_of(data.workspace, data.email)
    async with attempts.turn(address, account):
        try:
            outcome = await _service(request).login(data, device_of(request, remember=remember))
        except WrongCredentials:
            await attempts.failed(address, account)
            raise
    if isinstance(outcome, SignedIn):
        await attempts.succeeded(address, account)
    return answer_sign_in(request, outcome)


@post("/auth/password-reset", tags=["Auth"], operation_id="resetPassword", status_code=202)
async def reset_password(request: AnyRequest, data: JSONBody[ResetRequest]) -> None:
    """Have a link mailed to somebody who forgot the password, if there is such a person."""
    attempts: Attempts = request.app.state.attempts
    address, account = client_address(request), account_of(data.workspace, data.email)
    async with attempts.turn(address, account):
        await attempts.failed(address, account)
    resets: PasswordResets = request.app.state.resets
    await resets.request(data)


@post(
    "/auth/password-reset/confirm",
    tags=["Auth"],
    operation_id="confirmPasswordReset",
    status_code=204,
)
async def confirm_password_reset(request: AnyRequest, data: JSONBody[ResetConfirmation]) -> None:
    """Set a new password with the token of the mailed link; all sessions end."""
    resets: PasswordResets = request.app.state.resets
    await resets.confirm(data)


@post("/auth/refresh", tags=["Auth"], operation_id="refresh", status_code=200)
async def refresh(request: AnyRequest) -> Response[AuthResult]:
    """Exchange the refresh token in the cookie for a new one and a new access token."""
    refuse_other_origins(request)
    token = RefreshToken.parse(session_cookie(request))
    return with_session_cookie(request, await _service(request).refresh(token))


@post("/auth/logout", tags=["Auth"], operation_id="logout", status_code=204)
async def logout(request: AnyRequest) -> Response[None]:
    """End the session that the cookie names."""
    refuse_other_origins(request)
    with suppress(SessionEnded):
        await _service(request).logout(RefreshToken.parse(session_cookie(request)))
    return without_session_cookie(request)


@get("/me", tags=["Auth"], operation_id="readMe")
@reads
@scope("user", "read")
async def read_me(db: Db, actor: Actor) -> Me:
    """The signed-in person."""
    return await service.read_me(db, actor)


@post("/me/password", tags=["Auth"], operation_id="changePassword", status_code=204)
async def change_password(request: AnyRequest, data: JSONBody[NewPassword]) -> None:
    """Set a new password; every other session ends."""
    actor = authenticate(request)
    state = request.app.state
    attempts: Attempts = state.attempts
    address, account = client_address(request), f"{actor.tenant_id} {actor.user_id}"
    async with attempts.turn(address, account):
        try:
            await account_service.change_password(state.database, actor, state.revocations, data)
        except InvalidInput as problem:
            if problem.errors[0].field == "current_password":  # a short new one is no guess
                await attempts.failed(address, account)
            raise


@get("/me/sessions", tags=["Auth"], operation_id="listSessions")
@reads
async def list_sessions(db: Db, actor: Actor) -> Sessions:
    """Where you are signed in."""
    return await account_service.list_sessions(db, actor)


@delete("/me/sessions/{session_id:uuid}", tags=["Auth"], operation_id="endSession")
@writes
async def end_session(db: Db, actor: Actor, session_id: FromPath[UUID], state: State) -> None:
    """Sign one device out, at once."""
    await account_service.end_session(db, actor, state.revocations, session_id)


@delete("/me/sessions", tags=["Auth"], operation_id="endOtherSessions")
@writes
async def end_other_sessions(db: Db, actor: Actor, state: State) -> None:
    """Sign every device out but this one."""
    await account_service.end_other_sessions(db, actor, state.revocations)


@get("/.well-known/jwks.json", tags=["Auth"], operation_id="readKeys")
async def read_keys(request: AnyRequest) -> dict[str, Any]:
    """The public keys that access tokens are signed with (RFC 7517)."""
    tokens: Tokens = request.app.state.tokens
    return tokens.jwks()


def _service(request: AnyRequest) -> AuthService:
    return request.app.state.auth


handlers: list[ControllerRouterHandler] = [
        create_workspace, find_workspace, login, refresh, logout, reset_password,
        confirm_password_reset, read_me, change_password, list_sessions, end_session,
        end_other_sessions, *settings_routes.handlers, *second_factor_routes.handlers,
        *my_security_routes.handlers,
]  # fmt: skip
root_handlers: list[ControllerRouterHandler] = [read_keys]
