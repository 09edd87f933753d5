"""Things begun that must be finished soon and once.

The second step of a sign-in, a passkey's ceremony, a visit to an identity provider.

The token names the row and proves that its holder began it; the row holds a hash of it.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Final, Literal, Self, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.core.db import Db
from projectflow.core.events import to_json
from projectflow.core.problems import Problem

Purpose = Literal["second_factor", "passkey_sign_in", "passkey_registration", "sso"]
T = TypeVar("T")
CHALLENGE_TTL: Final = timedelta(minutes=10)


class ChallengeExpired(Problem):
    """This took too long or was done already. Start again."""

    status = 401


class ChallengeToken(Struct, frozen=True):
    """What whoever began it holds."""

    tenant_id: UUID
    id: UUID
    secret: str

    def __str__(self) -> str:
        """The token's text."""
        return f"{self.tenant_id.hex}.{self.id.hex}.{self.secret}"

    @property
    def hash(self) -> bytes:
        """What is stored of it."""
        return hashlib.sha256(self.secret.encode()).digest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a token.

        Raises:
            ChallengeExpired: it is not one of ours.
        """
        try:
            tenant_id, row_id, secret = text.split(".")
            return cls(UUID(tenant_id), UUID(row_id), secret)
        except ValueError:
            raise ChallengeExpired from None


class Challenge(Struct, frozen=True):
    """A row of `challenges`: whose it is, and what was kept for its second half."""

    user_id: UUID | None
    data: dict[str, Any]

    def as_(self, shape: type[T]) -> T:
        """What was kept, as the Struct it was."""
        return msgspec.convert(self.data, shape)


async def begin(
    db: Db, tenant_id: UUID, purpose: Purpose, *, user_id: UUID | None = None, data: Struct
) -> ChallengeToken:
    """Keep `data` for ten minutes under a new token."""
    token = ChallengeToken(tenant_id, uuid7(), secrets.token_urlsafe(32))
    await db.execute(
        """
        INSERT INTO challenges (tenant_id, id, purpose, user_id, secret_hash, data, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, now() + $7)
        """,
        tenant_id,
        token.id,
        purpose,
        user_id,
        token.hash,
        to_json(data),
        CHALLENGE_TTL,
    )
    return token


async def finish(db: Db, purpose: Purpose, token: ChallengeToken) -> Challenge:
    """Use a challenge up; only one of two at once succeeds.

    Raises:
        ChallengeExpired: it is unknown, too old, used, or was made for something else.
    """
    row = await db.fetchrow(
        """
        DELETE FROM challenges
        WHERE tenant_id = $1 AND id = $2 AND purpose = $3 AND secret_hash = $4
          AND expires_at > now()
        RETURNING user_id, data
        """,
        token.tenant_id,
        token.id,
        purpose,
        token.hash,
    )
    return _challenge(row)


async def look_up(db: Db, purpose: Purpose, token: ChallengeToken) -> Challenge:
    """Read a challenge that stays open: a mistyped code may be typed again. Locks it.

    Raises:
        ChallengeExpired: as for `finish`.
    """
    row = await db.fetchrow(
        """
        SELECT user_id, data FROM challenges
        WHERE tenant_id = $1 AND id = $2 AND purpose = $3 AND secret_hash = $4
          AND expires_at > now()
        FOR UPDATE
        """,
        token.tenant_id,
        token.id,
        purpose,
        token.hash,
    )
    return _challenge(row)


def _challenge(row: asyncpg.Record | None) -> Challenge:
    if row is None:
        raise ChallengeExpired
    return Challenge(row["user_id"], msgspec.json.decode(row["data"]))
