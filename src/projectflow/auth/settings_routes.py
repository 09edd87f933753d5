"""HTTP for a workspace's settings, its roles, and API keys."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth import api_keys, custom_roles, plan_limits, workspace
from projectflow.auth.api_keys import ApiKey, ApiKeys, MadeApiKey, NewApiKey
from projectflow.auth.custom_roles import (
    KnownPermissions,
    NewRole,
    RoleDetails,
    RolePatch,
    Roles,
)
from projectflow.auth.edge import reads, writes
from projectflow.auth.plan_limits import WorkspaceLimits
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.auth.workspace import WorkspacePatch, WorkspaceSettings
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page


@get("/workspace", tags=["Workspace"], operation_id="readWorkspace")
@reads
@scope("workspace", "read", everywhere=True)
async def read_workspace(db: Db, actor: Actor) -> WorkspaceSettings:
    """Your workspace and what it asks of its people."""
    return await workspace.read_workspace(db, actor)


@patch("/workspace", tags=["Workspace"], operation_id="updateWorkspace")
@writes
async def update_workspace(
    db: Db, actor: Actor, data: JSONBody[WorkspacePatch], if_match: IfMatch = None
) -> WorkspaceSettings:
    """Change the workspace's name, what it requires, and how long events are kept."""
    expected = expected_version(if_match, data.version)
    return await workspace.update_workspace(db, actor, data, expected)


@get("/workspace/limits", tags=["Workspace"], operation_id="readWorkspaceLimits")
@reads
@scope("workspace", "read", everywhere=True)
async def read_limits(db: Db, actor: Actor, state: State) -> WorkspaceLimits:
    """What your workspace's plan allows, and how much of its room for files is taken."""
    return await plan_limits.read_limits(db, actor, state.settings)


@get("/me/api-keys", tags=["API keys"], operation_id="listOwnApiKeys")
@reads
async def list_own_keys(db: Db, actor: Actor) -> ApiKeys:
    """Your API keys."""
    return await api_keys.list_own_keys(db, actor)


@post("/me/api-keys", tags=["API keys"], operation_id="createApiKey")
@writes
async def create_key(db: Db, actor: Actor, data: JSONBody[NewApiKey]) -> MadeApiKey:
    """Make an API key. Its secret is in this answer and never again."""
    return await api_keys.create_key(db, actor, data)


@delete("/me/api-keys/{key_id:uuid}", tags=["API keys"], operation_id="revokeOwnApiKey")
@writes
async def revoke_own_key(db: Db, actor: Actor, key_id: FromPath[UUID], state: State) -> None:
    """End one of your API keys, at once."""
    await api_keys.revoke_key(db, actor, state.revocations, key_id, own=True)


@get("/api-keys", tags=["API keys"], operation_id="listApiKeys")
@reads
async def list_keys(
    db: Db, actor: Actor, limit: Limit = 50, cursor: FromQuery[str | None] = None
) -> Page[ApiKey]:
    """Everybody's API keys."""
    return await api_keys.list_keys(db, actor, limit=limit, cursor=cursor)


@delete("/api-keys/{key_id:uuid}", tags=["API keys"], operation_id="revokeApiKey")
@writes
async def revoke_key(db: Db, actor: Actor, key_id: FromPath[UUID], state: State) -> None:
    """End anybody's API key, at once."""
    await api_keys.revoke_key(db, actor, state.revocations, key_id, own=False)


@get("/permissions", tags=["Roles"], operation_id="listPermissions")
@reads
async def list_permissions(db: Db, actor: Actor) -> KnownPermissions:
    """What custom roles are built of."""
    del db
    actor.must_be_allowed("role", "read")
    return custom_roles.known_permissions()


@get("/roles", tags=["Roles"], operation_id="listRoles")
@reads
async def list_roles(db: Db, actor: Actor) -> Roles:
    """The roles of the workspace, built in and its own."""
    return await custom_roles.list_roles(db, actor)


@post("/roles", tags=["Roles"], operation_id="createRole")
@writes
async def create_role(db: Db, actor: Actor, data: JSONBody[NewRole]) -> RoleDetails:
    """Make a role of your own."""
    return await custom_roles.create_role(db, actor, data)


@patch("/roles/{role_id:uuid}", tags=["Roles"], operation_id="updateRole")
@writes
async def update_role(
    db: Db,
    actor: Actor,
    role_id: FromPath[UUID],
    data: JSONBody[RolePatch],
    state: State,
    if_match: IfMatch = None,
) -> RoleDetails:
    """Change a role of your own; it counts at once for everybody who has it."""
    expected = expected_version(if_match, data.version)
    return await custom_roles.update_role(db, actor, state.revocations, role_id, data, expected)


@delete("/roles/{role_id:uuid}", tags=["Roles"], operation_id="deleteRole")
@writes
async def delete_role(db: Db, actor: Actor, role_id: FromPath[UUID]) -> None:
    """Remove a role that nobody has."""
    await custom_roles.delete_role(db, actor, role_id)


handlers: list[ControllerRouterHandler] = [
    read_workspace, update_workspace, read_limits, list_own_keys, create_key, revoke_own_key,
    list_keys, revoke_key, list_permissions, list_roles, create_role, update_role, delete_role,
]  # fmt: skip
