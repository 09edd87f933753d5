"""What `doctor` looks at in the event log: whether it is carried on."""

import asyncpg
from msgspec.structs import replace

from projectflow.core.db import connect
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.operations.findings import Finding, failed, ok, warn
from projectflow.realtime.backlog import LATE_SECONDS, backlogs
from projectflow.realtime.parking import find_parked
from projectflow.realtime.relay import NAME

MOST_COUNTED = 1000


async def check_events(settings: Settings) -> list[Finding]:
    """Look at how far the relay is behind, and at what is parked."""
    try:
        database = await connect(replace(settings, database_pool_min=1))
    except (OSError, TimeoutError, asyncpg.PostgresError, Problem):
        return []  # said already where the database was looked at
    try:
        behind = await backlogs(database, [NAME])
        count = 0
        async for _ in find_parked(database):
            count += 1
            if count == MOST_COUNTED:
                break
    except asyncpg.UndefinedFunctionError:
        return []  # a migration is missing, which is said already
    finally:
        await database.close()
    relay = ok("events", "all are carried to live channels")
    for backlog in behind:
        text = f"{backlog.events} wait to be carried, the oldest for {backlog.lag_seconds:.0f} s"
        relay = ok("events", text)
        if backlog.lag_seconds > LATE_SECONDS:
            relay = failed("events", text, "look at the worker and its log, and at Redis")
    parked = ok("parked events", "none")
    if count:
        more = "or more " if count == MOST_COUNTED else ""
        parked = warn(
            "parked events",
            f"{count} {more}could not be processed",
            "look at them: `projectflow events parked list`; then replay or drop them",
        )
    return [relay, parked]
