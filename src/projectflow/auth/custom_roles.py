"""Roles that a workspace makes for itself, of the permissions that the built-in ones are made of.

Whoever has one ranks as a member: a custom role never holds what is an owner's alone.
"""

from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import (
    CONDITIONS_OF,
    ROLE_PERMISSIONS,
    Permission,
    Role,
    parse_permission,
)
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    InvalidInput,
    NotFound,
    VersionConflict,
)

MAX_ROLES: Final = 100
RoleName = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Description = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
PermissionText = Annotated[str, Meta(max_length=60, examples=["task:update:is_assignee"])]
Permissions = Annotated[list[PermissionText], Meta(min_length=1, max_length=100)]


class RoleNotFound(NotFound):
    """There is no such role."""


class RoleInUse(Conflict):
    """People have this role. Give them another one first."""


class RoleExists(Conflict):
    """A role with this name exists."""


class TooManyRoles(Conflict):
    """A workspace has at most 100 roles of its own."""


CONSTRAINTS["roles_name_unique"] = lambda: RoleExists(
    errors=[FieldError("name", "is the name of another role")]
)
CONSTRAINTS["roles_pkey"] = lambda: RoleExists(errors=[FieldError("id", "was used before")])
CONSTRAINTS["users_role_exists"] = RoleInUse


class NewRole(Struct, frozen=True, forbid_unknown_fields=True):
    """A role to make."""

    name: RoleName
    permissions: Permissions
    description: Description = ""
    id: UUID | UnsetType = UNSET


class RolePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a role; absent fields stay as they are."""

    name: RoleName | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    permissions: Permissions | UnsetType = UNSET
    version: int | UnsetType = UNSET


class RoleDetails(Struct, frozen=True):
    """A role, built in or of the workspace's own making, and how many people have it."""

    id: UUID | None
    name: str
    description: str
    is_builtin: bool
    permissions: list[str]
    people: int
    version: int | None


class Roles(Struct, frozen=True):
    """The built-in roles from the highest down, then the workspace's own by name."""

    items: list[RoleDetails]


class KnownPermission(Struct, frozen=True):
    """A permission that custom roles can hold."""

    permission: str
    description: str


class KnownPermissions(Struct, frozen=True):
    """All of them."""

    items: list[KnownPermission]


BUILT_IN: Final[dict[Role, str]] = {
    "owner": "Everything, and alone: owners, admins, settings, roles",
    "admin": "Every project, and people below admin",
    "manager": "Creates projects and runs those they belong to",
    "member": "Works in the projects they belong to",
    "viewer": "Reads the projects they belong to",
}
COLUMNS: Final = "r.id, r.name, r.description, false, r.permissions"


def known_permissions() -> KnownPermissions:
    """What custom roles are built of: nothing that is an owner's alone."""
    return KnownPermissions(
        [KnownPermission(str(p), p.description) for p in sorted(BUILDABLE, key=str)]
    )


def _buildable() -> frozenset[Permission]:
    """Each permission of an admin, narrowed by each condition that makes sense for it."""
    return frozenset(
        Permission(resource, action, condition)
        for (resource, action), conditions in CONDITIONS_OF.items()
        for condition in (None, *conditions)
        if any(p.covers(resource, action) for p in ROLE_PERMISSIONS["admin"])
        # An admin changes everybody but owners: a role below admin does not get further.
        and (condition is not None or "not_owner" not in conditions)
    )


BUILDABLE: Final = _buildable()


async def list_roles(db: Db, actor: Actor) -> Roles:
    """The roles of the workspace, with how many people have each.

    Raises:
        Forbidden: the role may not see roles.
    """
    actor.must_be_allowed("role", "read")
    rows = await db.fetch(
        """
        SELECT role, count(*) AS people FROM users
        WHERE tenant_id = $1 AND role_id IS NULL AND deleted_at IS NULL GROUP BY role
        """,
        actor.tenant_id,
    )
    people: dict[str, int] = {row["role"]: row["people"] for row in rows}
    built_in = [
        RoleDetails(
            None,
            role,
            BUILT_IN[role],
            is_builtin=True,
            permissions=[str(p) for p in permissions],
            people=people.get(role, 0),
            version=None,
        )
        for role, permissions in ROLE_PERMISSIONS.items()
    ]
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS},
            (SELECT count(*) FROM users u
             WHERE u.tenant_id = $1 AND u.role_id = r.id), r.version
        FROM roles r WHERE r.tenant_id = $1 ORDER BY r.name LIMIT $2
        """,
        actor.tenant_id,
        MAX_ROLES,
    )
    return Roles(built_in + [RoleDetails(*row) for row in rows])


async def create_role(db: Db, actor: Actor, new: NewRole) -> RoleDetails:
    """Make a role.

    Raises:
        Forbidden: only an owner makes roles.
        InvalidInput: a permission does not exist or is an owner's alone.
        RoleExists, TooManyRoles: as their names say.
    """
    actor.must_be_allowed("role", "create")
    permissions = _checked(new.permissions)
    await db.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", actor.tenant_id)
    row = await db.fetchrow(
        f"""
        INSERT INTO roles AS r (tenant_id, id, name, description, permissions)
        SELECT $1, $2, $3, $4, $5
        WHERE (SELECT count(*) FROM roles WHERE tenant_id = $1) < $6
        RETURNING {COLUMNS}, 0, r.version
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        new.name.strip(),
        new.description.strip(),
        permissions,
        MAX_ROLES,
    )
    if row is None:
        raise TooManyRoles
    role = RoleDetails(*row)
    await _log(db, actor, "role.created", role, {"after": {"permissions": permissions}})
    return role


def _checked(permissions: list[str]) -> list[str]:
    for place, text in enumerate(permissions):
        try:
            known = parse_permission(text)
        except ValueError:
            known = None
        if known not in BUILDABLE:
            raise InvalidInput.of(
                f"permissions.{place}", "is not a permission that a custom role can hold"
            )
    return list(dict.fromkeys(permissions))


async def _lock_role(db: Db, actor: Actor, role_id: UUID, expected: int | None) -> RoleDetails:
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS}, (SELECT count(*) FROM users u
                           WHERE u.tenant_id = $1 AND u.role_id = $2), r.version
        FROM roles r WHERE r.tenant_id = $1 AND r.id = $2 FOR UPDATE
        """,
        actor.tenant_id,
        role_id,
    )
    if row is None:
        raise RoleNotFound
    role = RoleDetails(*row)
    if expected is not None and expected != role.version:
        raise VersionConflict(current=role)
    return role


async def update_role(
    db: Db,
    actor: Actor,
    revocations: Revocations,
    role_id: UUID,
    patch: RolePatch,
    expected: int | None,
) -> RoleDetails:
    """Change a role. What it allows changes at once for everybody who has it.

    Raises:
        Forbidden, RoleNotFound, RoleExists, InvalidInput, VersionConflict: as their names say.
        Unavailable: it cannot be done safely while Redis is away.
    """
    actor.must_be_allowed("role", "update")
    role = await _lock_role(db, actor, role_id, expected)
    wanted = replace(
        role,
        name=role.name if patch.name is UNSET else patch.name.strip(),
        description=role.description if patch.description is UNSET else patch.description.strip(),
        permissions=role.permissions if patch.permissions is UNSET else _checked(patch.permissions),
    )
    payload = difference(role, wanted, "name", "description", "permissions")
    if not payload["after"]:
        return role
    if wanted.permissions != role.permissions:
        await _refuse_older_tokens(db, actor, revocations, role_id)
    version: int = await db.fetchval(
        """
        UPDATE roles SET name = $3, description = $4, permissions = $5, version = version + 1,
            updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        actor.tenant_id,
        role_id,
        wanted.name,
        wanted.description,
        wanted.permissions,
    )
    saved = replace(wanted, version=version)
    await _log(db, actor, "role.updated", saved, payload)
    return saved


async def _refuse_older_tokens(
    db: Db, actor: Actor, revocations: Revocations, role_id: UUID
) -> None:
    rows = await db.fetch(
        "SELECT id FROM users WHERE tenant_id = $1 AND role_id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        role_id,
    )
    if rows:
        revocations.require_fresh()
        await revocations.revoke(*(row["id"] for row in rows))


async def delete_role(db: Db, actor: Actor, role_id: UUID) -> None:
    """Remove a role that nobody has.

    Raises:
        Forbidden, RoleNotFound: as their names say.
        RoleInUse: somebody has it, active or not.
    """
    actor.must_be_allowed("role", "delete")
    role = await _lock_role(db, actor, role_id, None)
    await db.execute("DELETE FROM roles WHERE tenant_id = $1 AND id = $2", actor.tenant_id, role_id)
    await _log(db, actor, "role.deleted", role, {"before": {"permissions": role.permissions}})


async def _log(
    db: Db, actor: Actor, event: str, role: RoleDetails, payload: dict[str, Any]
) -> None:
    assert role.id is not None
    change = Change(event, "role", role.id, role.version or 1, payload)
    await record(db, actor.tenant_id, actor.user_id, change)


async def custom_permissions(db: Db, tenant_id: UUID, role_id: UUID | None) -> list[str] | None:
    """What a custom role allows; None for somebody who has none."""
    if role_id is None:
        return None
    row = await db.fetchrow(
        "SELECT permissions FROM roles WHERE tenant_id = $1 AND id = $2", tenant_id, role_id
    )
    return list(only(row)["permissions"])


def effective_permissions(role: Role, custom: list[str] | None) -> list[str]:
    """What a person may do, as their token lists it."""
    return [str(p) for p in ROLE_PERMISSIONS[role]] if custom is None else custom
