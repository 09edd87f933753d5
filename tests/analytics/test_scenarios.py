"""What-if scenarios: forked, compared, merged as one change, dropped."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from tests.analytics.forecasting.pasts import finished
from tests.people import Person
from tests.planning.plans import Json, by_title, dates, depend, task, timeline
from tests.planning.workplace import adds, field_of, has
from uuid_utils.compat import uuid7

MONDAY = "2031-03-03"


async def planned(owner: Person) -> tuple[Json, dict[str, Json]]:
    """A and B after it, two days each, and C a day; all the owner's."""
    made = await owner.project(start_date=MONDAY)
    tasks: dict[str, Json] = {}
    for title, minutes in (("A", 960), ("B", 960), ("C", 480)):
        tasks[title] = await task(
            owner, made, title, assignee_id=str(owner.id), duration_minutes=minutes
        )
    await depend(owner, tasks["B"], tasks["A"])
    return made, tasks


async def fork(who: Person, made: Json, **changes: Any) -> Json:
    answer = await who.post(
        f"/projects/{made['id']}/scenarios", {"name": "What if", "changes": changes}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def compared(who: Person, scenario: Json) -> tuple[Json, Json]:
    found = await has(who, f"/scenarios/{scenario['id']}/comparison")
    return found["present"], found["scenario"]


def finish(side: Json) -> str:
    return side["outcome"]["finish"][:10]


async def test_people_scope_and_dates_are_compared_with_the_present_plan(owner: Person) -> None:
    made, tasks = await planned(owner)
    me = str(owner.id)
    present, away = await compared(
        owner,
        await fork(owner, made, absences=[
            {"user_id": me, "first_day": "2031-03-03", "last_day": "2031-03-04"}]),
    )  # fmt: skip
    assert (finish(present), finish(away)) == ("2031-03-07", "2031-03-11")
    assert present["missing"]  # nothing was ever finished here
    assert present["p50"] is None
    half_of_me = [{"user_id": me, "units": 50}]
    _, half = await compared(owner, await fork(owner, made, capacities=half_of_me))
    assert finish(half) == "2031-03-14"
    _, less = await compared(
        owner, await fork(owner, made, tasks=[{"task_id": tasks["C"]["id"], "left_out": True}])
    )
    assert (finish(less), less["open_tasks"]) == ("2031-03-06", 2)
    more = {"id": str(uuid7()), "title": "D", "duration_minutes": 480,
            "depends_on": [tasks["B"]["id"]]}  # fmt: skip
    colleague = await owner.colleague("member")
    _, other = await compared(
        owner,
        await fork(
            owner,
            made,
            added=[more],
            tasks=[
                {"task_id": tasks["C"]["id"], "assignee_id": str(colleague.id)},
                {"task_id": tasks["A"]["id"], "start_date": "2031-03-05"},
            ],
        ),
    )
    assert finish(other) == "2031-03-11"  # Wednesday to Monday, and a day for D
    assert (present["cost"], present["unpriced_minutes"]) == ("0.00", 2400)


async def test_a_scenario_is_merged_as_one_change_and_undone_as_one(owner: Person) -> None:
    made, tasks = await planned(owner)
    colleague = await owner.colleague("member")
    added = [{"id": str(uuid7()), "title": "D", "duration_minutes": 480,
              "depends_on": [tasks["B"]["id"]]}]  # fmt: skip
    added.append({"id": str(uuid7()), "title": "E", "duration_minutes": 60,
                  "depends_on": [added[0]["id"]]})  # fmt: skip
    scenario = await fork(
        owner,
        made,
        added=added,
        tasks=[
            {"task_id": tasks["C"]["id"], "left_out": True},
            {"task_id": tasks["B"]["id"], "assignee_id": str(colleague.id)},
            {"task_id": tasks["A"]["id"], "start_date": "2031-03-05", "duration_minutes": 480},
        ],
        capacities=[{"user_id": str(owner.id), "units": 50}],
    )
    before = by_title(await timeline(owner, made))
    merged = await owner.post(f"/scenarios/{scenario['id']}/merge")
    assert merged.status_code == 200, merged.text
    assert merged.json()["assumed"] == [str(owner.id)]
    shown = by_title(await timeline(owner, made))
    assert sorted(shown) == ["A", "B", "D", "E"]
    assert [shown[t]["start"][:10] for t in "ABDE"] == [
        "2031-03-05", "2031-03-06", "2031-03-10", "2031-03-11"]  # fmt: skip
    given = await has(owner, f"/tasks/{tasks['B']['id']}")
    assert given["assignee_id"] == str(colleague.id)
    for path in ("merge", ""):
        again = (
            await owner.post(f"/scenarios/{scenario['id']}/merge")
            if path
            else await owner.patch(f"/scenarios/{scenario['id']}", {"name": "x"})
        )
        assert again.status_code == 409, again.text
    undone = await owner.post("/undo", {})
    assert undone.status_code == 200, undone.text
    after = by_title(await timeline(owner, made))
    assert {t: (e["start"], e["finish"]) for t, e in after.items()} == {
        t: (e["start"], e["finish"]) for t, e in before.items()
    }
    assert await dates(owner, tasks["A"]) == (None, None)
    assert (await has(owner, f"/scenarios/{scenario['id']}"))["merged_at"] is None


async def test_what_changed_since_is_not_merged_over(owner: Person) -> None:
    made, tasks = await planned(owner)
    leave = {"tasks": [{"task_id": tasks["C"]["id"], "left_out": True}]}
    scenario = await fork(owner, made, **leave)
    assert (await owner.patch(f"/tasks/{tasks['C']['id']}", {"title": "C!"})).status_code == 200
    path = f"/scenarios/{scenario['id']}"
    assert (await has(owner, f"{path}/comparison"))["is_outdated"]
    assert (await owner.post(f"{path}/merge")).status_code == 409
    # Saved again upon the plan of now it can be.
    stale = await owner.patch(path, {"changes": leave, "version": 7})
    assert stale.status_code == 409
    saved = await owner.patch(path, {"changes": leave, "version": 1})
    assert saved.status_code == 200, saved.text
    assert (await owner.post(f"{path}/merge")).status_code == 200


async def test_scenarios_are_dropped_and_come_back(owner: Person) -> None:
    made, _ = await planned(owner)
    scenario = await fork(owner, made)
    assert (await owner.delete(f"/scenarios/{scenario['id']}")).status_code == 204
    assert (await has(owner, f"/projects/{made['id']}/scenarios"))["items"] == []
    assert (await owner.post("/undo", {})).status_code == 200
    items = (await has(owner, f"/projects/{made['id']}/scenarios"))["items"]
    assert [each["id"] for each in items] == [scenario["id"]]
    for _ in range(19):
        await fork(owner, made)
    full = await owner.post(f"/projects/{made['id']}/scenarios", {"name": "One more"})
    assert full.status_code == 409


async def test_changes_that_cannot_be_are_named(owner: Person) -> None:
    made, tasks = await planned(owner)
    a, nobody = tasks["A"]["id"], str(uuid7())
    day = {"first_day": "2031-03-04", "last_day": "2031-03-03"}
    new = {"id": nobody, "title": "N", "duration_minutes": 1}
    for changes, field in (
        ({"tasks": [{"task_id": nobody}]}, "changes.tasks.0.task_id"),
        ({"tasks": [{"task_id": a}, {"task_id": a}]}, "changes.tasks.1.task_id"),
        ({"tasks": [{"task_id": a, "assignee_id": nobody}]}, "changes.tasks.0.assignee_id"),
        ({"tasks": [{"task_id": a, "start_date": "0001-01-01"}]}, "changes.tasks"),
        ({"absences": [{"user_id": str(owner.id), **day}]}, "changes.absences.0.last_day"),
        ({"capacities": [{"user_id": nobody, "units": 5}]}, "changes.capacities.0.user_id"),
        ({"added": [new | {"depends_on": [nobody]}]}, "changes.added.0.depends_on"),
        ({"added": [new, new]}, "changes.added.1.id"),
    ):
        answer = await owner.post(
            f"/projects/{made['id']}/scenarios", {"name": "n", "changes": changes}
        )
        assert field_of(answer) == field


async def test_forecasts_and_costs_stand_side_by_side(owner: Person) -> None:
    made = await owner.project(start_date="2026-01-05")
    me = str(owner.id)
    tasks = [
        await task(owner, made, title, assignee_id=me, estimated_hours="24") for title in "ABC"
    ]
    await finished(owner, made, 60, ratio=1, spread=0.2, until=datetime.now(UTC))
    rate = {"valid_from": "2026-01-01", "currency": made["budget_currency"], "cost": "50"}
    await adds(owner, f"/users/{me}/rates", rate)
    scenario = await fork(
        owner,
        made,
        tasks=[{"task_id": tasks[2]["id"], "left_out": True}],
        capacities=[{"user_id": me, "units": 25}],
    )
    present, less = await compared(owner, scenario)
    assert present["p50"] <= present["p80"] < less["p50"] <= less["p80"]
    assert (present["cost"], less["cost"]) == ("3600.00", "2400.00")
    member = await owner.colleague("member")
    await owner.join(made, member)
    assert [each["cost"] for each in await compared(member, scenario)] == [None, None]


async def test_of_two_who_merge_at_once_one_is_told(owner: Person) -> None:
    made, tasks = await planned(owner)
    scenario = await fork(owner, made, tasks=[{"task_id": tasks["C"]["id"], "left_out": True}])
    path = f"/scenarios/{scenario['id']}/merge"
    answers = await asyncio.gather(owner.post(path), owner.post(path))
    assert sorted(each.status_code for each in answers) == [200, 409]
