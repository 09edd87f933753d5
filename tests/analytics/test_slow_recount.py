"""Every number of the dashboards against a slow and obvious count of the log."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.analytics import slow_metrics as slow
from tests.analytics.histories import ACTIONS, History, asked_of, facts
from tests.analytics.slow_log import Played
from tests.people import found_workspace

from projectflow.analytics.clickhouse import ClickHouseStore
from projectflow.analytics.clickhouse_client import ClickHouse
from projectflow.analytics.clickhouse_facts import ClickHouseCopies
from projectflow.analytics.postgres import PostgresStore
from projectflow.core.db import Database
from projectflow.operations.analytics import rebuild_workspace

START = datetime(2024, 3, 28, 20, 7, 31, tzinfo=UTC)  # clocks change on the 31st in Europe
ZONES = (
    "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York",
    "Africa/Cairo",  # whose clocks skip a midnight in April
)  # fmt: skip
SINCE, UNTIL = date(2024, 3, 29), date(2024, 5, 2)
number = st.integers(0, 119)
histories = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.one_of(st.integers(1, 90), st.integers(1, 3_000)),
        number, number, number,
    ),
    min_size=12, max_size=45,
)  # fmt: skip


@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, zone=st.sampled_from(ZONES), bucket=st.sampled_from(["day", "week", "month"]),
    again=st.lists(number, max_size=30), batch=st.integers(2, 14),
)  # fmt: skip
async def test_every_number_is_that_of_a_slow_count(
    app: Litestar, superuser_url: str, database: Database, clickhouse: ClickHouse,
    steps: list[Any], zone: str, bucket: str, again: list[int], batch: int,
) -> None:  # fmt: skip
    async with await found_workspace(app) as owner:
        history = await History.begin(owner, START)
        rates = await _rates(history)
        await history._stamp(START)
        await history.go(steps, START)
        await history.set_clock(superuser_url)
        history.copies = ClickHouseCopies(clickhouse)
        # Early and out of order, then all: each event counts once.
        await history.feed(again, batch)
        await history.feed(batch=batch)
        fed = await facts(owner)
        await rebuild_workspace(database, owner.tenant_id)
        assert fed == await facts(owner)

        played = await history.played()
        for store in (PostgresStore(), ClickHouseStore(clickhouse)):
            with asked_of(app, store):
                await compare_dashboards(history, played, ZoneInfo(zone), bucket, rates)


async def compare_dashboards(
    history: History, played: Played, zone: ZoneInfo, bucket: str, rates: list[slow.Rate]
) -> None:
    owner = history.owner
    asked = {"since": SINCE, "until": UNTIL, "time_zone": zone.key, "bucket": bucket}
    for project in history.projects:
        answer = await owner.get(f"/analytics/projects/{project['id']}", **asked)
        assert answer.status_code == 200, answer.text
        compare(answer.json(), played, project["id"], zone, rates)
        answer = await owner.get(f"/analytics/projects/{project['id']}/trends", **asked)
        assert answer.status_code == 200, answer.text
        compare_trends(answer.json(), played, project["id"], zone)
    answer = await owner.get("/analytics/workspace", **asked)
    assert answer.status_code == 200, answer.text
    await compare_workspace(answer.json(), history, played, zone)
    answer = await owner.get("/analytics/usage", **asked)
    assert answer.status_code == 200, answer.text
    await compare_usage(answer.json(), history, zone)


async def _rates(history: History) -> list[slow.Rate]:
    """The owner costs 50, and 60.50 from the 4th of April of their own clock on."""
    owner, rates = history.owner, list[slow.Rate]()
    await owner.patch("/me", {"time_zone": "Asia/Kolkata"})
    for day, cost in ((date(2024, 1, 1), "50"), (date(2024, 4, 4), "60.50")):
        body = {"valid_from": day.isoformat(), "cost": cost, "currency": "EUR"}
        assert (await owner.post(f"/users/{owner.id}/rates", body)).status_code == 201
        begins = slow.first_moment(day, ZoneInfo("Asia/Kolkata"))
        rates.append((str(owner.id), day, begins, Fraction(cost)))
    return rates


def compare(
    answer: dict[str, Any], played: Played, project: str, zone: ZoneInfo, rates: Any
) -> None:
    now = datetime.fromisoformat(answer["fresh"]["as_of"])
    assert answer["fresh"]["behind"] == 0
    starts = [date.fromisoformat(each["start"]) for each in answer["pieces"]]
    edges = slow.midnights(UNTIL, zone, starts)
    expected = slow.project_numbers(played, project, edges, now)

    assert answer["now"] == expected["now"]
    assert [{k: v for k, v in p.items() if k != "start"} for p in answer["pieces"]] == (
        expected["pieces"]
    )
    for name, value in expected["durations"].items():
        assert answer["durations"][name] == value, name
    points = map(_point, answer["completions"])
    assert sorted(map(str, points)) == sorted(map(str, expected["completions"]))
    assert answer["on_time"] == expected["on_time"]
    assert answer["waited_seconds"] == expected["waited_seconds"]
    assert answer["ages"] == expected["ages"]
    underway = [
        (each["task_id"], each["status"], each["age_seconds"], each["in_state_seconds"])
        for each in answer["in_progress"]
    ]
    assert sorted(underway) == expected["underway"]
    people = {each.pop("user_id"): each for each in answer["people"]}
    assert people == slow.people_numbers(played, project, edges, now)
    totals = answer["totals"]
    for name in ("entered", "left", "completed", "reopened"):
        assert totals[name] == sum(piece[name] for piece in expected["pieces"])
    assert totals["reopened_percent"] == slow.percent(totals["reopened"], totals["completed"])

    value = answer["earned_value"]
    for kind, prices in (("hours", None), ("money", rates)):
        wanted = slow.earned(played, project, edges, now, prices)
        assert value[kind]["value"] == wanted["value"]
        points = [
            (p["planned_value"], p["earned_value"], p["actual"]) for p in value[kind]["points"]
        ]
        assert points == wanted["points"]
        if prices:
            assert value["unpriced_hours"] == wanted["unpriced"]


def _point(each: dict[str, Any]) -> tuple[Any, ...]:
    at = datetime.fromisoformat(each["completed_at"])
    return each["task_id"], at, each["lead_seconds"], each["cycle_seconds"]


def compare_trends(answer: dict[str, Any], played: Played, project: str, zone: ZoneInfo) -> None:
    starts = [date.fromisoformat(each["start"]) for each in answer["pieces"]]
    edges = slow.midnights(UNTIL, zone, starts)
    counts: list[int] = []
    for piece, start, end in zip(answer["pieces"], edges, edges[1:], strict=False):
        done = [c for c in played.completions if c.project == project and start <= c.at < end]
        counts.append(len(done))
        assert piece["completed"] == len(done)
        assert piece["completed_hours"] == slow.hours(c.estimate for c in done)
        assert piece["on_time"] == slow.on_time(done)
        lead = [slow.whole_seconds(c.at - c.created) for c in done]
        assert piece["lead_seconds"] == slow.spread(lead)
        last = counts[-4:]
        assert piece["average"] == slow.rounded(Fraction(sum(last), len(last)), 2)
    assert answer["completed"]["now"] == sum(counts)


async def compare_workspace(
    answer: dict[str, Any], history: History, played: Played, zone: ZoneInfo
) -> None:
    """What is in both projects together."""
    now = datetime.fromisoformat(answer["fresh"]["as_of"])
    edges = slow.midnights(
        UNTIL, zone, [date.fromisoformat(each["start"]) for each in answer["pieces"]]
    )
    each = [slow.project_numbers(played, p["id"], edges, now) for p in history.projects]
    for name, value in answer["now"].items():
        if name != "open_hours":
            assert value == sum(one["now"][name] for one in each), name
    for place, piece in enumerate(answer["pieces"]):
        for name in ("scope", "open", "completed", "entered", "left", "reopened"):
            assert piece[name] == sum(one["pieces"][place][name] for one in each), name
    done = [c for c in played.completions if edges[0] <= c.at < edges[-1]]
    for name, value in slow.durations(played, done).items():
        assert answer["durations"][name] == value, name
    log = [e for e in await history.log() if edges[0] <= e.at < edges[-1]]
    assert answer["active_people"] == len({e.actor for e in log if e.actor})


async def compare_usage(answer: dict[str, Any], history: History, zone: ZoneInfo) -> None:
    log = [e for e in await history.log() if e.actor]
    edges = slow.midnights(
        UNTIL, zone, [date.fromisoformat(each["start"]) for each in answer["active"]]
    )
    for piece, start, end in zip(answer["active"], edges, edges[1:], strict=False):
        there = [e for e in log if start <= e.at < end]
        assert (piece["people"], piece["changes"]) == (len({e.actor for e in there}), len(there))
    within = [e for e in log if edges[0] <= e.at < edges[-1]]
    assert (answer["people"], answer["changes"]) == (len({e.actor for e in within}), len(within))
    assert {f["kind"]: (f["people"], f["changes"]) for f in answer["features"]} == {
        kind: (
            len({e.actor for e in within if e.kind == kind}),
            sum(e.kind == kind for e in within),
        )
        for kind in {e.kind for e in within}
    }
    days = [UNTIL - timedelta(n) for n in reversed(range(28))]
    of_days = slow.midnights(UNTIL, zone, days)
    active = [{e.actor for e in log if a <= e.at < b} for a, b in pairwise(of_days)]
    month = set[str | None]().union(*active)
    assert answer["recent"] == {
        "day": len(active[-1]),
        "week": len(set[str | None]().union(*active[-7:])),
        "month": len(month),
        "day_of_month_percent": slow.percent(sum(map(len, active)), 28 * len(month)),
    }
