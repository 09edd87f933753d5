"""Which role a person has, and what it lets them do."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from projectflow.auth.custom_roles import custom_permissions, effective_permissions
from projectflow.auth.permissions import Role
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Actor, User
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.users.service import (
    check_version,
    event_of,
    holds_of,
    lock_user,
    read_user,
    save_user,
    with_role,
)


class RoleChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """A built-in role, or one of the workspace's own."""

    role: Role | UnsetType = UNSET
    role_id: UUID | UnsetType = UNSET
    version: int | UnsetType = UNSET


class UserPermissions(Struct, frozen=True):
    """What a person may do."""

    role: Role
    role_id: UUID | None
    permissions: list[str]


async def assign_role(
    db: Db,
    actor: Actor,
    revocations: Revocations,
    user_id: UUID,
    choice: RoleChoice,
    expected: int | None,
) -> User:
    """Give a person a role. It counts at once: older tokens are refused.

    Raises:
        UserNotFound, VersionConflict, Forbidden, LastOwner: as their names say.
        InvalidInput: neither or both kinds of role are named, or there is no such custom role.
        Unavailable: it cannot be done safely while Redis is away.
    """
    if (choice.role is UNSET) == (choice.role_id is UNSET):
        raise InvalidInput.of("role", "or role_id must be given, one of the two")
    user = await lock_user(db, actor, user_id)
    actor.must_be_allowed("user", "update", *holds_of(user))
    check_version(user, expected)
    role: Role = "member" if choice.role is UNSET else choice.role
    role_id = None if choice.role_id is UNSET else choice.role_id
    if role_id is not None:
        await _check_custom(db, actor, role_id)
    wanted = await with_role(db, actor, revocations, user, role, role_id)
    return await save_user(db, actor, user, wanted, event_of(user, wanted))


async def _check_custom(db: Db, actor: Actor, role_id: UUID) -> None:
    """Refuse a role that does not exist; keep one that does from being deleted meanwhile."""
    there: UUID | None = await db.fetchval(
        "SELECT id FROM roles WHERE tenant_id = $1 AND id = $2 FOR KEY SHARE",
        actor.tenant_id,
        role_id,
    )
    if there is None:
        raise InvalidInput.of("role_id", "is not a role of this workspace")


async def read_permissions(db: Db, actor: Actor, user_id: UUID) -> UserPermissions:
    """What a person may do; everybody may ask it of themselves.

    Raises:
        Forbidden: the role may not see people.
        UserNotFound: nobody in this workspace has this id.
    """
    user = await read_user(db, actor, user_id)
    custom = await custom_permissions(db, actor.tenant_id, user.role_id)
    return UserPermissions(user.role, user.role_id, effective_permissions(user.role, custom))
