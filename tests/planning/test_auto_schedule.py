"""Projects that schedule themselves: what follows from a change, and what does not."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people import Person
from tests.planning.plans import Json, apply, by_title, dates, depend, move, project, task, timeline
from tests.planning.workplace import adds, sets

from projectflow.core.db import Database
from projectflow.planning.auto_schedule import run_auto_schedule
from projectflow.planning.auto_triggers import (
    AUTO_SCHEDULE_JOB,
    AutoScheduleJob,
    auto_schedule_consumer,
)
from projectflow.realtime.following import Following, Patience

Chain = tuple[Json, dict[str, Json]]
ROUNDS = 10


async def take_jobs(database: Database, tenant_id: UUID) -> list[AutoScheduleJob]:
    async with database.without_tenant() as db:
        rows = await db.fetch(
            """
            DELETE FROM jobs.pgqueuer WHERE entrypoint = $1
              AND convert_from(payload, 'UTF8') LIKE '%' || $2 || '%' RETURNING id, payload
            """,
            AUTO_SCHEDULE_JOB,
            str(tenant_id),
        )
    ordered = sorted(rows, key=lambda row: row["id"])
    return [msgspec.json.decode(row["payload"], type=AutoScheduleJob) for row in ordered]


async def settle(person: Person) -> list[int]:
    """Do what the worker does until nothing is left to do; says how many tasks each job moved."""
    database: Database = person.app.state.database
    follower = Following(database.quiet(), auto_schedule_consumer(), Patience())
    moved: list[int] = []
    for _ in range(ROUNDS):
        await follower.follow(person.tenant_id)
        jobs = await take_jobs(database, person.tenant_id)
        if not jobs:
            return moved
        moved += [await run_auto_schedule(database, job) for job in jobs]
    raise AssertionError("it never comes to rest")


async def automatic(who: Person, made: Json, *, on: bool = True) -> None:
    answer = await who.patch(f"/projects/{made['id']}/settings", {"auto_schedule": on})
    assert answer.status_code == 200, answer.text


async def change(who: Person, item: Json, **fields: Any) -> None:
    answer = await who.patch(f"/tasks/{item['id']}", fields)
    assert answer.status_code == 200, answer.text


async def plan(who: Person, tasks: dict[str, Json]) -> dict[str, tuple[str | None, str | None]]:
    return {title: await dates(who, each) for title, each in tasks.items()}


async def days(who: Person, tasks: dict[str, Json]) -> str:
    """The days of March on which tasks start."""
    found = await plan(who, tasks)
    return " ".join(f"{title}{(start or '--')[-2:]}" for title, (start, _) in found.items())


async def written(who: Person) -> list[Json]:
    """The events that follow from others, oldest first."""
    async with who.app.state.database.tenant(who.tenant_id) as db:
        rows = await db.fetch(
            "SELECT seq, type, actor_id, payload FROM events"
            " WHERE tenant_id = $1 AND payload ? 'caused_by' ORDER BY seq",
            who.tenant_id,
        )
    return [{**dict(row), "payload": msgspec.json.decode(row["payload"])} for row in rows]


async def undo(who: Person, made: Json) -> Json:
    answer = await who.post("/undo", {"project_id": made["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def chain(owner: Person) -> Chain:
    """A, then B, then C, a day each from Monday the second; D stands alone."""
    made = await project(owner)
    tasks = {title: await task(owner, made, title, duration_minutes=480) for title in "ABCD"}
    await depend(owner, tasks["B"], tasks["A"])
    await depend(owner, tasks["C"], tasks["B"])
    await apply(owner, made)
    await automatic(owner, made)
    await settle(owner)
    return made, tasks


async def test_what_waits_follows_what_is_dragged(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    assert await written(owner) == [], "everything stood where it belongs"

    await change(owner, tasks["A"], start_date="2026-03-05")
    assert await settle(owner) == [3]

    assert await plan(owner, tasks) == {
        "A": ("2026-03-05", "2026-03-05T17:00:00Z"),
        "B": ("2026-03-06", "2026-03-06T17:00:00Z"),
        "C": ("2026-03-09", "2026-03-09T17:00:00Z"),
        "D": ("2026-03-02", "2026-03-02T17:00:00Z"),
    }
    events = await written(owner)
    activity = (await owner.get(f"/tasks/{tasks['A']['id']}/activity")).json()["items"]
    cause = next(e for e in activity if "caused_by" not in e["payload"])
    assert {e["payload"]["caused_by"] for e in events} == {cause["seq"]}
    assert len({e["payload"]["batch"] for e in events}) == 1
    assert {str(e["actor_id"]) for e in events} == {str(owner.id)}
    # Earlier again: what waits follows in both directions.
    await change(owner, tasks["A"], start_date="2026-03-03")
    await settle(owner)
    assert await days(owner, tasks) == "A03 B04 C05 D02"
    assert by_title(await timeline(owner, made))["C"]["start"] == "2026-03-05T09:00:00Z"


async def test_its_own_events_lead_to_nothing(owner: Person, chain: Chain) -> None:
    _, tasks = chain
    await change(owner, tasks["A"], start_date="2026-03-05")
    await settle(owner)
    after = len(await written(owner))

    assert await settle(owner) == []
    await change(owner, tasks["A"], title="Another name")
    assert await settle(owner) == []
    await change(owner, tasks["D"], start_date="2026-03-20")
    assert await settle(owner) == [0], "nothing waits for D"

    assert len(await written(owner)) == after


async def test_a_job_that_runs_again_changes_nothing(owner: Person, chain: Chain) -> None:
    _, tasks = chain
    database: Database = owner.app.state.database
    await change(owner, tasks["B"], start_date="2026-03-10")
    follower = Following(database.quiet(), auto_schedule_consumer(), Patience())
    await follower.follow(owner.tenant_id)
    (job,) = await take_jobs(database, owner.tenant_id)

    assert await run_auto_schedule(database, job) == 2
    assert await run_auto_schedule(database, job) == 0


async def test_a_burst_is_one_change(owner: Person, chain: Chain) -> None:
    _, tasks = chain
    for day in range(3, 7):
        await change(owner, tasks["A"], start_date=f"2026-03-0{day}")
    await owner.patch(f"/tasks/{tasks['B']['id']}/schedule", {"duration_minutes": 960})

    assert await settle(owner) == [3]

    assert await days(owner, tasks) == "A06 B09 C11 D02"
    assert len({e["payload"]["batch"] for e in await written(owner)}) == 1


async def test_a_change_and_what_followed_go_back_at_once(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    before = await plan(owner, tasks)
    await change(owner, tasks["A"], start_date="2026-03-05")
    await settle(owner)
    after = await plan(owner, tasks)

    undone = await undo(owner, made)

    assert undone["events"] == 4, "A twice: its day, and its end"
    assert await plan(owner, tasks) == before
    assert await settle(owner) == [0]
    assert await plan(owner, tasks) == before
    redone = await owner.post(f"/events/{undone['undone_by']}/undo")
    assert redone.status_code == 200, redone.text
    assert await plan(owner, tasks) == after
    await settle(owner)
    assert await plan(owner, tasks) == after
    # What followed is no change of its own: to undo it is to undo what it followed from.
    followed = (await written(owner))[0]
    assert (await owner.post(f"/events/{followed['seq']}/undo")).status_code == 200
    assert await plan(owner, tasks) == before


async def test_what_somebody_changed_since_is_left_to_the_scheduler(
    owner: Person, chain: Chain
) -> None:
    _, tasks = chain
    await change(owner, tasks["A"], start_date="2026-03-05")
    await settle(owner)
    seq = (await written(owner))[0]["payload"]["caused_by"]
    await change(owner, tasks["C"], start_date="2026-03-12")
    await settle(owner)
    assert await days(owner, tasks) == "A05 B06 C12 D02"

    answer = await owner.post(f"/events/{seq}/undo")

    assert (answer.status_code, answer.json()["events"]) == (200, 1), answer.text
    await settle(owner)
    assert await days(owner, tasks) == "A02 B03 C12 D02"


async def test_an_undo_before_it_ran_leaves_nothing_to_do(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    before = await plan(owner, tasks)
    await change(owner, tasks["B"], start_date="2026-03-20")
    await undo(owner, made)

    assert await settle(owner) == [0]

    assert await plan(owner, tasks) == before


async def test_a_date_that_a_person_sets_stays(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await change(owner, tasks["B"], start_date="2026-03-10", due_date="2026-03-11T17:00:00Z")
    await settle(owner)

    assert await plan(owner, tasks) == {
        "A": ("2026-03-02", "2026-03-02T17:00:00Z"),
        "B": ("2026-03-10", "2026-03-11T17:00:00Z"),
        "C": ("2026-03-12", "2026-03-12T17:00:00Z"),
        "D": ("2026-03-02", "2026-03-02T17:00:00Z"),
    }
    kept = (await owner.get(f"/tasks/{tasks['B']['id']}/schedule")).json()
    assert (kept["constraint_type"], kept["duration_minutes"]) == ("start_no_earlier_than", 960)
    # Earlier than what it waits for allows it is not; and the wish, too, goes back with the change.
    await change(owner, tasks["C"], start_date="2026-03-03")
    await settle(owner)
    assert await days(owner, tasks) == "A02 B10 C12 D02"
    await undo(owner, made)
    await undo(owner, made)
    await settle(owner)
    assert await days(owner, tasks) == "A02 B03 C04 D02"


async def test_pinned_and_completed_tasks_and_constraints_stay(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    e = await task(owner, made, "E", duration_minutes=480)
    await owner.patch(f"/tasks/{tasks['B']['id']}/schedule", {"is_pinned": True})
    await depend(owner, tasks["D"], tasks["A"])
    await owner.patch(
        f"/tasks/{tasks['D']['id']}/schedule",
        {"constraint_type": "start_no_earlier_than", "constraint_date": "2026-03-18T09:00:00Z"},
    )
    await change(owner, e, start_date="2026-03-02", due_date="2026-03-02T17:00:00Z")
    await change(owner, e, status="completed")
    await depend(owner, e, tasks["A"])
    await settle(owner)

    await change(owner, tasks["A"], start_date="2026-03-06")
    await settle(owner)

    assert await days(owner, tasks | {"E": e}) == "A06 B03 C04 D18 E02"


async def test_every_kind_of_change_moves_what_waits(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    added = await depend(owner, tasks["D"], tasks["C"])
    await settle(owner)
    assert await days(owner, tasks) == "A02 B03 C04 D05", "a dependency more"
    await owner.patch(f"/dependencies/{added['id']}", {"lag_minutes": 480})
    await settle(owner)
    assert await days(owner, tasks) == "A02 B03 C04 D06", "a lag"
    await owner.patch(f"/tasks/{tasks['A']['id']}/schedule", {"duration_minutes": 960})
    await settle(owner)
    assert await days(owner, tasks) == "A02 B04 C05 D09", "a duration"
    await owner.delete(f"/tasks/{tasks['B']['id']}")
    await settle(owner)
    kept = {title: each for title, each in tasks.items() if title != "B"}
    assert await days(owner, kept) == "A02 C05 D09", "who waits for nothing any more stays"
    await owner.post(f"/tasks/{tasks['B']['id']}/restore")
    await settle(owner)
    assert await days(owner, tasks) == "A02 B04 C05 D09", "deleted and restored"
    closed = {"first": "2026-03-04", "last": "2026-03-05", "shifts": [], "name": "Closed"}
    await sets(owner, f"/projects/{made['id']}/calendar", {"exceptions": [closed]})
    await settle(owner)
    assert await days(owner, tasks) == "A02 B06 C09 D11", "a calendar"
    await change(owner, tasks["C"], assignee_id=str(owner.id))
    away = {"first_day": "2026-03-09", "last_day": "2026-03-09", "kind": "vacation"}
    await adds(owner, f"/users/{owner.id}/absences", away)
    await settle(owner)
    assert await days(owner, tasks) == "A02 B06 C10 D12", "an absence"
    await change(owner, tasks["A"], status="completed")
    await settle(owner)
    assert (await days(owner, tasks))[:3] == "A02", "what is completed stays, and B follows its end"
    completed = by_title(await timeline(owner, made))
    assert (await dates(owner, tasks["B"]))[0] == completed["B"]["start"][:10] != "2026-03-06"


async def test_without_the_setting_nothing_moves(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await automatic(owner, made, on=False)
    await change(owner, tasks["A"], start_date="2026-03-05")

    assert await settle(owner) == []
    assert await days(owner, tasks) == "A05 B03 C04 D02"

    await automatic(owner, made)
    assert await settle(owner) == [3], "switched on, it catches up"
    assert await days(owner, tasks) == "A05 B06 C09 D02"


async def test_other_projects_follow_by_their_own_setting(owner: Person, chain: Chain) -> None:
    _, tasks = chain
    other, third = await project(owner), await project(owner)
    x, y = await task(owner, other, "X"), await task(owner, third, "Y")
    await depend(owner, x, tasks["C"])
    await depend(owner, y, tasks["C"])
    await automatic(owner, other)
    await settle(owner)
    assert await days(owner, {"X": x, "Y": y}) == "X05 Y--"

    await change(owner, tasks["A"], start_date="2026-03-05")
    assert await settle(owner) == [3, 1]

    assert await days(owner, {"X": x, "Y": y}) == "X10 Y--"
    assert len({e["payload"]["caused_by"] for e in (await written(owner))[-4:]}) == 1


async def test_who_may_switch_it_on(owner: Person) -> None:
    made = await owner.project()
    settings_path = f"/projects/{made['id']}/settings"
    member, manager = await owner.colleague("member"), await owner.colleague("member")
    await owner.join(made, member)
    await owner.join(made, manager, "manager")

    assert (await owner.get(settings_path)).json()["auto_schedule"] is False
    assert (await member.patch(settings_path, {"auto_schedule": True})).status_code == 403
    assert (await manager.patch(settings_path, {"auto_schedule": True})).status_code == 200


DAYS = st.integers(2, 20).map(lambda day: date(2026, 3, day))
TYPES = st.sampled_from(["finish_to_start", "start_to_start", "finish_to_finish"])
EDGES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), TYPES, st.sampled_from([0, 240, 480])),
    max_size=7, unique_by=lambda edge: frozenset(edge[:2]),
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.integers(0, 5), DAYS), min_size=1, max_size=4)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edges=EDGES, changes=CHANGES)
async def test_afterwards_every_dependency_is_satisfied(
    owner: Person, edges: list[tuple[int, int, str, int]], changes: list[tuple[int, date]]
) -> None:
    made = await project(owner)
    tasks = [await task(owner, made, str(n), duration_minutes=480) for n in range(6)]
    edges = [(min(a, b), max(a, b), kind, lag) for a, b, kind, lag in edges if a != b]
    await automatic(owner, made)
    for first, then, kind, lag in edges:
        await depend(owner, tasks[then], tasks[first], type=kind, lag_minutes=lag)
    for n, day in changes:
        await change(owner, tasks[n], start_date=day.isoformat())
    await settle(owner)

    stored = [await dates(owner, each) for each in tasks]
    shown = by_title(await timeline(owner, made))
    for n, (start, due) in enumerate(stored):
        linked = any(n in edge[:2] for edge in edges)
        if linked:
            assert start is not None
            assert due is not None
            assert shown[str(n)]["start"][:10] == start, "the plan is the schedule"
            assert shown[str(n)]["finish"] == due
    for first, then, kind, lag in edges:
        a, b = shown[str(first)], shown[str(then)]
        held = b["start"] if kind.endswith("start") else b["finish"]
        until = a["finish"] if kind.startswith("finish") else a["start"]
        # Half a day or a day of eight hours, of which there are two in each day of the clock.
        least = timedelta(hours=lag / 60)
        assert _moment(held) >= _moment(until) + least, (kind, lag, a, b)
    assert await settle(owner) == []


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_a_reschedule_by_hand_needs_no_second_one(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    answer = await move(owner, made, {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"})
    assert answer.status_code == 200, answer.text

    assert await settle(owner) == [0]
    assert await days(owner, tasks) == "A05 B06 C09 D02"
