"""Getting back in without the password: a link by mail, which counts once."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct
from uuid_utils.compat import uuid7

from projectflow.auth.links import Links
from projectflow.auth.passwords import check_password_rules, hash_password
from projectflow.auth.revocations import Revocations
from projectflow.auth.types import Password
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.core.jobs import MailJob, enqueue
from projectflow.core.problems import NotFound
from projectflow.core.settings import Settings

MAIL_JOB: Final = "mail_password_reset"


class ResetNotFound(NotFound):
    """This link was used or has expired. Ask for a new one."""


class ResetRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who cannot get in."""

    workspace: Annotated[str, Meta(max_length=50)]
    email: Annotated[str, Meta(max_length=255)]


class ResetConfirmation(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the mailed link, and the new password."""

    token: Annotated[str, Meta(max_length=200)]
    password: Password


class PasswordResets:
    """Asks for and confirms password resets."""

    def __init__(
        self, database: Database, links: Links, revocations: Revocations, settings: Settings
    ) -> None:
        """One a process."""
        self._database = database
        self._links = links
        self._revocations = revocations
        self._ttl = timedelta(seconds=settings.password_reset_ttl)

    async def request(self, wanted: ResetRequest) -> None:
        """Have a link mailed, if the address belongs to somebody.

        The answer is the same where it does not, and the same statements are run: the mail itself
        is written by the worker.
        """
        async with self._database.without_tenant() as db:
            tenant_id: UUID | None = await db.fetchval(
                "SELECT id FROM find_workspace($1)", wanted.workspace.lower()
            )
        # An unknown workspace takes the way of an unknown address, in a tenant that is nobody's.
        async with self._database.tenant(tenant_id or UUID(int=0)) as db:
            await self._open(db, tenant_id or UUID(int=0), wanted.email.lower())

    async def _open(self, db: Db, tenant_id: UUID, email: str) -> None:
        link = self._links.make("password_reset", tenant_id, uuid7())
        await db.execute(
            """
            INSERT INTO password_resets (tenant_id, id, user_id, token_hash, expires_at)
            SELECT $1, $2, u.id, $4, now() + $5 FROM users u
            WHERE u.tenant_id = $1 AND u.email = $3 AND u.is_active
            """,
            tenant_id,
            link.row_id,
            email,
            link.hash,
            self._ttl,
        )
        # Asked for in any case: the job of a row that is not there does nothing.
        await enqueue(db, MAIL_JOB, MailJob(tenant_id, link.row_id))
        await db.execute(
            """
            SELECT record_event($1, 'user.password_reset_requested', NULL, 'user', r.user_id, NULL,
                                1, '{}')
            FROM password_resets r WHERE r.tenant_id = $1 AND r.id = $2
            """,
            tenant_id,
            link.row_id,
        )

    async def confirm(self, confirmation: ResetConfirmation) -> None:
        """Set a new password; every session of the person ends.

        Raises:
            ResetNotFound: the link was used, has expired or was never made.
            InvalidInput: the password is too short or too long.
            Unavailable: it cannot be done safely while Redis is away.
        """
        link = self._links.read("password_reset", confirmation.token)
        if link is None:
            raise ResetNotFound
        self._revocations.require_fresh()
        check_password_rules(confirmation.password, "password")
        hashed = await hash_password(confirmation.password)
        async with self._database.tenant(link.tenant_id) as db:
            user_id: UUID | None = await db.fetchval(
                """
                UPDATE password_resets r SET used_at = now() FROM users u
                WHERE r.tenant_id = $1 AND r.id = $2 AND r.token_hash = $3 AND r.used_at IS NULL
                  AND r.expires_at > now()
                  AND u.tenant_id = $1 AND u.id = r.user_id AND u.is_active
                RETURNING r.user_id
                """,
                link.tenant_id,
                link.row_id,
                link.hash,
            )
            if user_id is None:
                raise ResetNotFound
            await self._set_password(db, link.tenant_id, user_id, hashed)

    async def _set_password(self, db: Db, tenant_id: UUID, user_id: UUID, hashed: str) -> None:
        version: int = await db.fetchval(
            """
            WITH u AS (
                UPDATE users SET password_hash = $3, version = version + 1, updated_at = now()
                WHERE tenant_id = $1 AND id = $2 RETURNING version
            ), resets AS (
                UPDATE password_resets SET used_at = now()
                WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL
            ), ended AS (
                UPDATE sessions SET revoked_at = now()
                WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL
            )
            SELECT version FROM u
            """,
            tenant_id,
            user_id,
            hashed,
        )
        await self._revocations.revoke(user_id)
        await record(
            db, tenant_id, user_id, Change("user.password_reset", "user", user_id, version)
        )
