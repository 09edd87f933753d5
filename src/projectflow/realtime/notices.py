"""Telling those who manage webhooks that one was switched off, by mail."""

from typing import Final
from uuid import UUID

from jinja2 import ChoiceLoader, Environment, PackageLoader, select_autoescape
from msgspec import Struct

from projectflow.core.db import Database, Db
from projectflow.core.jobs import enqueue
from projectflow.core.mail import Mail, Mailer
from projectflow.users.mails import hand_over

NOTICE_JOB: Final = "mail_webhook_disabled"
MOST_TOLD: Final = 50
"""People; the longest there first."""

_templates = Environment(
    loader=ChoiceLoader(
        [PackageLoader("projectflow.realtime"), PackageLoader("projectflow.users")]
    ),
    autoescape=select_autoescape(["html.j2"]),
    trim_blocks=True,
    keep_trailing_newline=True,
)


class NoticeJob(Struct, frozen=True):
    """Whom to tell of which webhook."""

    tenant_id: UUID
    row_id: UUID
    user_id: UUID


async def owe_notices(db: Db, tenant_id: UUID, webhook_id: UUID) -> None:
    """Have each owner and admin be told that a webhook was switched off: a mail each, once."""
    rows = await db.fetch(
        """
        SELECT id FROM users
        WHERE tenant_id = $1 AND role IN ('owner', 'admin') AND is_active AND deleted_at IS NULL
        ORDER BY id LIMIT $2
        """,
        tenant_id,
        MOST_TOLD,
    )
    for row in rows:
        await enqueue(db, NOTICE_JOB, NoticeJob(tenant_id, webhook_id, row["id"]))


class Notices:
    """Writes and sends these mails, in the worker."""

    def __init__(self, database: Database, mailer: Mailer) -> None:
        """One a worker."""
        self._database = database
        self._mailer = mailer

    async def send(self, job: NoticeJob, *, attempt: int) -> None:
        """Mail that a webhook is off, if it still is.

        Raises:
            MailNotTaken: the mail server did not take it, so that the queue tries again.
        """
        async with self._database.tenant(job.tenant_id, read_only=True) as db:
            row = await db.fetchrow(
                """
                SELECT u.email, t.name AS workspace, w.url, w.name, w.disabled_at
                FROM webhooks w
                JOIN users u ON u.tenant_id = $1 AND u.id = $3 AND u.is_active
                JOIN tenants t ON t.id = $1
                WHERE w.tenant_id = $1 AND w.id = $2 AND w.disabled_at IS NOT NULL
                """,
                job.tenant_id,
                job.row_id,
                job.user_id,
            )
        if row is None:
            return
        values = dict(row)
        mail = Mail(
            to=row["email"],
            subject=" ".join(f"A webhook of {row['workspace']} was switched off".split()),
            text=_templates.get_template("webhook_disabled.txt.j2").render(values),
            html=_templates.get_template("webhook_disabled.html.j2").render(values),
        )
        await hand_over(self._mailer, mail, attempt)
