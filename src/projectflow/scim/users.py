"""People as SCIM sees them: find, create, change, delete."""

from typing import Any, Final, LiteralString, cast
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    NotFoundException,
    Reference,
)
from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.permissions import Role
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Email
from projectflow.core.db import Db
from projectflow.core.events import Change, record_all
from projectflow.core.problems import InvalidInput
from projectflow.scim.filters import Attributes, Column, Entries
from projectflow.scim.schemas import (
    GIVEN_ROLES,
    EmailAddress,
    GivenRole,
    Membership,
    Name,
    User,
)
from projectflow.scim.types import Provisioner
from projectflow.users.leaving import anonymise, end_links, end_sessions
from projectflow.users.types import canonical_locale, check_time_zone

ACTIVE: Final = "(u.deactivated_at IS NULL AND (u.is_active OR u.invited_at IS NOT NULL))"
"""Who was invited and has not accepted yet counts as active: to deactivate them withdraws it."""
COLUMNS: Final = (
    f"u.id, u.email, u.first_name, u.last_name, u.role, {ACTIVE} AS active, u.locale,"
    " u.time_zone, u.external_id, u.version, u.created_at, u.updated_at"
)
GROUPS: Final = """
    ARRAY(SELECT (t.id, t.name) FROM team_members m
          JOIN teams t ON t.tenant_id = $1 AND t.id = m.team_id
          WHERE m.tenant_id = $1 AND m.user_id = u.id ORDER BY t.name) AS groups
"""
ATTRIBUTES: Final = Attributes(
    single={
        ("id", None): Column("u.id", "uuid"),
        ("external_id", None): Column("u.external_id", "exact", nullable=True),
        ("user_name", None): Column("u.email", "folded"),
        ("display_name", None): Column(
            "lower(btrim(u.first_name || ' ' || u.last_name))", "folded"
        ),
        ("name", "given_name"): Column("lower(u.first_name)", "folded"),
        ("name", "family_name"): Column("lower(u.last_name)", "folded"),
        ("active", None): Column(ACTIVE, "boolean"),
        ("locale", None): Column("lower(u.locale)", "folded"),
        ("timezone", None): Column("lower(u.time_zone)", "folded"),
        ("emails", "value"): Column("u.email", "folded"),
        ("emails", "type"): Column("'work'", "folded"),
        ("emails", "primary"): Column("true", "boolean"),
        ("roles", "value"): Column("u.role", "folded"),
        ("roles", "primary"): Column("true", "boolean"),
        ("meta", "created"): Column("u.created_at", "time"),
        ("meta", "last_modified"): Column("u.updated_at", "time"),
    },
    entries={
        "groups": Entries(
            "FROM team_members m JOIN teams t ON t.tenant_id = $1 AND t.id = m.team_id"
            " WHERE m.tenant_id = $1 AND m.user_id = u.id",
            {"value": Column("m.team_id", "uuid"), "display": Column("lower(t.name)", "folded")},
        )
    },
)


class Row(Struct, frozen=True):
    """A person as stored."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    is_active: bool
    locale: str
    time_zone: str
    external_id: str | None


PERSONAL: Final = ("email", "first_name", "last_name", "locale", "external_id")
"""Of these the log says only that they changed."""


async def find(db: Db, by: Provisioner, user_id: str, *, lock: bool) -> User:
    """One person.

    Raises:
        NotFoundException: nobody in this workspace has this id, or they were deleted.
    """
    try:
        parsed = UUID(user_id)
    except ValueError:
        raise _not_found() from None
    locking: LiteralString = "FOR NO KEY UPDATE OF u" if lock else ""
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS}, {GROUPS} FROM users u
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL {locking}
        """,
        by.tenant_id,
        parsed,
    )
    if row is None:
        raise _not_found()
    return resource(row)


def _not_found() -> NotFoundException:
    return NotFoundException(detail="There is no such person in this workspace.")


async def create(db: Db, by: Provisioner, wanted: User) -> UUID:
    """Add somebody, active unless said otherwise. They sign in through SSO or a password reset.

    Raises:
        InvalidValueException: a value cannot be theirs.
    """
    new = _row_of(wanted, uuid7(), current_role=None)
    await db.execute(
        """
        INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role,
                           is_active, deactivated_at, locale, time_zone, external_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8 THEN NULL ELSE now() END, $9, $10, $11)
        """,
        by.tenant_id,
        new.id,
        new.email,
        UNUSABLE,
        new.first_name,
        new.last_name,
        new.role,
        new.is_active,
        new.locale,
        new.time_zone,
        new.external_id,
    )
    after = {"role": new.role, "is_active": new.is_active}
    joined = by.change("user.joined", "user", new.id, 1, after=after)
    await record_all(db, by.tenant_id, None, [joined])
    return new.id


async def update(db: Db, by: Provisioner, revocations: Revocations, wanted: User) -> UUID:
    """Make a person as wanted. Who is deactivated or gets another role is signed out at once.

    Raises:
        NotFoundException: there is no such person.
        ForbiddenException: they are an owner.
        InvalidValueException: a value cannot be theirs.
        Unavailable: it cannot be done safely while Redis is away.
    """
    row = await db.fetchrow(
        f"""
        SELECT {COLUMNS} FROM users u
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.deleted_at IS NULL FOR NO KEY UPDATE
        """,
        by.tenant_id,
        UUID(wanted.id),
    )
    if row is None:
        raise _not_found()
    current = Row(*row[: len(Row.__struct_fields__)])
    new = _row_of(wanted, current.id, current_role=current.role)
    if new == current:
        return current.id
    _refuse_owner(current.role)
    if new.role != current.role or current.is_active > new.is_active:
        revocations.require_fresh()
        if not new.is_active:
            await end_sessions(db, by.actor, current.id)
        await revocations.revoke(current.id)
    if new.email != current.email:
        await end_links(db, by.tenant_id, current.id)
    version: int = await db.fetchval(
        """
        UPDATE users SET email = $3, first_name = $4, last_name = $5, role = $6::varchar,
            role_id = CASE WHEN role = $6::varchar THEN role_id END,
            is_active = $7 AND (is_active OR invited_at IS NULL OR deactivated_at IS NOT NULL),
            invited_at = CASE WHEN NOT $7 OR deactivated_at IS NULL THEN invited_at END,
            deactivated_at = CASE WHEN NOT $7 THEN coalesce(deactivated_at, now()) END,
            locale = $8, time_zone = $9, external_id = $10,
            version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        by.tenant_id,
        current.id,
        new.email,
        new.first_name,
        new.last_name,
        new.role,
        new.is_active,
        new.locale,
        new.time_zone,
        new.external_id,
    )
    await record_all(db, by.tenant_id, None, _changes(by, current, new, version))
    return current.id


def _changes(by: Provisioner, old: Row, new: Row, version: int) -> list[Change]:
    """What happened, as the people's own service tells it."""
    changes: list[Change] = []

    def tell(event: str, field: str) -> None:
        before, after = {field: getattr(old, field)}, {field: getattr(new, field)}
        if before != after:
            changes.append(by.change(event, "user", old.id, version, before=before, after=after))

    tell("user.role_changed", "role")
    tell("user.activated" if new.is_active else "user.deactivated", "is_active")
    changed = [f for f in (*PERSONAL, "time_zone") if getattr(old, f) != getattr(new, f)]
    if changed:
        changes.append(by.change("user.updated", "user", old.id, version, changed=changed))
    return changes


async def delete(db: Db, by: Provisioner, revocations: Revocations, user_id: str) -> None:
    """Anonymise a person: what they wrote stays, who they were goes.

    Raises:
        NotFoundException: there is no such person.
        ForbiddenException: they are an owner.
        Unavailable: it cannot be done safely while Redis is away.
    """
    person = await find(db, by, user_id, lock=True)
    _refuse_owner(_given(person))
    revocations.require_fresh()
    parsed = UUID(user_id)
    await end_sessions(db, by.actor, parsed)
    await revocations.revoke(parsed)
    version = await anonymise(db, by.tenant_id, parsed)
    deleted = by.change("user.deleted", "user", parsed, version)
    await record_all(db, by.tenant_id, None, [deleted])


def _given(person: User) -> str:
    return (person.roles[0].value or "") if person.roles else ""


def _refuse_owner(role: str) -> None:
    if role == "owner":
        raise ForbiddenException(detail="Provisioning does not change owners.")


def _row_of(wanted: User, user_id: UUID, *, current_role: Role | None) -> Row:
    """What to store.

    Raises:
        InvalidValueException: names the attribute that cannot be stored.
    """
    email = _text("userName", wanted.user_name, 255).lower()
    try:
        msgspec.convert(email, Email)
    except msgspec.ValidationError:
        raise InvalidValueException(detail="userName is not an e-mail address.") from None
    name = wanted.name or Name()
    try:
        locale = canonical_locale(_text("locale", wanted.locale, 35).replace("_", "-"))
        time_zone = _text("timezone", wanted.timezone, 64)
        check_time_zone(time_zone)
    except InvalidInput as problem:
        raise InvalidValueException(detail=problem.detail) from None
    external_id = wanted.external_id
    return Row(
        id=user_id,
        email=email,
        first_name=_text("name.givenName", name.given_name, 100) or email.partition("@")[0][:100],
        last_name=_text("name.familyName", name.family_name, 100),
        role=_role(wanted, current_role),
        is_active=wanted.active is not False,
        locale=locale,
        time_zone=time_zone,
        external_id=None if external_id is None else _text("externalId", external_id, 255),
    )


def _text(attribute: str, value: str | None, limit: int) -> str:
    text = (value or "").strip()
    if len(text) > limit or "\x00" in text:
        raise InvalidValueException(
            detail=f"{attribute} has more than {limit} characters, or a NUL character."
        )
    return text


def _role(wanted: User, current: Role | None) -> Role:
    """The one role. A PATCH that adds one to the role there is means the new one."""
    named = {(role.value or "").lower() for role in wanted.roles or []}
    if len(named) > 1:
        named -= {current}
    if len(named) > 1:
        raise InvalidValueException(detail="roles: a person has one role.")
    role = named.pop() if named else "member"
    if role not in GIVEN_ROLES and role != current:
        raise InvalidValueException(detail=f"roles: one of {', '.join(GIVEN_ROLES)}.")
    return cast("Role", role)


def resource(row: asyncpg.Record) -> User:
    """A row as a resource; its `groups` are (id, name)."""
    name = f"{row['first_name']} {row['last_name']}".strip()
    groups: list[tuple[Any, ...]] = row["groups"]
    return User(
        id=str(row["id"]),
        external_id=row["external_id"],
        user_name=row["email"],
        name=Name(given_name=row["first_name"] or None, family_name=row["last_name"] or None),
        display_name=name,
        active=row["active"],
        locale=row["locale"],
        timezone=row["time_zone"],
        roles=[GivenRole(value=row["role"], primary=True)],
        emails=[EmailAddress(value=row["email"], type="work", primary=True)],
        groups=[
            Membership(value=str(team), ref=Reference(f"Groups/{team}"), display=team_name)
            for team, team_name in groups
        ]
        or None,
        meta=Meta(
            resource_type="User",
            created=row["created_at"],
            last_modified=row["updated_at"],
            version=f'W/"{row["version"]}"',
        ),
    )
