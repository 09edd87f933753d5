"""ClickHouse's copy of the facts: the same as PostgreSQL's, one workspace's alone, and away."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from msgspec.structs import astuple, replace
from redis.asyncio import Redis
from tests.analytics.clickhouse_engine import Engine, Sent
from tests.analytics.histories import ACTIONS, History, asked_of, copied, facts
from tests.people import Person, found_workspace
from tests.realtime.logs import following, until

from projectflow.analytics.clickhouse import ClickHouseStore
from projectflow.analytics.clickhouse_client import AnalyticsAway, ClickHouse
from projectflow.analytics.clickhouse_facts import ClickHouseCopies
from projectflow.analytics.clickhouse_schema import FACTS, POSITIONS
from projectflow.analytics.feed import analytics_consumer, consume
from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.store import AnalyticsStore, Scope
from projectflow.core.consumers import EVENT_COLUMNS, Event, event_of
from projectflow.core.db import Database, Db
from projectflow.embedded.refusal import Refusal
from projectflow.operations.analytics import rebuild_analytics, rebuild_workspace

START = datetime(2024, 3, 28, 20, 7, 31, tzinfo=UTC)
STEPS = [
    ("create", 5, 0, 1, 3), ("create", 5, 0, 2, 3), ("depend", 5, 0, 1, 0), ("move", 90, 0, 1, 0),
    ("work", 10, 0, 20, 0), ("recategorize", 10, 0, 2, 2), ("finish", 600, 1, 0, 0),
    ("finish", 60, 0, 0, 0), ("transfer", 60, 0, 1, 0), ("move", 60, 0, 1, 0),
    ("create", 5, 0, 2, 3), ("assign", 5, 2, 1, 0), ("move", 90, 2, 1, 0), ("work", 9, 1, 3, 0),
    ("unwork", 9, 0, 1, 1), ("delete", 9, 0, 0, 0), ("restore", 9, 0, 0, 0),
    ("undepend", 1, 0, 0, 0),
]  # fmt: skip
NOWHERE = "http://127.0.0.1:9"
number = st.integers(0, 119)
histories = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.one_of(st.integers(1, 90), st.integers(1, 3_000)),
        number, number, number,
    ),
    min_size=15, max_size=45,
)  # fmt: skip


@pytest.fixture
async def history(owner: Person, superuser_url: str) -> History:
    return await made(owner, superuser_url)


async def made(owner: Person, superuser_url: str) -> History:
    history = await History.begin(owner, START)
    await history.go(STEPS, START)
    await history.set_clock(superuser_url)
    return history


@settings(
    max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, again=st.lists(number, min_size=10, max_size=40), batch=st.integers(3, 20),
    cuts=st.lists(st.integers(0, 4_000), min_size=2, max_size=12, unique=True), most=number,
)  # fmt: skip
async def test_both_stores_answer_every_question_alike(
    app: Litestar, superuser_url: str, database: Database, clickhouse: ClickHouse,
    steps: list[Any], again: list[int], batch: int, cuts: list[int], most: int,
) -> None:  # fmt: skip
    """After a part of the log and its late events, after all of it, and after a rebuild."""
    async with await found_workspace(app) as owner:
        history = await History.begin(owner, START)
        await history.go(steps, START)
        await history.set_clock(superuser_url)
        history.copies = ClickHouseCopies(clickhouse)
        quarter = START - timedelta(minutes=7, seconds=31)
        edges = sorted(quarter + timedelta(minutes=15 * cut) for cut in cuts)
        for order in (again, None):
            await history.feed(order, batch)
            await compare(database, clickhouse, history, edges, most + 1)
        before = await copied(clickhouse, owner)
        await rebuild_workspace(database, owner.tenant_id, copies=history.copies)
        assert await copied(clickhouse, owner) == before
        await compare(database, clickhouse, history, edges, most + 1)


async def compare(
    database: Database, clickhouse: ClickHouse, history: History, edges: list[datetime], most: int
) -> None:
    owner = history.owner
    projects = tuple(UUID(project["id"]) for project in history.projects)
    stores = PostgresStore(), ClickHouseStore(clickhouse)
    scopes = [
        Scope(owner.tenant_id, projects),
        Scope(owner.tenant_id, projects[:1], (owner.id,)),
        Scope(owner.tenant_id, projects, ()),
        Scope(owner.tenant_id, ()),
        # So many that the client sends them as a form.
        Scope(owner.tenant_id, (*projects, *(UUID(int=n) for n in range(200))), None),
    ]
    moments = [edge + timedelta(microseconds=1) for edge in edges]
    async with database.tenant(owner.tenant_id, read_only=True) as db:
        for scope in scopes:
            answers = [await answers_of(store, db, scope, edges, moments, most) for store in stores]
            for name, answer in answers[0].items():
                assert answers[1][name] == answer, (name, scope)
        standings = [await store.standing(db, owner.tenant_id) for store in stores]
        assert standings[0] == standings[1]
        uses = [await store.usage(db, owner.tenant_id, edges) for store in stores]
        assert in_no_order(uses[0]) == in_no_order(uses[1])
        span = edges[0], edges[-1]
        active = [await store.active(db, owner.tenant_id, *span) for store in stores]
        assert active[0] == active[1] == len({use.user_id for use in uses[0]})


async def answers_of(
    store: AnalyticsStore, db: Db, scope: Scope, edges: list[datetime],
    moments: list[datetime], most: int,
) -> dict[str, Any]:  # fmt: skip
    """Every question of the interface; texts, so that 1.5 is not 1.50."""
    since, until_ = moments[0], moments[-1]
    return {
        "flow": [str(astuple(flow)) for flow in await store.flow(db, scope, edges)],
        "completions": [
            astuple(c) for c in await store.completions(db, scope, since, until_, most)
        ],
        "present": in_no_order(await store.present(db, scope, until_)),
        "in_progress": [astuple(each) for each in await store.in_progress(db, scope, most)],
        "planned": in_no_order(await store.planned(db, scope, 1_000)),
        "worked": in_no_order(await store.worked(db, scope, moments)),
        "worked within": in_no_order(await store.worked(db, scope, moments, within=True)),
        "waits": in_no_order(await store.waits(db, scope, since, until_, 1_000)),
        "waits at most": len(await store.waits(db, scope, since, until_, 1)),
    }


def in_no_order(found: Sequence[Any]) -> list[str]:
    return sorted(str([str(value) for value in astuple(each)]) for each in found)


async def test_no_statement_lacks_its_workspace(
    history: History, stranger: Person, superuser_url: str, database: Database,
    clickhouse: ClickHouse, engine: Engine, app: Litestar,
) -> None:  # fmt: skip
    """Two workspaces with the same life: each statement that was really sent names one of them."""
    other = await made(stranger, superuser_url)
    begun = len(engine.sent())
    for each in (history, other):
        each.copies = ClickHouseCopies(clickhouse)
        await each.feed()
    theirs = await copied(clickhouse, stranger)
    with asked_of(app, ClickHouseStore(clickhouse)):
        for each in (history, other):
            await every_dashboard(each)
    await rebuild_workspace(database, history.owner.tenant_id, copies=history.copies)

    asked = [s for s in engine.sent()[begun:] if _reads(s)]
    ids = {str(history.owner.tenant_id), str(stranger.tenant_id)}
    assert {statement.parameters["tenant_id"] for statement in asked} == ids
    for statement in asked:
        for select in selects_of(statement.query):
            tables = re.findall(r"(?:FROM|JOIN) analytics_", select)
            assert len(tables) <= 1, select
            if tables:
                _, condition = select.split("WHERE")
                assert re.match(r"\s+(\w\.)?tenant_id = \{tenant_id:UUID\}", condition), select
                assert not re.search(r"\bOR\b", condition), select
                assert "FINAL" in select, select
    assert {table.name for table in (*FACTS, POSITIONS)} <= {
        name for statement in asked for name in re.findall(r"analytics_\w+", statement.query)
    }
    # What was counted, asked and rebuilt of the one changed nothing of the other.
    assert await copied(clickhouse, stranger) == theirs
    assert all(theirs[table.name] for table in FACTS)


def selects_of(query: str) -> list[str]:
    """A statement's SELECTs, each by itself: what is in brackets is taken out, inmost first."""
    found: list[str] = []
    while inmost := re.search(r"\(([^()]*)\)", query):
        if "SELECT" in inmost[1]:
            found.append(inmost[1])
        query = query.replace(inmost[0], "", 1)
    return [*found, query]


def _reads(statement: Sent) -> bool:
    """All but what makes tables, writes rows (which hold their workspace), and opens a client."""
    about_us = "analytics_" in statement.query
    writes = statement.query.endswith("FORMAT Native") and statement.query.startswith("INSERT")
    return about_us and not writes and not statement.query.startswith("CREATE TABLE IF NOT EXISTS")


async def every_dashboard(history: History) -> None:
    team = (await history.owner.post("/teams", {"name": "Makers"})).json()
    project = history.projects[0]["id"]
    for path in (
        f"projects/{project}", f"projects/{project}/trends", f"teams/{team['id']}", "workspace",
        "usage",
    ):  # fmt: skip
        answer = await history.owner.get(
            f"/analytics/{path}", since="2024-03-20", until="2024-04-10"
        )
        assert answer.status_code == 200, answer.text


async def test_one_workspace_has_nothing_of_another(
    history: History, stranger: Person, clickhouse: ClickHouse, database: Database
) -> None:
    history.copies = ClickHouseCopies(clickhouse)
    await history.feed()
    projects = tuple(UUID(project["id"]) for project in history.projects)
    edges = [START.replace(minute=0, second=0), datetime(2024, 5, 1, tzinfo=UTC)]
    store = ClickHouseStore(clickhouse)
    found: list[list[Any]] = []
    async with database.tenant(stranger.tenant_id, read_only=True) as db:
        for tenant_id in (history.owner.tenant_id, stranger.tenant_id):
            # The other's projects, by the ids that are nobody's business.
            scope = Scope(tenant_id, projects)
            answers = await answers_of(store, db, scope, edges, edges, 100)
            uses = await store.usage(db, tenant_id, edges)
            active = await store.active(db, tenant_id, edges[0], edges[-1])
            found.append(
                [answers["completions"], answers["present"], answers["worked"], uses, active]
            )
    assert all(found[0])
    assert not any(found[1])


async def test_while_clickhouse_is_away_dashboards_say_so(history: History, app: Litestar) -> None:
    store = ClickHouseStore(ClickHouse(NOWHERE))
    project = history.projects[0]["id"]
    with asked_of(app, store):
        for path in ("workspace", "usage", f"projects/{project}"):
            answer = await history.owner.get(f"/analytics/{path}")
            problem = answer.json()
            assert (answer.status_code, problem["type"]) == (503, "/problems/analytics-away")
            assert problem["detail"] == "The numbers are away for the moment; try again soon."
            assert answer.headers["Retry-After"] == "5"
            assert "127.0.0.1" not in answer.text
    await store.close()


async def test_the_feed_waits_for_clickhouse_and_catches_up(
    history: History, database: Database, clickhouse: ClickHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projectflow.realtime.following.AWAY_SECONDS", 0.05)
    tenant_id = history.owner.tenant_id
    away, here = ClickHouseCopies(ClickHouse(NOWHERE)), ClickHouseCopies(clickhouse)
    refused: list[int] = []

    async def count(db: Db, tenant: UUID, events: Sequence[Event]) -> None:
        if tenant == tenant_id:
            is_away = len(refused) < 4
            refused.extend([events[0].seq] * is_away)
            await consume(db, tenant, events, away if is_away else here)

    async def counted() -> int:
        async with database.tenant(tenant_id) as db:
            return await db.fetchval(
                "SELECT coalesce(max(seq), 0) FROM analytics_positions WHERE tenant_id = $1",
                tenant_id,
            )

    assert await counted() == 0
    redis: Redis = history.owner.app.state.redis
    consumer = replace(analytics_consumer(here), name="analytics_elsewhere", consume=count)
    async with following(database, redis, consumer):
        await until(lambda: _is(counted, history.times[-1][0]))
    await away.close()

    assert refused == [1] * 4
    async with database.tenant(tenant_id) as db:
        parked = await db.fetchval(
            "SELECT count(*) FROM parked_events WHERE tenant_id = $1", tenant_id
        )
    assert parked == 0
    once = await copied(clickhouse, history.owner)
    await rebuild_workspace(database, tenant_id, copies=here)
    assert await copied(clickhouse, history.owner) == once


async def _is(read: Any, wanted: int) -> bool:
    return await read() == wanted


async def test_what_was_copied_and_undone_is_written_over(
    history: History, database: Database, clickhouse: ClickHouse
) -> None:
    """The transaction fails after ClickHouse took its rows; then the events come one by one."""
    tenant_id = history.owner.tenant_id
    copies = ClickHouseCopies(clickhouse)
    async with database.tenant(tenant_id) as db:
        rows = await db.fetch(
            f"SELECT {EVENT_COLUMNS} FROM events e WHERE e.tenant_id = $1 ORDER BY e.seq", tenant_id
        )
    events = [event_of(row) for row in rows]

    async def feed(some: Sequence[Any], *, undone: bool = False) -> None:
        async with database.quiet().tenant(tenant_id) as db:
            await consume(db, tenant_id, some, copies)
            if undone:
                raise KeyError

    half = len(events) // 2
    await feed(events[:half])
    with pytest.raises(KeyError):
        await feed(events[half:], undone=True)
    for event in events[half:]:
        await feed([event])
    stepwise = await copied(clickhouse, history.owner)
    await rebuild_workspace(database, tenant_id, copies=copies)
    assert await copied(clickhouse, history.owner) == stepwise


async def test_a_workspace_from_before_is_away_until_it_is_there_as_a_whole(
    history: History, app: Litestar, database: Database, clickhouse: ClickHouse, engine: Engine,
    settings: Any,
) -> None:  # fmt: skip
    await history.feed()
    with asked_of(app, ClickHouseStore(clickhouse)):
        answer = await history.owner.get("/analytics/workspace")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/analytics-away")
        assert "being prepared" in answer.json()["detail"]

        # One more event brings all that was before; a rebuild does it at once.
        await history.go([("create", 5, 0, 1, 3)], START)
        history.copies = ClickHouseCopies(clickhouse)
        await history.feed()
        answer = await history.owner.get("/analytics/workspace")
        assert answer.status_code == 200
        assert answer.json()["fresh"]["behind"] == 0
        whole = await copied(clickhouse, history.owner)
        assert len(whole["analytics_completions"]) > 1

    with_clickhouse = replace(settings, clickhouse_url=engine.url)
    named = str(history.owner.tenant_id)
    await rebuild_analytics(with_clickhouse, workspace=named, lossy=False, say=lambda _: None)
    assert await copied(clickhouse, history.owner) == whole
    before = await facts(history.owner)
    nowhere = replace(settings, clickhouse_url=NOWHERE)
    with pytest.raises(Refusal, match="are away"):
        await rebuild_analytics(nowhere, workspace=named, lossy=False, say=lambda _: None)
    assert await facts(history.owner) == before


async def test_what_is_out_of_time_is_away(clickhouse: ClickHouse) -> None:
    with pytest.raises(AnalyticsAway) as refusal:
        await clickhouse.ask("SELECT nothing FROM nowhere", UUID(int=1))
    assert refusal.value.status == 503
