"""How far those who follow the log are behind: as metrics, and for `projectflow doctor`."""

from collections.abc import Sequence
from typing import Final

import structlog
from msgspec import Struct
from prometheus_client import Gauge

from projectflow.core.db import Database
from projectflow.realtime.relay import NAME

LATE_SECONDS: Final = 10.0
LAG = Gauge("relay_lag_seconds", "Age of the oldest event that the relay has not carried.")
BACKLOG = Gauge("relay_backlog_events", "Events that the relay has not carried.")
CONSUMER_LAG = Gauge("consumer_lag_seconds", "Age of the oldest event not processed.", ["consumer"])
CONSUMER_BACKLOG = Gauge("consumer_backlog_events", "Events not processed.", ["consumer"])
JOBS = Gauge("queued_jobs", "Jobs that wait for the worker.", ["entrypoint"])
log = structlog.get_logger()


class Backlog(Struct, frozen=True):
    """What one of them has not processed."""

    consumer: str
    workspaces: int
    events: int
    lag_seconds: float


async def backlogs(database: Database, names: Sequence[str]) -> list[Backlog]:
    """Who of them is behind, in at most 10,000 workspaces."""
    async with database.without_tenant() as db:
        rows = await db.fetch(
            "SELECT consumer, workspaces, events, lag_seconds FROM measure_backlog($1)", names
        )
    return [Backlog(*row) for row in rows]


async def measure(database: Database, names: Sequence[str]) -> None:
    """Set the gauges, and say when somebody is late."""
    found = {each.consumer: each for each in await backlogs(database, names)}
    relay = found.pop(NAME, None)
    LAG.set(relay.lag_seconds if relay else 0)
    BACKLOG.set(relay.events if relay else 0)
    CONSUMER_LAG.clear()
    CONSUMER_BACKLOG.clear()
    for name, backlog in found.items():
        CONSUMER_LAG.labels(name).set(backlog.lag_seconds)
        CONSUMER_BACKLOG.labels(name).set(backlog.events)
    JOBS.clear()
    for entrypoint, count in await _queued(database):
        JOBS.labels(entrypoint).set(count)
    for backlog in (*found.values(), *([relay] if relay else [])):
        if backlog.lag_seconds > LATE_SECONDS:
            log.warning(
                "events_late",
                consumer=backlog.consumer,
                workspaces=backlog.workspaces,
                events=backlog.events,
                seconds=round(backlog.lag_seconds, 1),
            )


async def _queued(database: Database) -> list[tuple[str, int]]:
    async with database.without_tenant() as db:
        rows = await db.fetch(
            """
            SELECT entrypoint, count(*) FROM jobs.pgqueuer
            WHERE status = 'queued' AND execute_after <= now() GROUP BY entrypoint LIMIT 100
            """
        )
    return [(row[0], row[1]) for row in rows]
