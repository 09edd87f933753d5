"""Moving tasks with their dependents: looked at first, then one change."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from tests.planning.plans import (
    Json,
    apply,
    by_title,
    dates,
    depend,
    move,
    preview,
    project,
    task,
    timeline,
)
from uuid_utils.compat import uuid7

Chain = tuple[Json, dict[str, Json]]


@pytest.fixture
async def chain(owner: Person) -> Chain:
    """A, then B, then C, a day each and in the plan; D stands alone."""
    made = await project(owner)
    tasks = {title: await task(owner, made, title, duration_minutes=480) for title in "ABCD"}
    await depend(owner, tasks["B"], tasks["A"])
    await depend(owner, tasks["C"], tasks["B"])
    await apply(owner, made)
    return made, tasks


def moved(answer: Json) -> dict[str, tuple[str, str, str]]:
    return {
        each["title"]: (each["start_date"], each["due_date"], each["reason"])
        for each in answer["moves"]
    }


async def events(owner: Person, item: Json) -> list[Json]:
    return (await owner.get(f"/tasks/{item['id']}/activity")).json()["items"]


async def test_the_schedule_becomes_the_plan(owner: Person, chain: Chain) -> None:
    made, tasks = chain

    assert [await dates(owner, tasks[title]) for title in "ABCD"] == [
        ("2026-03-02", "2026-03-02T17:00:00Z"),
        ("2026-03-03", "2026-03-03T17:00:00Z"),
        ("2026-03-04", "2026-03-04T17:00:00Z"),
        ("2026-03-02", "2026-03-02T17:00:00Z"),
    ]
    again = await apply(owner, made)
    assert (again["moves"], again["batch"]) == ([], None)


async def test_a_preview_tells_and_changes_nothing(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    before = await timeline(owner, made)

    answer = await preview(owner, made, {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"})

    assert moved(answer) == {
        "A": ("2026-03-05", "2026-03-05T17:00:00Z", "changed"),
        "B": ("2026-03-06", "2026-03-06T17:00:00Z", "dependency"),
        "C": ("2026-03-09", "2026-03-09T17:00:00Z", "dependency"),
    }
    shown = {each["title"]: each for each in answer["moves"]}
    assert shown["B"]["predecessor_id"] == tasks["A"]["id"]
    assert (shown["C"]["old_start_date"], shown["C"]["old_due_date"]) == (
        "2026-03-04", "2026-03-04T17:00:00Z",
    )  # fmt: skip
    assert (answer["old_finish"], answer["finish"]) == (
        "2026-03-04T17:00:00Z", "2026-03-09T17:00:00Z",
    )  # fmt: skip
    assert (answer["batch"], answer["conflicts"], answer["misfits"]) == (None, [], [])
    assert await timeline(owner, made) == before


async def test_a_move_is_one_change_that_can_be_undone(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    change = {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"}
    told = await preview(owner, made, change)

    answer = await move(owner, made, change, token=told["token"])

    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert done == {**told, "batch": done["batch"]}
    assert await dates(owner, tasks["C"]) == ("2026-03-09", "2026-03-09T17:00:00Z")
    written = [(await events(owner, tasks[title]))[0] for title in "ABC"]
    assert {(each["type"], each["payload"]["batch"]) for each in written} == {
        ("task.updated", done["batch"])
    }
    latest = written[-1]
    assert latest["payload"]["before"] == {
        "start_date": "2026-03-04", "due_date": "2026-03-04T17:00:00Z",
    }  # fmt: skip
    task_now = (await owner.get(f"/tasks/{tasks['C']['id']}")).json()
    assert latest["entity_version"] == task_now["version"]
    assert (await events(owner, tasks["D"]))[0]["payload"].get("batch") != done["batch"]
    assert by_title(await timeline(owner, made))["C"]["start"] == "2026-03-09T09:00:00Z"


async def test_a_stale_preview_is_refused(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    change = {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"}
    told = await preview(owner, made, change)
    await owner.patch(f"/tasks/{tasks['B']['id']}/schedule", {"duration_minutes": 960})
    before = await dates(owner, tasks["A"])

    answer = await move(owner, made, change, token=told["token"])
    other = await move(owner, made, {**change, "start_date": "2026-03-06"}, token=told["token"])

    assert (answer.status_code, other.status_code) == (409, 409)
    assert answer.json()["type"] == "/problems/schedule-preview-stale"
    assert await dates(owner, tasks["A"]) == before


async def test_a_task_that_waits_is_put_later_and_stays_there(owner: Person, chain: Chain) -> None:
    made, tasks = chain

    await move(owner, made, {"task_id": tasks["B"]["id"], "start_date": "2026-03-06"})

    assert (await dates(owner, tasks["C"]))[0] == "2026-03-09"
    schedule = (await owner.get(f"/tasks/{tasks['B']['id']}/schedule")).json()
    assert schedule["constraint_type"] == "start_no_earlier_than"
    types = [event["type"] for event in await events(owner, tasks["B"])][:2]
    assert sorted(types) == ["task.scheduled", "task.updated"]
    # And back again, as far as it may go.
    back = await move(owner, made, {"task_id": tasks["B"]["id"], "start_date": "2026-03-02"})
    assert back.json()["misfits"] == [
        {
            "task_id": tasks["B"]["id"],
            "wanted": "2026-03-02T09:00:00Z",
            "got": "2026-03-03T09:00:00Z",
        }
    ]
    assert (await dates(owner, tasks["C"]))[0] == "2026-03-04"


async def test_a_task_gets_longer_by_its_finish_or_its_duration(
    owner: Person, chain: Chain
) -> None:
    made, tasks = chain

    by_finish = await preview(
        owner, made, {"task_id": tasks["A"]["id"], "due_date": "2026-03-03T13:00:00Z"}
    )
    by_duration = await preview(owner, made, {"task_id": tasks["A"]["id"], "duration_minutes": 720})
    from_the_end = await preview(
        owner, made,
        {"task_id": tasks["D"]["id"], "duration_minutes": 960, "due_date": "2026-03-06T17:00:00Z"},
    )  # fmt: skip

    assert by_finish["moves"] == by_duration["moves"]
    assert moved(by_finish)["B"][:2] == ("2026-03-03", "2026-03-04T13:00:00Z")
    assert moved(from_the_end) == {"D": ("2026-03-05", "2026-03-06T17:00:00Z", "changed")}


async def test_half_days_stay_half_days(owner: Person, chain: Chain) -> None:
    """A start to the minute is kept beside its date, so nothing drifts."""
    made, tasks = chain
    plain = await task(owner, made, "E")  # no duration of its own: from its dates, once it has any
    await depend(owner, plain, tasks["A"])
    await move(owner, made, {"task_id": tasks["A"]["id"], "duration_minutes": 240})
    await apply(owner, made)

    shown = by_title(await timeline(owner, made))["E"]
    assert (shown["start"], shown["finish"]) == ("2026-03-02T13:00:00Z", "2026-03-03T13:00:00Z")
    assert (shown["duration_minutes"], shown["duration_basis"]) == (480, "dates")
    assert (await apply(owner, made))["moves"] == []


async def test_what_would_be_broken_is_told(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await owner.patch(f"/tasks/{tasks['C']['id']}/schedule", {"deadline": "2026-03-05T17:00:00Z"})

    answer = await preview(owner, made, {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"})

    assert [(c["task_id"], c["about"]) for c in answer["conflicts"]] == [
        (tasks["C"]["id"], "deadline")
    ]


async def test_who_waits_in_another_project_is_named_and_stays(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    other = await owner.project("Other")
    theirs = await task(owner, other, "Theirs", start_date="2026-03-03")
    await depend(owner, theirs, tasks["A"])
    member = await owner.colleague("member")
    await owner.join(made, member)
    change = {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"}

    seen, unseen = await preview(owner, made, change), await preview(member, made, change)
    answer = await move(owner, made, change, token=unseen["token"])

    assert [each["title"] for each in seen["waiting_elsewhere"]] == ["Theirs"]
    assert (unseen["waiting_elsewhere"], unseen["hidden"]) == ([], 1)
    assert answer.status_code == 200
    assert (await dates(owner, theirs))[0] == "2026-03-03"


async def test_a_task_with_sub_tasks_moves_with_them(owner: Person) -> None:
    made = await project(owner)
    parent = await task(owner, made, "Parent")
    child = await task(owner, made, "Child", parent_id=parent["id"])
    after = await task(owner, made, "After")
    await depend(owner, after, parent)
    await apply(owner, made)

    by_child = await preview(owner, made, {"task_id": child["id"], "start_date": "2026-03-04"})
    by_parent = await preview(owner, made, {"task_id": parent["id"], "start_date": "2026-03-04"})

    assert moved(by_child) == {
        "Parent": ("2026-03-04", "2026-03-04T17:00:00Z", "sub_tasks"),
        "Child": ("2026-03-04", "2026-03-04T17:00:00Z", "changed"),
        "After": ("2026-03-05", "2026-03-05T17:00:00Z", "dependency"),
    }
    assert {title: each[:2] for title, each in moved(by_parent).items()} == {
        title: each[:2] for title, each in moved(by_child).items()
    }


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("due_date", {"due_date": "2026-02-01T00:00:00Z"}),
        ("due_date", {"due_date": "9999-12-31T00:00:00Z"}),
        ("start_date", {"start_date": "0001-01-01"}),
        ("start_date", {"start_date": "soon"}),
        (
            "due_date",
            {"start_date": "2026-03-04", "due_date": "2026-03-05T17:00:00Z", "duration_minutes": 9},
        ),
        ("constraint_date", {"constraint_type": "must_start_on"}),
        ("constraint_date", {"constraint_date": "2026-03-05T17:00:00Z"}),
        ("duration_minutes", {"duration_minutes": -5}),
        ("task_id", {"task_id": str(uuid7())}),
        ("nonsense", {"nonsense": 1}),
    ],
)
async def test_a_change_that_cannot_be_is_refused_by_its_field(
    owner: Person, chain: Chain, field: str, change: dict[str, Any]
) -> None:
    made, tasks = chain
    await owner.patch(f"/tasks/{tasks['D']['id']}/schedule", {"duration_minutes": None})
    before = await timeline(owner, made)

    answer = await move(owner, made, {"task_id": tasks["D"]["id"], **change})

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].endswith(field)
    assert await timeline(owner, made) == before


async def test_what_has_begun_or_is_done_stays(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await owner.patch(f"/tasks/{tasks['A']['id']}", {"status": "completed"})
    await owner.patch(f"/tasks/{tasks['D']['id']}", {"status": "in_progress"})
    await owner.patch(f"/projects/{made['id']}", {"start_date": "2026-04-06"})

    done = await move(owner, made, {"task_id": tasks["A"]["id"], "start_date": "2026-03-10"})
    answer = await apply(owner, made)

    assert done.json()["errors"][0]["field"] == "changes.0.task_id"
    assert set(moved(answer)) == {"B", "C"}


async def test_who_may_only_change_their_own_task_moves_no_others(
    owner: Person, chain: Chain
) -> None:
    made, tasks = chain
    member = await owner.colleague("member")
    await owner.join(made, member)
    await owner.patch(f"/tasks/{tasks['A']['id']}", {"assignee_id": str(member.id)})
    change = {"task_id": tasks["A"]["id"], "start_date": "2026-03-05"}

    assert len((await preview(member, made, change))["moves"]) == 3
    assert (await move(member, made, change)).status_code == 403
    assert (await member.post(f"/projects/{made['id']}/schedule/apply")).status_code == 403


async def test_moves_at_once_leave_one_of_their_plans(owner: Person, chain: Chain) -> None:
    made, tasks = chain

    answers = await asyncio.gather(
        *(
            move(owner, made, {"task_id": tasks["A"]["id"], "start_date": f"2026-03-{day:02}"})
            for day in range(9, 14)
        ),
        *(owner.patch(f"/tasks/{tasks['B']['id']}", {"title": f"B{n}"}) for n in range(3)),
    )

    assert {answer.status_code for answer in answers} <= {200, 409}
    shown = by_title(await timeline(owner, made))
    assert shown["C"]["start_date"] == shown["C"]["start"][:10]
    assert (await apply(owner, made))["moves"] == []
