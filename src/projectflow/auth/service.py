"""Workspaces, signing in and out, and the sessions behind refresh tokens."""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from projectflow.auth.custom_roles import custom_permissions, effective_permissions
from projectflow.auth.passwords import verify_password
from projectflow.auth.revocations import Revocations
from projectflow.auth.second_factor import (
    WELL_OPENED,
    SecondFactorNeeded,
    second_factor_needed,
)
from projectflow.auth.sessions import Device, RefreshToken, SessionEnded, SignedIn
from projectflow.auth.tokens import Tokens
from projectflow.auth.types import (
    USER_COLUMNS,
    Actor,
    AuthResult,
    Credentials,
    Me,
    User,
    Workspace,
)
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record, to_json
from projectflow.core.problems import (
    Problem,
    Unavailable,
)
from projectflow.core.settings import Settings

REUSE_LEEWAY = timedelta(seconds=10)
"""Two tabs, or a reload whose answer was lost, may present the token before the last one."""


class WrongCredentials(Problem):
    """The workspace, e-mail address or password is wrong."""

    status = 401


class SsoRequired(Problem):
    """This workspace lets people in by its identity provider alone. Sign in there."""

    status = 403


class AuthService:
    """The seed's AuthService, as far as a first sign-in needs it."""

    def __init__(
        self, database: Database, tokens: Tokens, revocations: Revocations, settings: Settings
    ) -> None:
        """One a process."""
        self._database = database
        self._tokens = tokens
        self._revocations = revocations
        self._session_ttl = timedelta(seconds=settings.session_ttl)
        self._remembered_ttl = timedelta(seconds=settings.refresh_token_ttl)

    async def login(
        self, credentials: Credentials, device: Device
    ) -> SignedIn | SecondFactorNeeded:
        """Sign a person in to one workspace, or ask for their second factor.

        An unknown workspace, an unknown address and a wrong password take the same time and
        give the same answer.

        Raises:
            WrongCredentials: any of the three is wrong, or the account is not active.
            SsoRequired: as `admit`.
        """
        async with self._database.without_tenant() as db:
            found_id: UUID | None = await db.fetchval(
                "SELECT id FROM find_workspace($1)", credentials.workspace.lower()
            )
        # An unknown workspace takes the way of an unknown address, in a tenant that is nobody's.
        tenant_id, email = found_id or UUID(int=0), credentials.email.lower()
        async with self._database.tenant(tenant_id, read_only=True) as db:
            hashed: str | None = await db.fetchval(
                "SELECT password_hash FROM users WHERE tenant_id = $1 AND email = $2 AND is_active",
                tenant_id,
                email,
            )
        matches = await verify_password(credentials.password, hashed)
        async with self._database.tenant(tenant_id) as db:
            if matches:
                # Again, now with the row locked: much can change while bcrypt takes its time.
                user_id: UUID | None = await db.fetchval(
                    """
                    SELECT id FROM users
                    WHERE tenant_id = $1 AND email = $2 AND is_active AND password_hash = $3
                    FOR UPDATE
                    """,
                    tenant_id,
                    email,
                    hashed,
                )
                if user_id is not None:
                    return await self.admit(db, tenant_id, user_id, device)
            else:
                await _record_wrong_password(db, tenant_id, email)
        raise WrongCredentials

    async def admit(
        self, db: Db, tenant_id: UUID, user_id: UUID, device: Device
    ) -> SignedIn | SecondFactorNeeded:
        """Let somebody in whose password is right, or ask for their second factor.

        Raises:
            SsoRequired: the workspace lets in by its identity provider alone, owners excepted.
        """
        await self.refuse_without_sso(db, tenant_id, user_id)
        row = await db.fetchrow(
            """
            SELECT u.password_hash, t.require_second_factor
            FROM users u JOIN tenants t ON t.id = $1
            WHERE u.tenant_id = $1 AND u.id = $2 FOR UPDATE OF u
            """,
            tenant_id,
            user_id,
        )
        hashed, required = only(row)
        needed = await second_factor_needed(db, tenant_id, user_id, hashed, required=required)
        return needed or await self.open_session(db, tenant_id, user_id, device)

    async def refuse_without_sso(self, db: Db, tenant_id: UUID, user_id: UUID) -> None:
        """Stop a sign-in that an identity provider had no part in, where it must have one.

        Raises:
            SsoRequired: so it is, and this person is no owner.
        """
        required: bool = await db.fetchval(
            """
            SELECT t.require_sso AND u.role <> 'owner' FROM users u JOIN tenants t ON t.id = $1
            WHERE u.tenant_id = $1 AND u.id = $2
            """,
            tenant_id,
            user_id,
        )
        if required:
            raise SsoRequired

    async def refresh(self, token: RefreshToken) -> SignedIn:
        """Exchange a refresh token for a new one and a new access token.

        A token that was exchanged before ends the whole session: somebody else may hold it.

        Raises:
            SessionEnded: the token is unknown, expired or reused, its owner was deactivated, or
                the session was opened in a way that the workspace no longer takes.
        """
        # The person is locked, and first, as by whoever ends their sessions: a token signed while
        # their role is being changed would carry the old one past its revocation.
        async with self._database.tenant(token.tenant_id) as db:
            signed_in = await self._rotate(db, token)
        if signed_in is None:
            raise SessionEnded
        return signed_in

    async def _rotate(self, db: Db, token: RefreshToken) -> SignedIn | None:
        session = await db.fetchrow(
            f"""
            SELECT s.user_id, s.refresh_hash, s.previous_hash, s.family_hash, s.is_remembered,
                   s.rotated_at > now() - $3::interval AS just_rotated,
                   {WELL_OPENED} AS well_opened
            FROM sessions s JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id AND u.is_active
            JOIN tenants t ON t.id = $1
            WHERE s.tenant_id = $1 AND s.id = $2 AND s.revoked_at IS NULL AND s.expires_at > now()
            FOR SHARE OF u FOR UPDATE OF s
            """,
            token.tenant_id,
            token.session_id,
            REUSE_LEEWAY,
        )
        if session is None:
            return None
        presented = _hash(token.secret)
        current = hmac.compare_digest(presented, session["refresh_hash"])
        previous = session["previous_hash"] is not None and hmac.compare_digest(
            presented, session["previous_hash"]
        )
        if not current and not (previous and session["just_rotated"]):
            if previous or _is_of_family(token, session["family_hash"]):
                await self._revoke(db, token, session["user_id"], "session.reuse_detected")
            return None
        if not session["well_opened"]:
            return None
        replacement = token.next(self._tokens.secret_material()[0])
        remembered: bool = session["is_remembered"]
        if current:
            await db.execute(
                """
                UPDATE sessions SET refresh_hash = $3, previous_hash = refresh_hash,
                    rotated_at = now(), expires_at = now() + $4
                WHERE tenant_id = $1 AND id = $2
                """,
                token.tenant_id,
                token.session_id,
                _hash(replacement.secret),
                self._ttl_of(remembered=remembered),
            )
        elif not hmac.compare_digest(_hash(replacement.secret), session["refresh_hash"]):
            return None  # the keys were rotated in these seconds
        return await self._result(db, session["user_id"], replacement, remembered=remembered)

    async def logout(self, token: RefreshToken) -> None:
        """End the session. An unknown or wrong token changes nothing and is no error."""
        async with self._database.tenant(token.tenant_id) as db:
            session = await db.fetchrow(
                """
                SELECT user_id, family_hash FROM sessions
                WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL FOR UPDATE
                """,
                token.tenant_id,
                token.session_id,
            )
            # Any token of the session: the answer that brought the newest may have been lost.
            if session and _is_of_family(token, session["family_hash"]):
                await self._revoke(db, token, session["user_id"], "user.signed_out")

    async def _revoke(self, db: Db, token: RefreshToken, user_id: UUID, event: str) -> None:
        await db.execute(
            "UPDATE sessions SET revoked_at = now() WHERE tenant_id = $1 AND id = $2",
            token.tenant_id,
            token.session_id,
        )
        change = Change(event, "user", user_id, payload={"session_id": token.session_id})
        await record(db, token.tenant_id, user_id, change)
        # Without Redis the session ends all the same; its access token lives out its minutes.
        with suppress(Unavailable):
            await self._revocations.revoke(token.session_id)

    async def open_session(
        self,
        db: Db,
        tenant_id: UUID,
        user_id: UUID,
        device: Device,
        methods: Sequence[str] = ("password",),
    ) -> SignedIn:
        """Sign somebody in who has proven who they are, in the transaction of the proof.

        `methods` says how: password, totp, recovery_code, passkey, sso, invitation.
        """
        token = RefreshToken.first(tenant_id, uuid7())
        await db.execute(
            """
            WITH person AS (
                UPDATE users SET last_login_at = now() WHERE tenant_id = $1 AND id = $3
            )
            INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at, user_agent,
                                  methods, family_hash, is_remembered)
            VALUES ($1, $2, $3, $4, now() + $5, $6, $7, $8, $9)
            """,
            tenant_id,
            token.session_id,
            user_id,
            _hash(token.secret),
            self._ttl_of(remembered=device.is_remembered),
            (device.user_agent or "")[:255].replace("\x00", "") or None,
            list(methods),
            _hash(token.family),
            device.is_remembered,
        )
        payload = {"session_id": token.session_id, "methods": methods}
        change = Change("user.signed_in", "user", user_id, payload=payload)
        await record(db, tenant_id, user_id, change)
        return await self._result(db, user_id, token, remembered=device.is_remembered)

    def _ttl_of(self, *, remembered: bool) -> timedelta:
        """For how long a session lives that is not used."""
        return self._remembered_ttl if remembered else self._session_ttl

    async def _result(
        self, db: Db, user_id: UUID, token: RefreshToken, *, remembered: bool
    ) -> SignedIn:
        user, workspace = await read_user_and_workspace(db, token.tenant_id, user_id)
        access_token = self._tokens.issue(
            user_id,
            token.tenant_id,
            user.role,
            token.session_id,
            permissions=await custom_permissions(db, token.tenant_id, user.role_id),
            plan=workspace.plan_type,
        )
        result = AuthResult(user, workspace, access_token, self._tokens.ttl)
        return SignedIn(result, token, remembered)


async def _record_wrong_password(db: Db, tenant_id: UUID, email: str) -> None:
    """Write down the refusal, of an address that somebody has; the statement is run for any."""
    await db.execute(
        """
        SELECT record_event($1, 'user.sign_in_failed', NULL, 'user', u.id, NULL, 1, $3)
        FROM users u WHERE u.tenant_id = $1 AND u.email = $2 AND u.is_active
        """,
        tenant_id,
        email,
        to_json({"method": "password"}),
    )


def _is_of_family(token: RefreshToken, stored: bytes | None) -> bool:
    return stored is not None and hmac.compare_digest(_hash(token.family), stored)


def _hash(secret: str) -> bytes:
    """A random secret of 128 bits or more needs no slow hash: it cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


async def read_me(db: Db, actor: Actor) -> Me:
    """The signed-in person, their workspace and permissions.

    Raises:
        SessionEnded: the person is gone since the token was issued.
    """
    user, workspace = await read_user_and_workspace(db, actor.tenant_id, actor.user_id)
    custom = await custom_permissions(db, actor.tenant_id, user.role_id)
    return Me(user, workspace, effective_permissions(user.role, custom))


async def read_user_and_workspace(db: Db, tenant_id: UUID, user_id: UUID) -> tuple[User, Workspace]:
    """One person with the workspace they are in.

    Raises:
        SessionEnded: there is no such person here.
    """
    row = await db.fetchrow(
        f"""
        SELECT {USER_COLUMNS}, t.id, t.subdomain, t.name, t.plan_type, t.created_at
        FROM users u JOIN tenants t ON t.id = $1
        WHERE u.tenant_id = $1 AND u.id = $2
        """,
        tenant_id,
        user_id,
    )
    if row is None:
        raise SessionEnded
    values: tuple[datetime, ...] = tuple(row)
    width = len(User.__struct_fields__)
    return User(*values[:width]), Workspace(*values[width:])  # pyright: ignore[reportArgumentType]
