"""What `doctor` looks at in the database, as the service's own role."""

import time
from datetime import datetime

import asyncpg

from projectflow.core.migrations import pending
from projectflow.core.settings import Settings
from projectflow.embedded.connect import Connection, connected
from projectflow.embedded.refusal import Refusal
from projectflow.embedded.running import Running
from projectflow.operations.findings import Finding, failed, ok, warn

OLDEST_POSTGRES = 150000
CLOCK_SECONDS = 5.0


async def check_database(settings: Settings, running: Running | None) -> list[Finding]:
    """Look at the server, the service's role, the schema and the clock.

    Args:
        settings: With the address of the database.
        running: The `up` whose engines these may be.
    """
    try:
        async with connected(settings.database_url or "", command_timeout=10) as connection:
            findings = [
                await _version(connection),
                await _powers(connection),
                await _possessions(connection),
                await _plans(connection),
                await _clock(connection),
            ]
    except Refusal as refusal:
        where = "logs/postgres.log" if running else "DATABASE_URL and the server"
        return [failed("PostgreSQL", str(refusal), f"look at {where}")]
    findings.append(await _schema(settings))
    return findings


async def _version(connection: Connection) -> Finding:
    number = int(await connection.fetchval("SHOW server_version_num"))
    name = str(await connection.fetchval("SHOW server_version"))
    if number < OLDEST_POSTGRES:
        return failed("PostgreSQL", name, "use PostgreSQL 15 or later")
    return ok("PostgreSQL", name)


async def _powers(connection: Connection) -> Finding:
    powers = await connection.fetchval(
        "SELECT array_remove(ARRAY[CASE WHEN rolsuper THEN 'superuser' END,"
        " CASE WHEN rolbypassrls THEN 'bypassrls' END,"
        " CASE WHEN rolcreaterole THEN 'createrole' END], NULL)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    if powers:
        return failed(
            "service's role",
            f"it is {', '.join(powers)}: one workspace could see another's rows",
            "give DATABASE_URL a role made with NOSUPERUSER NOBYPASSRLS NOCREATEROLE",
        )
    return ok("service's role", "cannot bypass row-level security")


async def _possessions(connection: Connection) -> Finding:
    owned = await connection.fetchval(
        "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
    )
    if owned:
        return failed(
            "service's role",
            f"owns {owned} tables or indexes, and an owner can switch row-level security off",
            "let another role own the schema: DATABASE_OWNER_URL",
        )
    return ok("service's role", "owns nothing")


async def _plans(connection: Connection) -> Finding:
    mode = await connection.fetchval("SHOW plan_cache_mode")
    if mode != "force_generic_plan":
        return warn(
            "query plans",
            f"plan_cache_mode is {mode}: every read plans again, at twice the cost",
            "run `projectflow migrate`, which sets it for the role (a pooler may drop it)",
        )
    return ok("query plans", "plan_cache_mode is force_generic_plan")


async def _clock(connection: Connection) -> Finding:
    before = time.time()
    told: datetime = await connection.fetchval("SELECT clock_timestamp()")
    here = (before + time.time()) / 2
    apart = abs(told.timestamp() - here)
    if apart > CLOCK_SECONDS:
        return failed(
            "clock",
            f"{apart:.0f} s apart from the database's",
            "synchronise both (NTP): tokens expire by this clock",
        )
    return ok("clock", f"{apart:.1f} s apart from the database's")


async def _schema(settings: Settings) -> Finding:
    url = settings.database_owner_url or settings.database_url or ""
    try:
        missing = await pending(url)
    except asyncpg.InsufficientPrivilegeError:
        return warn("schema", "this role may not look", "set DATABASE_OWNER_URL for `doctor`")
    except (OSError, asyncpg.PostgresError) as error:
        return failed("schema", f"cannot be looked at: {error}", "look at DATABASE_OWNER_URL")
    if missing:
        return failed("schema", f"{len(missing)} migrations missing", "run `projectflow migrate`")
    return ok("schema", "up to date")
