"""One's own account: password and sessions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.auth.passwords import check_password_rules, hash_password, verify_password
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Actor, Password
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput, NotFound

MAX_SESSIONS_SHOWN = 100


class SessionNotFound(NotFound):
    """There is no such session of yours."""


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of one's password."""

    current_password: Password
    new_password: Password


class Session(Struct, frozen=True):
    """A device that is signed in."""

    id: UUID
    is_current: bool
    user_agent: Annotated[str, Meta(max_length=255)] | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class Sessions(Struct, frozen=True):
    """Where somebody is signed in, the latest first."""

    items: list[Session]


async def change_password(
    database: Database, actor: Actor, revocations: Revocations, new: NewPassword
) -> None:
    """Set a new password; every other session ends, and every reset that was mailed.

    Raises:
        InvalidInput: the current password is wrong, or the new one too short or long.
        Unavailable: it cannot be done safely while Redis is away.
    """
    revocations.require_fresh()
    check_password_rules(new.new_password, "new_password")
    async with database.tenant(actor.tenant_id) as db:
        stored: str | None = await db.fetchval(
            "SELECT password_hash FROM users WHERE tenant_id = $1 AND id = $2 AND is_active",
            actor.tenant_id,
            actor.user_id,
        )
    # bcrypt takes a fifth of a second: no connection is held meanwhile.
    if not await verify_password(new.current_password, stored):
        raise InvalidInput.of("current_password", "is wrong")
    hashed = await hash_password(new.new_password)
    async with database.tenant(actor.tenant_id) as db:
        version: int | None = await db.fetchval(
            """
            UPDATE users SET password_hash = $3, version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2 AND password_hash = $4 RETURNING version
            """,
            actor.tenant_id,
            actor.user_id,
            hashed,
            stored,
        )
        if version is None:
            raise InvalidInput.of("current_password", "was changed just now")
        await end_other_sessions(db, actor, revocations)
        await db.execute(
            """
            UPDATE password_resets SET used_at = now()
            WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL
            """,
            actor.tenant_id,
            actor.user_id,
        )
        changed = Change("user.password_changed", "user", actor.user_id, version)
        await record(db, actor.tenant_id, actor.user_id, changed)


async def list_sessions(db: Db, actor: Actor) -> Sessions:
    """Where the actor is signed in, at most 100."""
    rows = await db.fetch(
        """
        SELECT id, id = $3, user_agent, created_at, rotated_at, expires_at FROM sessions
        WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()
        ORDER BY rotated_at DESC LIMIT $4
        """,
        actor.tenant_id,
        actor.user_id,
        actor.session_id,
        MAX_SESSIONS_SHOWN,
    )
    return Sessions([Session(*row) for row in rows])


async def end_session(db: Db, actor: Actor, revocations: Revocations, session_id: UUID) -> None:
    """Sign one device out, at once.

    Raises:
        SessionNotFound: it is not a session of the actor's that still counts.
        Unavailable: it cannot be done safely while Redis is away.
    """
    ended: UUID | None = await db.fetchval(
        """
        UPDATE sessions SET revoked_at = now()
        WHERE tenant_id = $1 AND user_id = $2 AND id = $3 AND revoked_at IS NULL RETURNING id
        """,
        actor.tenant_id,
        actor.user_id,
        session_id,
    )
    if ended is None:
        raise SessionNotFound
    await revocations.revoke(session_id)
    await _record_ended(db, actor, [session_id])


async def end_other_sessions(db: Db, actor: Actor, revocations: Revocations) -> None:
    """Sign every device out but the one in use.

    Raises:
        Unavailable: it cannot be done safely while Redis is away.
    """
    rows = await db.fetch(
        """
        UPDATE sessions SET revoked_at = now()
        WHERE tenant_id = $1 AND user_id = $2 AND id <> $3 AND revoked_at IS NULL RETURNING id
        """,
        actor.tenant_id,
        actor.user_id,
        actor.session_id,
    )
    ended = [row["id"] for row in rows]
    if ended:
        await revocations.revoke(*ended)
        await _record_ended(db, actor, ended)


async def _record_ended(db: Db, actor: Actor, sessions: list[UUID]) -> None:
    change = Change("user.sessions_ended", "user", actor.user_id, payload={"sessions": sessions})
    await record(db, actor.tenant_id, actor.user_id, change)
