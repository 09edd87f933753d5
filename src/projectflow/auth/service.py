"""Workspaces, signing in and out, and the sessions behind refresh tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.custom_roles import custom_permissions, effective_permissions
from projectflow.auth.passwords import check_password_rules, hash_password, verify_password
from projectflow.auth.revocations import Revocations
from projectflow.auth.tokens import Tokens
from projectflow.auth.types import (
    USER_COLUMNS,
    Actor,
    AuthResult,
    Credentials,
    Me,
    NewWorkspace,
    User,
    Workspace,
    WorkspaceName,
)
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    NotFound,
    Problem,
    Unavailable,
)
from projectflow.core.settings import Settings

REUSE_LEEWAY = timedelta(seconds=10)
"""Two tabs, or a reload whose answer was lost, may present the token before the last one."""


class WorkspaceNotFound(NotFound):
    """There is no workspace with this address."""


class SlugTaken(Conflict):
    """This workspace address is taken."""


CONSTRAINTS["tenants_subdomain_key"] = lambda: SlugTaken(
    errors=[FieldError("slug", "is taken; choose another")]
)


class WrongCredentials(Problem):
    """The workspace, e-mail address or password is wrong."""

    status = 401


class SessionEnded(Problem):
    """Your session has ended; sign in again."""

    status = 401


class RefreshToken(Struct, frozen=True):
    """What the cookie holds: which session, and the secret that proves it."""

    tenant_id: UUID
    session_id: UUID
    secret: str

    def __str__(self) -> str:
        """The cookie's text."""
        return f"{self.tenant_id}.{self.session_id}.{self.secret}"

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read a cookie.

        Raises:
            SessionEnded: there is none, or it is not ours.
        """
        try:
            tenant_id, session_id, secret = (text or "").split(".")
            return cls(UUID(tenant_id), UUID(session_id), secret)
        except ValueError:
            raise SessionEnded from None


class SignedIn(Struct, frozen=True):
    """An answer to sign-in, and the refresh token for its cookie."""

    result: AuthResult
    refresh_token: RefreshToken


class AuthService:
    """The seed's AuthService, as far as a first sign-in needs it."""

    def __init__(
        self, database: Database, tokens: Tokens, revocations: Revocations, settings: Settings
    ) -> None:
        """One a process."""
        self._database = database
        self._tokens = tokens
        self._revocations = revocations
        self._refresh_ttl = timedelta(seconds=settings.refresh_token_ttl)

    async def find_workspace(self, slug: str) -> WorkspaceName:
        """The name behind a workspace's address.

        Raises:
            WorkspaceNotFound: nobody has this address.
        """
        if "\x00" in slug:  # the one character that PostgreSQL does not take
            raise WorkspaceNotFound
        async with self._database.without_tenant() as db:
            row = await db.fetchrow("SELECT id, name FROM find_workspace($1)", slug)
        if row is None:
            raise WorkspaceNotFound
        return WorkspaceName(slug, row["name"])

    async def create_workspace(self, new: NewWorkspace, user_agent: str | None) -> SignedIn:
        """Create a workspace and its owner, who is then signed in; all in one transaction.

        Raises:
            SlugTaken: another workspace has this address.
            InvalidInput: the password is too short or too long.
        """
        check_password_rules(new.owner.password, "owner.password")
        hashed = await hash_password(new.owner.password)
        tenant_id, owner_id = uuid7(), uuid7()
        async with self._database.tenant(tenant_id) as db:
            await db.execute(
                "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, $3)",
                tenant_id,
                new.slug,
                new.name.strip(),
            )
            await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
            await db.execute(
                """
                INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role,
                                   last_login_at)
                VALUES ($1, $2, $3, $4, $5, $6, 'owner', now())
                """,
                tenant_id,
                owner_id,
                new.owner.email.lower(),
                hashed,
                new.owner.first_name.strip(),
                new.owner.last_name.strip(),
            )
            created = Change("workspace.created", "workspace", tenant_id)
            await record(db, tenant_id, owner_id, created)
            return await self.open_session(db, tenant_id, owner_id, user_agent)

    async def login(self, credentials: Credentials, user_agent: str | None) -> SignedIn:
        """Sign a person in to one workspace.

        An unknown workspace, an unknown address and a wrong password take the same time and
        give the same answer.

        Raises:
            WrongCredentials: any of the three is wrong, or the account is not active.
        """
        async with self._database.without_tenant() as db:
            tenant_id: UUID | None = await db.fetchval(
                "SELECT id FROM find_workspace($1)", credentials.workspace.lower()
            )
        found = None
        if tenant_id is not None:
            async with self._database.tenant(tenant_id) as db:
                found = await db.fetchrow(
                    """
                    SELECT id, password_hash FROM users
                    WHERE tenant_id = $1 AND email = $2 AND is_active
                    """,
                    tenant_id,
                    credentials.email.lower(),
                )
        hashed = found["password_hash"] if found else None
        matches = await verify_password(credentials.password, hashed)
        if not matches or tenant_id is None or found is None:
            raise WrongCredentials
        async with self._database.tenant(tenant_id) as db:
            # Again, now with the row locked: much can change while bcrypt takes its time.
            still: UUID | None = await db.fetchval(
                """
                UPDATE users SET last_login_at = now()
                WHERE tenant_id = $1 AND id = $2 AND is_active AND password_hash = $3 RETURNING id
                """,
                tenant_id,
                found["id"],
                hashed,
            )
            if still is None:
                raise WrongCredentials
            return await self.open_session(db, tenant_id, found["id"], user_agent)

    async def refresh(self, token: RefreshToken) -> SignedIn:
        """Exchange a refresh token for a new one and a new access token.

        A token that was exchanged before ends the whole session: somebody else may hold it.

        Raises:
            SessionEnded: the token is unknown, expired, reused, or its owner was deactivated.
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
            """
            SELECT s.user_id, s.refresh_hash, s.previous_hash,
                   s.rotated_at > now() - $3::interval AS just_rotated
            FROM sessions s JOIN users u ON u.tenant_id = $1 AND u.id = s.user_id AND u.is_active
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
            if previous:
                await self._revoke(db, token, session["user_id"], "session.reuse_detected")
            return None
        replacement = RefreshToken(token.tenant_id, token.session_id, secrets.token_urlsafe(32))
        await db.execute(
            """
            UPDATE sessions SET refresh_hash = $3, previous_hash = refresh_hash,
                rotated_at = now(), expires_at = now() + $4
            WHERE tenant_id = $1 AND id = $2
            """,
            token.tenant_id,
            token.session_id,
            _hash(replacement.secret),
            self._refresh_ttl,
        )
        return await self._result(db, session["user_id"], replacement)

    async def logout(self, token: RefreshToken) -> None:
        """End the session. An unknown or wrong token changes nothing and is no error."""
        async with self._database.tenant(token.tenant_id) as db:
            session = await db.fetchrow(
                """
                SELECT user_id, refresh_hash FROM sessions
                WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL FOR UPDATE
                """,
                token.tenant_id,
                token.session_id,
            )
            if session and hmac.compare_digest(_hash(token.secret), session["refresh_hash"]):
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
        user_agent: str | None,
        methods: Sequence[str] = ("password",),
    ) -> SignedIn:
        """Sign somebody in who has proven who they are, in the transaction of the proof.

        `methods` says how: password, totp, recovery_code, passkey, sso, invitation.
        """
        token = RefreshToken(tenant_id, uuid7(), secrets.token_urlsafe(32))
        await db.execute(
            """
            INSERT INTO sessions (tenant_id, id, user_id, refresh_hash, expires_at, user_agent,
                                  methods)
            VALUES ($1, $2, $3, $4, now() + $5, $6, $7)
            """,
            tenant_id,
            token.session_id,
            user_id,
            _hash(token.secret),
            self._refresh_ttl,
            (user_agent or "")[:255].replace("\x00", "") or None,
            list(methods),
        )
        payload = {"session_id": token.session_id, "methods": methods}
        change = Change("user.signed_in", "user", user_id, payload=payload)
        await record(db, tenant_id, user_id, change)
        return await self._result(db, user_id, token)

    async def _result(self, db: Db, user_id: UUID, token: RefreshToken) -> SignedIn:
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
        return SignedIn(result, token)


def _hash(secret: str) -> bytes:
    """A random 256-bit secret needs no slow hash: it cannot be guessed."""
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
