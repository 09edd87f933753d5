"""Files on their way out, to whoever has a signed address."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.core.db import Database
from projectflow.core.files import Files
from projectflow.tasks.file_links import FileNotFound, Part
from projectflow.tasks.file_names import content_disposition
from projectflow.tasks.file_types import SHOWN, UNKNOWN

RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
POLICY: Final = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
)
"""Whatever a file is, at our address it runs nothing, sends nothing and is nobody's page."""
REDIRECT_LIFETIME: Final = timedelta(seconds=60)


class StoredFile(Struct, frozen=True):
    """A file as its attachment describes it."""

    name: str
    uploaded_name: str
    object_key: str
    content_type: str
    size_bytes: int
    sha256: bytes
    preview: str | None


class Answer(Struct, frozen=True):
    """What to answer: a status, headers, and bytes if there are any."""

    status: int
    media_type: str
    headers: dict[str, str]
    body: AsyncIterator[bytes] | None = None


class Asked(Struct, frozen=True):
    """What a request says of how it wants a file."""

    range: str | None
    if_range: str | None
    if_none_match: str | None


def preview_of(object_key: str) -> str:
    """Where the small picture of a file is kept."""
    return f"{object_key}.preview.webp"


async def read_file(
    database: Database,
    files: Files,
    tenant_id: UUID,
    attachment_id: UUID,
    part: Part,
    asked: Asked,
    *,
    until: datetime,
    redirects: bool,
) -> Answer:
    """Give a file out, or say where S3 does; the address was checked before, and ends at `until`.

    Raises:
        FileNotFound: the attachment or its task was deleted, or there is no such part of it.
    """
    stored = await _find(database, tenant_id, attachment_id)
    if part == "preview":
        return await _preview(files, tenant_id, stored, asked, until)
    shown = part == "file" and stored.content_type in SHOWN
    disposition = content_disposition(stored.name, inline=shown)
    # S3 answers with what it was told at the upload: enough unless something else is wanted.
    kept = content_disposition(stored.uploaded_name, inline=stored.content_type in SHOWN)
    if redirects and disposition == kept:
        address = await files.sign(tenant_id, stored.object_key, REDIRECT_LIFETIME)
        if address is not None:
            headers = {"Location": address, "Cache-Control": "no-store"}
            return Answer(302, "text/plain", headers)
    media_type = stored.content_type if stored.content_type in SHOWN else UNKNOWN
    etag = f'"{stored.sha256.hex()[:32]}"'
    headers = {
        "Content-Disposition": disposition,
        # Kept, but asked for again each time: a deleted file is not shown out of a cache.
        **_headers(etag, "private, no-cache"),
        "Accept-Ranges": "bytes",
    }
    if _has(asked.if_none_match, etag):
        return Answer(304, media_type, headers)
    return await _bytes(files, tenant_id, stored, asked, media_type, headers)


async def _find(database: Database, tenant_id: UUID, attachment_id: UUID) -> StoredFile:
    async with database.tenant(tenant_id, read_only=True) as db:
        row = await db.fetchrow(
            """
            SELECT a.name, a.uploaded_name, a.object_key, a.content_type, a.size_bytes, a.sha256,
                   a.preview
            FROM attachments a
            JOIN tasks t ON t.tenant_id = $1 AND t.id = a.task_id AND t.deleted_at IS NULL
            JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id AND p.deleted_at IS NULL
            WHERE a.tenant_id = $1 AND a.id = $2 AND a.deleted_at IS NULL
              AND a.object_key IS NOT NULL
            """,
            tenant_id,
            attachment_id,
        )
    if row is None:
        raise FileNotFound
    return StoredFile(*row)


async def _preview(
    files: Files, tenant_id: UUID, stored: StoredFile, asked: Asked, until: datetime
) -> Answer:
    if stored.preview != "ready":
        raise FileNotFound
    left = max(0, int((until - datetime.now(UTC)).total_seconds()))
    etag = f'"{stored.sha256.hex()[:32]}-p"'
    headers = _headers(etag, f"private, max-age={left}")
    if _has(asked.if_none_match, etag):
        return Answer(304, "image/webp", headers)
    try:
        content = await files.get(tenant_id, preview_of(stored.object_key))
    except FileNotFoundError:
        raise FileNotFound from None
    headers["Content-Length"] = str(len(content))
    return Answer(200, "image/webp", headers, _once(content))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _headers(etag: str, cache_control: str) -> dict[str, str]:
    return {
        "ETag": etag,
        "Cache-Control": cache_control,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
    }


def _has(if_none_match: str | None, etag: str) -> bool:
    """Whether the header names the tag, weak or not, or any (RFC 9110 §13.1.2)."""
    named = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return etag in named or named == ["*"]


async def _bytes(
    files: Files,
    tenant_id: UUID,
    stored: StoredFile,
    asked: Asked,
    media_type: str,
    headers: dict[str, str],
) -> Answer:
    """All of the file, or the one range of it that is asked for (RFC 9110 §14)."""
    size, status = stored.size_bytes, 200
    start, end = 0, size
    wanted = asked.range if asked.if_range in {None, headers["ETag"]} else None
    if wanted is not None and (found := RANGE.fullmatch(wanted.strip())) and any(found.groups()):
        start, end = _span(found[1], found[2], size)
        if start >= end:
            return Answer(416, media_type, {**headers, "Content-Range": f"bytes */{size}"})
        status = 206
        headers = {**headers, "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    try:
        body = await files.stream(tenant_id, stored.object_key, start, end)
    except FileNotFoundError:
        raise FileNotFound from None
    return Answer(status, media_type, {**headers, "Content-Length": str(end - start)}, body)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    """Where a range begins and what it ends before; nothing where it is outside of the file."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
