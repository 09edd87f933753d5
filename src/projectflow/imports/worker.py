"""The worker's side of imports."""

from typing import Final
from uuid import UUID

import anyio
import msgspec
import structlog
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record, to_json
from projectflow.core.files import Files
from projectflow.core.problems import Problem, Unavailable
from projectflow.imports.bring_in import BringIn
from projectflow.imports.formats import ImportOptions, read
from projectflow.imports.service import stored_name
from projectflow.imports.types import ImportJob, ImportReport, Source

log = structlog.get_logger()
LAST_ATTEMPT: Final = 3
GAVE_UP: Final = "It failed on our side, several times. Nothing was brought in."


async def run_import(database: Database, files: Files, job: ImportJob, *, attempt: int) -> None:
    """Bring a file in. Run twice it does no harm: what has ended is left alone.

    `attempt` is 0 for the first; after the last one the import counts as failed.

    Raises:
        Exception: whatever went wrong, so that the queue tries again.
    """
    try:
        await _bring_in(database, files, job)
    except FileNotFoundError:
        await fail(database, job, "The uploaded file is gone. Upload it again.")
    except Exception as error:
        # A problem of the file stays one; a database that is away for a moment comes back.
        if isinstance(error, Problem) and not isinstance(error, Unavailable):
            await fail(database, job, error.detail)
        elif attempt < LAST_ATTEMPT:
            raise
        else:
            log.exception("import_failed", tenant=str(job.tenant_id), import_id=str(job.import_id))
            await fail(database, job, GAVE_UP)
    await files.delete(job.tenant_id, stored_name(job.import_id))


async def _bring_in(database: Database, files: Files, job: ImportJob) -> None:
    async def tell(done: int, phase: str) -> None:
        """Progress is seen while the import's own transaction is still open."""
        async with database.tenant(job.tenant_id) as db:
            await db.execute(
                """
                UPDATE imports SET status = 'running', progress_done = $3, progress_phase = $4
                WHERE tenant_id = $1 AND id = $2
                """,
                job.tenant_id,
                job.import_id,
                done,
                phase,
            )

    async with database.tenant(job.tenant_id) as db:
        asked = await _asked(db, job)
    if asked is None:
        return
    content = await files.get(job.tenant_id, stored_name(job.import_id))
    incoming = await anyio.to_thread.run_sync(
        read, asked.source, content, asked.options, asked.file_name
    )
    async with database.tenant(job.tenant_id) as db:
        into = asked.options.project_id
        report = await BringIn(db, asked.actor, incoming, tell, into).run()
        await succeed(db, asked.actor, job, report)


class Asked(Struct, frozen=True):
    """An import that has not ended yet."""

    actor: Actor
    source: Source
    options: ImportOptions
    file_name: str


async def _asked(db: Db, job: ImportJob) -> Asked | None:
    row = await db.fetchrow(
        """
        SELECT u.id, u.role, i.source, i.options, i.file_name FROM imports i
        JOIN users u ON u.tenant_id = $1 AND u.id = i.requested_by
        WHERE i.tenant_id = $1 AND i.id = $2 AND i.status IN ('queued', 'running')
        """,
        job.tenant_id,
        job.import_id,
    )
    if row is None:
        return None
    actor = Actor(row["id"], job.tenant_id, row["role"], UUID(int=0))
    options = msgspec.json.decode(row["options"], type=ImportOptions)
    return Asked(actor, row["source"], options, row["file_name"])


async def succeed(db: Db, actor: Actor, job: ImportJob, report: ImportReport) -> None:
    """Write down that an import has ended well, in its own transaction."""
    await db.execute(
        """
        UPDATE imports SET status = 'succeeded', progress_done = progress_total,
            progress_phase = 'done', report = $3, project_id = $4, finished_at = now()
        WHERE tenant_id = $1 AND id = $2
        """,
        job.tenant_id,
        job.import_id,
        msgspec.json.encode(report).decode(),
        report.project_id,
    )
    done = Change("import.succeeded", "import", job.import_id, payload={"after": report})
    await record(db, job.tenant_id, actor.user_id, done)


async def fail(database: Database, job: ImportJob, error: str) -> None:
    """Write down that an import has failed; what has ended already is left alone."""
    async with database.tenant(job.tenant_id) as db:
        await db.execute(
            """
            WITH i AS (
                UPDATE imports SET status = 'failed', error = $3, finished_at = now()
                WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
                RETURNING id, requested_by
            )
            SELECT record_event($1, 'import.failed', i.requested_by, 'import', i.id, NULL, 1, $4)
            FROM i
            """,
            job.tenant_id,
            job.import_id,
            error,
            to_json({"after": {"error": error}}),
        )
