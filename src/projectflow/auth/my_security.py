"""What somebody has beside a password, on one page."""

from datetime import datetime

from msgspec import Struct

from projectflow.auth.passkeys import Passkey, list_passkeys
from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.second_factor import factors_of
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only


class Totp(Struct, frozen=True):
    """An authenticator app that counts."""

    confirmed_at: datetime


class SecondFactors(Struct, frozen=True):
    """How an account is kept safe."""

    has_password: bool
    required: bool
    """Whether the workspace requires a second factor."""
    totp: Totp | None
    passkeys: list[Passkey]
    recovery_codes_left: int


async def read_second_factors(db: Db, actor: Actor) -> SecondFactors:
    """The actor's own factors."""
    row = await db.fetchrow(
        """
        SELECT u.password_hash <> $3, t.require_second_factor
        FROM users u JOIN tenants t ON t.id = $1 WHERE u.tenant_id = $1 AND u.id = $2
        """,
        actor.tenant_id,
        actor.user_id,
        UNUSABLE,
    )
    has_password, required = only(row)
    factors = await factors_of(db, actor.tenant_id, actor.user_id)
    confirmed_at = factors.totp_confirmed_at
    return SecondFactors(
        has_password,
        required,
        None if confirmed_at is None else Totp(confirmed_at),
        await list_passkeys(db, actor),
        factors.recovery_codes_left,
    )
