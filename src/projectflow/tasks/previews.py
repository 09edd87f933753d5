"""Small pictures of files that are pictures: made once, by the worker."""

import io
import warnings
from typing import Final

import anyio
import structlog
from PIL import Image, ImageOps

from projectflow.core.db import Database
from projectflow.core.events import Change, record_all
from projectflow.core.files import Files
from projectflow.tasks.attachment_types import AttachmentJob, Preview
from projectflow.tasks.downloads import preview_of
from projectflow.users.avatars import AT_ONCE, FORMATS, MAX_PIXELS, MAX_SCANS, SCAN

SIDE: Final = 480
"""The longer side of a preview, in pixels."""
log = structlog.get_logger()


async def make_preview(database: Database, files: Files, job: AttachmentJob) -> None:
    """Make the preview that an attachment waits for; one that cannot be made is none."""
    async with database.tenant(job.tenant_id, read_only=True) as db:
        object_key: str | None = await db.fetchval(
            """
            SELECT object_key FROM attachments
            WHERE tenant_id = $1 AND id = $2 AND preview = 'pending'
            """,
            job.tenant_id,
            job.attachment_id,
        )
    if object_key is None:
        return
    made = False
    try:
        content = await files.get(job.tenant_id, object_key)
        picture = await anyio.to_thread.run_sync(shrink, content, limiter=AT_ONCE)
        await files.put(job.tenant_id, preview_of(object_key), picture)
        made = True
    except (NotAPicture, FileNotFoundError):
        log.info("preview_not_made", attachment=str(job.attachment_id))
    if not await _save(database, job, "ready" if made else None) and made:
        await files.delete(job.tenant_id, preview_of(object_key))


class NotAPicture(Exception):
    """A file is damaged, too large, or no picture of a kind that we read."""


def shrink(content: bytes) -> bytes:
    """Turn upright and write at most 480 by 480 pixels as WebP, with nothing but the pixels.

    Raises:
        NotAPicture: it cannot be done within bounds.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _shrunk(content)
    except NotAPicture:
        raise
    except Exception as error:  # of damaged files, Pillow's decoders raise whatever there is
        raise NotAPicture from error


def _shrunk(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS:  # known from the header: nothing is decoded yet
            raise NotAPicture
        if opened.format == "JPEG" and content.count(SCAN) > MAX_SCANS:
            raise NotAPicture
        opened.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than is needed
        plain = opened.mode in {"RGB", "RGBA"} and "transparency" not in opened.info
        picture = opened if plain else opened.convert("RGBA")
        picture.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
        # Of the pixels alone, so that nothing else comes along.
        clean = Image.frombytes("RGBA", upright.size, upright.tobytes())
        written = io.BytesIO()
        clean.save(written, "WEBP", quality=80, method=4)
        return written.getvalue()


async def _save(database: Database, job: AttachmentJob, preview: Preview | None) -> bool:
    """Say that the preview is there, or that there is none; False where the file is gone.

    Of each attachment that is this file: a copied project has it under a row of its own.
    """
    async with database.tenant(job.tenant_id) as db:
        rows = await db.fetch(
            """
            UPDATE attachments a SET preview = $3 FROM attachments named, tasks t
            WHERE named.tenant_id = $1 AND named.id = $2
              AND a.tenant_id = $1 AND a.object_key = named.object_key AND a.preview = 'pending'
              AND t.tenant_id = $1 AND t.id = a.task_id
            RETURNING a.id, a.task_id, t.project_id, a.version
            """,
            job.tenant_id,
            job.attachment_id,
            preview,
        )
        changes = [
            Change(
                "attachment.previewed",
                "attachment",
                attachment_id,
                version,
                payload={
                    "task_id": task_id,
                    "before": {"preview": "pending"},
                    "after": {"preview": preview},
                },
                project_id=project_id,
            )
            for attachment_id, task_id, project_id, version in rows
        ]
        if changes:
            await record_all(db, job.tenant_id, None, changes)
    return bool(rows)
