"""The people of a workspace: read, change, deactivate, delete."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from projectflow.auth.permissions import Condition, Role
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import USER_COLUMNS, Actor, User
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    VersionConflict,
)
from projectflow.users.leaving import anonymise, end_sessions
from projectflow.users.types import (
    ProfilePatch,
    UserPatch,
    canonical_locale,
    check_time_zone,
    exact_hours,
)

LOGGED = ("role", "role_id", "time_zone", "is_active", "deactivated_at")
UNLOGGED = ("first_name", "last_name", "email", "locale", "working_hours")
"""Of these the log says only that they changed: it is kept when a person is deleted."""
OWNERS_AFFAIR = frozenset[Role]({"owner", "admin"})


class UserNotFound(NotFound):
    """There is no such person in this workspace."""


class EmailTaken(Conflict):
    """Somebody in this workspace has this e-mail address."""


class LastOwner(Conflict):
    """A workspace keeps at least one active owner. Make somebody else an owner first."""


class StillInvited(Conflict):
    """This person has not accepted the invitation yet; invite them again instead."""


CONSTRAINTS["users_email_unique"] = lambda: EmailTaken(
    errors=[FieldError("email", "belongs to somebody in this workspace")]
)


async def list_users(
    db: Db, actor: Actor, *, active: bool | None, limit: int, cursor: str | None
) -> Page[User]:
    """The workspace's people by name, active, invited and deactivated ones."""
    actor.must_be_allowed("user", "read")
    after = decode_cursor(cursor, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {USER_COLUMNS} FROM users u
        WHERE u.tenant_id = $1 AND (u.first_name, u.last_name, u.id) > ($2, $3, $4)
          AND u.deleted_at IS NULL AND ($6::boolean IS NULL OR u.is_active = $6)
        ORDER BY u.first_name, u.last_name, u.id LIMIT $5
        """,
        actor.tenant_id,
        *after,
        limit + 1,
        active,
    )
    users = [User(*row) for row in rows]
    return page_of(users, limit, lambda u: encode_cursor(u.first_name, u.last_name, u.id))


async def read_user(db: Db, actor: Actor, user_id: UUID) -> User:
    """One person; somebody who was deleted too, under the name that is left of them.

    Raises:
        UserNotFound: nobody in this workspace has this id.
    """
    actor.must_be_allowed("user", "read")
    row = await db.fetchrow(
        f"SELECT {USER_COLUMNS} FROM users u WHERE u.tenant_id = $1 AND u.id = $2",
        actor.tenant_id,
        user_id,
    )
    if row is None:
        raise UserNotFound
    return User(*row)


async def lock_user(db: Db, actor: Actor, user_id: UUID, expected: int | None = None) -> User:
    """Read a person and keep others from changing them until the transaction ends.

    Raises:
        UserNotFound: nobody in this workspace has this id.
        VersionConflict: they were changed since `expected`; carries them as they are now.
    """
    row = await db.fetchrow(
        f"""
        SELECT {USER_COLUMNS} FROM users u
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        user_id,
    )
    if row is None:
        raise UserNotFound
    user = User(*row)
    check_version(user, expected)
    return user


def check_version(user: User, expected: int | None) -> None:
    """Refuse where somebody changed the person since they were read.

    Raises:
        VersionConflict: so it is; carries them as they are now. Check who asks before.
    """
    if expected is not None and expected != user.version:
        raise VersionConflict(current=user)


def check_rank(actor: Actor, *roles: Role) -> None:
    """Owners and admins are an owner's affair alone, in person; managers also an admin's.

    Raises:
        Forbidden: one of the roles is above what the actor may make, change or remove.
    """
    if not OWNERS_AFFAIR.isdisjoint(roles):
        if actor.role != "owner":
            raise Forbidden("Only an owner makes, changes or removes owners and admins.")
        # Whoever could make an owner could do everything, whatever the key's scopes say.
        actor.must_be_in_person()
    if actor.role not in OWNERS_AFFAIR and "manager" in roles:
        raise Forbidden("Only owners and admins make, change or remove managers.")


def holds_of(user: User) -> tuple[Condition, ...]:
    """Which of the matrix's conditions hold for a person."""
    return () if user.role == "owner" else ("not_owner",)


async def update_user(
    db: Db,
    actor: Actor,
    revocations: Revocations,
    user_id: UUID,
    patch: UserPatch,
    expected: int | None,
) -> User:
    """Change a person's name or role. A new role counts at once: older tokens are refused.

    Raises:
        UserNotFound, VersionConflict, Forbidden, LastOwner: as their names say.
        Unavailable: the role cannot be changed safely while Redis is away.
    """
    user = await lock_user(db, actor, user_id)
    actor.must_be_allowed("user", "update", *holds_of(user))
    check_rank(actor, user.role)
    check_version(user, expected)
    wanted = _renamed(user, patch)
    if patch.role is not UNSET:
        wanted = await with_role(db, actor, revocations, wanted, patch.role, None)
    return await save_user(db, actor, user, wanted, event_of(user, wanted))


async def with_role(
    db: Db,
    actor: Actor,
    revocations: Revocations,
    user: User,
    role: Role,
    role_id: UUID | None,
) -> User:
    """The person with another role, built in or custom; their older tokens are refused.

    Raises:
        Forbidden: an owner or admin would be made or unmade by somebody who is no owner.
        LastOwner: nobody else is an owner.
        Unavailable: it cannot be done safely while Redis is away.
    """
    check_rank(actor, user.role, role)
    if (role, role_id) == (user.role, user.role_id):
        return user
    if actor.role not in OWNERS_AFFAIR:
        # A custom role may let somebody look after people, but not raise them, nor themselves.
        raise Forbidden("Only owners and admins give roles.")
    revocations.require_fresh()
    if user.role == "owner" and role != "owner":
        await keep_an_owner(db, actor, user.id)
    await revocations.revoke(user.id)
    return msgspec.structs.replace(user, role=role, role_id=role_id)


def event_of(before: User, after: User) -> str:
    """What happened to a person: a new role is an event of its own."""
    same = (before.role, before.role_id) == (after.role, after.role_id)
    return "user.updated" if same else "user.role_changed"


async def update_profile(db: Db, actor: Actor, patch: ProfilePatch, expected: int | None) -> User:
    """Change one's own name, time zone, language and working hours.

    Raises:
        VersionConflict: the profile was changed since; carries it as it is now.
        InvalidInput: the time zone, the language tag or the hours are none.
    """
    user = await lock_user(db, actor, actor.user_id, expected)
    wanted = _renamed(user, patch)
    if patch.time_zone is not UNSET:
        check_time_zone(patch.time_zone)
        wanted = msgspec.structs.replace(wanted, time_zone=patch.time_zone)
    if patch.locale is not UNSET:
        wanted = msgspec.structs.replace(wanted, locale=canonical_locale(patch.locale))
    if patch.working_hours is not UNSET:
        hours = exact_hours(patch.working_hours)
        if hours != tuple(user.working_hours):
            wanted = msgspec.structs.replace(wanted, working_hours=hours)
    return await save_user(db, actor, user, wanted, "user.updated")


def _renamed(user: User, patch: UserPatch | ProfilePatch) -> User:
    names: dict[str, Any] = {
        field: value.strip()
        for field in ("first_name", "last_name")
        if isinstance(value := getattr(patch, field), str)
    }
    return msgspec.structs.replace(user, **names)


async def save_user(db: Db, actor: Actor, user: User, wanted: User, event: str) -> User:
    changed = [f for f in UNLOGGED if getattr(user, f) != getattr(wanted, f)]
    payload = {**difference(user, wanted, *LOGGED), "changed": changed}
    if not changed and not payload["after"]:
        return user
    row = await db.fetchrow(
        f"""
        UPDATE users u SET first_name = $3, last_name = $4, role = $5, time_zone = $6,
            is_active = $7, email = $8,
            deactivated_at = $9, locale = $10, working_hours = $11, role_id = $12,
            version = u.version + 1, updated_at = now()
        WHERE u.tenant_id = $1 AND u.id = $2 RETURNING {USER_COLUMNS}
        """,
        actor.tenant_id,
        user.id,
        wanted.first_name,
        wanted.last_name,
        wanted.role,
        wanted.time_zone,
        wanted.is_active,
        wanted.email,
        wanted.deactivated_at,
        wanted.locale,
        wanted.working_hours,
        wanted.role_id,
    )
    saved = User(*only(row))
    change = Change(event, "user", user.id, saved.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
    return saved


async def expect_again(db: Db, actor: Actor, user: User, email: str) -> User:
    """Let somebody who has not accepted be invited again: at this address, if withdrawn before.

    Raises:
        EmailTaken: somebody else has the address.
    """
    wanted = msgspec.structs.replace(user, email=email.lower(), deactivated_at=None)
    return await save_user(db, actor, user, wanted, "user.updated")


async def keep_an_owner(db: Db, actor: Actor, leaving: UUID) -> None:
    """Refuse when nobody else is an active owner. Locks the others, so that two cannot leave."""
    others = await db.fetch(
        """
        SELECT id FROM users
        WHERE tenant_id = $1 AND role = 'owner' AND is_active AND id <> $2 FOR UPDATE
        """,
        actor.tenant_id,
        leaving,
    )
    if not others:
        raise LastOwner


async def set_active(
    db: Db, actor: Actor, revocations: Revocations, user_id: UUID, *, active: bool
) -> User:
    """Deactivate somebody, whose sessions end at once, or let them in again.

    Raises:
        UserNotFound, Forbidden, LastOwner: as their names say.
        StillInvited: somebody who never had a password cannot be activated.
        Unavailable: it cannot be done safely while Redis is away.
    """
    user = await lock_user(db, actor, user_id)
    actor.must_be_allowed("user", "update", *holds_of(user))
    check_rank(actor, user.role)
    if active == user.is_active and (active or user.deactivated_at is not None):
        return user
    if active and user.invited_at is not None:
        raise StillInvited
    if not active:
        revocations.require_fresh()
        if user.role == "owner":
            await keep_an_owner(db, actor, user_id)
        await end_sessions(db, actor, user_id)
        await revocations.revoke(user_id)
    left_at = None if active else datetime.now(UTC)
    wanted = msgspec.structs.replace(user, is_active=active, deactivated_at=left_at)
    return await save_user(
        db, actor, user, wanted, "user.activated" if active else "user.deactivated"
    )


async def delete_user(db: Db, actor: Actor, revocations: Revocations, user_id: UUID) -> None:
    """Anonymise a person: what they wrote stays, who they were goes.

    Raises:
        UserNotFound, Forbidden, LastOwner: as their names say.
        Unavailable: it cannot be done safely while Redis is away.
    """
    user = await lock_user(db, actor, user_id)
    actor.must_be_allowed("user", "delete", *holds_of(user))
    check_rank(actor, user.role)
    revocations.require_fresh()
    if user.role == "owner":
        await keep_an_owner(db, actor, user_id)
    await end_sessions(db, actor, user_id)
    await revocations.revoke(user_id)
    version = await anonymise(db, actor.tenant_id, user_id)
    deleted = Change("user.deleted", "user", user_id, version)
    await record(db, actor.tenant_id, actor.user_id, deleted)
