"""`projectflow keys`: replace the keys that sign and that encrypt, while everything runs."""

from collections.abc import AsyncIterator
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from projectflow.core import crypto
from projectflow.core.crypto import Keyring, Place, key_id_of
from projectflow.core.db import Database, connect
from projectflow.core.settings import Settings

BATCH: Final = 500


class Sealed(NamedTuple):
    """A column of sealed values: how to find those under an older key, and to replace one."""

    column: str
    find: LiteralString
    replace: LiteralString


SEALED: Final = (
    Sealed(
        "totp_factors.secret_encrypted",
        """
        SELECT user_id AS row_id, secret_encrypted AS sealed FROM totp_factors
        WHERE tenant_id = $1 AND substr(secret_encrypted, 2, 4) <> $2 LIMIT $3 FOR UPDATE
        """,
        "UPDATE totp_factors SET secret_encrypted = $3 WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sealed(
        "totp_factors.replacement_encrypted",
        """
        SELECT user_id AS row_id, replacement_encrypted AS sealed FROM totp_factors
        WHERE tenant_id = $1 AND substr(replacement_encrypted, 2, 4) <> $2 LIMIT $3 FOR UPDATE
        """,
        "UPDATE totp_factors SET replacement_encrypted = $3 WHERE tenant_id = $1 AND user_id = $2",
    ),
    Sealed(
        "identity_providers.client_secret_encrypted",
        """
        SELECT id AS row_id, client_secret_encrypted AS sealed FROM identity_providers
        WHERE tenant_id = $1 AND substr(client_secret_encrypted, 2, 4) <> $2 LIMIT $3 FOR UPDATE
        """,
        """
        UPDATE identity_providers SET client_secret_encrypted = $3
        WHERE tenant_id = $1 AND id = $2
        """,
    ),
    Sealed(
        "webhooks.secret_encrypted",
        """
        SELECT id AS row_id, secret_encrypted AS sealed FROM webhooks
        WHERE tenant_id = $1 AND substr(secret_encrypted, 2, 4) <> $2 LIMIT $3 FOR UPDATE
        """,
        "UPDATE webhooks SET secret_encrypted = $3 WHERE tenant_id = $1 AND id = $2",
    ),
    Sealed(
        "idempotency_keys.answer_encrypted",
        """
        SELECT id AS row_id, answer_encrypted AS sealed FROM idempotency_keys
        WHERE tenant_id = $1 AND substr(answer_encrypted, 2, 4) <> $2 LIMIT $3 FOR UPDATE
        """,
        "UPDATE idempotency_keys SET answer_encrypted = $3 WHERE tenant_id = $1 AND id = $2",
    ),
)
"""Every column that holds sealed values; a test compares it with the schema."""


class Rotation(NamedTuple):
    """What a rotation did."""

    resealed: int
    old_keys: int
    """Older keys that can still open what a process may have sealed meanwhile."""


async def rotate_encryption(settings: Settings, *, drop_old: bool) -> Rotation:
    """Seal every secret again, under a new key where the keys are in our file.

    The last key stays until a rotation with `drop_old`, which makes no new one: a process that
    was sealing with it at this very moment loses nothing.

    Raises:
        CannotDecrypt: a value does not open; nothing of its workspace was changed.
        OSError, asyncpg.PostgresError: the database cannot be reached.
    """
    path = crypto.path_of(settings)
    keyring = Keyring(settings)
    ours = not settings.encryption_keys
    if ours and not drop_old:
        crypto.write_keys(path, [crypto.new_key(), *crypto.read_keys(path)])
    database = await connect(settings)
    try:
        resealed = await _reseal_all(database, keyring)
    finally:
        await database.close()
    if not ours:
        return Rotation(resealed, len(settings.encryption_keys) - 1)
    kept = crypto.read_keys(path)[: 1 if drop_old else 2]
    crypto.write_keys(path, kept)
    return Rotation(resealed, len(kept) - 1)


async def _reseal_all(database: Database, keyring: Keyring) -> int:
    resealed = 0
    async for tenant_id in _tenants(database):
        for column in SEALED:
            while done := await _reseal(database, keyring, tenant_id, column):
                resealed += done
    return resealed


async def _tenants(database: Database) -> AsyncIterator[UUID]:
    after = UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants($1) AS id", after)
        for row in rows:
            yield row["id"]
        if not rows:
            return
        after = rows[-1]["id"]


async def _reseal(database: Database, keyring: Keyring, tenant_id: UUID, sealed: Sealed) -> int:
    """One batch of one column of one workspace; how many there were."""
    current = keyring.current
    async with database.tenant(tenant_id) as db:
        rows = await db.fetch(sealed.find, tenant_id, current, BATCH)
        for row in rows:
            place = Place(sealed.column, tenant_id, row["row_id"])
            again = keyring.seal(keyring.open(row["sealed"], place), place)
            await db.execute(sealed.replace, tenant_id, row["row_id"], again)
            assert key_id_of(again) == current
    return len(rows)
