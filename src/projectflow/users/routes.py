"""HTTP for the people of a workspace."""

from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.browser import (
    AnyRequest,
    Remember,
    answer_sign_in,
    device_of,
    refuse_other_origins,
)
from projectflow.auth.edge import identify, reads, writes
from projectflow.auth.limits import Limits
from projectflow.auth.scopes import scope
from projectflow.auth.second_factor import SecondFactorNeeded
from projectflow.auth.types import Actor, AuthResult, User
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.openapi import operation_with_files
from projectflow.core.paging import Limit, Page
from projectflow.core.webapp import FOREVER
from projectflow.users import avatars, role_assignment, service, team_routes
from projectflow.users.invitations import Invitations
from projectflow.users.role_assignment import RoleChoice, UserPermissions
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
@scope("user", "read", everywhere=True)
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
@scope("user", "read", everywhere=True)
async def read_user(db: Db, actor: Actor, user_id: FromPath[UUID]) -> User:
    """One person of the workspace."""
    return await service.read_user(db, actor, user_id)


@post("/users", tags=["Users"], operation_id="createUser")
@writes
@scope("user", "create", everywhere=True)
async def create_user(db: Db, actor: Actor, data: JSONBody[NewUser], state: State) -> Invitation:
    """Add somebody to the workspace, and invite them."""
    invitations: Invitations = state.invitations
    return await invitations.create_user(db, actor, data)


@post("/users/{user_id:uuid}/invite", tags=["Users"], operation_id="inviteAgain", status_code=200)
@writes
@scope("user", "create", everywhere=True)
async def invite_again(
    db: Db, actor: Actor, user_id: FromPath[UUID], data: JSONBody[InviteAgain], state: State
) -> Invitation:
    """Invite somebody again who has not accepted yet; older links no longer count."""
    invitations: Invitations = state.invitations
    return await invitations.invite_again(db, actor, user_id, data)


@patch("/users/{user_id:uuid}", tags=["Users"], operation_id="updateUser")
@writes
@scope("user", "update", everywhere=True)
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


@put("/users/{user_id:uuid}/role", tags=["Users"], operation_id="assignRole")
@writes
@scope("user", "update", everywhere=True)
async def assign_role(
    db: Db,
    actor: Actor,
    user_id: FromPath[UUID],
    data: JSONBody[RoleChoice],
    state: State,
    if_match: IfMatch = None,
) -> User:
    """Give a person a built-in role or one of the workspace's own."""
    expected = expected_version(if_match, data.version)
    return await role_assignment.assign_role(db, actor, state.revocations, user_id, data, expected)


@get("/users/{user_id:uuid}/permissions", tags=["Users"], operation_id="getUserPermissions")
@reads
@scope("user", "read", everywhere=True)
async def read_permissions(db: Db, actor: Actor, user_id: FromPath[UUID]) -> UserPermissions:
    """What a person may do."""
    return await role_assignment.read_permissions(db, actor, user_id)


@post(
    "/users/{user_id:uuid}/deactivate",
    tags=["Users"],
    operation_id="deactivateUser",
    status_code=200,
)
@writes
@scope("user", "update", everywhere=True)
async def deactivate_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> User:
    """Sign somebody out everywhere, and let them in no more."""
    return await service.set_active(db, actor, state.revocations, user_id, active=False)


@post(
    "/users/{user_id:uuid}/activate", tags=["Users"], operation_id="activateUser", status_code=200
)
@writes
@scope("user", "update", everywhere=True)
async def activate_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> User:
    """Let somebody in again who was deactivated."""
    return await service.set_active(db, actor, state.revocations, user_id, active=True)


@delete("/users/{user_id:uuid}", tags=["Users"], operation_id="deleteUser")
@writes
@scope("user", "delete", everywhere=True)
async def delete_user(db: Db, actor: Actor, user_id: FromPath[UUID], state: State) -> None:
    """Anonymise a person: what they wrote stays, who they were goes."""
    await service.delete_user(db, actor, state.revocations, user_id)


@patch("/me", tags=["Users"], operation_id="updateProfile")
@writes
async def update_profile(
    db: Db, actor: Actor, data: JSONBody[ProfilePatch], if_match: IfMatch = None
) -> User:
    """Change your own name, time zone, language and working hours."""
    expected = expected_version(if_match, data.version)
    return await service.update_profile(db, actor, data, expected)


@put(
    "/me/avatar",
    tags=["Users"],
    operation_id="setAvatar",
    operation_class=operation_with_files(taken=sorted(avatars.MEDIA_TYPES)),
    request_max_body_size=None,
)
async def set_avatar(request: AnyRequest) -> User:
    """Set your picture: the body is a PNG, JPEG, WebP or GIF of at most 5 MB."""
    actor = await identify(request, opened_by=None)
    avatars.check_media_type(request.headers.get("content-type", ""))
    state = request.app.state
    limits: Limits = state.limits
    await limits.upload(actor)
    # The upload is taken in before the transaction opens: a slow sender holds no connection.
    avatar = await avatars.receive(request.stream())
    return await avatars.set_avatar(state.database, state.files, actor, avatar)


@delete("/me/avatar", tags=["Users"], operation_id="removeAvatar", status_code=200)
@writes
async def remove_avatar(db: Db, actor: Actor) -> User:
    """Take your picture away."""
    return await avatars.remove_avatar(db, actor)


@get(
    "/avatars/{tenant_id:uuid}/{name:str}",
    tags=["Users"],
    operation_id="getAvatar",
    operation_class=operation_with_files(given=["image/webp"]),
    security=[],
)
async def read_avatar(
    request: AnyRequest, tenant_id: FromPath[UUID], name: FromPath[str]
) -> Response[bytes]:
    """A person's picture; its name is all that one must know. It never changes."""
    content = await avatars.read_avatar(request.app.state.files, tenant_id, name)
    return Response(content, media_type="image/webp", headers={"Cache-Control": FOREVER})


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
    request: AnyRequest,
    token: FromPath[str],
    data: JSONBody[Acceptance],
    remember: Remember = False,
) -> Response[AuthResult | SecondFactorNeeded]:
    """Set a password, become active, and be signed in, or set up a second factor first."""
    refuse_other_origins(request)
    invitations: Invitations = request.app.state.invitations
    outcome = await invitations.accept(token, data, device_of(request, remember=remember))
    return answer_sign_in(request, outcome)


handlers: list[ControllerRouterHandler] = [
            list_users, assign_role, read_permissions, read_user, create_user, invite_again,
            update_user, deactivate_user, activate_user, delete_user, update_profile, set_avatar,
            remove_avatar, read_invitation, accept_invitation, *team_routes.handlers,
]  # fmt: skip
root_handlers: list[ControllerRouterHandler] = [read_avatar]
