"""`projectflow restore`: what a backup holds takes the place of what is there, or nothing changes.

The database is restored beside the old one and takes its name in one transaction; files and keys
are renamed right after. Until the last of these has succeeded the old ones are kept, and put back
when one fails. Killed in between: run it again.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from projectflow.core.migrations import migrations_dir
from projectflow.core.settings import Settings
from projectflow.embedded.bootstrap import OWNER
from projectflow.embedded.connect import Connection, connected
from projectflow.embedded.database import Database, reach_database
from projectflow.embedded.place import engine_place, make_home
from projectflow.embedded.refusal import Refusal
from projectflow.operations.archive import DUMP, BackupInvalid, Manifest, verify
from projectflow.operations.backup import files_folder
from projectflow.operations.postgres_tools import (
    HOURS,
    drop_database,
    list_dump,
    load,
    make_database,
)
from projectflow.operations.rows import count_rows
from projectflow.operations.swap import FolderSwap


async def restore(settings: Settings, file: Path, agreed: Callable[[str], bool]) -> Manifest:
    """Verify the file, restore it beside what is there, then swap.

    Args:
        settings: Which database, files and keys.
        file: What `back_up` wrote.
        agreed: Asked before data is replaced.

    Raises:
        BackupInvalid: The file is damaged, changed, or made by a newer version; nothing changed.
        Refusal: ProjectFlow runs, or replacing was not agreed to; nothing changed.
        EngineFailed: PostgreSQL failed; nothing changed.
    """
    make_home(settings.home)
    files = files_folder(settings)
    work = Path(tempfile.mkdtemp(prefix=".restore.", dir=settings.home))
    try:
        manifest = await asyncio.to_thread(verify, file, work)
        _refuse_newer(file, manifest)
        await list_dump(work / DUMP)
        async with reach_database(settings, alone=True, make=True) as database:
            await _refuse_connections(database)
            await _ask(database, await asyncio.to_thread(_holds_anything, files), agreed)
            swaps = (
                FolderSwap(work / "files", files),
                FolderSwap(work / "keys", settings.home / "keys"),
            )
            await _replace(database, work / DUMP, manifest, swaps)
        if settings.redis_url is None:
            _forget_cache(settings)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _refuse_newer(file: Path, manifest: Manifest) -> None:
    known = {path.stem for path in migrations_dir().glob("*.sql")}
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown:
        raise BackupInvalid(
            f"{file} was made by ProjectFlow {manifest.projectflow}, which has migrations that "
            f"this version does not know ({', '.join(unknown)}): install that version or a later"
        )


async def _refuse_connections(database: Database) -> None:
    async with connected(database.strongest) as connection:
        others = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
        )
    if others:
        raise Refusal(f"{others} connections use the database: stop the API and the worker first")


async def _ask(database: Database, has_files: bool, agreed: Callable[[str], bool]) -> None:
    async with connected(database.strongest) as connection, connection.transaction():
        counts = await count_rows(connection)
    rows = sum(count for table, count in counts.items() if "._pogo_" not in table)
    held = f"{rows} rows" if rows else ""
    held += " and stored files" if has_files else ""
    if held and not agreed(f"This database holds {held}. Replace all of it?"):
        raise Refusal(f"the database holds {held}: `restore --yes` replaces them")


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


async def _replace(
    database: Database, dump: Path, manifest: Manifest, swaps: tuple[FolderSwap, ...]
) -> None:
    url = database.strongest
    name = unquote(urlsplit(url).path.removeprefix("/"))
    new, old = f"{name}_restoring", f"{name}_replaced"
    for leftover in (new, old):
        await drop_database(url, leftover)
    owner = OWNER if database.superuser else None
    try:
        await make_database(url, new, owner)
        await load(url, new, owner, dump)
        await _compare(url, new, manifest)
        for swap in swaps:
            await asyncio.to_thread(swap.stage)
        async with connected(url, database="postgres") as server:
            await _swap_all(server, (name, new, old), swaps)
    except BaseException:
        await drop_database(url, new)
        raise
    finally:
        for swap in swaps:
            swap.clean()
    await drop_database(url, old)


async def _compare(url: str, database: str, manifest: Manifest) -> None:
    async with (
        connected(url, database=database, command_timeout=HOURS) as connection,
        connection.transaction(),
    ):
        counts = await count_rows(connection)
        await connection.execute("ANALYZE")  # a dump carries no statistics for the planner
    for table in sorted(counts.keys() | manifest.rows.keys()):
        found, expected = counts.get(table), manifest.rows.get(table)
        if found != expected:
            raise BackupInvalid(f"{table} has {found} rows after restoring, not {expected}")


async def _swap_all(
    server: Connection, names: tuple[str, str, str], swaps: tuple[FolderSwap, ...]
) -> None:
    name, new, old = names
    done: list[FolderSwap] = []
    try:
        async with server.transaction():  # renames of databases are undone with it
            await _rename(server, name, old)
            await _rename(server, new, name)
            await _close_to_public(server, name)
            for swap in swaps:
                swap.swap()
                done.append(swap)
    except BaseException:
        for swap in reversed(done):
            swap.swap_back()
        raise


async def _rename(server: Connection, old: str, new: str) -> None:
    await server.fetchval(
        "SELECT set_config('operations.old_name', $1, true),"
        " set_config('operations.new_name', $2, true)",
        old,
        new,
    )
    await server.execute("""
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I RENAME TO %I',
                current_setting('operations.old_name'), current_setting('operations.new_name'));
        END $$
    """)


async def _close_to_public(server: Connection, name: str) -> None:
    """Only the service may connect; a dump does not carry rights on the database itself."""
    await server.fetchval("SELECT set_config('operations.new_name', $1, true)", name)
    await server.execute("""
        DO $$ BEGIN
            EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC',
                current_setting('operations.new_name'));
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO projectflow_service',
                current_setting('operations.new_name'));
        END $$
    """)


def _forget_cache(settings: Settings) -> None:
    """Empty Valkey: its streams and counters belong to the data that was replaced."""
    shutil.rmtree(engine_place(settings.home).root / "valkey", ignore_errors=True)
