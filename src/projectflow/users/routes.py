"""HTTP for the people of a workspace."""

from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.browser import AnyRequest, refuse_other_origins, with_session_cookie
from projectflow.auth.edge import reads, writes
from projectflow.auth.types import Actor, AuthResult, User
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.users import service
from projectflow.users.invitations import Invitations
from projectflow.users.types import (
    Acceptance,
    Invitation,
    InviteAgain,
    NewUser,
    OpenInvitation,
    ProfilePatch,
    UserPatch,
)


@get("/users", tags=["Users"], operation_id="listUsers")
@reads
async def list_users(
    db: Db,
    actor: Actor,
    active: FromQuery[bool | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[User]:
    """The workspace's people by name: active, invited and deactivated ones."""
    return await service.list_users(db, actor, active=active, limit=limit, cursor=cursor)


@get("/users/{user_id:uuid}", tags=["Users"], operation_id="getUserById")
@reads
async def read_user(db: Db, actor: Actor, user_id: FromPath[UUID]) -> User:
    """One person of the workspace."""
    return await service.read_user(db, actor, user_id)


@post("/users", tags=["Users"], operation_id="createUser")
@writes
async def create_user(db: Db, actor: Actor, data: JSONBody[NewUser], state: State) -> Invitation:
    """Add somebody to the workspace, and invite them."""
    invitations: Invitations = state.invitations
    return await invitations.create_user(db, actor, data)


@post("/users/{user_id:uuid}/invite", tags=["Users"], operation_id="inviteAgain", status_code=200)
@writes
async def invite_again(
    db: Db, actor: Actor, user_id: FromPath[UUID], data: JSONBody[InviteAgain], state: State
) -> Invitation:
    """Invite somebody again who has not accepted yet; older links no longer count."""
    invitations: Invitations = state.invitations
    return await invitations.invite_again(db, actor, user_id, data)


@patch("/users/{user_id:uuid}", tags=["Users"], operation_id="updateUser")
@writes
async def update_user(
    db: Db,
    actor: Actor,
    user_id: FromPath[UUID],
    data: JSONBody[UserPatch],
    state: State,
    if_match: IfMatch = None,
) -> User:
    """Change a person's name or role."""
    expected = expected_version(if_match, data.version)
    return await service.update_user(db, actor, state.revocations, user_id, data, expected)


@post(
    "/users/{user_id:uuid}/deactivate",
    tags=["Users"],
    operation_id="deactivateUser",
    status_code=200,
)
@writes
async def deactivate_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> User:
    """Sign somebody out everywhere, and let them in no more."""
    return await service.set_active(db, actor, state.revocations, user_id, active=False)


@post(
    "/users/{user_id:uuid}/activate", tags=["Users"], operation_id="activateUser", status_code=200
)
@writes
async def activate_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> User:
    """Let somebody in again who was deactivated."""
    return await service.set_active(db, actor, state.revocations, user_id, active=True)


@delete("/users/{user_id:uuid}", tags=["Users"], operation_id="deleteUser")
@writes
async def delete_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> None:
    """Anonymise a person: what they wrote stays, who they were goes."""
    await service.delete_user(db, actor, state.revocations, user_id)


@patch("/me", tags=["Users"], operation_id="updateProfile")
@writes
async def update_profile(
    db: Db, actor: Actor, data: JSONBody[ProfilePatch], if_match: IfMatch = None
) -> User:
    """Change your own name and time zone."""
    expected = expected_version(if_match, data.version)
    return await service.update_profile(db, actor, data, expected)


@get("/invitations/{token:str}", tags=["Users"], operation_id="readInvitation")
async def read_invitation(request: AnyRequest, token: FromPath[str]) -> OpenInvitation:
    """What an invitation is for; for whoever has its link."""
    invitations: Invitations = request.app.state.invitations
    return await invitations.read(token)


@post(
    "/invitations/{token:str}/accept",
    tags=["Users"],
    operation_id="acceptInvitation",
    status_code=200,
)
async def accept_invitation(
    request: AnyRequest, token: FromPath[str], data: JSONBody[Acceptance]
) -> Response[AuthResult]:
    """Set a password, become active, and be signed in."""
    refuse_other_origins(request)
    invitations: Invitations = request.app.state.invitations
    signed_in = await invitations.accept(token, data, request.headers.get("user-agent"))
    return with_session_cookie(request, signed_in)


handlers: list[ControllerRouterHandler] = [
            list_users, read_user, create_user, invite_again, update_user, deactivate_user,
            activate_user, delete_user, update_profile, read_invitation, accept_invitation,
]  # fmt: skip
