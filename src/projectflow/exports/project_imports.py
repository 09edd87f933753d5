"""`POST /imports/projectflow`: taking an export of a project in, and the worker's side of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import anyio
import structlog
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, only
from projectflow.core.events import Change, record
from projectflow.core.files import Files
from projectflow.core.http import TooLarge
from projectflow.core.jobs import enqueue
from projectflow.core.problems import Forbidden, Problem, Unavailable
from projectflow.exports.asking import read_asker
from projectflow.exports.project_tables import PROJECT_TABLES
from projectflow.exports.projects_in import ProjectIn
from projectflow.exports.reading import Archive
from projectflow.exports.types import Manifest
from projectflow.imports.service import read_import, stored_name
from projectflow.imports.types import Import, ImportJob
from projectflow.imports.worker import GAVE_UP, LAST_ATTEMPT, fail, succeed

log = structlog.get_logger()
IMPORT_JOB: Final = "import_projectflow"


class NotThereAnyMore(Forbidden):
    """Whoever wanted this import is not active in the workspace any more."""


async def receive(chunks: AsyncIterator[bytes], longest: int, path: Path) -> Manifest:
    """Take an export in, to a file, and see that it is one of a project.

    Raises:
        TooLarge: it has more than `longest` bytes.
        NotAnExport: it is something else.
    """
    size = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > longest:
                raise TooLarge(f"The file is larger than {longest // 1024 // 1024} MB.")
            await file.write(chunk)

    def examine() -> Manifest:
        with Archive(path, "project") as archive:
            return archive.manifest

    return await anyio.to_thread.run_sync(examine)


async def request_import(
    database: Database, files: Files, actor: Actor, path: Path, file_name: str
) -> Import:
    """Keep an export, and have the worker bring it in.

    Raises:
        Forbidden: the role may not import.
    """
    actor.must_be_allowed("import", "create")
    job = ImportJob(actor.tenant_id, uuid7())
    name = stored_name(job.import_id)
    with path.open("rb") as file:
        await files.put_file(actor.tenant_id, name, file, {})
    try:
        async with database.tenant(actor.tenant_id, projects=actor.project_ids) as db:
            return await _request(db, actor, job, file_name)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await files.delete(actor.tenant_id, name)
        raise


async def _request(db: Db, actor: Actor, job: ImportJob, file_name: str) -> Import:
    await db.execute(
        """
        INSERT INTO imports (tenant_id, id, source, file_name, requested_by, progress_total)
        VALUES ($1, $2, 'projectflow', $3, $4, $5)
        """,
        actor.tenant_id,
        job.import_id,
        file_name,
        actor.user_id,
        len(PROJECT_TABLES),
    )
    await enqueue(db, IMPORT_JOB, job)
    requested = {"source": "projectflow"}
    change = Change("import.requested", "import", job.import_id, payload=requested)
    await record(db, actor.tenant_id, actor.user_id, change)
    return await read_import(db, actor, job.import_id)


async def run_import(
    database: Database, files: Files, job: ImportJob, quota: int, *, attempt: int
) -> None:
    """Bring an export in. Run twice it does no harm: what has ended is left alone.

    `quota` is how many bytes the files of a workspace may take. `attempt` is 0 for the first; after
    the last one the import counts as failed.

    Raises:
        Exception: whatever went wrong, so that the queue tries again.
    """
    try:
        await _bring_in(database, files, job, quota)
    except FileNotFoundError:
        await fail(database, job, "The uploaded file is gone. Upload it again.")
    except Exception as error:
        if isinstance(error, Problem) and not isinstance(error, Unavailable):
            await fail(database, job, error.detail)
        elif attempt < LAST_ATTEMPT:
            raise
        else:
            log.exception("import_failed", tenant=str(job.tenant_id), import_id=str(job.import_id))
            await fail(database, job, GAVE_UP)
    await files.delete(job.tenant_id, stored_name(job.import_id))


async def _bring_in(database: Database, files: Files, job: ImportJob, quota: int) -> None:
    async with database.tenant(job.tenant_id) as db:
        actor = await _asked(db, job)
    if actor is None:
        return
    with TemporaryDirectory(prefix="projectflow-import-") as folder:
        path = Path(folder) / "export.zip"
        await files.fetch(job.tenant_id, stored_name(job.import_id), path)
        with Archive(path, "project") as archive:
            async with database.tenant(job.tenant_id) as db:
                coming = ProjectIn(db, actor, job.import_id, archive)

                async def tell(done: int, phase: str) -> None:
                    await _tell(database, job, done, phase)

                report = await coming.run(files, quota, tell)
                await succeed(db, actor, job, report)


async def _asked(db: Db, job: ImportJob) -> Actor | None:
    """Whoever wants it, as long as it has not ended and they may still import."""
    requested_by: UUID | None = await db.fetchval(
        """
        SELECT requested_by FROM imports
        WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
        """,
        job.tenant_id,
        job.import_id,
    )
    if requested_by is None:
        return None
    actor = await read_asker(db, job.tenant_id, requested_by, job.import_id)
    if actor is None:
        raise NotThereAnyMore
    actor.must_be_allowed("import", "create")
    return actor


async def _tell(database: Database, job: ImportJob, done: int, phase: str) -> None:
    """Progress is seen while the import's own transaction is still open."""
    async with database.tenant(job.tenant_id) as db:
        row = await db.fetchrow(
            """
            UPDATE imports SET status = 'running', progress_done = $3, progress_phase = $4
            WHERE tenant_id = $1 AND id = $2 RETURNING id
            """,
            job.tenant_id,
            job.import_id,
            done,
            phase,
        )
        only(row)
