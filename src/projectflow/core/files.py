"""Files: one folder or one S3 bucket, each tenant under its own prefix."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from msgspec import Struct
from obstore.store import LocalStore, ObjectStore, from_url

from projectflow.core.db import Db
from projectflow.core.jobs import enqueue
from projectflow.core.settings import Settings

DELETE_JOB: Final = "delete_file"


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

    async def get(self, tenant_id: UUID, name: str) -> bytes:
        """Read them back.

        Raises:
            FileNotFoundError: there is nothing of this name.
        """
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
