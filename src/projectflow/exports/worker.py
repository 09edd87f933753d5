"""The worker's side of exports: making one, and deleting its file after a week."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

import structlog
from msgspec import Struct

from projectflow.core.db import Database
from projectflow.core.events import Change, record, to_json
from projectflow.core.files import Files
from projectflow.core.jobs import enqueue
from projectflow.core.problems import Forbidden, NotFound
from projectflow.exports.asking import read_asker
from projectflow.exports.service import EXPIRE_JOB, KEPT_FOR, must_be_allowed, stored_name
from projectflow.exports.types import ExportJob, Extent, Manifest
from projectflow.exports.writing import write_archive
from projectflow.planning.baseline_costs import sees_costs

log = structlog.get_logger()
LAST_ATTEMPT: Final = 3


class _Asked(Struct, frozen=True):
    extent: Extent
    requested_by: UUID

    @property
    def project_id(self) -> UUID | None:
        return self.extent.project_id


class NotHereAnyMore(Forbidden):
    """Whoever wanted this export is not active in the workspace any more."""


class _Withdrawn(Exception):
    """Whoever wanted it has deleted it, or what it is about is gone."""


async def run_export(database: Database, files: Files, job: ExportJob, *, attempt: int) -> None:
    """Make an export. Run twice it does no harm: what has ended is left alone.

    `attempt` is 0 for the first; after the last one the export counts as failed.

    Raises:
        Exception: whatever went wrong, so that the queue tries again.
    """
    try:
        asked = await _asked(database, job)
    except (Forbidden, NotFound) as refusal:
        await _fail(database, job, refusal.detail)
        return
    if asked is None:
        return
    try:
        await _make(database, files, job, asked)
    except _Withdrawn:
        await files.delete(job.tenant_id, stored_name(job.export_id))
    except LookupError:
        await _fail(database, job, "What it is about is not there any more.")
    except Exception:
        if attempt < LAST_ATTEMPT:
            raise
        log.exception("export_failed", tenant=str(job.tenant_id), export_id=str(job.export_id))
        await _fail(database, job, "It failed on our side, several times.")


async def _asked(database: Database, job: ExportJob) -> _Asked | None:
    """An export that has not ended, with what whoever wants it may see by now.

    Raises:
        Forbidden, NotFound: they may not take this out any more.
    """
    async with database.tenant(job.tenant_id) as db:
        row = await db.fetchrow(
            """
            SELECT project_id, requested_by FROM exports
            WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
            """,
            job.tenant_id,
            job.export_id,
        )
        if row is None:
            return None
        project_id, requested_by = row
        actor = await read_asker(db, job.tenant_id, requested_by, job.export_id)
        if actor is None:
            raise NotHereAnyMore
        await must_be_allowed(db, actor, project_id)
        with_costs = project_id is None or await sees_costs(db, actor, project_id)
        return _Asked(Extent(job.tenant_id, project_id, with_costs), requested_by)


async def _make(database: Database, files: Files, job: ExportJob, asked: _Asked) -> None:
    async def tell(done: int, total: int, phase: str) -> None:
        async with database.tenant(job.tenant_id) as db:
            told = await db.execute(
                """
                UPDATE exports SET status = 'running', progress_done = $3, progress_total = $4,
                    progress_phase = $5
                WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
                """,
                job.tenant_id,
                job.export_id,
                done,
                total,
                phase,
            )
        if told == "UPDATE 0":
            raise _Withdrawn

    with TemporaryDirectory(prefix="projectflow-export-") as folder:
        path = Path(folder) / "export.zip"
        manifest = await write_archive(database, files, asked.extent, path, tell)
        size = path.stat().st_size
        with path.open("rb") as file:
            await files.put_file(job.tenant_id, stored_name(job.export_id), file, {})
    await _succeed(database, job, asked, manifest, size)


async def _succeed(
    database: Database, job: ExportJob, asked: _Asked, manifest: Manifest, size: int
) -> None:
    async with database.tenant(job.tenant_id) as db:
        ended = await db.execute(
            """
            UPDATE exports SET status = 'succeeded', progress_done = progress_total,
                progress_phase = 'done', counts = $3, size_bytes = $4, finished_at = now(),
                expires_at = $5
            WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
            """,
            job.tenant_id,
            job.export_id,
            to_json(manifest.tables),
            size,
            datetime.now(UTC) + KEPT_FOR,
        )
        if ended == "UPDATE 0":
            raise _Withdrawn
        await enqueue(db, EXPIRE_JOB, job, after=KEPT_FOR)
        after = {"kind": manifest.kind, "size_bytes": size, "tables": manifest.tables}
        await record(
            db, job.tenant_id, asked.requested_by, _ended("finished", job, asked.project_id, after)
        )


async def _fail(database: Database, job: ExportJob, error: str) -> None:
    async with database.tenant(job.tenant_id) as db:
        ended = await db.fetchrow(
            """
            UPDATE exports SET status = 'failed', error = $3, finished_at = now()
            WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running')
            RETURNING project_id, requested_by
            """,
            job.tenant_id,
            job.export_id,
            error,
        )
        if ended is not None:
            project_id, requested_by = ended
            change = _ended("failed", job, project_id, {"error": error})
            await record(db, job.tenant_id, requested_by, change)


def _ended(how: str, job: ExportJob, project_id: UUID | None, after: Mapping[str, Any]) -> Change:
    return Change(
        f"export.{how}",
        "export",
        job.export_id,
        payload={"after": after},
        project_id=project_id,
    )


async def expire_export(database: Database, files: Files, job: ExportJob) -> None:
    """Delete an export's file, and say of the export that it has none any more."""
    await files.delete(job.tenant_id, stored_name(job.export_id))
    async with database.tenant(job.tenant_id) as db:
        await db.execute(
            """
            UPDATE exports SET status = 'expired', expires_at = NULL
            WHERE tenant_id = $1 AND id = $2 AND status = 'succeeded'
            """,
            job.tenant_id,
            job.export_id,
        )
