"""Run the plain SQL files of migrations/, in order, once, by one process at a time."""

import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pogo_core.util import migrate as pogo
from pogo_core.util import sql as pogo_sql

from projectflow.core.db import connect_once

LOCK_KEY = 0x70726F6A666C6F77  # "projflow"
SCHEMA = "public"

_silent = logging.getLogger("projectflow.migrations")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False  # whoever calls says what was applied, in their own words


def migrations_dir() -> Path:
    """The folder of SQL files: inside an installed wheel, else beside the source tree."""
    packaged = Path(__file__).parent.parent / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "migrations"


async def migrate(owner_url: str, service_url: str) -> list[str]:
    """Bring the schema up to date and make the service's role fit to serve.

    Args:
        owner_url: the role that owns the tables (never the one that serves requests).
        service_url: the role that serves; only its user name is read.

    Returns:
        The names of the migrations applied by this call, in order.

    Raises:
        asyncpg.LockNotAvailableError: a table was locked for more than 5 s; run it again.
    """
    connection = await connect_once(owner_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
        await connection.execute("SET lock_timeout = '5s'")
        before = await pending(owner_url)
        await pogo.apply(connection, migrations_dir(), schema_name=SCHEMA, logger=_silent)
        service_role = unquote(urlsplit(service_url).username or "")
        await connection.execute("SELECT prepare_service_role($1)", service_role)
        return before
    finally:
        await connection.close()


async def pending(url: str) -> list[str]:
    """Name the migrations that the database does not have yet, in order."""
    connection = await connect_once(url)
    try:
        if await pogo_sql.get_pogo_version(connection) is None:
            applied: set[str] = set()
        else:
            applied = await pogo_sql.get_applied_migrations(connection, schema_name=SCHEMA)
        known = sorted(path.stem for path in migrations_dir().glob("*.sql"))
        return [name for name in known if name not in applied]
    finally:
        await connection.close()
