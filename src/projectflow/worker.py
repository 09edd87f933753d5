"""The worker: background jobs and scheduled upkeep, by the library pgqueuer."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import structlog
import uvloop
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.domain.types import Channel

from projectflow.analytics.feed import analytics_consumer
from projectflow.analytics.reports.mails import REPORT_JOB, ReportJob, ReportMails, plan_reports
from projectflow.analytics.stores import open_copies
from projectflow.audit.retention import delete_outlived_events
from projectflow.auth.links import Links
from projectflow.auth.password_reset import MAIL_JOB as RESET_MAIL_JOB
from projectflow.auth.tokens import load_tokens
from projectflow.core.cache import Cache
from projectflow.core.consumers import Consumer
from projectflow.core.crypto import Keyring
from projectflow.core.db import Database, connect
from projectflow.core.endings import end
from projectflow.core.files import DELETE_JOB, FileJob, Files, open_files
from projectflow.core.jobs import MailJob, queries_over
from projectflow.core.logs import configure_logging
from projectflow.core.mail import Mailer
from projectflow.core.metrics import Metrics, watch_pool
from projectflow.core.outbound import Outbound
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.core.wakeups import Wakeups
from projectflow.exports import project_imports
from projectflow.exports.service import EXPIRE_JOB, EXPORT_JOB
from projectflow.exports.types import ExportJob
from projectflow.exports.worker import LAST_ATTEMPT as LAST_EXPORT_ATTEMPT
from projectflow.exports.worker import expire_export, run_export
from projectflow.imports.service import IMPORT_JOB
from projectflow.imports.types import ImportJob
from projectflow.imports.worker import LAST_ATTEMPT as LAST_IMPORT_ATTEMPT
from projectflow.imports.worker import run_import
from projectflow.notifications.consumer import notification_consumer
from projectflow.notifications.due import tell_of_dates
from projectflow.notifications.mail_plans import SEND_JOB, SendJob
from projectflow.notifications.mails import NotificationMails
from projectflow.notifications.retention import delete_old
from projectflow.planning.auto_schedule import run_auto_schedule
from projectflow.planning.auto_triggers import (
    AUTO_SCHEDULE_JOB,
    AutoScheduleJob,
    auto_schedule_consumer,
)
from projectflow.realtime.deliveries import (
    DELIVERY_JOB,
    Deliverer,
    DeliveryJob,
    webhook_consumer,
)
from projectflow.realtime.live import Live
from projectflow.realtime.notices import NOTICE_JOB, NoticeJob, Notices
from projectflow.realtime.parking import REPLAY_JOB, ReplayJob, replay
from projectflow.search.consumer import search_consumer
from projectflow.search.engines import open_index
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachment_work import purge_attachment, sweep_upload
from projectflow.tasks.attachments import PURGE_JOB
from projectflow.tasks.previews import make_preview
from projectflow.tasks.project_purge import empty_project_trash
from projectflow.tasks.purge import empty_trash
from projectflow.tasks.recurrence_worker import make_due_tasks
from projectflow.tasks.uploads import PREVIEW_JOB, SWEEP_JOB
from projectflow.users.invitations import MAIL_JOB as INVITATION_MAIL_JOB
from projectflow.users.mails import LAST_ATTEMPT as LAST_MAIL_ATTEMPT
from projectflow.users.mails import UserMails

log = structlog.get_logger()
BATCH = 4
AT_ONCE = 2 * BATCH
"""Jobs a worker runs side by side; pgqueuer wants room for two batches."""

MOST_ATTEMPTS = max(LAST_IMPORT_ATTEMPT, LAST_EXPORT_ATTEMPT, LAST_MAIL_ATTEMPT)
POLL = timedelta(seconds=5)
"""How long a job waits at most when the notification of it was lost."""


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C; what is under way is finished or given back."""
    configure_logging(settings)
    uvloop.run(work(settings))


async def work(settings: Settings) -> None:
    """Run jobs until told to stop.

    Raises:
        OSError, asyncpg.PostgresError: the database went away; whoever started us tries again.
    """
    metrics = Metrics(settings.metrics_tenants)
    is_watched = settings.worker_metrics_port is not None
    database = await connect(settings, metrics.query if is_watched else None)
    redis = connect_redis(settings)
    cache = Cache(redis, settings.cache_bytes)
    wakeups = Wakeups(redis)
    index = open_index(settings)
    database.after_commit += [wakeups.wake, cache.changed]
    if settings.worker_metrics_port is not None:
        watch_pool(database.pool)
        metrics.serve(settings.metrics_host, settings.worker_metrics_port)
    copies = open_copies(settings)
    try:
        links = Links(load_tokens(settings).secret_material)
        mailer = Mailer(settings)
        mails = UserMails(database, links, mailer, settings)
        files = open_files(settings)
        queuer = _queuer(database, files, mails, settings.trash_days)
        _add_attachment_jobs(queuer, database, files, settings.deleted_attachment_ttl)
        _add_export_jobs(queuer, database, files, settings.workspace_storage)
        notices = NotificationMails(database, links, Mailer(settings), settings)
        _notify(queuer, database, notices, settings.read_notification_days)
        _mail_reports(queuer, database, ReportMails(database, Mailer(settings), settings))
        consumers = [
            webhook_consumer(),
            analytics_consumer(copies),
            auto_schedule_consumer(),
            notification_consumer(settings.notification_mail_delay),
        ]
        if index.engine != "postgresql":  # its own index follows by itself
            consumers.append(search_consumer(index))
        live = Live(database.quiet(), redis, consumers)
        _follow_log(queuer, database, consumers, live)
        _schedule_projects(queuer, database)
        deliverer = Deliverer(database, Keyring(settings), Outbound(settings))
        _deliver_webhooks(queuer, deliverer, Notices(database, mailer))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, queuer.shutdown.set)
        await live.begin()
        log.info("worker_started")
        async with _alongside(live, queuer):
            await queuer.run(
                dequeue_timeout=POLL,
                batch_size=BATCH,
                max_concurrent_tasks=AT_ONCE,
                shutdown_on_listener_failure=True,
            )
    finally:
        await index.close()
        if copies is not None:
            await copies.close()
        metrics.stop()
        await wakeups.stop()
        await cache.stop()
        await redis.aclose()
        await database.close()


@asynccontextmanager
async def _alongside(live: Live, queuer: PgQueuer) -> AsyncGenerator[None]:
    """Follow the event log meanwhile; where that ends by itself, all does."""
    following = asyncio.create_task(live.run())
    following.add_done_callback(lambda _: queuer.shutdown.set())
    try:
        yield
    finally:
        await end(following)


def _queuer(database: Database, files: Files, mails: UserMails, trash_days: int) -> PgQueuer:
    driver = AsyncpgPoolDriver(database.pool)
    queuer = PgQueuer(driver, Channel("ch_pgqueuer"), queries=queries_over(driver))

    @queuer.entrypoint(IMPORT_JOB, executor_factory=_patient)
    async def import_file(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ImportJob)
        await run_import(database, files, request, attempt=job.attempts)

    @queuer.entrypoint(INVITATION_MAIL_JOB, executor_factory=_patient)
    async def mail_invitation(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=MailJob)
        await mails.send_invitation(request, attempt=job.attempts)

    @queuer.entrypoint(RESET_MAIL_JOB, executor_factory=_patient)
    async def mail_password_reset(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=MailJob)
        await mails.send_password_reset(request, attempt=job.attempts)

    @queuer.entrypoint(DELETE_JOB, executor_factory=_patient)
    async def delete_file(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=FileJob)
        await files.delete(request.tenant_id, request.name)

    _add_upkeep(queuer, database, trash_days)
    return queuer


def _add_upkeep(queuer: PgQueuer, database: Database, trash_days: int) -> None:
    """What comes by the clock."""

    @queuer.schedule("delete_ended_sessions", "17 * * * *")
    async def delete_ended_sessions(schedule: Schedule) -> None:
        del schedule
        async with database.without_tenant() as db:
            deleted: int = await db.fetchval("SELECT delete_ended_sessions()")
        log.info("ended_sessions_deleted", count=deleted)

    @queuer.schedule("delete_expired_challenges", "27 * * * *")
    async def delete_expired_challenges(schedule: Schedule) -> None:
        del schedule
        async with database.without_tenant() as db:
            deleted: int = await db.fetchval("SELECT delete_expired_challenges()")
        log.info("expired_challenges_deleted", count=deleted)

    @queuer.schedule("delete_old_answers", "7 * * * *")
    async def delete_old_answers(schedule: Schedule) -> None:
        del schedule
        async with database.without_tenant() as db:
            deleted: int = await db.fetchval("SELECT delete_old_answers()")
        log.info("old_answers_deleted", count=deleted)

    @queuer.schedule("delete_outlived_events", "37 * * * *")
    async def delete_outlived(schedule: Schedule) -> None:
        del schedule
        log.info("outlived_events_deleted", count=await delete_outlived_events(database))

    @queuer.schedule("empty_trash", "47 3 * * *")
    async def empty_old_trash(schedule: Schedule) -> None:
        del schedule
        projects = await empty_project_trash(database, trash_days)
        tasks = await empty_trash(database, trash_days)
        log.info("trash_emptied", tasks=tasks, projects=projects)

    @queuer.schedule("make_due_tasks", "*/5 * * * *")
    async def make_due(schedule: Schedule) -> None:
        del schedule
        log.info("due_tasks_made", count=await make_due_tasks(database))


def _add_attachment_jobs(queuer: PgQueuer, database: Database, files: Files, ttl: int) -> None:
    @queuer.entrypoint(SWEEP_JOB, executor_factory=_patient)
    async def sweep(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=FileJob)
        await sweep_upload(database, files, request)

    @queuer.entrypoint(PREVIEW_JOB, executor_factory=_patient)
    async def preview(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=AttachmentJob)
        await make_preview(database, files, request)

    @queuer.entrypoint(PURGE_JOB, executor_factory=_patient)
    async def purge(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=AttachmentJob)
        await purge_attachment(database, request, ttl)


def _notify(queuer: PgQueuer, database: Database, mails: NotificationMails, kept_days: int) -> None:
    @queuer.entrypoint(SEND_JOB, executor_factory=_patient, concurrency_limit=AT_ONCE // 2)
    async def send_notifications(job: Job) -> None:
        await mails.send(msgspec.json.decode(job.payload or b"", type=SendJob))

    @queuer.schedule("tell_of_dates", "*/15 * * * *")
    async def tell_of_near_dates(schedule: Schedule) -> None:
        del schedule
        log.info("dates_told", count=await tell_of_dates(database))

    @queuer.schedule("delete_old_notifications", "57 * * * *")
    async def delete_old_notifications(schedule: Schedule) -> None:
        del schedule
        log.info("old_notifications_deleted", count=await delete_old(database, kept_days))


def _mail_reports(queuer: PgQueuer, database: Database, mails: ReportMails) -> None:
    # Each takes the database and the CPU for seconds at worst.
    @queuer.entrypoint(REPORT_JOB, executor_factory=_patient, concurrency_limit=1)
    async def mail_report(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ReportJob)
        await mails.send(request, attempt=job.attempts)

    @queuer.schedule("plan_reports", "*/5 * * * *")
    async def plan_due_reports(schedule: Schedule) -> None:
        del schedule
        log.info("reports_planned", count=await plan_reports(database))


def _follow_log(
    queuer: PgQueuer, database: Database, consumers: Sequence[Consumer], live: Live
) -> None:
    @queuer.entrypoint(REPLAY_JOB, executor_factory=_patient)
    async def replay_parked_event(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ReplayJob)
        await replay(database, consumers, request)

    @queuer.schedule("find_events_left_behind", "47 * * * *")
    async def find_events_left_behind(schedule: Schedule) -> None:
        del schedule
        await live.look_everywhere()


def _schedule_projects(queuer: PgQueuer, database: Database) -> None:
    # Each takes CPU, and waits for the others of its project.
    @queuer.entrypoint(AUTO_SCHEDULE_JOB, executor_factory=_patient, concurrency_limit=BATCH)
    async def auto_schedule(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=AutoScheduleJob)
        await run_auto_schedule(database, request)


def _deliver_webhooks(queuer: PgQueuer, deliverer: Deliverer, notices: Notices) -> None:
    @queuer.entrypoint(NOTICE_JOB, executor_factory=_patient)
    async def mail_webhook_disabled(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=NoticeJob)
        await notices.send(request, attempt=job.attempts)

    # Receivers may take ten seconds each: they must not take all the worker's hands.
    @queuer.entrypoint(DELIVERY_JOB, executor_factory=_patient, concurrency_limit=AT_ONCE // 2)
    async def deliver_webhook(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=DeliveryJob)
        await deliverer.deliver(request)


def _add_export_jobs(queuer: PgQueuer, database: Database, files: Files, quota: int) -> None:
    @queuer.entrypoint(EXPORT_JOB, executor_factory=_patient)
    async def make_export(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ExportJob)
        await run_export(database, files, request, attempt=job.attempts)

    @queuer.entrypoint(EXPIRE_JOB, executor_factory=_patient)
    async def delete_export(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ExportJob)
        await expire_export(database, files, request)

    @queuer.entrypoint(project_imports.IMPORT_JOB, executor_factory=_patient)
    async def import_projectflow(job: Job) -> None:
        request = msgspec.json.decode(job.payload or b"", type=ImportJob)
        await project_imports.run_import(database, files, request, quota, attempt=job.attempts)


def _patient(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=MOST_ATTEMPTS)
