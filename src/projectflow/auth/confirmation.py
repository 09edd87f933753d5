"""Before what an intruder at an open laptop would do first: prove once more who you are."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from projectflow.auth.passwords import UNUSABLE, verify_password
from projectflow.auth.second_factor import WELL_OPENED
from projectflow.auth.sessions import SessionEnded
from projectflow.auth.types import Actor, Password
from projectflow.core.db import Database, Db
from projectflow.core.problems import InvalidInput, Problem

CONFIRMED_FOR: Final = timedelta(minutes=10)


class ConfirmationNeeded(Problem):
    """Confirm that it is you: enter your password, or sign in again."""

    status = 403


class PasswordNotSet(InvalidInput):
    """You have no password here: sign in again instead."""


class Confirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """The password once more."""

    password: Password


async def require_confirmed(db: Db, actor: Actor, *, lasting: bool = False) -> None:
    """Go on only where this session signed in or confirmed less than ten minutes ago.

    `lasting` says that what follows outlives the session: it must then be opened as the workspace
    requires now, and not only at its next refresh.

    Raises:
        Forbidden: an API key asks; keys confirm nothing.
        ConfirmationNeeded: it is longer ago.
        SessionEnded: the workspace takes sessions opened like this one no longer.
    """
    actor.must_be_in_person()
    row = await db.fetchrow(
        f"""
        SELECT s.confirmed_at > now() - $4::interval AS recent, {WELL_OPENED} AS well_opened
        FROM sessions s JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id
        JOIN tenants t ON t.id = $1
        WHERE s.tenant_id = $1 AND s.id = $2 AND s.user_id = $3 AND s.revoked_at IS NULL
        """,
        actor.tenant_id,
        actor.session_id,
        actor.user_id,
        CONFIRMED_FOR,
    )
    if row is None or not row["recent"]:
        raise ConfirmationNeeded
    if lasting and not row["well_opened"]:
        raise SessionEnded


async def confirm(database: Database, actor: Actor, confirmation: Confirmation) -> None:
    """Take the password as the proof; it counts for this session for ten minutes.

    Raises:
        Forbidden: an API key asks.
        InvalidInput: the password is wrong.
        PasswordNotSet: this person has none.
    """
    actor.must_be_in_person()
    async with database.tenant(actor.tenant_id, read_only=True) as db:
        stored: str | None = await db.fetchval(
            "SELECT password_hash FROM users WHERE tenant_id = $1 AND id = $2 AND is_active",
            actor.tenant_id,
            actor.user_id,
        )
    if stored == UNUSABLE:
        raise PasswordNotSet.of("password", "is not set for you: sign in again instead")
    if not await verify_password(confirmation.password, stored):
        raise InvalidInput.of("password", "is wrong")
    async with database.tenant(actor.tenant_id) as db:
        await db.execute(
            """
            UPDATE sessions SET confirmed_at = now()
            WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND revoked_at IS NULL
            """,
            actor.tenant_id,
            actor.session_id,
            actor.user_id,
        )
