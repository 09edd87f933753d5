"""The second step of a sign-in: when it is needed, and what somebody has for it."""

import hashlib
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.auth.challenges import CHALLENGE_TTL, begin
from projectflow.auth.tokens import NotSignedIn
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import Conflict

Method = Literal["totp", "passkey", "recovery_code"]
WELL_OPENED: Final = (
    "NOT (t.require_second_factor AND NOT s.methods && '{totp,passkey,recovery_code,sso}')"
    " AND NOT (t.require_sso AND u.role <> 'owner' AND NOT 'sso' = ANY (s.methods))"
)
"""Whether session `s` of person `u` was opened as their workspace `t` now requires. An identity
provider asks for its own second factor."""
ChallengeText = Annotated[str, Meta(max_length=200)]


class SecondFactorRequired(Conflict):
    """This workspace requires a second factor, and this is your last one."""


class SecondFactorNeeded(Struct, frozen=True):
    """The password was right; now the second factor. Nobody is signed in yet."""

    challenge: str
    expires_in: int
    """Seconds until the sign-in must be started again."""
    methods: list[Method]
    must_enroll: bool
    """The workspace requires a second factor and this person has none: they set one up now."""


class FirstStep(Struct, frozen=True):
    """What a sign-in's second step has to know of the first."""

    methods: list[str]
    password_digest: str
    must_enroll: bool


class Factors(Struct, frozen=True):
    """What somebody has beside a password."""

    totp_confirmed_at: datetime | None
    passkeys: int
    recovery_codes_left: int

    @property
    def methods(self) -> list[Method]:
        """With what the second step can be taken. Recovery codes alone are no second factor."""
        methods: list[Method] = []
        if self.totp_confirmed_at is not None:
            methods.append("totp")
        if self.passkeys:
            methods.append("passkey")
        if methods and self.recovery_codes_left:
            methods.append("recovery_code")
        return methods

    @property
    def is_one(self) -> bool:
        """Whether one taken away leaves none."""
        return (self.totp_confirmed_at is not None) + self.passkeys == 1

    def must_leave_one(self, *, required: bool) -> None:
        """Refuse to take one away where that leaves none and one is required.

        Raises:
            SecondFactorRequired: so it is.
        """
        if required and self.is_one:
            raise SecondFactorRequired


async def factors_of(db: Db, tenant_id: UUID, user_id: UUID) -> Factors:
    """The confirmed second factors of a person."""
    row = await db.fetchrow(
        """
        SELECT (SELECT confirmed_at FROM totp_factors WHERE tenant_id = $1 AND user_id = $2),
               (SELECT count(*) FROM passkeys WHERE tenant_id = $1 AND user_id = $2),
               (SELECT count(*) FROM recovery_codes
                WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL)
        """,
        tenant_id,
        user_id,
    )
    return Factors(*only(row))


async def second_factor_needed(
    db: Db, tenant_id: UUID, user_id: UUID, password_hash: str, *, required: bool
) -> SecondFactorNeeded | None:
    """Begin the second step, where the person has a factor or the workspace requires one."""
    methods = (await factors_of(db, tenant_id, user_id)).methods
    if not methods and not required:
        return None
    first = FirstStep(["password"], digest_of(password_hash), must_enroll=not methods)
    token = await begin(db, tenant_id, "second_factor", user_id=user_id, data=first)
    ttl = int(CHALLENGE_TTL.total_seconds())
    return SecondFactorNeeded(str(token), ttl, methods, first.must_enroll)


def digest_of(password_hash: str) -> str:
    """Names a stored hash: a sign-in begun with a password does not outlive it."""
    return hashlib.sha256(password_hash.encode()).hexdigest()


async def record_refusal(db: Db, tenant_id: UUID, user_id: UUID, method: str) -> None:
    """Write down that somebody's sign-in was refused: who tried is not known."""
    refused = Change("user.sign_in_failed", "user", user_id, payload={"method": method})
    await record(db, tenant_id, None, refused)


class Person(Struct, frozen=True):
    """What one's own security depends on."""

    label: str
    """How authenticator apps and passkeys name the account: `acme: ada@example.org`."""
    full_name: str
    required: bool
    """Whether the workspace requires a second factor."""


async def lock_person(db: Db, tenant_id: UUID, user_id: UUID) -> Person:
    """Whose factors are about to change. Locked, so that two changes see each other.

    Raises:
        NotSignedIn: they were deactivated just now.
    """
    row = await db.fetchrow(
        """
        SELECT t.subdomain || ': ' || u.email, u.first_name || ' ' || u.last_name,
               t.require_second_factor
        FROM users u JOIN tenants t ON t.id = $1
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.is_active FOR UPDATE OF u
        """,
        tenant_id,
        user_id,
    )
    if row is None:
        raise NotSignedIn
    return Person(*row)


async def session_proved(db: Db, actor: Actor, method: Method) -> None:
    """Let the session in which a factor was set up count as opened with it."""
    await db.execute(
        """
        UPDATE sessions SET methods = array_append(methods, $4)
        WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND NOT $4 = ANY (methods)
        """,
        actor.tenant_id,
        actor.session_id,
        actor.user_id,
        method,
    )
