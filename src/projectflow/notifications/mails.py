"""Writing the mails that notifications are owed, when the worker comes to it.

What a mail is about is chosen and written down in one transaction, the mail is sent outside of any,
and that it was sent is written in another. A worker that dies in between leaves a mail of which
nobody knows whether it went: it is sent once more under the same Message-ID, and then never again.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from jinja2 import ChoiceLoader, Environment, PackageLoader, select_autoescape
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.links import Links
from projectflow.auth.permissions import Resource, Role
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.mail import Mail, Mailer
from projectflow.core.problems import Forbidden
from projectflow.core.settings import Settings
from projectflow.notifications.hours import next_digest, quiet_until
from projectflow.notifications.mail_plans import SendJob, move_plan, plan_mails, wake_at
from projectflow.notifications.rules import NotificationRules, rules_of
from projectflow.notifications.sentences import Item, item_of, subject_of
from projectflow.notifications.types import COLUMNS, JOINS, Notification, notification_of
from projectflow.tasks.service import VISIBLE

MOST_SHOWN: Final = 50
"""Notifications in one mail; of the rest it says how many."""
PAUSES: Final = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
)  # fmt: skip
"""After each failure but the last, upon which the mail is kept as a file."""
SENDING_TIME: Final = timedelta(minutes=3)
"""For so long a mail that was begun is taken to be under way: every step of SMTP may take 20 s."""
log = structlog.get_logger()
templates = Environment(
    loader=ChoiceLoader(
        [PackageLoader(f"projectflow.{each}") for each in ("notifications", "users", "core")]
    ),
    autoescape=select_autoescape(["html.j2"]),
    trim_blocks=True,
    keep_trailing_newline=True,
)


class _Receiver(Struct, frozen=True):
    """Whom to write to, and how."""

    actor: Actor
    email: str
    zone: ZoneInfo
    rules: NotificationRules
    slug: str
    workspace: str


class _Chosen(Struct, frozen=True):
    """A mail that is to be sent now."""

    id: UUID
    receiver: _Receiver
    notifications: list[Notification]


class NotificationMails:
    """Writes and sends notifications at once, and digests."""

    def __init__(
        self, database: Database, links: Links, mailer: Mailer, settings: Settings
    ) -> None:
        """One a worker."""
        self._database = database
        self._links = links
        self._mailer = mailer
        self._url = settings.url
        self._delay = timedelta(seconds=settings.notification_mail_delay)

    async def send(self, job: SendJob) -> None:
        """Send somebody's next mail of a sort, where it is due and there is still something in it.

        Raises:
            OSError, asyncpg.PostgresError: the database is away; the queue tries again.
        """
        async with self._database.tenant(job.tenant_id) as db:
            chosen = await self._choose(db, job)
        if chosen is None:
            return
        try:
            await self._mailer.send(self._written(chosen, job))
        except Exception as error:  # noqa: BLE001 - any: told on without its values
            await self._failed(job, chosen, type(error).__name__)
        else:
            async with self._database.tenant(job.tenant_id) as db:
                await self._finish(db, job)

    async def _choose(self, db: Db, job: SendJob) -> _Chosen | None:
        """Begin the mail that is due: what it is about stays with it, whatever comes later."""
        plan = await _lock_plan(db, job)
        now = datetime.now(UTC)
        # Where it is due later, another job comes then.
        if plan is None or plan["due_at"] > now:
            return None
        if plan["started_at"] is not None and plan["started_at"] > now - SENDING_TIME:
            await wake_at(db, job, now + SENDING_TIME)
            return None
        receiver = await _read_receiver(db, job)
        is_over = receiver is None or not receiver.rules.email or plan["is_uncertain"]
        if receiver is not None and not is_over:
            quiet_end = quiet_until(receiver.rules.quiet_hours, receiver.zone, now)
            if quiet_end > now:
                await move_plan(db, job, quiet_end)
                return None
        mail_id: UUID = plan["mail_id"] or uuid7()
        if plan["mail_id"] is None:
            await self._fill(db, job, mail_id)
        await _mark_begun(db, job, mail_id, uncertain=plan["started_at"] is not None)
        if receiver is not None and not is_over:
            found = await _read_chosen(db, receiver.actor, mail_id)
            if found:
                # Should this worker die, somebody looks after it.
                await wake_at(db, job, now + SENDING_TIME * 1.1)
                return _Chosen(mail_id, receiver, found)
        await self._finish(db, job)
        return None

    async def _fill(self, db: Db, job: SendJob, mail_id: UUID) -> None:
        """Put into a mail what waits for it and nobody has read; what was read waits no more."""
        await db.execute(
            """
            UPDATE notifications
            SET mail_id = CASE WHEN read_at IS NULL THEN $4::uuid END,
                mail = CASE WHEN read_at IS NULL THEN mail END
            WHERE tenant_id = $1 AND user_id = $2 AND mail = $3 AND mail_id IS NULL
              AND created_at <= $5
            """,
            job.tenant_id,
            job.user_id,
            job.sort,
            mail_id,
            # A little less: clocks of the database and of the worker may differ.
            datetime.now(UTC) - (self._delay * 0.9 if job.sort == "at_once" else timedelta(0)),
        )

    def _written(self, chosen: _Chosen, job: SendJob) -> Mail:
        receiver, is_digest = chosen.receiver, job.sort == "digest"
        shown = chosen.notifications[:MOST_SHOWN]
        items: list[Item] = [
            item_of(each, receiver.zone, self._url, receiver.slug) for each in shown
        ]
        link = self._links.make("unsubscribe", job.tenant_id, job.user_id)
        unsubscribe = f"{self._url}/unsubscribe?token={link}"
        values: dict[str, Any] = {
            "items": items,
            "more": len(chosen.notifications) - len(items),
            "is_digest": is_digest,
            "workspace": receiver.workspace,
            "inbox": f"{self._url}/w/{receiver.slug}/inbox",
            "unsubscribe": unsubscribe,
        }
        return Mail(
            to=receiver.email,
            subject=subject_of(items, is_digest=is_digest, workspace=receiver.workspace),
            text=templates.get_template("notifications.txt.j2").render(values),
            html=templates.get_template("notifications.html.j2").render(values),
            message_id=str(chosen.id),
            headers={
                # RFC 8058: mail programs send a POST there at a press of their own button.
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )

    async def _failed(self, job: SendJob, chosen: _Chosen, error: str) -> None:
        """Try again later; after the last attempt keep the mail where an operator finds it."""
        async with self._database.tenant(job.tenant_id) as db:
            plan = await _lock_plan(db, job)
            if plan is None or plan["mail_id"] != chosen.id:
                return
            attempts: int = plan["attempts"]
            if attempts < len(PAUSES):
                await db.execute(
                    """
                    UPDATE notification_mails
                    SET started_at = NULL, is_uncertain = false, attempts = attempts + 1
                    WHERE tenant_id = $1 AND user_id = $2 AND sort = $3
                    """,
                    job.tenant_id,
                    job.user_id,
                    job.sort,
                )
                await move_plan(db, job, datetime.now(UTC) + PAUSES[attempts])
                log.info("mail_not_taken", error=error, attempts=attempts + 1)
                return
        log.error("mail_not_taken", error=error)
        await self._mailer.keep(self._written(chosen, job))
        async with self._database.tenant(job.tenant_id) as db:
            await self._finish(db, job)

    async def _finish(self, db: Db, job: SendJob) -> None:
        """Write down that a mail is done with, and plan the next where something waits already."""
        plan = await _lock_plan(db, job)
        if plan is None:
            return
        await db.execute(
            """
            UPDATE notifications SET mail = NULL, mail_id = NULL, mailed_at = now(),
                read_at = CASE WHEN in_app THEN read_at ELSE coalesce(read_at, now()) END
            WHERE tenant_id = $1 AND user_id = $2 AND mail_id = $3 AND mail = $4
            """,
            job.tenant_id,
            job.user_id,
            plan["mail_id"],
            job.sort,
        )
        await db.execute(
            """
            DELETE FROM notification_mails WHERE tenant_id = $1 AND user_id = $2 AND sort = $3
            """,
            job.tenant_id,
            job.user_id,
            job.sort,
        )
        oldest: datetime | None = await db.fetchval(
            """
            SELECT min(created_at) FROM notifications
            WHERE tenant_id = $1 AND user_id = $2 AND mail = $3
            """,
            job.tenant_id,
            job.user_id,
            job.sort,
        )
        receiver = await _read_receiver(db, job) if oldest is not None else None
        if oldest is not None and receiver is not None:
            due_at = oldest + self._delay
            if job.sort == "digest":
                due_at = next_digest(receiver.rules.digest, receiver.zone, datetime.now(UTC))
            await plan_mails(db, job.tenant_id, [(job.user_id, job.sort, due_at)])


async def _mark_begun(db: Db, job: SendJob, mail_id: UUID, *, uncertain: bool) -> None:
    await db.execute(
        """
        UPDATE notification_mails SET mail_id = $4, started_at = now(), is_uncertain = $5
        WHERE tenant_id = $1 AND user_id = $2 AND sort = $3
        """,
        job.tenant_id,
        job.user_id,
        job.sort,
        mail_id,
        uncertain,
    )


async def _lock_plan(db: Db, job: SendJob) -> Any:
    return await db.fetchrow(
        """
        SELECT due_at, mail_id, started_at, is_uncertain, attempts FROM notification_mails
        WHERE tenant_id = $1 AND user_id = $2 AND sort = $3 FOR UPDATE
        """,
        job.tenant_id,
        job.user_id,
        job.sort,
    )


async def _read_receiver(db: Db, job: SendJob) -> _Receiver | None:
    """Who gets the mail; nobody who has left, or has not come yet."""
    row = await db.fetchrow(
        """
        SELECT u.email, u.time_zone, u.role, r.permissions, t.subdomain, t.name
        FROM users u JOIN tenants t ON t.id = $1
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.is_active AND u.deleted_at IS NULL
          AND u.deactivated_at IS NULL
        """,
        job.tenant_id,
        job.user_id,
    )
    if row is None:
        return None
    role: Role = row["role"]
    permissions = None if row["permissions"] is None else tuple(row["permissions"])
    # What they may see is asked as if they asked themselves.
    actor = Actor(job.user_id, job.tenant_id, role, job.user_id, permissions=permissions)
    rules = (await rules_of(db, job.tenant_id, [job.user_id]))[job.user_id]
    zone = ZoneInfo(row["time_zone"])
    return _Receiver(actor, row["email"], zone, rules, row["subdomain"], row["name"])


async def _read_chosen(db: Db, actor: Actor, mail_id: UUID) -> list[Notification]:
    """What is in a mail, of what its receiver may see now and has not read, the newest first."""
    if not _may(actor, "task"):
        return []
    rows = await db.fetch(
        f"""
        SELECT {COLUMNS} FROM notifications n {JOINS}
        WHERE n.tenant_id = $1 AND n.user_id = $3 AND n.mail IS NOT NULL AND n.mail_id = $4
          AND n.read_at IS NULL AND t.deleted_at IS NULL AND {VISIBLE}
        ORDER BY n.shown_at DESC, n.id DESC
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        mail_id,
    )
    with_comments = _may(actor, "comment")
    return [notification_of(row, with_comments=with_comments) for row in rows]


def _may(actor: Actor, resource: Resource) -> bool:
    try:
        actor.must_be_allowed(resource, "read", "in_project")
    except Forbidden:
        return False
    return True
