"""What a workspace decides for all of its people."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.types import Actor, Name
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import InvalidInput, VersionConflict

SECOND_FACTORS: Final = ("totp", "recovery_code", "passkey", "sso")
"""Ways of signing in that are, or stand for, a second factor."""
Days = Annotated[int, Meta(ge=30, le=36_500)]


class WorkspaceSettings(Struct, frozen=True):
    """A workspace with what it asks of its people."""

    id: UUID
    slug: str
    name: str
    plan_type: str
    created_at: datetime
    require_second_factor: bool
    require_sso: bool
    audit_retention_days: int | None
    """Days for which events are kept; None keeps them for good."""
    allow_overlapping_time: bool
    """Whether somebody's time entries may overlap."""
    version: int


class WorkspacePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; absent fields stay as they are."""

    name: Name | UnsetType = UNSET
    require_second_factor: bool | UnsetType = UNSET
    require_sso: bool | UnsetType = UNSET
    audit_retention_days: Days | None | UnsetType = UNSET
    allow_overlapping_time: bool | UnsetType = UNSET
    version: int | UnsetType = UNSET


CHANGEABLE: Final = (
    "name", "require_second_factor", "require_sso", "audit_retention_days",
    "allow_overlapping_time",
)  # fmt: skip
COLUMNS: Final = (
    "t.id, t.subdomain, t.name, t.plan_type, t.created_at, t.require_second_factor,"
    " t.require_sso, t.audit_retention_days, t.allow_overlapping_time, t.version"
)


async def read_workspace(db: Db, actor: Actor) -> WorkspaceSettings:
    """The actor's workspace."""
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM tenants t WHERE t.id = $1", actor.tenant_id)
    return WorkspaceSettings(*only(row))


async def update_workspace(
    db: Db, actor: Actor, patch: WorkspacePatch, expected: int | None
) -> WorkspaceSettings:
    """Change a workspace's settings. What it newly requires holds from each next refresh on.

    Raises:
        Forbidden, ConfirmationNeeded: only an owner may, who has just proven who they are.
        VersionConflict: somebody changed them since; carries them as they are now.
        InvalidInput: the actor would lock themselves out, or nobody could sign in.
    """
    actor.must_be_allowed("workspace", "update")
    await require_confirmed(db, actor, lasting=True)
    row = await db.fetchrow(
        f"SELECT {COLUMNS} FROM tenants t WHERE t.id = $1 FOR NO KEY UPDATE", actor.tenant_id
    )
    current = WorkspaceSettings(*only(row))
    if expected is not None and expected != current.version:
        raise VersionConflict(current=current)
    wanted = replace(current, **{f: v for f in CHANGEABLE if (v := getattr(patch, f)) is not UNSET})
    wanted = replace(wanted, name=wanted.name.strip())
    payload = difference(current, wanted, *CHANGEABLE)
    if not payload["after"]:
        return current
    if wanted.require_second_factor and not current.require_second_factor:
        await _check_second_factor(db, actor)
    if wanted.require_sso and not current.require_sso:
        await _check_provider(db, actor)
    row = await db.fetchrow(
        f"""
        UPDATE tenants t SET name = $2, require_second_factor = $3, require_sso = $4,
            audit_retention_days = $5, allow_overlapping_time = $6, version = t.version + 1,
            updated_at = now()
        WHERE t.id = $1 RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        wanted.name,
        wanted.require_second_factor,
        wanted.require_sso,
        wanted.audit_retention_days,
        wanted.allow_overlapping_time,
    )
    saved = WorkspaceSettings(*only(row))
    change = Change("workspace.settings_changed", "workspace", saved.id, saved.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
    return saved


async def _check_second_factor(db: Db, actor: Actor) -> None:
    used = await db.fetchval(
        "SELECT methods && $3::text[] FROM sessions WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        actor.session_id,
        list(SECOND_FACTORS),
    )
    if not used:
        raise InvalidInput.of(
            "require_second_factor",
            "would sign you out: set up your own second factor and sign in with it first",
        )


async def _check_provider(db: Db, actor: Actor) -> None:
    there = await db.fetchval(
        "SELECT EXISTS (SELECT FROM identity_providers WHERE tenant_id = $1)", actor.tenant_id
    )
    if not there:
        raise InvalidInput.of("require_sso", "needs an identity provider: set it up first")
