"""`projectflow analytics rebuild`: the facts of the event log, counted anew."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.copying import Copies
from projectflow.analytics.feed import NAME, consume
from projectflow.analytics.postgres_facts import forget
from projectflow.analytics.stores import open_copies
from projectflow.core.consumers import EVENT_COLUMNS, event_of
from projectflow.core.db import Database, Db, connect
from projectflow.core.problems import Unavailable
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal

BATCH: Final = 1_000


class Rebuilt(Struct, frozen=True):
    """What a rebuild did."""

    workspaces: int
    events: int


async def rebuild_analytics(
    settings: Settings, *, workspace: str | None, lossy: bool, say: Callable[[str], None]
) -> Rebuilt:
    """Count the whole event log of one workspace, or of all, anew.

    Each workspace is one transaction: people read the old numbers until the new ones are there, and
    what was cut off changed nothing. Where the log no longer holds a workspace's first events, its
    facts would be lost with them: that is done only when `lossy` is said.

    Raises:
        Refusal: there is no such workspace, or its log no longer begins at its beginning, or
            ClickHouse is away.
        OSError, asyncpg.PostgresError: the database cannot be reached.
    """
    database = await connect(settings)
    copies = open_copies(settings)
    try:
        ids = [await _named(database, workspace)] if workspace else await _all(database)
        events = 0
        for tenant_id in ids:
            counted = await rebuild_workspace(database, tenant_id, lossy=lossy, copies=copies)
            say(f"workspace {tenant_id}: {counted} events")
            events += counted
    except Unavailable as error:
        raise Refusal(f"nothing was changed in the last workspace: {error.detail}") from error
    finally:
        if copies is not None:
            await copies.close()
        await database.close()
    return Rebuilt(len(ids), events)


async def rebuild_workspace(
    database: Database, tenant_id: UUID, *, lossy: bool = False, copies: Copies | None = None
) -> int:
    """Count one workspace's log anew, all of it or nothing; gives how many events there were.

    Raises:
        Refusal: its log no longer holds its first events, and `lossy` is not said.
        Unavailable: where the copies are kept is away.
    """
    async with database.quiet().tenant(tenant_id) as db:
        # The consumer's place is the right to write facts: the worker passes by meanwhile.
        await db.execute(
            "INSERT INTO consumer_positions (tenant_id, consumer) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING",
            tenant_id,
            NAME,
        )
        await db.fetchval(
            "SELECT seq FROM consumer_positions WHERE tenant_id = $1 AND consumer = $2 FOR UPDATE",
            tenant_id,
            NAME,
        )
        first = await db.fetchval("SELECT min(seq) FROM events WHERE tenant_id = $1", tenant_id)
        if first is not None and first > 1 and not lossy:
            raise Refusal(
                f"the log of workspace {tenant_id} begins at event {first}: what was counted of"
                " the events before would be lost; --lossy does it all the same"
            )
        await forget(db, tenant_id)
        counted = await _count(db, tenant_id)
        if copies is not None:
            await copies.renew(db, tenant_id)
        return counted


async def _count(db: Db, tenant_id: UUID) -> int:
    reached = counted = 0
    while True:
        rows = await db.fetch(
            f"""
            SELECT {EVENT_COLUMNS} FROM events e
            WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3
            """,
            tenant_id,
            reached,
            BATCH,
        )
        if not rows:
            break
        events = [event_of(row) for row in rows]
        await consume(db, tenant_id, events)
        reached, counted = events[-1].seq, counted + len(events)
    await db.execute(
        "UPDATE consumer_positions SET seq = $3, attempts = 0, retry_at = NULL"
        " WHERE tenant_id = $1 AND consumer = $2",
        tenant_id,
        NAME,
        reached,
    )
    # What was parked is counted now.
    await db.execute(
        "DELETE FROM parked_events WHERE tenant_id = $1 AND consumer = $2", tenant_id, NAME
    )
    return counted


async def _named(database: Database, workspace: str) -> UUID:
    """The workspace of an id or an address."""
    try:
        return UUID(workspace)
    except ValueError:
        async with database.without_tenant() as db:
            found: UUID | None = await db.fetchval("SELECT id FROM find_workspace($1)", workspace)
    if found is None:
        raise Refusal(f"there is no workspace {workspace}")
    return found


async def _all(database: Database) -> list[UUID]:
    ids: list[UUID] = []
    while True:
        async with database.without_tenant() as db:
            rows = await db.fetch("SELECT list_tenants($1) AS id", ids[-1] if ids else UUID(int=0))
        if not rows:
            return ids
        ids += [row["id"] for row in rows]
