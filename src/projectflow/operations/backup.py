"""`projectflow backup`: one file with the database, the stored files and the keys."""

import asyncio
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from projectflow import __version__
from projectflow.core.settings import Settings
from projectflow.embedded.connect import connected
from projectflow.embedded.database import Database, reach_database
from projectflow.embedded.refusal import Refusal
from projectflow.operations.archive import DUMP, ArchiveWriter, Manifest, verify
from projectflow.operations.postgres_tools import HOURS, dump, list_dump
from projectflow.operations.rows import count_rows

_MIGRATIONS = "public._pogo_migration"
_APPLIED = "SELECT migration_id FROM public._pogo_migration ORDER BY 1"


async def back_up(settings: Settings, file: Path) -> Manifest:
    """Write a backup and read it back. The file appears whole (mode 0600) or not at all.

    Works while ProjectFlow runs: the database is dumped as one snapshot. Files are copied after
    it, so each file that the snapshot knows is there unless it was deleted in that moment.

    Args:
        settings: Which database, files and keys.
        file: Where to; replaced when it exists.

    Raises:
        Refusal: The folder cannot be written, files are kept elsewhere (S3), or the database's
            role may not read everything.
        EngineFailed: pg_dump failed.
        BackupInvalid: What was written does not read back.
    """
    files = files_folder(settings)
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
    except OSError as error:
        raise Refusal(f"{file.parent} cannot be written: {error.strerror}") from error
    try:
        half = work / "backup"
        async with reach_database(settings) as database:
            manifest = await _dump_with_counts(database, work / DUMP)
        await asyncio.to_thread(_pack, half, work, manifest, files, settings.home / "keys")
        read_back = await asyncio.to_thread(verify, half)
        await list_dump(work / DUMP)
        half.replace(file)
        _sync_folder(file.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return read_back


def files_folder(settings: Settings) -> Path:
    """The folder of stored files.

    Raises:
        Refusal: They are in an object store, which has its own copies and versions.
    """
    parts = urlsplit(settings.files_url)
    if parts.scheme != "file":
        raise Refusal(
            "STORAGE_URL is an object store: back it up with its own versions or replication; "
            "`backup` and `restore` handle folders (file://)"
        )
    return Path(unquote(parts.path))


async def _dump_with_counts(database: Database, to: Path) -> Manifest:
    async with (
        connected(database.strongest, command_timeout=HOURS) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        try:
            rows = await count_rows(connection)
        except asyncpg.InsufficientPrivilegeError as error:
            raise Refusal(
                "this role may not read every row: DATABASE_OWNER_URL needs a role with BYPASSRLS "
                f"for a backup ({error})"
            ) from error
        migrations = await connection.fetch(_APPLIED) if _MIGRATIONS in rows else []
        version = await connection.fetchval("SHOW server_version")
        await dump(database.strongest, str(snapshot), to)
    return Manifest(
        projectflow=__version__,
        postgres=str(version),
        created_at=datetime.now(UTC).isoformat(),
        migrations=[record["migration_id"] for record in migrations],
        rows=rows,
        sums={},
    )


def _pack(file: Path, work: Path, manifest: Manifest, files: Path, keys: Path) -> None:
    writer = ArchiveWriter(file)
    try:
        writer.add(work / DUMP, DUMP)
        writer.add_folder(files, "files")
        writer.add_folder(keys, "keys")
    except BaseException:
        writer.abandon()
        raise
    manifest.sums = writer.sums
    writer.finish(manifest)
    file.chmod(0o600)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
