"""Mailing reports when they are due: each receiver gets what they may see, counted as them.

That a report is due is turned into one job a receiver in the transaction that moves it on to its
next time, so that it is due once. A worker that dies just after the mail server took a mail has it
sent once more, under the same Message-ID.
"""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import anyio
import asyncpg
import structlog
from jinja2 import ChoiceLoader, Environment, PackageLoader, select_autoescape
from msgspec import Struct

from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.reports.files import MEDIA_TYPES, file_name, heading, written
from projectflow.analytics.reports.rows import REPORT_COLUMNS, report_of
from projectflow.analytics.reports.running import run_report
from projectflow.analytics.reports.schedule import next_run
from projectflow.analytics.reports.types import Report, Result
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.jobs import enqueue
from projectflow.core.mail import Attachment, Mail, Mailer
from projectflow.core.problems import Forbidden, NotFound, Problem, Unavailable
from projectflow.core.settings import Settings
from projectflow.projects.access import require_project
from projectflow.users.mails import LAST_ATTEMPT, MailNotTaken

REPORT_JOB: Final = "mail_report"
BATCH: Final = 100
log = structlog.get_logger()
_templates = Environment(
    loader=ChoiceLoader([PackageLoader(f"projectflow.{each}") for each in ("analytics", "users")]),
    autoescape=select_autoescape(["html.j2"]),
    trim_blocks=True,
    keep_trailing_newline=True,
)


class ReportJob(Struct, frozen=True):
    """Which report to mail to whom, and when it was due. No address, no words."""

    tenant_id: UUID
    report_id: UUID
    user_id: UUID
    due_at: datetime


class _Receiver(Struct, frozen=True):
    """Whom to write to, and who they are when they read."""

    actor: Actor
    email: str
    slug: str
    owner: str


async def plan_reports(database: Database, now: datetime | None = None) -> int:
    """Have every report that is due mailed; gives to how many people.

    A workspace that fails is left to the next time. What was missed while no worker ran is mailed
    once.
    """
    planned, moment, after = 0, now or datetime.now(UTC), UUID(int=0)
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch(
                "SELECT list_tenants_with_due_reports($1, $2) AS id", after, moment
            )
        if not rows:
            return planned
        for row in rows:
            try:
                planned += await plan_in(database, row["id"], moment)
            except Exception:
                log.exception("reports_not_planned", tenant=str(row["id"]))
        after = rows[-1]["id"]


async def plan_in(database: Database, tenant_id: UUID, now: datetime) -> int:
    """The same in one workspace, in transactions of 100 reports."""
    planned = 0
    while True:
        async with database.tenant(tenant_id) as db:
            rows = await db.fetch(
                f"""
                SELECT {REPORT_COLUMNS} FROM reports r
                WHERE r.tenant_id = $1 AND r.next_run_at <= $2
                ORDER BY r.next_run_at, r.id LIMIT $3 FOR UPDATE OF r SKIP LOCKED
                """,
                tenant_id,
                now,
                BATCH,
            )
            for report in map(report_of, rows):
                planned += await _plan(db, tenant_id, report, now)
        if len(rows) < BATCH:
            return planned


async def _plan(db: Db, tenant_id: UUID, report: Report, now: datetime) -> int:
    assert report.schedule is not None
    assert report.next_run_at is not None
    await db.execute(
        "UPDATE reports SET next_run_at = $3 WHERE tenant_id = $1 AND id = $2",
        tenant_id,
        report.id,
        next_run(report.schedule, now),
    )
    for user_id in report.schedule.recipients:
        await enqueue(db, REPORT_JOB, ReportJob(tenant_id, report.id, user_id, report.next_run_at))
    return len(report.schedule.recipients)


class ReportMails:
    """Counts, writes and sends reports."""

    def __init__(self, database: Database, mailer: Mailer, settings: Settings) -> None:
        """One a worker."""
        self._database = database
        self._mailer = mailer
        self._url = settings.url
        self._store = PostgresStore()

    async def send(self, job: ReportJob, *, attempt: int) -> None:
        """Mail a report to one person, if they still get it and may see what it is of.

        Raises:
            MailNotTaken: the mail server did not take it, so that the queue tries again.
            OSError, asyncpg.PostgresError, Unavailable: the database is away; as well.
        """
        async with self._database.tenant(job.tenant_id, read_only=True) as db:
            found = await _read(db, job)
            if found is None:
                return
            report, receiver = found
            try:
                if report.project_id is not None:
                    await require_project(db, receiver.actor, report.project_id)
                result = await run_report(
                    db, receiver.actor, self._store, report, report.project_id
                )
                problem = None
            except (Forbidden, NotFound):
                # What they may not see they do not hear of.
                log.info("report_not_for_receiver", report=str(report.id))
                return
            except Unavailable:
                raise
            except Problem as error:
                result, problem = None, error.detail
        mail = await anyio.to_thread.run_sync(
            self._written, report, receiver, result, problem, job.due_at
        )
        try:
            await self._mailer.send(mail)
        except Exception as error:  # noqa: BLE001 - any: told on without its values
            if attempt < LAST_ATTEMPT:
                raise MailNotTaken(type(error).__name__) from None
            log.error("mail_not_taken", error=type(error).__name__)  # noqa: TRY400 - values are personal
            await self._mailer.keep(mail)

    def _written(
        self,
        report: Report,
        receiver: _Receiver,
        result: Result | None,
        problem: str | None,
        due_at: datetime,
    ) -> Mail:
        assert report.schedule is not None
        kind = report.schedule.format
        values: dict[str, Any] = {
            "name": report.name,
            "problem": problem,
            "link": f"{self._url}/w/{receiver.slug}/reports/{report.id}",
            "owner": receiver.owner,
        }
        attached: tuple[Attachment, ...] = ()
        if result is not None:
            values["totals"] = [
                (heading(column, result), "-" if value is None else f"{value:,f}")
                for column, value in zip(result.measures, result.totals, strict=True)
            ]
            values["notes"] = result.notes
            content = written(report.name, result, kind)
            attached = (Attachment(file_name(result, kind), MEDIA_TYPES[kind], content),)
        return Mail(
            to=receiver.email,
            subject=" ".join(f"Report: {report.name}".split()),
            text=_templates.get_template("report.txt.j2").render(values),
            html=_templates.get_template("report.html.j2").render(values),
            message_id=f"report-{report.id}-{receiver.actor.user_id}-{due_at.timestamp():.0f}",
            attachments=attached,
        )


async def _read(db: Db, job: ReportJob) -> tuple[Report, _Receiver] | None:
    """The report and its receiver; nobody who left, or whose report's owner did."""
    row = await db.fetchrow(
        f"SELECT {REPORT_COLUMNS} FROM reports r WHERE r.tenant_id = $1 AND r.id = $2",
        job.tenant_id,
        job.report_id,
    )
    report = None if row is None else report_of(row)
    if report is None or report.schedule is None or job.user_id not in report.schedule.recipients:
        return None
    person = await db.fetchrow(
        """
        SELECT u.email, u.role, c.permissions, t.subdomain,
               o.first_name || ' ' || o.last_name AS owner
        FROM users u JOIN tenants t ON t.id = $1
        JOIN users o ON o.tenant_id = $1 AND o.id = $3 AND o.is_active AND o.deleted_at IS NULL
        LEFT JOIN roles c ON c.tenant_id = $1 AND c.id = u.role_id
        WHERE u.tenant_id = $1 AND u.id = $2 AND u.is_active AND u.deleted_at IS NULL
          AND u.deactivated_at IS NULL
        """,
        job.tenant_id,
        job.user_id,
        report.owner_id,
    )
    return None if person is None else (report, _receiver(job, person))


def _receiver(job: ReportJob, row: asyncpg.Record) -> _Receiver:
    permissions = None if row["permissions"] is None else tuple(row["permissions"])
    # What they may see is counted as if they asked themselves.
    actor = Actor(job.user_id, job.tenant_id, row["role"], job.user_id, permissions=permissions)
    return _Receiver(actor, row["email"], row["subdomain"], row["owner"])
