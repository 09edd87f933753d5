"""The worker: background jobs and scheduled upkeep, by the library pgqueuer."""

import asyncio
import signal
from datetime import timedelta

import msgspec
import structlog
import uvloop
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.core.applications import PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.domain.types import Channel

from projectflow.audit.retention import delete_outlived_events
from projectflow.auth.links import Links
from projectflow.auth.password_reset import MAIL_JOB as RESET_MAIL_JOB
from projectflow.auth.tokens import load_tokens
from projectflow.core.cache import Cache
from projectflow.core.db import Database, connect
from projectflow.core.files import DELETE_JOB, FileJob, Files, open_files
from projectflow.core.jobs import MailJob, queries_over
from projectflow.core.logs import configure_logging
from projectflow.core.mail import Mailer
from projectflow.core.redis import connect_redis
from projectflow.core.settings import Settings
from projectflow.exports import project_imports
from projectflow.exports.service import EXPIRE_JOB, EXPORT_JOB
from projectflow.exports.types import ExportJob
from projectflow.exports.worker import LAST_ATTEMPT as LAST_EXPORT_ATTEMPT
from projectflow.exports.worker import expire_export, run_export
from projectflow.imports.service import IMPORT_JOB
from projectflow.imports.types import ImportJob
from projectflow.imports.worker import LAST_ATTEMPT as LAST_IMPORT_ATTEMPT
from projectflow.imports.worker import run_import
from projectflow.users.invitations import MAIL_JOB as INVITATION_MAIL_JOB
from projectflow.users.mails import LAST_ATTEMPT as LAST_MAIL_ATTEMPT
from projectflow.users.mails import UserMails

log = structlog.get_logger()
BATCH = 2
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
    database = await connect(settings)
    redis = connect_redis(settings)
    cache = Cache(redis, settings.cache_bytes)
    database.after_commit.append(cache.changed)
    try:
        links = Links(load_tokens(settings).secret_material)
        mails = UserMails(database, links, Mailer(settings), settings)
        files = open_files(settings)
        queuer = _queuer(database, files, mails)
        _add_export_jobs(queuer, database, files)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, queuer.shutdown.set)
        log.info("worker_started")
        await queuer.run(
            dequeue_timeout=POLL,
            batch_size=BATCH,
            max_concurrent_tasks=AT_ONCE,
            shutdown_on_listener_failure=True,
        )
    finally:
        await cache.stop()
        await redis.aclose()
        await database.close()


def _queuer(database: Database, files: Files, mails: UserMails) -> PgQueuer:
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

    @queuer.schedule("delete_outlived_events", "37 * * * *")
    async def delete_outlived(schedule: Schedule) -> None:
        del schedule
        log.info("outlived_events_deleted", count=await delete_outlived_events(database))

    return queuer


def _add_export_jobs(queuer: PgQueuer, database: Database, files: Files) -> None:
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
        await project_imports.run_import(database, files, request, attempt=job.attempts)


def _patient(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=MOST_ATTEMPTS)
