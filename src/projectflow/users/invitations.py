"""Inviting people: somebody exists in the workspace, and becomes active by accepting."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import UNSET
from uuid_utils.compat import uuid7

from projectflow.auth.links import Link, Links
from projectflow.auth.passwords import UNUSABLE, check_password_rules, hash_password
from projectflow.auth.second_factor import SecondFactorNeeded
from projectflow.auth.service import AuthService
from projectflow.auth.sessions import Device, SignedIn
from projectflow.auth.types import USER_COLUMNS, Actor, User, WorkspaceName
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.jobs import MailJob, enqueue
from projectflow.core.problems import Conflict, Forbidden, InvalidInput, NotFound
from projectflow.core.settings import Settings
from projectflow.users.service import (
    OWNERS_AFFAIR,
    check_rank,
    expect_again,
    holds_of,
    lock_user,
)
from projectflow.users.types import Acceptance, Invitation, InviteAgain, NewUser, OpenInvitation

MAIL_JOB: Final = "mail_invitation"
UNKNOWN_ADDRESS: Final = ".invalid"
"""Ends the address of somebody who came in by an import that holds no addresses (RFC 2606)."""


class InvitationNotFound(NotFound):
    """This invitation was used, has expired or was withdrawn. Ask for a new one."""


class AlreadyActive(Conflict):
    """This person has accepted already."""


class Invitations:
    """Makes invitations and lets people accept them."""

    def __init__(
        self, database: Database, links: Links, auth: AuthService, settings: Settings
    ) -> None:
        """One a process."""
        self._database = database
        self._links = links
        self._auth = auth
        self._url = settings.url
        self._mails = settings.smtp_url is not None
        self._ttl = timedelta(seconds=settings.invitation_ttl)

    async def create_user(self, db: Db, actor: Actor, new: NewUser) -> Invitation:
        """Add somebody to the workspace and invite them.

        Raises:
            Forbidden: the role may not, or not somebody of that rank.
            EmailTaken: somebody in this workspace has the address.
        """
        actor.must_be_allowed("user", "create")
        check_rank(actor, new.role)
        row = await db.fetchrow(
            f"""
            INSERT INTO users AS u (tenant_id, id, email, password_hash, first_name, last_name,
                                    role, is_active, invited_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, false, now()) RETURNING {USER_COLUMNS}
            """,
            actor.tenant_id,
            uuid7() if new.id is UNSET else new.id,
            new.email.lower(),
            UNUSABLE,
            new.first_name.strip(),
            new.last_name.strip(),
            new.role,
        )
        user = User(*only(row))
        return await self._invite(db, actor, user)

    async def invite_again(
        self, db: Db, actor: Actor, user_id: UUID, again: InviteAgain
    ) -> Invitation:
        """Make a new invitation; the older ones no longer count.

        Raises:
            UserNotFound, Forbidden, EmailTaken: as their names say.
            AlreadyActive: they have accepted.
            InvalidInput: their address is not known and none is given.
        """
        user = await lock_user(db, actor, user_id)
        actor.must_be_allowed("user", "create")
        actor.must_be_allowed("user", "update", *holds_of(user))
        check_rank(actor, user.role)
        if user.role_id is not None and actor.role not in OWNERS_AFFAIR:
            # With the link comes the role, which may hold more than the actor's.
            raise Forbidden("Only owners and admins give roles.")
        if user.is_active or user.invited_at is None:
            raise AlreadyActive
        email = user.email if again.email is UNSET else again.email
        user = await expect_again(db, actor, user, email)
        if user.email.endswith(UNKNOWN_ADDRESS):
            raise InvalidInput.of("email", "is not known yet: say where to send the invitation")
        return await self._invite(db, actor, user)

    async def _invite(self, db: Db, actor: Actor, user: User) -> Invitation:
        link = self._links.make("invitation", actor.tenant_id, uuid7())
        await db.execute(
            """
            UPDATE invitations SET withdrawn_at = now()
            WHERE tenant_id = $1 AND user_id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL
            """,
            actor.tenant_id,
            user.id,
        )
        expires_at: datetime = await db.fetchval(
            """
            INSERT INTO invitations (tenant_id, id, user_id, invited_by, token_hash, expires_at)
            VALUES ($1, $2, $3, $4, $5, now() + $6) RETURNING expires_at
            """,
            actor.tenant_id,
            link.row_id,
            user.id,
            actor.user_id,
            link.hash,
            self._ttl,
        )
        change = Change("user.invited", "user", user.id, payload={"after": {"role": user.role}})
        await record(db, actor.tenant_id, actor.user_id, change)
        await enqueue(db, MAIL_JOB, MailJob(actor.tenant_id, link.row_id))
        address = f"{self._url}/accept-invitation?token={link}"
        return Invitation(user, address, expires_at, mailed=self._mails)

    async def read(self, token: str) -> OpenInvitation:
        """What an invitation is for.

        Raises:
            InvitationNotFound: it was used, has expired, was withdrawn or never made.
        """
        link = self._links.read("invitation", token)
        if link is None:
            raise InvitationNotFound
        async with self._database.tenant(link.tenant_id) as db:
            row = await db.fetchrow(
                """
                SELECT t.subdomain, t.name, u.email, u.first_name, u.last_name
                FROM invitations i
                JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id AND u.deleted_at IS NULL
                JOIN tenants t ON t.id = $1
                WHERE i.tenant_id = $1 AND i.id = $2 AND i.token_hash = $3
                  AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL AND i.expires_at > now()
                """,
                link.tenant_id,
                link.row_id,
                link.hash,
            )
        if row is None:
            raise InvitationNotFound
        slug, name, email, first_name, last_name = row
        return OpenInvitation(WorkspaceName(slug, name), email, first_name, last_name)

    async def accept(
        self, token: str, acceptance: Acceptance, device: Device
    ) -> SignedIn | SecondFactorNeeded:
        """Set a password, become active, and be signed in. An invitation counts once.

        Where the workspace requires a second factor, they set one up first.

        Raises:
            InvitationNotFound: as for `read`.
            InvalidInput: the password is too short or too long.
            SsoRequired: the workspace lets in by its identity provider alone.
        """
        link = self._links.read("invitation", token)
        if link is None:
            raise InvitationNotFound
        check_password_rules(acceptance.password, "password")
        hashed = await hash_password(acceptance.password)
        async with self._database.tenant(link.tenant_id) as db:
            user_id = await self._use(db, link)
            version: int = await db.fetchval(
                """
                UPDATE users SET password_hash = $3, is_active = true, invited_at = NULL,
                    first_name = coalesce($4, first_name), last_name = coalesce($5, last_name),
                    version = version + 1, updated_at = now()
                WHERE tenant_id = $1 AND id = $2 RETURNING version
                """,
                link.tenant_id,
                user_id,
                hashed,
                None if acceptance.first_name is UNSET else acceptance.first_name.strip(),
                None if acceptance.last_name is UNSET else acceptance.last_name.strip(),
            )
            joined = Change("user.joined", "user", user_id, version)
            await record(db, link.tenant_id, user_id, joined)
            return await self._auth.admit(db, link.tenant_id, user_id, device)

    async def _use(self, db: Db, link: Link) -> UUID:
        user_id: UUID | None = await db.fetchval(
            """
            UPDATE invitations i SET accepted_at = now()
            FROM users u
            WHERE i.tenant_id = $1 AND i.id = $2 AND i.token_hash = $3 AND i.accepted_at IS NULL
              AND i.withdrawn_at IS NULL AND i.expires_at > now()
              AND u.tenant_id = $1 AND u.id = i.user_id AND u.deleted_at IS NULL
              AND NOT u.is_active
            RETURNING i.user_id
            """,
            link.tenant_id,
            link.row_id,
            link.hash,
        )
        if user_id is None:
            raise InvitationNotFound
        return user_id
