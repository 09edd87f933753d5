"""Time written down by hand: what can have been worked, and what a task's hours add up to."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

NINE = "2024-01-05T09:00:00Z"


async def worked(
    person: Person, task: dict[str, Any], started_at: str = NINE, minutes: int = 60, **more: Any
) -> dict[str, Any]:
    body = {"started_at": started_at, "minutes": minutes, **more}
    answer = await person.post(f"/tasks/{task['id']}/time-entries", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def hours(person: Person, task: dict[str, Any]) -> str | None:
    return (await person.get(f"/tasks/{task['id']}")).json()["actual_hours"]


async def allow_overlaps(owner: Person, *, allowed: bool) -> None:
    await owner.signed_in_by("password")
    answer = await owner.patch("/workspace", {"allow_overlapping_time": allowed})
    assert answer.json()["allow_overlapping_time"] is allowed, answer.text


async def test_time_is_written_down_corrected_and_taken_away(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")

    entry = await worked(owner, task, note="Draft", is_billable=False)
    assert (entry["stopped_at"], entry["minutes"]) == ("2024-01-05T10:00:00Z", 60)
    assert await hours(owner, task) == "1.00"
    path = f"/time-entries/{entry['id']}"
    changed = await owner.patch(path, {"stopped_at": "2024-01-05T09:20:00Z", "note": "Final"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["minutes"], changed.json()["version"]) == (20, 2)
    assert await hours(owner, task) == "0.33"
    same = await owner.patch(path, {"minutes": 20, "note": " Final "})
    assert same.json() == changed.json()
    assert (await owner.delete(path)).status_code == 204
    assert await hours(owner, task) is None

    told = (await owner.get("/audit", category="all", entity_id=entry["id"])).json()["items"]
    assert [e["type"] for e in told] == [
        "time_entry.deleted", "time_entry.updated", "time_entry.created",
    ]  # fmt: skip
    deleted, updated, created = [e["payload"] for e in told]
    assert created["after"]["is_billable"] is False
    assert updated["before"] == {"stopped_at": "2024-01-05T10:00:00Z", "note": "Draft"}
    assert updated["after"] == {"stopped_at": "2024-01-05T09:20:00Z", "note": "Final"}
    assert deleted["before"]["note"] == "Final"
    assert deleted["actual_hours"] == {task["id"]: None}


async def test_parts_of_seconds_are_dropped_and_minutes_rounded(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")

    answer = await owner.post(
        f"/tasks/{task['id']}/time-entries",
        {"started_at": "2024-01-05T09:00:00.9+01:00", "stopped_at": "2024-01-05T08:01:30.4Z"},
    )

    assert answer.json()["started_at"] == "2024-01-05T08:00:00Z"
    assert answer.json()["stopped_at"] == "2024-01-05T08:01:30Z"
    assert answer.json()["minutes"] == 2


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("started_at", {"started_at": "1999-12-31T23:59:59Z", "minutes": 1}),
        ("started_at", {"started_at": "0001-01-01T00:00:00+14:00", "minutes": 1}),
        ("started_at", {"started_at": "2100-01-01T00:00:00Z", "minutes": 1}),
        ("started_at", {"started_at": "2024-01-05T09:00:00", "minutes": 1}),
        ("started_at", {"started_at": 1767603600, "minutes": 1}),
        ("started_at", {"minutes": 1}),
        ("stopped_at", {"started_at": NINE}),
        ("stopped_at", {"started_at": NINE, "stopped_at": NINE}),
        ("stopped_at", {"started_at": NINE, "stopped_at": "2024-01-05T08:00:00Z"}),
        ("stopped_at", {"started_at": NINE, "stopped_at": "2024-01-06T09:00:01Z"}),
        ("stopped_at", {"started_at": NINE, "stopped_at": "9999-12-31T23:59:59-14:00"}),
        ("minutes", {"started_at": NINE, "minutes": 0}),
        ("minutes", {"started_at": NINE, "minutes": 1441}),
        ("minutes", {"started_at": NINE, "minutes": 1.5}),
        ("minutes", {"started_at": NINE, "minutes": 5, "stopped_at": "2024-01-05T10:00:00Z"}),
        ("note", {"started_at": NINE, "minutes": 5, "note": "x" * 2001}),
        ("note", {"started_at": NINE, "minutes": 5, "note": "\x00"}),
        ("user_id", {"started_at": NINE, "minutes": 5, "user_id": str(uuid7())}),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_written(
    owner: Person, field: str, body: dict[str, Any]
) -> None:
    task = await owner.task(await owner.project(), "Write")

    answer = await owner.post(f"/tasks/{task['id']}/time-entries", body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get("/me/time-entries")).json()["items"] == []


async def test_time_that_lies_partly_ahead_is_refused(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    began = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    answer = await owner.post(
        f"/tasks/{task['id']}/time-entries", {"started_at": began, "minutes": 90}
    )

    assert answer.status_code == 422
    assert "future" in answer.json()["detail"]


async def test_a_whole_day_is_the_most(owner: Person) -> None:
    entry = await worked(owner, await owner.task(await owner.project(), "Write"), minutes=1440)

    assert entry["stopped_at"] == "2024-01-06T09:00:00Z"


async def test_time_does_not_overlap_and_may_touch(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    nine_to_ten = await worked(owner, task)

    for started_at, minutes in (
        ("2024-01-05T08:30:00Z", 31),
        ("2024-01-05T09:10:00Z", 10),
        ("2024-01-05T09:59:59Z", 10),
        ("2024-01-04T20:00:00Z", 1440),
    ):
        answer = await owner.post(
            f"/tasks/{task['id']}/time-entries", {"started_at": started_at, "minutes": minutes}
        )
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/overlapping-time"
        assert answer.json()["current"] == nine_to_ten
    before = await worked(owner, task, "2024-01-05T08:30:00Z", 30)
    await worked(owner, task, "2024-01-05T10:00:00Z", 30)
    longer = await owner.patch(f"/time-entries/{before['id']}", {"minutes": 31})
    assert longer.status_code == 409
    assert longer.json()["current"] == nine_to_ten


async def test_two_people_work_at_the_same_time(owner: Person) -> None:
    project = await owner.project()
    task, member = await owner.task(project, "Write"), await owner.colleague("member")
    await owner.join(project, member)

    await worked(owner, task)
    await worked(member, task)

    assert await hours(owner, task) == "2.00"


async def test_of_overlapping_entries_sent_at_once_one_is_written(owner: Person) -> None:
    project = await owner.project()
    tasks = [await owner.task(project, f"{n}") for n in range(8)]

    answers = await asyncio.gather(
        *(
            owner.post(
                f"/tasks/{task['id']}/time-entries",
                {"started_at": f"2024-01-05T09:0{n}:00Z", "minutes": 30},
            )
            for n, task in enumerate(tasks)
        )
    )

    assert sorted(a.status_code for a in answers) == [201] + [409] * 7


async def test_the_database_itself_refuses_an_overlap(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    entry = await worked(owner, task)

    with pytest.raises(asyncpg.ExclusionViolationError):
        async with owner.app.state.database.tenant(owner.tenant_id) as db:
            await db.execute(
                "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number,"
                " user_id, started_at, stopped_at) SELECT tenant_id, $2, task_id, project_id,"
                " task_number, user_id, started_at, stopped_at FROM time_entries"
                " WHERE tenant_id = $1 AND id = $3",
                owner.tenant_id,
                uuid7(),
                UUID(entry["id"]),
            )


async def test_a_workspace_may_allow_overlaps_and_forbid_them_again(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    await allow_overlaps(owner, allowed=True)
    first, second = await worked(owner, task), await worked(owner, task)
    assert await hours(owner, task) == "2.00"

    answer = await owner.patch("/workspace", {"allow_overlapping_time": False})
    assert answer.status_code == 200

    third = await owner.post(
        f"/tasks/{task['id']}/time-entries", {"started_at": NINE, "minutes": 5}
    )
    assert third.status_code == 409
    noted = await owner.patch(f"/time-entries/{first['id']}", {"note": "Still mine"})
    assert noted.status_code == 200
    longer = await owner.patch(f"/time-entries/{second['id']}", {"minutes": 61})
    assert longer.status_code == 409


async def test_the_same_entry_sent_again_is_answered_with_what_it_made(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    made = str(uuid7())

    entry = await worked(owner, task, id=made)
    again = await owner.post(
        f"/tasks/{task['id']}/time-entries", {"started_at": NINE, "minutes": 60, "id": made}
    )

    assert again.status_code == 409
    assert again.json()["type"] == "/problems/time-entry-exists"
    assert again.json()["current"] == entry
    assert await hours(owner, task) == "1.00"


async def test_an_id_of_somebody_elses_entry_shows_nothing_of_it(owner: Person) -> None:
    project = await owner.project()
    task, member = await owner.task(project, "Write"), await owner.colleague("member")
    await owner.join(project, member)
    entry = await worked(owner, task, note="Private")

    answer = await member.post(
        f"/tasks/{task['id']}/time-entries",
        {"started_at": NINE, "minutes": 60, "id": entry["id"]},
    )

    assert answer.status_code == 409
    assert "current" not in answer.json()


async def test_an_entry_goes_to_another_task_with_its_hours(owner: Person) -> None:
    here, there = await owner.project("Here"), await owner.project("There")
    wrong, right = await owner.task(here, "Wrong"), await owner.task(there, "Right")
    entry = await worked(owner, wrong)

    moved = await owner.patch(f"/time-entries/{entry['id']}", {"task_id": right["id"]})

    assert moved.status_code == 200, moved.text
    assert (moved.json()["task_id"], moved.json()["project_id"]) == (right["id"], there["id"])
    assert (await hours(owner, wrong), await hours(owner, right)) == (None, "1.00")
    for unknown in (str(uuid7()), "x"):
        answer = await owner.patch(f"/time-entries/{entry['id']}", {"task_id": unknown})
        assert answer.status_code in {404, 422}


async def test_entries_swapped_between_two_tasks_at_once_do_not_deadlock(owner: Person) -> None:
    project = await owner.project()
    a, b = await owner.task(project, "a"), await owner.task(project, "b")
    member = await owner.colleague("member")
    await owner.join(project, member)
    of_a, of_b = await worked(owner, a), await worked(member, b, minutes=30)

    for first, second in ((b, a), (a, b)) * 4:
        answers = await asyncio.gather(
            owner.patch(f"/time-entries/{of_a['id']}", {"task_id": first["id"]}),
            member.patch(f"/time-entries/{of_b['id']}", {"task_id": second["id"]}),
        )
        assert [x.status_code for x in answers] == [200, 200]
    assert (await hours(owner, a), await hours(owner, b)) == ("1.00", "0.50")


async def test_a_task_that_changes_project_takes_its_time_along(owner: Person) -> None:
    here, there = await owner.project("Here"), await owner.project("There")
    task = await owner.task(here, "Write")
    entry = await worked(owner, task)
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE tasks SET project_id = $2, number = 7 WHERE tenant_id = $1 AND id = $3",
            owner.tenant_id,
            UUID(there["id"]),
            UUID(task["id"]),
        )

    listed = (await owner.get(f"/projects/{there['id']}/time-entries")).json()["items"]

    assert [e["id"] for e in listed] == [entry["id"]]
    assert (await owner.get(f"/projects/{here['id']}/time-entries")).json()["items"] == []


async def test_hours_are_the_exact_sum_however_many_write_at_once(owner: Person) -> None:
    project = await owner.project()
    task, rng = await owner.task(project, "Write"), random.Random(4)
    people = [await owner.colleague("member") for _ in range(4)]
    for person in people:
        await owner.join(project, person)
    start = datetime(2024, 1, 5, tzinfo=UTC)

    async def add(n: int) -> int:
        began = start + timedelta(hours=n)
        seconds = rng.randrange(1, 3600)
        body = {
            "started_at": began.isoformat(),
            "stopped_at": (began + timedelta(seconds=seconds)).isoformat(),
        }
        path = f"/tasks/{task['id']}/time-entries"
        answer = await people[n % 4].post(path, body)
        assert answer.status_code == 201, answer.text
        if n % 5 == 0:
            gone = await people[n % 4].delete(f"/time-entries/{answer.json()['id']}")
            assert gone.status_code == 204
            return 0
        return seconds

    total = sum(await asyncio.gather(*(add(n) for n in range(40))))

    exact = (Decimal(total) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert await hours(owner, task) == str(exact)


async def test_a_total_counts_what_others_wrote_while_it_waited(
    owner: Person, superuser_url: str
) -> None:
    project = await owner.project()
    task = await owner.task(project, "Write")
    people = [await owner.colleague("member") for _ in range(3)]
    for person in people:
        await owner.join(project, person)
    watcher = await asyncpg.connect(superuser_url)
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "SELECT FROM tasks WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
            owner.tenant_id,
            UUID(task["id"]),
        )
        writing = [asyncio.create_task(worked(person, task)) for person in people]
        async with asyncio.timeout(30):
            while await watcher.fetchval(waiting) < len(people):
                pass
    await asyncio.gather(*writing)
    await watcher.close()

    assert await hours(owner, task) == "3.00"


async def test_a_total_may_pass_a_thousand_hours(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number,"
            " user_id, started_at, stopped_at)"
            " SELECT $1, gen_random_uuid(), $2, $3, 1, $4, day, day + interval '24 hours'"
            " FROM generate_series('2023-01-01Z'::timestamptz, '2023-06-01Z', interval '24 hours')"
            " day",
            owner.tenant_id,
            UUID(task["id"]),
            UUID(task["project_id"]),
            owner.id,
        )

    await worked(owner, task)

    assert await hours(owner, task) == "3649.00"


async def test_a_running_timers_start_is_corrected_but_not_its_end(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Write")
    running = (await owner.post(f"/tasks/{task['id']}/timer", {})).json()
    began = datetime.now(UTC) - timedelta(hours=2)
    path = f"/time-entries/{running['id']}"

    earlier = await owner.patch(path, {"started_at": began.isoformat()})
    ended = await owner.patch(path, {"stopped_at": datetime.now(UTC).isoformat()})

    assert earlier.status_code == 200, earlier.text
    assert ended.status_code == 422
    assert ended.json()["errors"][0]["field"] == "stopped_at"
    stopped = (await owner.post(f"{path}/stop", {})).json()
    assert stopped["minutes"] in {120, 121}
    assert Decimal(await hours(owner, task) or 0) >= 2
