"""Which person of the workspace it is that the provider has proven, and in which role."""

import re
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.permissions import Role
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Email
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.sso.provider import ProviderFailed
from projectflow.sso.types import Claims, GroupRole, IdentityProvider, SsoFailed

RANKS: Final[tuple[GroupRole, ...]] = ("admin", "manager", "member", "viewer")
"""From the highest. Nobody becomes an owner by a group."""
TRUE: Final = (True, "true", "1")
"""What providers write for true: Cognito a text, Entra's `xms_edov` a text or a number."""
MOST_GROUPS: Final = 5000


class _Person(Struct, frozen=True):
    id: UUID
    role: Role
    role_id: UUID | None
    is_active: bool
    is_invited: bool
    """Waits to accept an invitation; false for those who were deactivated or deleted."""


PERSON: Final = (
    "u.id, u.role, u.role_id, u.is_active,"
    " NOT u.is_active AND u.invited_at IS NOT NULL AND u.deactivated_at IS NULL"
    " AND u.deleted_at IS NULL"
)


def read_claims(proven: dict[str, Any], group_claim: str) -> Claims:
    """What is used of the provider's claims (OpenID Connect Core 1.0 §5.1).

    Raises:
        ProviderFailed: they name nobody.
    """
    subject = proven.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\x00" in subject:
        raise ProviderFailed("names nobody")
    email = _email(proven.get("email"))
    first, last = _names(proven, email)
    return Claims(
        subject=subject,
        email=email,
        email_verified=any(proven.get(c) in TRUE for c in ("email_verified", "xms_edov")),
        first_name=first,
        last_name=last,
        groups=_groups(proven.get(group_claim)),
    )


def _email(said: Any) -> str | None:
    try:
        return msgspec.convert(said, Email).lower()
    except msgspec.ValidationError:
        return None


def _names(proven: dict[str, Any], email: str | None) -> tuple[str, str]:
    first, last = _text(proven.get("given_name")), _text(proven.get("family_name"))
    if not first and not last:
        first, _, last = _text(proven.get("name")).partition(" ")
    return first or (email or "").partition("@")[0][:100] or "Somebody", last


def _text(said: Any) -> str:
    """A line of at most 100 characters."""
    cleaned = re.sub(r"[\x00-\x1f\x7f]+", " ", said) if isinstance(said, str) else ""
    return " ".join(cleaned.split())[:100].strip()


def _groups(said: Any) -> frozenset[str]:
    names = cast("list[Any]", said) if isinstance(said, list) else [said]
    return frozenset(name for name in names[:MOST_GROUPS] if isinstance(name, str))


async def admit(
    db: Db,
    tenant_id: UUID,
    provider: IdentityProvider,
    claims: Claims,
    revocations: Revocations,
) -> UUID:
    """Find, link or create the person, in the role that their groups give; they may come in.

    Raises:
        SsoFailed: they may not.
        Unavailable: their role cannot be changed safely while Redis is away.
    """
    changes: list[Change] = []
    person = await _linked(db, tenant_id, provider, claims)
    if person is None:
        person = await _known_by_email(db, tenant_id, provider, claims)
        if person is None:
            person = await _create(db, tenant_id, provider, claims, changes)
        await _link(db, tenant_id, provider, claims, person)
    if not person.is_active and not person.is_invited:
        raise SsoFailed("deactivated", person.id)
    if person.is_invited:
        await _accept(db, tenant_id, person, changes)
    await _give_role(db, tenant_id, provider, claims, person, revocations, changes)
    await db.execute(
        "UPDATE users SET last_login_at = now() WHERE tenant_id = $1 AND id = $2",
        tenant_id,
        person.id,
    )
    for change in changes:
        # A role is the provider's doing, not the person's own.
        actor_id = None if change.type == "user.role_changed" else person.id
        await record(db, tenant_id, actor_id, change)
    return person.id


async def _linked(
    db: Db, tenant_id: UUID, provider: IdentityProvider, claims: Claims
) -> _Person | None:
    # The person is locked first, as by whoever deactivates them.
    row = await db.fetchrow(
        f"""
        SELECT {PERSON} FROM users u
        WHERE u.tenant_id = $1 AND u.id = (
            SELECT i.user_id FROM user_identities i
            WHERE i.tenant_id = $1 AND i.provider_id = $2 AND i.subject = $3)
        FOR NO KEY UPDATE
        """,
        tenant_id,
        provider.id,
        claims.subject,
    )
    if row is None:
        return None
    await db.execute(
        """
        UPDATE user_identities SET last_used_at = now()
        WHERE tenant_id = $1 AND provider_id = $2 AND subject = $3
        """,
        tenant_id,
        provider.id,
        claims.subject,
    )
    return _Person(*row)


async def _known_by_email(
    db: Db, tenant_id: UUID, provider: IdentityProvider, claims: Claims
) -> _Person | None:
    """Somebody who has the address here, if the provider says that it is really theirs."""
    if claims.email is None:
        raise SsoFailed("not_allowed")
    if provider.email_domains:
        is_ours = claims.email.rpartition("@")[2] in provider.email_domains
        if not is_ours or not claims.email_verified:
            raise SsoFailed("wrong_domain")
    row = await db.fetchrow(
        f"""
        SELECT {PERSON} FROM users u WHERE u.tenant_id = $1 AND u.email = $2 FOR NO KEY UPDATE
        """,
        tenant_id,
        claims.email,
    )
    if row is None:
        return None
    person = _Person(*row)
    if not claims.email_verified or await _is_linked(db, tenant_id, provider, claims, person):
        raise SsoFailed("not_allowed")
    return person


async def _is_linked(
    db: Db, tenant_id: UUID, provider: IdentityProvider, claims: Claims, person: _Person
) -> bool:
    """Whether somebody came in as another subject before: addresses are given to new people."""
    return await db.fetchval(
        """
        SELECT EXISTS (SELECT FROM user_identities
                       WHERE tenant_id = $1 AND provider_id = $2 AND user_id = $3
                         AND subject <> $4)
        """,
        tenant_id,
        provider.id,
        person.id,
        claims.subject,
    )


async def _create(
    db: Db, tenant_id: UUID, provider: IdentityProvider, claims: Claims, changes: list[Change]
) -> _Person:
    if not provider.creates_users:
        raise SsoFailed("not_allowed")
    row = await db.fetchrow(
        f"""
        INSERT INTO users AS u (tenant_id, id, email, password_hash, first_name, last_name, role)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {PERSON}
        """,
        tenant_id,
        uuid7(),
        claims.email,
        UNUSABLE,
        claims.first_name,
        claims.last_name,
        role_of(provider, claims),
    )
    person = _Person(*only(row))
    joined = {"after": {"role": person.role}, "method": "sso"}
    changes.append(Change("user.joined", "user", person.id, payload=joined))
    return person


async def _link(
    db: Db, tenant_id: UUID, provider: IdentityProvider, claims: Claims, person: _Person
) -> None:
    await db.execute(
        """
        INSERT INTO user_identities (tenant_id, provider_id, subject, user_id, last_used_at)
        VALUES ($1, $2, $3, $4, now())
        """,
        tenant_id,
        provider.id,
        claims.subject,
        person.id,
    )


async def _accept(db: Db, tenant_id: UUID, person: _Person, changes: list[Change]) -> None:
    """Accept an open invitation by having come in; its link no longer counts."""
    version: int = await db.fetchval(
        """
        WITH used AS (
            UPDATE invitations SET accepted_at = now()
            WHERE tenant_id = $1 AND user_id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL
        )
        UPDATE users SET is_active = true, invited_at = NULL, version = version + 1,
            updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        tenant_id,
        person.id,
    )
    changes.append(Change("user.joined", "user", person.id, version, {"method": "sso"}))


async def _give_role(
    db: Db,
    tenant_id: UUID,
    provider: IdentityProvider,
    claims: Claims,
    person: _Person,
    revocations: Revocations,
    changes: list[Change],
) -> None:
    """Change the role to that of the groups; owners and holders of custom roles keep theirs."""
    role = role_of(provider, claims)
    decided_here = person.role == "owner" or person.role_id is not None
    if decided_here or role == person.role or not provider.roles_by_group:
        return
    revocations.require_fresh()
    await revocations.revoke(person.id)
    version: int = await db.fetchval(
        """
        UPDATE users SET role = $3, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        tenant_id,
        person.id,
        role,
    )
    payload = {"before": {"role": person.role}, "after": {"role": role}, "method": "sso"}
    changes.append(Change("user.role_changed", "user", person.id, version, payload))


def role_of(provider: IdentityProvider, claims: Claims) -> Role:
    """The highest role among somebody's groups, else the default one."""
    given = {provider.roles_by_group[g] for g in claims.groups & provider.roles_by_group.keys()}
    for role in RANKS:
        if role in given:
            return role
    return provider.default_role
