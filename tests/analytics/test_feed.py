"""The feed: what parks, comes late or is imported; and what refuses to be forgotten."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from msgspec.structs import replace
from redis.asyncio import Redis
from tests.analytics.histories import History, facts
from tests.people import Person
from tests.realtime.logs import following, until

from projectflow.analytics import feed
from projectflow.analytics.facts import TaskFacts
from projectflow.analytics.fold import Workflow, fold
from projectflow.core.consumers import Event
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.embedded.refusal import Refusal
from projectflow.operations.analytics import rebuild_analytics, rebuild_workspace
from projectflow.realtime.parking import ReplayJob, find_parked, replay

START = datetime(2024, 3, 1, 9, tzinfo=UTC)
STEPS = [
    ("create", 5, 0, 1, 3), ("create", 5, 0, 2, 3), ("depend", 5, 0, 1, 0), ("move", 90, 0, 1, 0),
    ("work", 10, 0, 20, 0), ("recategorize", 10, 0, 2, 2), ("finish", 600, 1, 0, 0),
    ("finish", 60, 0, 0, 0), ("transfer", 60, 0, 1, 0), ("move", 60, 0, 1, 0),
]  # fmt: skip


@pytest.fixture
async def history(owner: Person, superuser_url: str) -> History:
    made = await History.begin(owner, START)
    await made.go(STEPS, START)
    await made.set_clock(superuser_url)
    return made


async def test_a_parked_event_is_counted_in_its_place_when_it_is_replayed(
    history: History, database: Database
) -> None:
    tenant_id = history.owner.tenant_id
    await history.feed()
    whole = await facts(history.owner)
    async with database.tenant(tenant_id) as db:
        await feed.store.forget(db, tenant_id)
        started = await db.fetchval(
            "SELECT min(seq) FROM events WHERE tenant_id = $1 AND type = 'task.updated'", tenant_id
        )
    failing = {started}

    async def consume(db: Db, tenant: UUID, events: Sequence[Event]) -> None:
        if tenant == tenant_id and failing & {event.seq for event in events}:
            raise ValueError("somebody@example.org")
        await feed.consume(db, tenant, events)

    consumer = replace(feed.analytics_consumer(), consume=consume)
    redis: Redis = history.owner.app.state.redis

    async def is_parked() -> bool:
        found = [each async for each in find_parked(database, consumer=feed.NAME)]
        async with database.tenant(tenant_id) as db:
            behind = await db.fetchval(
                "SELECT c.last_seq - p.seq FROM event_counters c JOIN analytics_positions p"
                " ON p.tenant_id = $1 WHERE c.tenant_id = $1",
                tenant_id,
            )
        return behind == 0 and any(each.tenant_id == tenant_id for each in found)

    async with following(database, redis, consumer):
        await until(is_parked)
    assert await facts(history.owner) != whole

    failing.clear()
    assert await replay(database, [consumer], ReplayJob(tenant_id, feed.NAME, started))
    assert await facts(history.owner) == whole


async def test_a_rebuild_gives_the_same_and_takes_nothing_from_others(
    history: History, stranger: Person, database: Database, settings: Any
) -> None:
    await history.feed()
    other = await History.begin(stranger, START)
    await other.feed()
    before = await facts(history.owner), await facts(stranger)
    said: list[str] = []

    done = await rebuild_analytics(
        settings, workspace=f"w-{history.owner.tenant_id.hex}", lossy=False, say=said.append
    )

    assert (done.workspaces, said) == (
        1, [f"workspace {history.owner.tenant_id}: {done.events} events"],
    )  # fmt: skip
    assert (await facts(history.owner), await facts(stranger)) == before
    assert before[0]["spans"]
    with pytest.raises(Refusal, match="no workspace nobody"):
        await rebuild_analytics(settings, workspace="nobody", lossy=False, say=said.append)


async def test_what_the_log_no_longer_holds_is_not_forgotten_unasked(
    history: History, database: Database, superuser_url: str
) -> None:
    await history.feed()
    before = await facts(history.owner)
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "DELETE FROM events WHERE tenant_id = $1 AND seq < 9", history.owner.tenant_id
    )
    await connection.close()

    with pytest.raises(Refusal, match="would be lost"):
        await rebuild_workspace(database, history.owner.tenant_id)
    assert await facts(history.owner) == before
    await rebuild_workspace(database, history.owner.tenant_id, lossy=True)
    assert await facts(history.owner) != before


async def test_two_that_feed_at_once_count_once(history: History) -> None:
    await asyncio.gather(history.feed(batch=100), history.feed(batch=100))
    twice = await facts(history.owner)
    await history.feed()
    assert await facts(history.owner) == twice
    await rebuild_workspace(history.owner.app.state.database, history.owner.tenant_id)
    assert await facts(history.owner) == twice


async def test_an_imported_task_has_the_life_that_it_had(owner: Person, database: Database) -> None:
    project = await owner.project()
    task_id = UUID(int=7)
    after = {
        "status": "completed", "created_at": "2023-01-02T08:00:00Z", "estimated_hours": "2.50",
        "completed_at": "2023-01-05T08:00:00Z",
    }  # fmt: skip
    async with database.tenant(owner.tenant_id) as db:
        change = Change("task.created", "task", task_id, 1, {"after": after}, UUID(project["id"]))
        await record(db, owner.tenant_id, owner.id, change)
    await rebuild_workspace(database, owner.tenant_id)

    asked = {"since": "2023-01-01", "until": "2023-01-07", "time_zone": "UTC"}
    found = (await owner.get(f"/analytics/projects/{project['id']}", **asked)).json()
    assert [piece["open"] for piece in found["pieces"]] == [0, 1, 1, 1, 0, 0, 0]
    assert [piece["completed_hours"] for piece in found["pieces"]][3:5] == ["0.00", "2.50"]
    assert found["durations"]["lead_seconds"]["p50"] == 3 * 86_400
    assert found["durations"]["cycle_seconds"]["count"] == 0
    # The usual calendar: eight hours on each of Monday to Wednesday, and none of Thursday yet.
    assert found["durations"]["lead_working_minutes"]["p50"] == await _working(owner, project)


async def _working(owner: Person, project: dict[str, Any]) -> int:
    """Minute by minute, by what the calendar's route says."""
    answer = await owner.get(
        "/working-time", project_id=project["id"], since="2023-01-01", until="2023-01-07"
    )
    start, end = datetime(2023, 1, 2, 8, tzinfo=UTC), datetime(2023, 1, 5, 8, tzinfo=UTC)
    total = 0
    for interval in answer.json()["intervals"]:
        begun, over = (datetime.fromisoformat(interval[name]) for name in ("start", "end"))
        total += max(0, int((min(over, end) - max(begun, start)).total_seconds()) // 60)
    assert total
    return total


def test_an_event_without_a_beginning_changes_nothing() -> None:
    event = Event(
        5, "task.updated", None, "task", UUID(int=1), UUID(int=2), 3,
        msgspec.Raw(b'{"after": {"status": "completed"}}'), START,
    )  # fmt: skip
    assert fold(TaskFacts(), event, Workflow()) == TaskFacts()


async def test_whichever_event_comes_last_all_is_counted_as_in_order(
    owner: Person, superuser_url: str, database: Database
) -> None:
    history = await History.begin(owner, START)
    # A task comes into a state, and the state is counted otherwise afterwards.
    steps = [("create", 5, 0, 0, 0), ("finish", 60, 0, 0, 0), ("recategorize", 60, 0, 3, 2)]
    await history.go(steps, START)
    await history.set_clock(superuser_url)
    await history.feed()
    whole = await facts(owner)
    async with database.tenant(owner.tenant_id) as db:
        count = await db.fetchval(
            "SELECT count(*) FROM events WHERE tenant_id = $1", owner.tenant_id
        )
    for last in range(count):
        async with database.tenant(owner.tenant_id) as db:
            await feed.store.forget(db, owner.tenant_id)
        await history.feed([n for n in range(count) if n != last])
        await history.feed([last])
        assert await facts(owner) == whole, f"event {last} of {count}"
