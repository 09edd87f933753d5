"""What the worker does with the event log: wakes up, relays, lets the consumers follow, sweeps."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projectflow.core.consumers import Consumer, Event
from projectflow.core.db import GONE, Database
from projectflow.core.problems import Unavailable
from projectflow.core.wakeups import KEY
from projectflow.realtime.backlog import measure
from projectflow.realtime.channels import Channels
from projectflow.realtime.following import Following, Patience
from projectflow.realtime.relay import NAME, Relay
from projectflow.realtime.turns import Turns

RELAYS_AT_ONCE: Final = 6
FOLLOWING_AT_ONCE: Final = 2
"""Transactions of a consumer side by side."""
SWEEP_SECONDS: Final = 1.0
SWEEP_PAGE: Final = 1000
WAKE_BATCH: Final = 100
WAKE_WAIT: Final = 1.0
MEASURE_SWEEPS: Final = 10
NOBODY: Final = UUID(int=0)
AWAY: Final = (*GONE, RedisError, TimeoutError, asyncpg.PostgresError, Unavailable)
log = structlog.get_logger()


class Live:
    """Follows the log for as long as it runs. Any number of workers may, each with one of these."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        consumers: Sequence[Consumer],
        patience: Patience | None = None,
    ) -> None:
        """Nothing happens until `begin`, then `run`.

        `database` should not tell of its commits: a consumer's events are found without.
        """
        self._database = database
        self._redis = redis
        self._relay = Relay(database, Channels(redis), self._on_carried)
        self._relaying = Turns(self._relay.carry, RELAYS_AT_ONCE)
        self._following = [Following(database, c, patience or Patience()) for c in consumers]
        self._turns = {
            f.consumer.name: Turns(f.follow, FOLLOWING_AT_ONCE) for f in self._following
        }
        self._names = [NAME, *self._turns]
        if len(set(self._names)) <= len(self._following):
            raise ValueError(f"two consumers of one name among {self._names}")
        self._swept_to = NOBODY
        self._idle: dict[UUID, int] = {}

    async def begin(self) -> None:
        """Give new consumers their place, and find what was left behind by nobody's fault.

        Raises:
            OSError, asyncpg.PostgresError: the database is away.
        """
        async with self._database.without_tenant() as db:
            present = [f.consumer.name for f in self._following if f.consumer.start == "present"]
            for name in (NAME, *present):
                started: int = await db.fetchval("SELECT start_at_present($1)", name)
                if started:
                    log.info("consumer_started", consumer=name, workspaces=started)
        await self.look_everywhere()

    async def run(self) -> None:
        """Follow the log until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._relaying.run())
            for turns in self._turns.values():
                group.create_task(turns.run())
            group.create_task(self._heed())
            group.create_task(self._keep_sweeping())

    async def look_everywhere(self) -> None:
        """Have the sweep come to every tenant in which somebody is behind, marked or not."""
        async with self._database.without_tenant() as db:
            found: int = await db.fetchval("SELECT unsettle_tenants($1)", self._names)
        log.info("unsettled_workspaces_found", count=found)

    def _on_carried(self, tenant_id: UUID, events: Sequence[Event]) -> None:
        """Wake those who want these events; the others the sweep brings forward in one go."""
        for following in self._following:
            if any(following.consumer.wants(event) for event in events):
                self._turns[following.consumer.name].add(tenant_id)

    async def _heed(self) -> None:
        """Take out of Redis who has written; each is taken by one worker."""
        while True:
            try:
                first: Any = await self._redis.bzpopmin(KEY, WAKE_WAIT)
                if first is None:
                    continue
                more: Any = await self._redis.zpopmin(KEY, WAKE_BATCH)
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(SWEEP_SECONDS)
                continue
            for name in (first[1], *(each for each, _ in more)):
                self._relaying.add(UUID(name.decode()))

    async def _keep_sweeping(self) -> None:
        """Find in the database what nobody was woken for; never ends."""
        count = 0
        while True:
            try:
                await self._relay.save_positions()
                await self._sweep()
                if count % MEASURE_SWEEPS == 0:
                    await measure(self._database)
            except AWAY as error:
                log.warning("sweep_failed", error=type(error).__name__)
            count += 1
            await asyncio.sleep(SWEEP_SECONDS)

    async def _sweep(self) -> None:
        """Look at a page of unsettled tenants.

        Those where all have been at the end for two looks are settled: not at once, because a
        mark that stays costs the next event nothing.
        """
        async with self._database.without_tenant() as db:
            rows = await db.fetch(
                "SELECT tenant_id, last_seq, consumer, is_due"
                " FROM list_unsettled_tenants($1, $2, $3)",
                self._names,
                self._swept_to,
                SWEEP_PAGE,
            )
        unrelayed: list[tuple[UUID, int]] = []
        idle: dict[UUID, int] = {}
        for tenant_id, last_seq, consumer, is_due in rows:
            if consumer is None:
                idle[tenant_id] = last_seq
            elif consumer == NAME:
                unrelayed.append((tenant_id, last_seq))
            elif is_due:
                self._turns[consumer].add(tenant_id)
        pages_on = len({row["tenant_id"] for row in rows}) == SWEEP_PAGE
        self._swept_to = rows[-1]["tenant_id"] if pages_on else NOBODY
        await self._settle(idle, at_once=pages_on)
        await self._relay_those(unrelayed)

    async def _settle(self, idle: dict[UUID, int], *, at_once: bool) -> None:
        before, self._idle = self._idle, idle
        settled = {t: seq for t, seq in idle.items() if at_once or before.get(t) == seq}
        if settled:
            async with self._database.without_tenant() as db:
                await db.execute(
                    "SELECT settle_tenants($1, $2)", list(settled), list(settled.values())
                )

    async def _relay_those(self, unrelayed: list[tuple[UUID, int]]) -> None:
        if not unrelayed:
            return
        try:
            done = await self._relay.carried_already(unrelayed)
        except (RedisError, OSError, TimeoutError) as error:
            if not self._relay.is_redis_away:
                log.warning("relay_waits", error=type(error).__name__)
            self._relay.is_redis_away = True
            return
        for tenant_id, _ in unrelayed:
            if tenant_id not in done:
                self._relaying.add(tenant_id)
