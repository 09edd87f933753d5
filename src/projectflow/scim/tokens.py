"""Tokens that identity providers provision with: made, listed, revoked, checked.

A token is `pfs_<workspace>_<row>_<secret>`. It names its workspace and row, so that it is found
without looking into other workspaces; only its SHA-256 is stored.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from scim2_models import UnauthorizedException
from uuid_utils.compat import uuid7

from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import Conflict, NotFound
from projectflow.scim.types import MadeScimToken, NewScimToken, Provisioner, ScimToken, ScimTokens

MAX_TOKENS: Final = 20
USE_RECORDED_EVERY: Final = timedelta(minutes=1)
SHAPE: Final = re.compile(r"pfs_([0-9a-f]{32})_([0-9a-f]{32})_[A-Za-z0-9_-]{43}", re.ASCII)
COLUMNS: Final = "id, name, created_by, last_used_at, created_at"


class ScimTokenNotFound(NotFound):
    """There is no such token, or it was revoked."""


class TooManyScimTokens(Conflict):
    """A workspace has at most 20 provisioning tokens. Revoke one first."""


async def list_tokens(db: Db, actor: Actor) -> ScimTokens:
    """The tokens that count.

    Raises:
        Forbidden: the role may not.
    """
    actor.must_be_allowed("workspace", "update")
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM scim_tokens
        WHERE tenant_id = $1 AND revoked_at IS NULL ORDER BY id LIMIT $2
        """,
        actor.tenant_id,
        MAX_TOKENS,
    )
    return ScimTokens([ScimToken(*row) for row in rows])


async def create_token(db: Db, actor: Actor, new: NewScimToken) -> MadeScimToken:
    """Make a token.

    Raises:
        Forbidden, ConfirmationNeeded, SessionEnded, TooManyScimTokens: as their names say.
    """
    actor.must_be_allowed("workspace", "update")
    await require_confirmed(db, actor, lasting=True)
    # The workspace's row is the lock that keeps two from both being the twentieth.
    await db.execute("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", actor.tenant_id)
    existing: int = await db.fetchval(
        "SELECT count(*) FROM scim_tokens WHERE tenant_id = $1 AND revoked_at IS NULL",
        actor.tenant_id,
    )
    if existing >= MAX_TOKENS:
        raise TooManyScimTokens
    token_id = uuid7()
    secret = f"pfs_{actor.tenant_id.hex}_{token_id.hex}_{secrets.token_urlsafe(32)}"
    row = await db.fetchrow(
        f"""
        INSERT INTO scim_tokens (tenant_id, id, name, token_hash, created_by)
        VALUES ($1, $2, $3, $4, $5) RETURNING {COLUMNS}
        """,
        actor.tenant_id,
        token_id,
        new.name.strip(),
        _hash(secret),
        actor.user_id,
    )
    created = Change("scim_token.created", "scim_token", token_id)
    await record(db, actor.tenant_id, actor.user_id, created)
    return MadeScimToken(secret, ScimToken(*only(row)))


async def revoke_token(db: Db, actor: Actor, token_id: UUID) -> None:
    """Refuse a token from now on.

    Raises:
        Forbidden, ScimTokenNotFound: as their names say.
    """
    actor.must_be_allowed("workspace", "update")
    revoked = await db.fetchval(
        """
        UPDATE scim_tokens SET revoked_at = now()
        WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id
        """,
        actor.tenant_id,
        token_id,
    )
    if revoked is None:
        raise ScimTokenNotFound
    change = Change("scim_token.revoked", "scim_token", token_id, 2)
    await record(db, actor.tenant_id, actor.user_id, change)


async def authenticate(database: Database, authorization: str) -> Provisioner:
    """Whose token an `Authorization` header shows.

    Raises:
        UnauthorizedException: none that counts.
    """
    scheme, _, token = authorization.partition(" ")
    shape = SHAPE.fullmatch(token.strip())
    if scheme.lower() != "bearer" or shape is None:
        raise UnauthorizedException(detail="Send a provisioning token: Authorization: Bearer pfs_…")
    tenant_id, token_id = UUID(shape[1]), UUID(shape[2])
    async with database.tenant(tenant_id) as db:
        row = await db.fetchrow(
            """
            SELECT s.token_hash, t.plan_type,
                   coalesce(s.last_used_at < now() - $3::interval, true) AS record_use
            FROM scim_tokens s JOIN tenants t ON t.id = $1
            WHERE s.tenant_id = $1 AND s.id = $2 AND s.revoked_at IS NULL
            """,
            tenant_id,
            token_id,
            USE_RECORDED_EVERY,
        )
        if row is None or not hmac.compare_digest(row["token_hash"], _hash(token.strip())):
            raise UnauthorizedException(detail="This token was revoked or never made.")
        if row["record_use"]:
            await db.execute(
                "UPDATE scim_tokens SET last_used_at = now() WHERE tenant_id = $1 AND id = $2",
                tenant_id,
                token_id,
            )
    return Provisioner(tenant_id, token_id, row["plan_type"])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
