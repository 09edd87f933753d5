"""Files: one folder or one S3 bucket, each tenant under its own prefix."""

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import anyio
import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store, from_url

from projectflow.core.db import Db
from projectflow.core.jobs import enqueue
from projectflow.core.problems import Unavailable
from projectflow.core.settings import Settings

if TYPE_CHECKING:
    from obstore import GetResult

DELETE_JOB: Final = "delete_file"
PART: Final = 5 * 1024 * 1024
"""Bytes that a large file is sent in at a time; S3 takes no smaller parts."""
PIECE: Final = 256 * 1024
"""Bytes that a file is given out in at a time."""


class FileJob(Struct, frozen=True):
    """What the job of deleting a file says: which one."""

    tenant_id: UUID
    name: str


class Files:
    """The store of uploaded bytes."""

    def __init__(self, store: ObjectStore) -> None:
        """Use `open_files` to make one."""
        self._store = store

    async def put(self, tenant_id: UUID, name: str, content: bytes) -> None:
        """Store bytes under a tenant's name, replacing what was there."""
        await obstore.put_async(self._store, _key(tenant_id, name), content)

    async def put_file(
        self, tenant_id: UUID, name: str, file: IO[bytes], headers: dict[str, str]
    ) -> None:
        """Store what an open file holds; no more than two parts of it are in memory.

        `headers` are what S3 answers with when somebody fetches it by a signed address.

        Raises:
            Unavailable: the store does not answer, or takes nothing.
        """
        with _reachable():
            await obstore.put_async(
                self._store,
                _key(tenant_id, name),
                file,
                attributes=None if isinstance(self._store, LocalStore) else headers,
                chunk_size=PART,
                max_concurrency=2,
            )

    async def stream(
        self, tenant_id: UUID, name: str, start: int, end: int
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, piece by piece.

        Raises:
            FileNotFoundError: there is nothing of this name.
            Unavailable: the store does not answer.
        """
        key = _key(tenant_id, name)
        with _reachable():
            result = await obstore.get_async(self._store, key, options={"range": (start, end)})
        return _pieces(result)

    async def fetch(self, tenant_id: UUID, name: str, path: Path) -> None:
        """Copy the bytes to a file on this machine, piece by piece.

        Raises:
            FileNotFoundError: there is nothing of this name.
            Unavailable: the store does not answer.
        """
        with _reachable():
            result = await obstore.get_async(self._store, _key(tenant_id, name))
            async with await anyio.open_file(path, "wb") as file:
                async for piece in _pieces(result):
                    await file.write(piece)

    async def sign(self, tenant_id: UUID, name: str, lifetime: timedelta) -> str | None:
        """An address at which S3 itself gives the file out; None for files of a folder."""
        if not isinstance(self._store, S3Store):
            return None
        return await obstore.sign_async(self._store, "GET", _key(tenant_id, name), lifetime)

    async def get(self, tenant_id: UUID, name: str) -> bytes:
        """Read them back.

        Raises:
            FileNotFoundError: there is nothing of this name.
            Unavailable: the store does not answer.
        """
        with _reachable():
            result = await obstore.get_async(self._store, _key(tenant_id, name))
            return bytes(await result.bytes_async())

    async def delete(self, tenant_id: UUID, name: str) -> None:
        """Remove them; what is not there is no error."""
        try:
            await obstore.delete_async(self._store, _key(tenant_id, name))
        except FileNotFoundError:
            return

    async def probe(self) -> None:
        """Ask the store for anything, to see that it answers."""
        async for _ in obstore.list(self._store, chunk_size=1):
            return


@contextmanager
def _reachable() -> Generator[None]:
    """What the store has against us is no mistake of whoever asks; what it does not have may be."""
    try:
        yield
    except BaseError as error:
        raise Unavailable("The store of files is away for the moment.", retry_after=5) from error


async def _pieces(result: "GetResult") -> AsyncIterator[bytes]:
    async for piece in result.stream(min_chunk_size=PIECE):
        yield bytes(piece)


def _key(tenant_id: UUID, name: str) -> str:
    return f"{tenant_id}/{name}"


def open_files(settings: Settings) -> Files:
    """Open the store of `STORAGE_URL`, or the folder of the home."""
    url = urlsplit(settings.files_url)
    if url.scheme != "file":
        return Files(from_url(settings.files_url))
    folder = Path(unquote(url.path))
    return Files(LocalStore(folder, mkdir=True))


async def delete_later(db: Db, tenant_id: UUID, name: str) -> None:
    """Have the worker delete a file once this transaction has committed."""
    await enqueue(db, DELETE_JOB, FileJob(tenant_id, name))
