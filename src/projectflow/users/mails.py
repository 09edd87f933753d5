"""Writing the mails that the User and Auth services owe, when the worker comes to it."""

from typing import Any, Final

import asyncpg
import structlog
from jinja2 import Environment, PackageLoader, select_autoescape

from projectflow.auth.links import Links
from projectflow.core.db import Database
from projectflow.core.jobs import MailJob
from projectflow.core.mail import Mail, Mailer
from projectflow.core.settings import Settings

LAST_ATTEMPT: Final = 5
log = structlog.get_logger()


class MailNotTaken(Exception):
    """The mail server did not take a mail. Says no more: the queue keeps what is raised."""


_templates = Environment(
    loader=PackageLoader("projectflow.users"),
    autoescape=select_autoescape(["html.j2"]),
    trim_blocks=True,
    keep_trailing_newline=True,
)


class UserMails:
    """Writes and sends invitations and password resets."""

    def __init__(
        self, database: Database, links: Links, mailer: Mailer, settings: Settings
    ) -> None:
        """One a worker."""
        self._database = database
        self._links = links
        self._mailer = mailer
        self._url = settings.url

    async def send_invitation(self, job: MailJob, *, attempt: int) -> None:
        """Mail an invitation that is still open.

        Raises:
            MailNotTaken: the mail server did not take it, so that the queue tries again.
        """
        async with self._database.tenant(job.tenant_id) as db:
            row = await db.fetchrow(
                """
                SELECT u.email, t.name AS workspace, i.expires_at, i.token_hash,
                       by.first_name || ' ' || by.last_name AS inviter
                FROM invitations i
                JOIN users u ON u.tenant_id = $1 AND u.id = i.user_id
                JOIN users by ON by.tenant_id = $1 AND by.id = i.invited_by
                JOIN tenants t ON t.id = $1
                WHERE i.tenant_id = $1 AND i.id = $2 AND i.accepted_at IS NULL
                  AND i.withdrawn_at IS NULL AND i.expires_at > now()
                """,
                job.tenant_id,
                job.row_id,
            )
        if row is not None:
            link = self._links.again("invitation", job.tenant_id, job.row_id, row["token_hash"])
            address = f"{self._url}/accept-invitation?token={link}"
            subject = f"Join {row['workspace']} on ProjectFlow"
            await self._send("invitation", row, subject, address, attempt)

    async def send_password_reset(self, job: MailJob, *, attempt: int) -> None:
        """Mail a password reset that is still open.

        Raises:
            MailNotTaken: the mail server did not take it, so that the queue tries again.
        """
        async with self._database.tenant(job.tenant_id) as db:
            row = await db.fetchrow(
                """
                SELECT u.email, t.name AS workspace, r.expires_at, r.token_hash
                FROM password_resets r
                JOIN users u ON u.tenant_id = $1 AND u.id = r.user_id AND u.is_active
                JOIN tenants t ON t.id = $1
                WHERE r.tenant_id = $1 AND r.id = $2 AND r.used_at IS NULL AND r.expires_at > now()
                """,
                job.tenant_id,
                job.row_id,
            )
        if row is not None:
            link = self._links.again("password_reset", job.tenant_id, job.row_id, row["token_hash"])
            address = f"{self._url}/reset-password?token={link}"
            await self._send("password_reset", row, "Set a new password", address, attempt)

    async def _send(
        self, template: str, row: asyncpg.Record, subject: str, link: str, attempt: int
    ) -> None:
        values: dict[str, Any] = {**dict(row), "link": link}
        mail = Mail(
            to=row["email"],
            subject=" ".join(subject.split()),
            text=_templates.get_template(f"{template}.txt.j2").render(values),
            html=_templates.get_template(f"{template}.html.j2").render(values),
        )
        await hand_over(self._mailer, mail, attempt)


async def hand_over(mailer: Mailer, mail: Mail, attempt: int) -> None:
    """Send a mail; what is not taken at the last attempt is kept in a file.

    Raises:
        MailNotTaken: the mail server did not take it, so that the queue tries again.
    """
    try:
        await mailer.send(mail)
    except Exception as error:  # noqa: BLE001 - any: told on without its values
        if attempt < LAST_ATTEMPT:
            raise MailNotTaken(type(error).__name__) from None
        log.error("mail_not_taken", error=type(error).__name__)  # noqa: TRY400 - values are personal
        await mailer.keep(mail)
