"""Utilisation against a slow and obvious count, minute by minute, of what the API shows."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.people import Person, found_workspace
from tests.planning.workplace import Fields, has, is_away, lives

MONDAY = date(2100, 3, 22)  # the clocks change on the next Sunday, in Europe
DAYS = 21
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")
HOURS = (["8"] * 5 + ["0"] * 2, ["4.5", "0", "10", "8", "0", "0", "3.33"])

spans = st.tuples(st.integers(-4, DAYS + 3), st.integers(0, 12))
tasks = st.lists(
    st.tuples(spans, st.integers(1, 4000), st.integers(0, 1), st.booleans()), max_size=6
)
parts = st.lists(st.tuples(spans, st.integers(1, 15_000), st.integers(0, 1)), max_size=4)
absences = st.lists(st.tuples(spans, st.booleans(), st.booleans()), max_size=3)


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


@pytest.fixture(scope="module")
async def worker(app: Litestar) -> AsyncIterator[tuple[Person, list[Fields]]]:
    async with await found_workspace(app) as owner:
        yield owner, [await owner.project("One"), await owner.project("Two")]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(zone=st.sampled_from(ZONES), hours=st.sampled_from(HOURS), tasks=tasks, parts=parts,
       away=absences)  # fmt: skip
async def test_sums_are_those_of_a_slow_count(
    worker: tuple[Person, list[Fields]],
    zone: str,
    hours: list[str],
    tasks: list[Any],
    parts: list[Any],
    away: list[Any],
) -> None:
    owner, projects = worker
    await _clear(owner)
    await lives(owner, zone, hours)
    for (first, length), from_half, until_half in away:
        if length or not (from_half and until_half):
            await is_away(
                owner, first_day=day(first).isoformat(), last_day=day(first + length).isoformat(),
                from_half=from_half, until_half=until_half,
            )  # fmt: skip
    clock = ZoneInfo(zone)
    for (first, length), hundredths, n, has_start in tasks:
        due = datetime.combine(day(first + length), datetime.min.time(), clock)
        fields: Fields = {"estimated_hours": f"{hundredths / 100:.2f}"}
        fields |= {"assignee_id": str(owner.id), "due_date": (due + timedelta(hours=5)).isoformat()}
        start = {"start_date": day(first).isoformat()} if has_start else {}
        await owner.task(projects[n], "Work", **fields, **start)
    for n, project in enumerate(projects):
        items = [
            {"user_id": str(owner.id), "units": f"{units / 100:.2f}",
             "start_date": day(first).isoformat(), "end_date": day(first + length).isoformat()}
            for (first, length), units, where in parts if where == n
        ]  # fmt: skip
        answer = await owner.client.put(
            f"/projects/{project['id']}/resources", json={"items": items}
        )
        assert answer.status_code == 200, answer.text

    minutes = await _minutes(owner, clock)
    expected = _slow(minutes, tasks, parts)
    weeks = [f"2100-W{n}" for n in (12, 14)]
    (found,) = (await has(owner, "/utilisation", since=weeks[0], until=weeks[1]))["items"]
    assert [
        (w["capacity"], w["planned"], w["allocated"], w["over_allocated"]) for w in found["weeks"]
    ] == expected
    of_projects = [sum(p[kind] for p in found["projects"]) for kind in ("planned", "allocated")]
    assert of_projects[0] == sum(w["planned"] for w in found["weeks"])
    assert abs(of_projects[1] - sum(w["allocated"] for w in found["weeks"])) <= 3  # rounded each


async def _clear(owner: Person) -> None:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        for table in ("tasks", "absences", "resource_assignments"):
            await db.execute(f"DELETE FROM {table} WHERE tenant_id = $1", owner.tenant_id)  # pyright: ignore[reportArgumentType]


async def _minutes(owner: Person, clock: ZoneInfo) -> list[date]:
    """The day of each working minute, a long time before and after."""
    found = await has(
        owner, "/working-time", user_id=str(owner.id), since=day(-30).isoformat(),
        until=day(60).isoformat(),
    )  # fmt: skip
    days: list[date] = []
    for interval in found["intervals"]:
        moment, end = (datetime.fromisoformat(interval[k]) for k in ("start", "end"))
        while moment < end:
            days.append(moment.astimezone(clock).date())
            moment += timedelta(minutes=1)
    return days


Week = tuple[int, int, int, int]


def _slow(minutes: list[date], tasks: list[Any], parts: list[Any]) -> list[Week]:
    planned: defaultdict[date, int] = defaultdict(int)
    for (first, length), hundredths, _, has_start in tasks:
        work = (hundredths * 60 + 50) // 100
        if not has_start:
            # From today on, which is long before: the test's window holds none of the rest.
            continue
        days = [day(n) for n in range(first, first + length + 1)]
        own = [d for d in minutes if d in days]
        if not own:
            planned[days[-1]] += work
        for n, each in enumerate(own):
            planned[each] += work * (n + 1) // len(own) - work * n // len(own)
    weeks: list[Week] = []
    for monday in (day(0), day(7), day(14)):
        week = [monday + timedelta(days=n) for n in range(7)]
        worked = [d for d in minutes if d in week]
        allocated = sum(
            units
            for (first, length), units, _ in parts
            for d in worked
            if day(first) <= d <= day(first + length)
        )
        over = sum(max(planned[d] - worked.count(d), 0) for d in week)
        weeks.append(
            (len(worked), sum(planned[d] for d in week), (allocated + 5000) // 10_000, over)
        )
    return weeks
