"""The files and links of tasks that are brought in, examined as when somebody uploads them."""

import hashlib
from collections.abc import Callable
from typing import IO, Final
from uuid import UUID

import anyio
from msgspec import Struct

from projectflow.core.db import Db
from projectflow.core.jobs import enqueue
from projectflow.core.problems import InvalidInput
from projectflow.exports.bringing_in import FilesIn, batches, decoded, insert, raw
from projectflow.exports.catalog import EXPORTED
from projectflow.exports.reading import UNREADABLE, Archive, NotAnExport, Rows
from projectflow.exports.writing import NULL, attachment_member, is_null
from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.attachments import LATE, PURGE_JOB
from projectflow.tasks.file_names import clean_name, content_disposition
from projectflow.tasks.file_types import PICTURES, SHOWN, decide_type
from projectflow.tasks.uploads import PREVIEW_JOB

PIECE: Final = 1024 * 1024
TABLE: Final = EXPORTED["attachments"]


class _Examined(Struct, frozen=True):
    size: int
    sha256: str
    """As a column of bytes stands in JSON."""
    content_type: str


class AttachmentsIn:
    """The attachments of one export; counts how many bytes they take."""

    def __init__(
        self,
        db: Db,
        tenant_id: UUID,
        archive: Archive,
        stored: FilesIn,
        left_out: Callable[[str, str], None],
    ) -> None:
        """`left_out` is told the name of what cannot come, and why."""
        self.size = 0
        self._db = db
        self._tenant_id = tenant_id
        self._archive = archive
        self._stored = stored
        self._left_out = left_out

    async def run(self, change: Callable[[Rows], Rows]) -> None:
        """Store the files and write the rows, with the ids that `change` gives them.

        Raises:
            NotAnExport: a row cannot be read, or its file is not the one that it speaks of.
        """
        tenant = raw(self._tenant_id)
        async for batch in batches(self._archive, TABLE):
            rows = [new for row in batch if (new := await self._one(row, change(row))) is not None]
            await insert(self._db, TABLE, [{**new, "tenant_id": tenant} for new in rows])
            for new in rows:
                await self._ask_for_work(new)

    async def _one(self, row: Rows, new: Rows) -> Rows | None:
        name = str(decoded(row, "name", str))
        if is_null(row["object_key"]):
            address = str(decoded(row, "url", str))
            if not address.startswith(("https://", "http://")):
                self._left_out(name, "its address is no web address")
                return None
            return new
        member = attachment_member(str(decoded(row, "id", UUID)))
        if self._archive.size_of(member) is None:
            self._left_out(name, "the export does not hold its file")
            return None
        claimed = str(decoded(row, "content_type", str))
        examined = await anyio.to_thread.run_sync(self._examine, member, claimed)
        whole = (decoded(row, "size_bytes", int), decoded(row, "sha256", str))
        if whole != (examined.size, examined.sha256):
            raise NotAnExport(f"The export is damaged: {member} is not the file that was attached.")
        kind, kept = examined.content_type, f"attachments/{decoded(new, 'id', UUID)}"
        called = clean_name(str(decoded(row, "uploaded_name", str)))
        headers = {
            "Content-Type": kind,
            "Content-Disposition": content_disposition(called, inline=kind in SHOWN),
        }
        await self._stored.store(member, kept, headers)
        self.size += examined.size
        return {
            **new,
            "object_key": raw(kept),
            "content_type": raw(kind),
            "uploaded_name": raw(called),
            # Small pictures are made anew.
            "preview": raw("pending") if kind in PICTURES else NULL,
        }

    def _examine(self, member: str, claimed: str) -> _Examined:
        digest, size = hashlib.sha256(), 0
        try:
            with self._archive.open(member) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    size += len(piece)
                return _Examined(size, f"\\x{digest.hexdigest()}", _type_of(claimed, file))
        except UNREADABLE as error:
            raise NotAnExport(f"The export is damaged: {member} cannot be read.") from error

    async def _ask_for_work(self, new: Rows) -> None:
        job = AttachmentJob(self._tenant_id, decoded(new, "id", UUID))
        if not is_null(new["object_key"]) and not is_null(new["preview"]):
            await enqueue(self._db, PREVIEW_JOB, job)
        if "deleted_at" in new and not is_null(new["deleted_at"]):
            await enqueue(self._db, PURGE_JOB, job, after=LATE)


def _type_of(claimed: str, file: IO[bytes]) -> str:
    """What the file is; what is claimed of it counts as far as the content does not contradict."""
    try:
        return decide_type(claimed, file)
    except InvalidInput:
        return decide_type("", file)


async def take_room(db: Db, tenant_id: UUID, size: int) -> int:
    """Count the bytes of files as stored; gives how many the workspace has by then.

    Other uploads of the workspace wait from here to the end of the transaction.
    """
    return await db.fetchval(
        """
        INSERT INTO storage_usage AS s (tenant_id, used_bytes) VALUES ($1, $2)
        ON CONFLICT (tenant_id) DO UPDATE SET used_bytes = s.used_bytes + $2
        RETURNING used_bytes
        """,
        tenant_id,
        size,
    )
