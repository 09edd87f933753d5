"""The timeline: dates, slack, the critical path; and who may see what of it."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from asyncpg.connection import Connection
from tests.people import Person
from tests.planning.plans import Json, by_title, depend, project, task, timeline
from uuid_utils.compat import uuid7

from projectflow.planning import project_plan


@pytest.fixture
async def house(owner: Person) -> Json:
    """Walls (two days), then the roof (a day); a garden of a day beside them."""
    made = await project(owner)
    walls = await task(owner, made, "Walls", duration_minutes=960)
    roof = await task(owner, made, "Roof", estimated_hours="8")
    await task(owner, made, "Garden", start_date="2026-03-02", due_date="2026-03-02T17:00:00Z")
    await depend(owner, roof, walls)
    return made


async def test_dates_slack_and_the_critical_path(owner: Person, house: Json) -> None:
    shown = await timeline(owner, house)
    tasks = by_title(shown)

    assert (shown["start"], shown["finish"]) == ("2026-03-02T09:00:00Z", "2026-03-04T17:00:00Z")
    assert (shown["zone"], shown["hidden"], shown["unmet"]) == ("UTC", 0, [])
    assert {
        title: (each["early_start"][:10], each["early_finish"][:10], each["total_slack"],
                each["free_slack"], each["is_critical"], each["duration_basis"])
        for title, each in tasks.items()
    } == {
        "Walls": ("2026-03-02", "2026-03-03", 0, 0, True, "given"),
        "Roof": ("2026-03-04", "2026-03-04", 0, 0, True, "estimate"),
        "Garden": ("2026-03-02", "2026-03-02", 960, 960, False, "dates"),
    }  # fmt: skip
    assert tasks["Garden"]["late_finish"] == "2026-03-04T17:00:00Z"
    assert shown["critical_path"] == [tasks["Walls"]["id"], tasks["Roof"]["id"]]
    assert [each["type"] for each in shown["dependencies"]] == ["finish_to_start"]
    assert tasks["Roof"]["start_date"] is None, "the plan is as it was stored"


async def test_an_empty_project_has_an_empty_timeline(owner: Person) -> None:
    shown = await timeline(owner, await owner.project())
    assert (shown["start"], shown["finish"], shown["tasks"]) == (None, None, [])


async def test_sub_tasks_roll_up(owner: Person) -> None:
    made = await project(owner)
    parent = await task(owner, made, "Parent")
    first = await task(owner, made, "First", parent_id=parent["id"], duration_minutes=480)
    second = await task(owner, made, "Second", parent_id=parent["id"], duration_minutes=1440)
    await depend(owner, second, first)
    await owner.patch(f"/tasks/{first['id']}", {"status": "completed"})
    await owner.patch(f"/tasks/{second['id']}/schedule", {"progress": 0})

    tasks = by_title(await timeline(owner, made))

    assert tasks["Parent"]["is_summary"]
    assert not tasks["Second"]["is_summary"]
    assert tasks["Parent"]["finish"] == tasks["Second"]["finish"]
    assert tasks["Parent"]["progress"] == 25, "480 of 1,920 minutes are done"


async def test_what_cannot_be_met_is_named(owner: Person, house: Json) -> None:
    roof = by_title(await timeline(owner, house))["Roof"]
    await owner.patch(
        f"/tasks/{roof['id']}/schedule",
        {
            "deadline": "2026-03-03T17:00:00Z",
            "constraint_type": "must_start_on",
            "constraint_date": "2026-03-03T09:00:00Z",
        },
    )

    shown = await timeline(owner, house)

    fields = ("task_id", "about", "wanted", "got")
    assert [tuple(each[field] for field in fields) for each in shown["unmet"]] == [
        (roof["id"], "constraint", "2026-03-03T09:00:00Z", "2026-03-04T09:00:00Z"),
        (roof["id"], "deadline", "2026-03-03T17:00:00Z", "2026-03-04T17:00:00Z"),
    ]  # fmt: skip
    assert by_title(shown)["Roof"]["total_slack"] == -480


async def test_a_pinned_task_stays_and_what_it_breaks_is_named(owner: Person) -> None:
    made = await project(owner)
    first = await task(owner, made, "First", duration_minutes=960)
    second = await task(owner, made, "Second", start_date="2026-03-03", is_pinned=True)
    await depend(owner, second, first)

    shown = await timeline(owner, made)

    assert by_title(shown)["Second"]["start"] == "2026-03-03T09:00:00Z"
    assert shown["unmet"][0]["predecessor_id"] == first["id"]


async def test_what_is_cancelled_archived_or_deleted_holds_nobody(owner: Person) -> None:
    made = await project(owner)
    last = await task(owner, made, "Last")
    for title in ("Cancelled", "Archived", "Deleted"):
        each = await task(owner, made, title, duration_minutes=960)
        await depend(owner, last, each)
        if title == "Deleted":
            await owner.delete(f"/tasks/{each['id']}")
        else:
            patch = {"status": "cancelled"} if title == "Cancelled" else {"archived": True}
            assert (await owner.patch(f"/tasks/{each['id']}", patch)).status_code == 200

    shown = await timeline(owner, made)

    assert list(by_title(shown)) == ["Last"]
    assert shown["start"] == "2026-03-02T09:00:00Z"
    assert shown["dependencies"] == []


async def test_a_task_of_another_project_holds_at_its_planned_date(owner: Person) -> None:
    made, other = await project(owner), await owner.project("Other")
    ours = await task(owner, made, "Ours")
    theirs = await task(owner, other, "Theirs", due_date="2026-03-10T12:00:00Z")
    await depend(owner, ours, theirs, lag_minutes=60)
    member = await owner.colleague("member")
    await owner.join(made, member)

    shown, seen = await timeline(owner, made), await timeline(member, made)

    assert by_title(shown)["Ours"]["start"] == "2026-03-10T13:00:00Z"
    assert [each["title"] for each in shown["outside"]] == ["Theirs"]
    assert shown["finish"] == by_title(shown)["Ours"]["finish"]
    assert by_title(seen)["Ours"]["start"] == "2026-03-10T13:00:00Z"
    assert (seen["outside"], seen["hidden"], seen["dependencies"]) == ([], 1, [])
    assert "Theirs" not in str(seen)
    assert theirs["id"] not in str(seen)


async def test_a_key_limited_to_the_project_learns_as_little(owner: Person) -> None:
    made, other = await project(owner), await owner.project("Other")
    ours = await task(owner, made, "Ours")
    theirs = await task(owner, other, "Theirs", due_date="2026-03-10T12:00:00Z")
    await depend(owner, ours, theirs)
    await owner.signed_in_by("passkey")
    key = await owner.key("task:read", project_ids=[made["id"]])

    seen = (await key.get(f"/projects/{made['id']}/timeline")).json()

    assert by_title(seen)["Ours"]["start"] == "2026-03-10T12:00:00Z"
    assert (seen["outside"], seen["hidden"]) == ([], 1)


async def test_dates_out_of_all_calendars_are_as_none(owner: Person) -> None:
    made = await project(owner)
    await task(owner, made, "Old", start_date="0001-01-01", due_date="0001-01-02T00:00:00Z")
    await task(owner, made, "Far", start_date="9999-12-31", due_date="9999-12-31T00:00:00Z")

    shown = await timeline(owner, made)

    assert {each["start"] for each in shown["tasks"]} == {"2026-03-02T09:00:00Z"}


async def test_a_task_that_never_ends_is_named_by_its_key(owner: Person) -> None:
    made = await project(owner, key="LONG")
    await task(owner, made, "A", duration_minutes=5_256_000)
    tasks = [await task(owner, made, str(n), duration_minutes=5_256_000) for n in range(5)]
    for first, then in pairwise(tasks):
        await depend(owner, then, first)

    answer = await owner.get(f"/projects/{made['id']}/timeline")

    assert answer.status_code == 422
    assert "LONG-" in answer.json()["detail"]


async def test_an_assignee_works_by_their_own_hours_and_one_who_never_does_by_the_projects(
    owner: Person,
) -> None:
    made = await project(owner)
    half, idle = await owner.colleague("member"), await owner.colleague("member")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        for person, hours in ((half, 4), (idle, 0)):
            await db.execute(
                "UPDATE users SET working_hours = array_fill($3::int::numeric, ARRAY[7])"
                " WHERE tenant_id = $1 AND id = $2",
                owner.tenant_id,
                person.id,
                hours,
            )
    for title, person in (("Half", half), ("Idle", idle)):
        await task(owner, made, title, assignee_id=str(person.id), duration_minutes=480)

    tasks = by_title(await timeline(owner, made))

    assert tasks["Half"]["finish"] == "2026-03-03T13:00:00Z"
    assert tasks["Idle"]["finish"] == "2026-03-02T17:00:00Z"


async def test_milestones_stand_with_their_days(owner: Person, house: Json) -> None:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        for name, due in (("Past", "2020-01-01"), ("Ahead", "2999-01-01")):
            await db.execute(
                "INSERT INTO milestones (tenant_id, id, project_id, name, due_date)"
                " VALUES ($1, $2, $3, $4, $5::text::date)",
                owner.tenant_id,
                uuid7(),
                UUID(house["id"]),
                name,
                due,
            )
    shown = await timeline(owner, house)
    assert [(each["name"], each["is_overdue"]) for each in shown["milestones"]] == [
        ("Past", True), ("Ahead", False),
    ]  # fmt: skip


async def test_a_project_that_is_too_large_is_refused(
    owner: Person, house: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project_plan.MAX_TASKS == 10_000
    monkeypatch.setattr(project_plan, "MAX_TASKS", 2)
    answer = await owner.get(f"/projects/{house['id']}/timeline")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/project-too-large")


async def test_a_timeline_takes_few_queries_however_large(
    owner: Person, house: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    for name in ("fetch", "fetchrow", "fetchval"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            nonlocal count
            count += 1
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    await timeline(owner, house)
    before, count = count, 0
    monkeypatch.undo()
    assert before <= 10
