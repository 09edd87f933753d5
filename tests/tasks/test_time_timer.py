"""Timers: one a person, whatever is clicked at the same moment."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7


async def start(person: Person, task: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await person.post(f"/tasks/{task['id']}/timer", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def turn_back(person: Person, entry: dict[str, Any], by: timedelta) -> None:
    """Have a timer started earlier than it was."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            "UPDATE time_entries SET started_at = started_at - $3::interval"
            " WHERE tenant_id = $1 AND id = $2",
            person.tenant_id,
            UUID(entry["id"]),
            by,
        )


async def hours(person: Person, task: dict[str, Any]) -> str | None:
    return (await person.get(f"/tasks/{task['id']}")).json()["actual_hours"]


async def events_of(person: Person, entry: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await person.get("/audit", category="all", entity_id=entry["id"])
    return answer.json()["items"][::-1]


async def test_a_timer_is_started_seen_and_stopped(owner: Person) -> None:
    task = await owner.task(await owner.project(key="WEB"), "Write")
    assert (await owner.get("/me/timer")).status_code == 204

    started = await start(owner, task, note=" Draft ")
    running = (await owner.get("/me/timer")).json()
    assert {**running, "stopped": None} == started
    assert (started["task_key"], started["task_title"]) == ("WEB-1", "Write")
    assert (started["note"], started["stopped_at"], started["minutes"]) == ("Draft", None, None)
    assert await hours(owner, task) is None
    await turn_back(owner, started, timedelta(minutes=90))

    stopped = await owner.post(f"/time-entries/{started['id']}/stop", {})

    assert stopped.status_code == 200, stopped.text
    assert (stopped.json()["minutes"], stopped.json()["is_cut"]) == (90, False)
    assert await hours(owner, task) == "1.50"
    assert (await owner.get("/me/timer")).status_code == 204
    told = await events_of(owner, started)
    assert [e["type"] for e in told] == ["time_entry.started", "time_entry.stopped"]
    assert told[0]["payload"]["after"]["note"] == "Draft"
    assert told[1]["payload"]["before"] == {"stopped_at": None}
    assert told[1]["payload"]["actual_hours"] == {task["id"]: "1.50"}


async def test_a_second_timer_is_refused_and_the_running_one_shown(owner: Person) -> None:
    project = await owner.project()
    first, second = await owner.task(project, "First"), await owner.task(project, "Second")
    running = await start(owner, first)

    answer = await owner.post(f"/tasks/{second['id']}/timer", {})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/timer-running"
    assert answer.json()["current"]["id"] == running["id"]


async def test_switching_stops_the_one_and_starts_the_other(owner: Person) -> None:
    project = await owner.project()
    first, second = await owner.task(project, "First"), await owner.task(project, "Second")
    running = await start(owner, first)
    await turn_back(owner, running, timedelta(minutes=30))

    answer = await owner.post(f"/tasks/{second['id']}/timer?switch=true", {})

    assert answer.status_code == 201, answer.text
    switched = answer.json()
    assert switched["stopped"]["id"] == running["id"]
    assert switched["stopped"]["stopped_at"] == switched["started_at"]
    assert await hours(owner, first) == "0.50"
    assert (await owner.get("/me/timer")).json()["id"] == switched["id"]


async def test_of_many_starts_at_once_one_wins(owner: Person) -> None:
    project = await owner.project()
    tasks = [await owner.task(project, f"{n}") for n in range(8)]

    answers = await asyncio.gather(*(owner.post(f"/tasks/{t['id']}/timer", {}) for t in tasks))

    assert sorted(a.status_code for a in answers) == [201] + [409] * 7
    winner = next(a.json() for a in answers if a.status_code == 201)
    refused = [a.json() for a in answers if a.status_code == 409]
    assert {(p["type"], p["current"]["id"]) for p in refused} == {
        ("/problems/timer-running", winner["id"])
    }


async def test_of_many_switches_at_once_one_runs_on_and_no_time_is_counted_twice(
    owner: Person,
) -> None:
    project = await owner.project()
    tasks = [await owner.task(project, f"{n}") for n in range(8)]

    answers = await asyncio.gather(
        *(owner.post(f"/tasks/{t['id']}/timer?switch=true", {}) for t in tasks)
    )

    assert {a.status_code for a in answers} == {201}
    entries = (await owner.get("/me/time-entries")).json()["items"]
    assert len([e for e in entries if e["stopped_at"] is None]) == 1
    spans = sorted((e["started_at"], e["stopped_at"] or "9") for e in entries)
    assert all(one[1] <= next_[0] for one, next_ in itertools.pairwise(spans))


async def test_the_database_itself_lets_one_timer_run(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    await start(owner, task)

    with pytest.raises(asyncpg.UniqueViolationError):
        async with owner.app.state.database.tenant(owner.tenant_id) as db:
            await db.execute(
                "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number,"
                " user_id, started_at, allows_overlap)"
                " VALUES ($1, $2, $3, $4, 1, $5, '2024-01-05', true)",
                owner.tenant_id,
                uuid7(),
                UUID(task["id"]),
                UUID(task["project_id"]),
                owner.id,
            )


async def test_stopping_at_the_same_moment_stops_once(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = await start(owner, task)
    await turn_back(owner, running, timedelta(hours=1))

    answers = await asyncio.gather(
        *(owner.post(f"/time-entries/{running['id']}/stop", {}) for _ in range(6))
    )

    assert sorted(a.status_code for a in answers) == [200] + [409] * 5
    late = next(a.json() for a in answers if a.status_code == 409)
    assert late["type"] == "/problems/timer-not-running"
    assert late["current"]["minutes"] == 60
    assert await hours(owner, task) == "1.00"
    assert len(await events_of(owner, running)) == 2


async def test_an_edit_and_a_stop_at_once_both_count(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    for n in range(4):
        running = await start(owner, task)
        await turn_back(owner, running, timedelta(minutes=7 * n + 1))
        path = f"/time-entries/{running['id']}"

        edited, stopped = await asyncio.gather(
            owner.patch(path, {"note": f"Edit {n}"}), owner.post(f"{path}/stop", {})
        )

        assert (edited.status_code, stopped.status_code) == (200, 200)
        entry = (await owner.get("/me/time-entries")).json()["items"][0]
        assert (entry["note"], entry["version"]) == (f"Edit {n}", 3)
        assert entry["stopped_at"] is not None
        await owner.delete(path)


async def test_a_version_read_before_the_stop_is_refused_after_it(owner: Person) -> None:
    running = await start(owner, await owner.task(await owner.project(), "Write"))
    await owner.post(f"/time-entries/{running['id']}/stop", {})

    answer = await owner.patch(f"/time-entries/{running['id']}", {"note": "x", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["current"]["stopped_at"] is not None


async def test_a_forgotten_timer_counts_a_day_and_says_so(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = await start(owner, task)
    await turn_back(owner, running, timedelta(days=3))

    stopped = (await owner.post(f"/time-entries/{running['id']}/stop", {})).json()

    assert (stopped["minutes"], stopped["is_cut"]) == (24 * 60, True)
    assert await hours(owner, task) == "24.00"
    assert (await events_of(owner, running))[-1]["payload"]["is_cut"] is True


async def test_a_forgotten_timer_leaves_the_days_after_its_first_free(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = await start(owner, task)
    await turn_back(owner, running, timedelta(days=3))
    began = datetime.now(UTC) - timedelta(days=3)

    within, after = [
        await owner.post(
            f"/tasks/{task['id']}/time-entries",
            {"started_at": (began + timedelta(hours=late)).isoformat(), "minutes": 30},
        )
        for late in (23, 25)
    ]

    assert (within.status_code, after.status_code) == (409, 201)
    assert within.json()["current"]["id"] == running["id"]


@pytest.mark.parametrize(
    ("minutes_after_start", "message"),
    [(0, "not after"), (-5, "not after"), (25 * 60, "24 hours"), (5 * 24 * 60, "future")],
)
async def test_a_timer_cannot_have_been_stopped_when_nobody_could(
    owner: Person, minutes_after_start: int, message: str
) -> None:
    running = await start(owner, await owner.task(await owner.project(), "Write"))
    await turn_back(owner, running, timedelta(days=2))
    began = datetime.fromisoformat(running["started_at"]) - timedelta(days=2)
    at = (began + timedelta(minutes=minutes_after_start)).isoformat()

    answer = await owner.post(f"/time-entries/{running['id']}/stop", {"stopped_at": at})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "stopped_at"
    assert message in answer.json()["errors"][0]["message"]
    assert (await owner.get("/me/timer")).json()["version"] == 1


async def test_a_timer_is_stopped_when_it_should_have_been(owner: Person) -> None:
    running = await start(owner, await owner.task(await owner.project(), "Write"))
    await turn_back(owner, running, timedelta(hours=5))
    at = datetime.fromisoformat(running["started_at"]) - timedelta(hours=4)

    answer = await owner.post(f"/time-entries/{running['id']}/stop", {"stopped_at": at.isoformat()})

    assert answer.json()["minutes"] == 60


async def test_the_same_start_sent_again_is_answered_with_what_it_made(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    made = str(uuid7())
    await start(owner, task, id=made)

    again = await owner.post(f"/tasks/{task['id']}/timer", {"id": made})

    assert again.status_code == 409
    assert again.json()["type"] == "/problems/time-entry-exists"
    assert again.json()["current"]["id"] == made


async def test_ones_own_timer_is_stopped_also_where_one_no_longer_belongs(owner: Person) -> None:
    project = await owner.project("Secret")
    task = await owner.task(project, "Secret work")
    member = await owner.colleague("member")
    await owner.join(project, member)
    running = await start(member, task)
    gone = await owner.delete(f"/projects/{project['id']}/members/{member.id}")
    assert gone.status_code == 204

    seen = await member.get("/me/timer")
    stopped = await member.post(f"/time-entries/{running['id']}/stop", {})

    assert seen.json()["task_title"] is None
    assert "Secret" not in seen.text + stopped.text
    assert stopped.status_code == 200
    changed = await member.patch(f"/time-entries/{running['id']}", {"note": "x"})
    assert changed.json()["type"] == "/problems/task-not-found"


async def test_a_timer_of_a_task_in_the_trash_can_be_stopped(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = await start(owner, task)
    await turn_back(owner, running, timedelta(hours=1))
    await owner.delete(f"/tasks/{task['id']}")

    assert (await owner.post(f"/time-entries/{running['id']}/stop", {})).status_code == 200
    await owner.post(f"/tasks/{task['id']}/restore")
    assert await hours(owner, task) == "1.00"


async def test_a_manager_stops_what_a_member_forgot_and_a_member_does_not(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Write")
    manager, member, other = [
        await owner.colleague(role) for role in ("manager", "member", "member")
    ]
    for person in (manager, member, other):
        await owner.join(project, person)
    running = await start(member, task)

    refused = await other.post(f"/time-entries/{running['id']}/stop", {})
    stopped = await manager.post(f"/time-entries/{running['id']}/stop", {})

    assert refused.json()["type"] == "/problems/time-entry-not-found"
    assert stopped.status_code == 200
    assert stopped.json()["user_id"] == str(member.id)


async def test_a_key_of_some_projects_neither_sees_nor_stops_the_timer_of_another(
    owner: Person,
) -> None:
    await owner.signed_in_by("password")
    here, there = await owner.project("Here"), await owner.project("There")
    mine, other = await owner.task(here, "Mine"), await owner.task(there, "Other")
    running = await start(owner, other)
    key = await owner.key("time_entry:*", "task:read", project_ids=[here["id"]])

    started = await key.ask("POST", f"/tasks/{mine['id']}/timer?switch=true", {})
    stopped = await key.ask("POST", f"/time-entries/{running['id']}/stop", {})

    assert started.status_code == 409
    assert started.json()["type"] == "/problems/timer-running"
    assert running["id"] not in started.text
    assert stopped.status_code == 404
