"""API keys: shown once, kept as a hash, never doing more than their person may.

A key is `pf_<tenant><id>_<secret>`, the first two in base 64, so that it is found inside its
tenant without asking across tenants.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

import asyncpg
from msgspec import Meta, Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.confirmation import require_confirmed
from projectflow.auth.permissions import parse_permission
from projectflow.auth.revocations import Revocations
from projectflow.auth.tokens import NotSignedIn
from projectflow.auth.types import Actor, Name
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Conflict, InvalidInput, NotFound

MARK: Final = "pf_"
MAX_KEYS: Final = 100
"""Keys that a person may have at a time."""
REMEMBERED_FOR: Final = 30.0
"""Seconds for which a process trusts what it has read of a key; a revocation ends that at once."""
MAX_REMEMBERED: Final = 10_000

Scope = Annotated[str, Meta(max_length=40, examples=["task:read", "task:*", "*:read"])]


class ApiKeyNotFound(NotFound):
    """There is no such API key."""


class TooManyKeys(Conflict):
    """Nobody needs more than 100 API keys: revoke some first."""


class NewApiKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make. Without `project_ids` it reaches every project that its person does."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=50)]
    project_ids: Annotated[list[UUID], Meta(min_length=1, max_length=100)] | None = None
    expires_at: datetime | None = None


class ApiKey(Struct, frozen=True):
    """What can be known of a key after it was made."""

    id: UUID
    user_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    project_ids: list[UUID] | None
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class ApiKeys(Struct, frozen=True):
    """Somebody's keys, the newest first."""

    items: list[ApiKey]


class MadeApiKey(Struct, frozen=True):
    """A key just made: the only time that its secret is shown."""

    secret: str
    api_key: ApiKey


KEY_COLUMNS: Final = (
    "k.id, k.user_id, k.name, k.prefix, k.scopes,"
    " CASE WHEN NOT k.all_projects THEN ARRAY(SELECT p.project_id FROM api_key_projects p"
    " WHERE p.tenant_id = k.tenant_id AND p.key_id = k.id) END AS project_ids,"
    " k.expires_at, k.last_used_at, k.created_at"
)


class Secret(Struct, frozen=True):
    """A key as its holder has it."""

    tenant_id: UUID
    id: UUID
    random: str

    def __str__(self) -> str:
        """The key's text."""
        named = urlsafe_b64encode(self.tenant_id.bytes + self.id.bytes).decode().rstrip("=")
        return f"{MARK}{named}_{self.random}"

    @property
    def hash(self) -> bytes:
        """What is stored. 256 random bits need no slow hash."""
        return hashlib.sha256(str(self).encode()).digest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key.

        Raises:
            NotSignedIn: it is not one of ours.
        """
        named, random = text[len(MARK) : len(MARK) + 43], text[len(MARK) + 44 :]
        try:
            ids = urlsafe_b64decode(named + "=")
            secret = cls(UUID(bytes=ids[:16]), UUID(bytes=ids[16:]), random)
        except (ValueError, Base64Error):
            raise NotSignedIn from None
        if str(secret) != text:
            raise NotSignedIn
        return secret


async def create_key(db: Db, actor: Actor, new: NewApiKey) -> MadeApiKey:
    """Make a key that acts in the actor's name.

    Raises:
        ConfirmationNeeded, SessionEnded: as `require_confirmed`.
        InvalidInput: a scope or a project does not exist, or it would have expired already.
        TooManyKeys: there are enough.
    """
    await require_confirmed(db, actor, lasting=True)
    _check(new)
    secret = Secret(actor.tenant_id, uuid7(), secrets.token_urlsafe(32))
    projects = list(dict.fromkeys(new.project_ids or []))
    await _check_projects(db, actor, projects)
    row = await db.fetchrow(
        f"""
        WITH person AS (
            SELECT id FROM users WHERE tenant_id = $1 AND id = $3 AND is_active FOR UPDATE
        ), k AS (
            INSERT INTO api_keys (tenant_id, id, user_id, name, prefix, key_hash, scopes,
                                  expires_at, all_projects)
            SELECT $1, $2, person.id, $4, $5, $6, $7, $8, $9::uuid[] IS NULL FROM person
            WHERE (SELECT count(*) FROM api_keys o
                   WHERE o.tenant_id = $1 AND o.user_id = $3 AND o.revoked_at IS NULL) < $10
            RETURNING *
        ), limited AS (
            INSERT INTO api_key_projects (tenant_id, key_id, project_id)
            SELECT $1, k.id, unnest($9::uuid[]) FROM k RETURNING project_id
        )
        SELECT {KEY_COLUMNS} FROM k
        """,
        actor.tenant_id,
        secret.id,
        actor.user_id,
        new.name.strip(),
        secret.random[:6],
        secret.hash,
        list(dict.fromkeys(new.scopes)),
        new.expires_at,
        projects or None,
        MAX_KEYS,
    )
    if row is None:
        raise TooManyKeys
    # The statement that writes the key's projects does not see them yet.
    made = replace(ApiKey(*row), project_ids=projects or None)
    await _log(db, actor, "api_key.created", made.id, actor.user_id, scopes=made.scopes)
    return MadeApiKey(str(secret), made)


def _check(new: NewApiKey) -> None:
    for place, scope in enumerate(new.scopes):
        try:
            known = parse_permission(scope)
        except ValueError:
            known = None
        if known is None or known.condition is not None:
            raise InvalidInput.of(f"scopes.{place}", "is not a scope, such as task:read or *:*")
    if new.expires_at is not None and new.expires_at <= datetime.now(UTC):
        raise InvalidInput.of("expires_at", "has passed already")


async def _check_projects(db: Db, actor: Actor, projects: list[UUID]) -> None:
    """Refuse projects that the actor cannot see, as if they did not exist."""
    rows = await db.fetch(
        """
        SELECT p.id FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($2::uuid[]) AND p.deleted_at IS NULL
          AND ($3 OR EXISTS (SELECT FROM project_members m
                             WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $4))
        """,
        actor.tenant_id,
        projects,
        actor.may_always("project", "read"),
        actor.user_id,
    )
    seen = {row["id"] for row in rows}
    for place, project_id in enumerate(projects):
        if project_id not in seen:
            raise InvalidInput.of(f"project_ids.{place}", "is not a project of yours")


async def list_own_keys(db: Db, actor: Actor) -> ApiKeys:
    """The actor's keys that were not revoked, the newest first, at most 100."""
    rows = await db.fetch(
        f"""
        SELECT {KEY_COLUMNS} FROM api_keys k
        WHERE k.tenant_id = $1 AND k.user_id = $2 AND k.revoked_at IS NULL
        ORDER BY k.id DESC LIMIT $3
        """,
        actor.tenant_id,
        actor.user_id,
        MAX_KEYS,
    )
    return ApiKeys([ApiKey(*row) for row in rows])


async def list_keys(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[ApiKey]:
    """The workspace's keys that were not revoked, the newest first.

    Raises:
        Forbidden: the role may not see other people's keys.
    """
    actor.must_be_allowed("api_key", "read")
    before = decode_cursor(cursor, tuple[UUID])
    rows = await db.fetch(
        f"""
        SELECT {KEY_COLUMNS} FROM api_keys k
        WHERE k.tenant_id = $1 AND k.revoked_at IS NULL AND ($2::uuid IS NULL OR k.id < $2)
        ORDER BY k.id DESC LIMIT $3
        """,
        actor.tenant_id,
        before[0] if before else None,
        limit + 1,
    )
    return page_of([ApiKey(*row) for row in rows], limit, lambda k: encode_cursor(k.id))


async def revoke_key(
    db: Db, actor: Actor, revocations: Revocations, key_id: UUID, *, own: bool
) -> None:
    """End a key at once, everywhere: one's own, or with the right to it anybody's.

    Raises:
        ApiKeyNotFound: there is none, or it is not the actor's own.
        Forbidden: the role may not end other people's keys.
        Unavailable: it cannot be done safely while Redis is away.
    """
    actor.must_be_in_person()
    if not own:
        actor.must_be_allowed("api_key", "delete")
    owner_id: UUID | None = await db.fetchval(
        """
        UPDATE api_keys SET revoked_at = now()
        WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL
          AND ($3::uuid IS NULL OR user_id = $3)
        RETURNING user_id
        """,
        actor.tenant_id,
        key_id,
        actor.user_id if own else None,
    )
    if owner_id is None:
        raise ApiKeyNotFound
    await revocations.revoke(key_id)
    await _log(db, actor, "api_key.revoked", key_id, owner_id)


async def _log(db: Db, actor: Actor, event: str, key_id: UUID, owner_id: UUID, **more: Any) -> None:
    change = Change(event, "api_key", key_id, payload={"user_id": owner_id, **more})
    await record(db, actor.tenant_id, actor.user_id, change)


class KeyHolders:
    """Who stands behind a key, remembered for half a minute."""

    def __init__(self, database: Database, revocations: Revocations) -> None:
        """One a process."""
        self._database = database
        self._revocations = revocations
        self._known: dict[bytes, tuple[Actor, float]] = {}

    async def find(self, text: str) -> Actor:
        """The actor that a key is.

        Raises:
            NotSignedIn: there is no such key, it was revoked, has expired, or its person left.
        """
        secret = Secret.parse(text)
        known = self._known.get(secret.hash)
        if known is not None:
            actor, until = known
            if until > time.time() and not self._revocations.refuses(actor):
                return actor
            del self._known[secret.hash]
        asked_at = time.time()
        async with self._database.tenant(secret.tenant_id) as db:
            row = await _use(db, secret)
        until = asked_at + REMEMBERED_FOR
        if row["expires_at"] is not None:
            until = min(until, row["expires_at"].timestamp())
        actor = Actor(
            row["user_id"],
            secret.tenant_id,
            row["role"],
            secret.id,
            asked_at,
            permissions=_tuple(row["permissions"]),
            plan=row["plan_type"],
            is_key=True,
            scopes=tuple(row["scopes"]),
            project_ids=_tuple(row["project_ids"]),
        )
        if len(self._known) >= MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[secret.hash] = (actor, until)
        return actor


def _tuple(values: list[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


async def _use(db: Db, secret: Secret) -> asyncpg.Record:
    # Locked, and only then read: whoever revokes the key or changes its person has told every
    # process already, and commits first.
    await db.execute(
        """
        SELECT FROM api_keys k JOIN users u ON u.tenant_id = $1 AND u.id = k.user_id
        WHERE k.tenant_id = $1 AND k.id = $2 AND k.key_hash = $3
        FOR SHARE OF u FOR NO KEY UPDATE OF k
        """,
        secret.tenant_id,
        secret.id,
        secret.hash,
    )
    row = await db.fetchrow(
        f"""
        SELECT {KEY_COLUMNS}, u.role, r.permissions, t.plan_type
        FROM api_keys k
        JOIN tenants t ON t.id = $1
        JOIN users u ON u.tenant_id = $1 AND u.id = k.user_id AND u.is_active
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        WHERE k.tenant_id = $1 AND k.id = $2 AND k.key_hash = $3 AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > now())
        """,
        secret.tenant_id,
        secret.id,
        secret.hash,
    )
    if row is None:
        raise NotSignedIn
    await db.execute(
        """
        UPDATE api_keys SET last_used_at = now()
        WHERE tenant_id = $1 AND id = $2
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        """,
        secret.tenant_id,
        secret.id,
    )
    return only(row)
