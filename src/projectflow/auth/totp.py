"""Codes of an authenticator app (TOTP, RFC 6238): six digits, new every 30 seconds."""

import hmac
import time
from typing import Annotated, Final
from uuid import UUID

import segno
from msgspec import Meta, Struct
from pyotp import random_base32
from pyotp.totp import TOTP

from projectflow.auth.recovery_codes import forget_codes, make_first_codes
from projectflow.auth.second_factor import factors_of, lock_person, session_proved
from projectflow.auth.types import Actor
from projectflow.core.crypto import Keyring, Place
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput, NotFound

STEP: Final = 30
"""Seconds that a code lasts."""
WINDOW: Final = 1
"""Steps before and after now whose codes count too: clocks differ (RFC 6238, section 5.2)."""
SECRET_LETTERS: Final = 32
"""Of base 32: 160 bits, as RFC 4226 recommends."""
ISSUER: Final = "ProjectFlow"
SECRET: Final = "totp_factors.secret_encrypted"  # noqa: S105
REPLACEMENT: Final = "totp_factors.replacement_encrypted"

TotpCode = Annotated[str, Meta(max_length=20, examples=["123456"])]


class TotpNotFound(NotFound):
    """You have no authenticator app set up."""


class TotpSecret(Struct, frozen=True):
    """What an authenticator app has to know. It counts once a code of it was typed."""

    secret: str
    uri: str
    """`otpauth://…`, for apps on the same device."""
    qr_svg: str
    """The uri as a picture."""


class TotpConfirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """A code that the app shows now."""

    totp: TotpCode


async def begin_totp(db: Db, keyring: Keyring, tenant_id: UUID, user_id: UUID) -> TotpSecret:
    """Make a secret, which counts for nothing yet. One that is confirmed stays until then."""
    person = await lock_person(db, tenant_id, user_id)
    factors = await factors_of(db, tenant_id, user_id)
    secret = random_base32(SECRET_LETTERS)
    if factors.totp_confirmed_at is None:
        await db.execute(
            """
            INSERT INTO totp_factors (tenant_id, user_id, secret_encrypted) VALUES ($1, $2, $3)
            ON CONFLICT (tenant_id, user_id)
            DO UPDATE SET secret_encrypted = excluded.secret_encrypted
            """,
            tenant_id,
            user_id,
            keyring.seal(secret.encode(), Place(SECRET, tenant_id, user_id)),
        )
    else:
        await db.execute(
            """
            UPDATE totp_factors SET replacement_encrypted = $3
            WHERE tenant_id = $1 AND user_id = $2
            """,
            tenant_id,
            user_id,
            keyring.seal(secret.encode(), Place(REPLACEMENT, tenant_id, user_id)),
        )
    uri = TOTP(secret).provisioning_uri(name=person.label, issuer_name=ISSUER)
    picture = segno.make(uri, error="m").svg_inline(omitsize=True, light="#fff")
    return TotpSecret(secret, uri, picture)


async def confirm_totp(
    db: Db, keyring: Keyring, actor: Actor, confirmation: TotpConfirmation
) -> list[str] | None:
    """Let the new secret count, in place of the one before; gives the first recovery codes.

    Raises:
        InvalidInput: the code is not the app's, or no secret was made before.
    """
    await lock_person(db, actor.tenant_id, actor.user_id)
    if not await accept_secret(db, keyring, actor.tenant_id, actor.user_id, confirmation.totp):
        raise InvalidInput.of("totp", "is not the code that the app shows now")
    await session_proved(db, actor, "totp")
    await record_enabled(db, actor.tenant_id, actor.user_id)
    return await make_first_codes(db, actor.tenant_id, actor.user_id)


async def accept_secret(
    db: Db, keyring: Keyring, tenant_id: UUID, user_id: UUID, code: str
) -> bool:
    """Whether the code is of the secret that waits to count; it then does, without an event.

    The code is used up: it signs nobody in. Lock the person before.
    """
    row = await db.fetchrow(
        """
        SELECT confirmed_at, secret_encrypted, replacement_encrypted FROM totp_factors
        WHERE tenant_id = $1 AND user_id = $2 FOR UPDATE
        """,
        tenant_id,
        user_id,
    )
    if row is None:
        return False
    column = SECRET if row["confirmed_at"] is None else REPLACEMENT
    sealed: bytes | None = row[column.rpartition(".")[2]]
    if sealed is None:
        return False
    secret = keyring.open(sealed, Place(column, tenant_id, user_id))
    step = matching_step(secret, code, after=0)
    if step is None:
        return False
    await db.execute(
        """
        UPDATE totp_factors SET secret_encrypted = $3, replacement_encrypted = NULL,
            confirmed_at = now(), last_step = $4
        WHERE tenant_id = $1 AND user_id = $2
        """,
        tenant_id,
        user_id,
        keyring.seal(secret, Place(SECRET, tenant_id, user_id)),
        step,
    )
    return True


async def record_enabled(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    """Write down that an authenticator app counts now; after every row lock."""
    await record(db, tenant_id, user_id, Change("user.totp_enabled", "user", user_id))


async def use_totp(db: Db, keyring: Keyring, tenant_id: UUID, user_id: UUID, code: str) -> bool:
    """Whether the code is right and was not used before (RFC 6238, section 5.2); it now is."""
    row = await db.fetchrow(
        """
        SELECT secret_encrypted, last_step FROM totp_factors
        WHERE tenant_id = $1 AND user_id = $2 AND confirmed_at IS NOT NULL FOR UPDATE
        """,
        tenant_id,
        user_id,
    )
    if row is None:
        return False
    secret = keyring.open(row["secret_encrypted"], Place(SECRET, tenant_id, user_id))
    step = matching_step(secret, code, after=row["last_step"])
    if step is None:
        return False
    await db.execute(
        "UPDATE totp_factors SET last_step = $3 WHERE tenant_id = $1 AND user_id = $2",
        tenant_id,
        user_id,
        step,
    )
    return True


def matching_step(secret: bytes, typed: str, *, after: int) -> int | None:
    """The step near now, and after one that was used, whose code was typed."""
    code, totp, now = "".join(typed.split()), TOTP(secret.decode()), current_step()
    for step in range(max(now - WINDOW, after + 1), now + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def current_step() -> int:
    """How many times 30 seconds have passed since 1970."""
    return int(time.time()) // STEP


async def turn_off_totp(db: Db, actor: Actor) -> None:
    """Forget the authenticator app; with the last factor the recovery codes go too.

    Raises:
        TotpNotFound: there is none.
        SecondFactorRequired: the workspace requires a second factor, and this is the last.
    """
    person = await lock_person(db, actor.tenant_id, actor.user_id)
    factors = await factors_of(db, actor.tenant_id, actor.user_id)
    if factors.totp_confirmed_at is None:
        raise TotpNotFound
    factors.must_leave_one(required=person.required)
    await db.execute(
        "DELETE FROM totp_factors WHERE tenant_id = $1 AND user_id = $2",
        actor.tenant_id,
        actor.user_id,
    )
    if factors.is_one:
        await forget_codes(db, actor.tenant_id, actor.user_id)
    change = Change("user.totp_disabled", "user", actor.user_id)
    await record(db, actor.tenant_id, actor.user_id, change)
