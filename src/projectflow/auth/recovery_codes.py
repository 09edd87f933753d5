"""Recovery codes: ten words on paper, each of which stands in for the second factor once."""

import hashlib
import secrets
from typing import Final
from uuid import UUID

from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.second_factor import factors_of, lock_person
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import Conflict

CODES: Final = 10
LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: five bits a letter, and none that looks like another."""
GROUPS: Final = 4
GROUP: Final = 4
_MEANT: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


class NoSecondFactor(Conflict):
    """Recovery codes stand in for a second factor. Set up an authenticator app or passkey first."""


class RecoveryCodes(Struct, frozen=True):
    """The codes, shown once: only hashes of them are kept."""

    recovery_codes: list[str]


class FirstRecoveryCodes(Struct, frozen=True):
    """The codes of somebody who had none; null for whoever has some left."""

    recovery_codes: list[str] | None


async def renew_codes(db: Db, actor: Actor) -> RecoveryCodes:
    """Make new codes; older ones no longer count.

    Raises:
        NoSecondFactor: there is nothing that they could stand in for.
    """
    await lock_person(db, actor.tenant_id, actor.user_id)
    if not (await factors_of(db, actor.tenant_id, actor.user_id)).methods:
        raise NoSecondFactor
    return RecoveryCodes(await make_codes(db, actor.tenant_id, actor.user_id))


async def make_first_codes(db: Db, tenant_id: UUID, user_id: UUID) -> list[str] | None:
    """Codes for somebody who has none left. Lock the person before."""
    if (await factors_of(db, tenant_id, user_id)).recovery_codes_left:
        return None
    return await make_codes(db, tenant_id, user_id)


async def make_codes(db: Db, tenant_id: UUID, user_id: UUID) -> list[str]:
    """Ten codes of 80 bits in place of those before. Lock the person before."""
    codes = [_new_code() for _ in range(CODES)]
    await forget_codes(db, tenant_id, user_id)
    await db.execute(
        """
        INSERT INTO recovery_codes (tenant_id, id, user_id, code_hash)
        SELECT $1, c.id, $2, c.hash FROM unnest($3::uuid[], $4::bytea[]) AS c (id, hash)
        """,
        tenant_id,
        user_id,
        [uuid7() for _ in codes],
        [_hash(tenant_id, user_id, code) for code in codes],
    )
    made = Change("user.recovery_codes_made", "user", user_id)
    await record(db, tenant_id, user_id, made)
    return codes


async def forget_codes(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    """Delete a person's codes."""
    await db.execute(
        "DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2", tenant_id, user_id
    )


async def use_code(db: Db, tenant_id: UUID, user_id: UUID, typed: str) -> bool:
    """Use a code up; only one of two at once succeeds."""
    used: UUID | None = await db.fetchval(
        """
        UPDATE recovery_codes SET used_at = now()
        WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3 AND used_at IS NULL RETURNING id
        """,
        tenant_id,
        user_id,
        _hash(tenant_id, user_id, typed),
    )
    return used is not None


def _new_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def _hash(tenant_id: UUID, user_id: UUID, typed: str) -> bytes:
    """80 random bits need no slow hash; the person in it makes equal codes differ."""
    code = typed.strip().lower().translate(_MEANT)
    return hashlib.sha256(f"{tenant_id}|{user_id}|{code}".encode()).digest()
