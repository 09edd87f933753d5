"""Running pg_dump and pg_restore: the address goes through the environment, never through argv."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from projectflow.embedded.binaries import find_postgres
from projectflow.embedded.child import clean_environment, run_tool

HOURS = 6 * 3600.0
QUERY_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}


def libpq_environment(url: str, database: str | None = None) -> dict[str, str]:
    """The address as libpq's environment variables.

    Args:
        url: `postgresql://…`.
        database: Instead of the address's own.
    """
    parts = urlsplit(url)
    found = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": database or unquote(parts.path.removeprefix("/")),
        "PGCONNECT_TIMEOUT": "10",
    }
    for name, value in parse_qsl(parts.query):
        if name in QUERY_VARIABLES:
            found[QUERY_VARIABLES[name]] = value
    return clean_environment() | {name: value for name, value in found.items() if value}


async def dump(url: str, snapshot: str, file: Path) -> None:
    """Write the database, as one snapshot sees it, in pg_dump's custom format.

    Raises:
        EngineFailed: pg_dump failed or took over six hours.
    """
    await asyncio.to_thread(
        run_tool,
        [
            find_postgres().tool("pg_dump"),
            "--format=custom",
            "--no-owner",
            f"--snapshot={snapshot}",
            f"--file={file}",
            "--lock-wait-timeout=60s",
        ],
        timeout=HOURS,
        environment=libpq_environment(url),
    )


async def list_dump(file: Path) -> str:
    """List what a dump holds; reads its whole table of contents.

    Raises:
        EngineFailed: It is no readable dump.
    """
    tool = find_postgres().tool("pg_restore")
    return await asyncio.to_thread(run_tool, [tool, "--list", file], timeout=600)


async def load(url: str, database: str, role: str | None, file: Path) -> None:
    """Fill an empty database from a dump, in one transaction.

    Args:
        url: Address of the server.
        database: The empty database.
        role: Who owns what is made, when the address is a superuser's.
        file: pg_dump's custom format.

    Raises:
        EngineFailed: pg_restore failed; nothing was written.
    """
    as_role = [f"--role={role}"] if role else []
    await asyncio.to_thread(
        run_tool,
        [
            find_postgres().tool("pg_restore"),
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            *as_role,
            f"--dbname={database}",
            file,
        ],
        timeout=HOURS,
        environment=libpq_environment(url, database),
    )


async def make_database(url: str, database: str, owner: str | None) -> None:
    """Make an empty database.

    Args:
        url: Address of the server.
        database: Its name.
        owner: Who owns it, when the address is a superuser's.

    Raises:
        EngineFailed: It exists, or the role may not make databases.
    """
    as_owner = [f"--owner={owner}"] if owner else []
    tool = find_postgres().tool("createdb")
    await asyncio.to_thread(
        run_tool,
        [tool, "--template=template0", *as_owner, database],
        timeout=120,
        environment=libpq_environment(url, "postgres"),
    )


async def drop_database(url: str, database: str) -> None:
    """Remove a database, if it is there.

    Raises:
        EngineFailed: Someone is connected to it.
    """
    tool = find_postgres().tool("dropdb")
    await asyncio.to_thread(
        run_tool,
        [tool, "--if-exists", database],
        timeout=120,
        environment=libpq_environment(url, "postgres"),
    )
