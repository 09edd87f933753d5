"""Better plans by HTTP: looked at, explained, written as one change, undone."""

from typing import Any

import httpx
import pytest
from tests.people import Person
from tests.planning.plans import Json, by_title, dates, depend, task, timeline
from tests.planning.workplace import adds

MONDAY = "2031-03-03"
"""In the future: nothing starts before now."""


async def planned(owner: Person) -> tuple[Json, dict[str, Json]]:
    """Two days of work for the owner at once, one of them urgent, and what waits for them."""
    made = await owner.project(start_date=MONDAY)
    mine: dict[str, Any] = {"assignee_id": str(owner.id), "duration_minutes": 480}
    tasks = {title: await task(owner, made, title, **mine) for title in "ABC"}
    tasks["loose"] = await task(owner, made, "loose", duration_minutes=480)
    await depend(owner, tasks["C"], tasks["A"])
    return made, tasks


async def preview(who: Person, made: Json, **wishes: Any) -> Json:
    answer = await who.post(f"/projects/{made['id']}/optimise/preview", wishes)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def optimise(who: Person, made: Json, **wishes: Any) -> httpx.Response:
    return await who.post(f"/projects/{made['id']}/optimise", wishes)


def placed(answer: Json) -> dict[str, Json]:
    return {each["title"]: each for each in answer["tasks"]}


async def test_nobody_does_two_tasks_at_once_and_each_place_is_explained(owner: Person) -> None:
    made, tasks = await planned(owner)
    answer = await preview(owner, made)
    assert answer["present"]["overlaps"] > 0
    assert answer["optimised"]["overlaps"] == 0
    found = placed(answer)
    own = sorted(found[title]["start"] for title in "ABC")
    assert [moment[:10] for moment in own] == ["2031-03-03", "2031-03-04", "2031-03-05"]
    assert found["loose"]["start"][:10] == "2031-03-03"
    assert found["loose"]["reasons"][0]["kind"] == "project_start"
    last = max("ABC", key=lambda title: found[title]["start"])
    kinds = {reason["kind"]: reason for title in "ABC" for reason in found[title]["reasons"]}
    assert kinds["person_busy"]["user_id"] == str(owner.id)
    assert kinds["person_busy"]["task_id"] in {each["id"] for each in tasks.values()}
    assert {"person_busy", "waits_for"} & {r["kind"] for r in found[last]["reasons"]}
    assert await dates(owner, tasks["A"]) == (None, None)  # a preview writes nothing


async def test_what_is_written_is_what_the_timeline_shows_and_is_undone_at_once(
    owner: Person,
) -> None:
    made, tasks = await planned(owner)
    before = await timeline(owner, made)
    shown = await preview(owner, made)
    written = await optimise(owner, made, token=shown["token"])
    assert written.status_code == 200, written.text
    assert written.json()["batch"] is not None
    after = by_title(await timeline(owner, made))
    for title, each in placed(shown).items():
        assert (after[title]["start"], after[title]["finish"]) == (each["start"], each["due_date"])
    again = await preview(owner, made)
    assert not any(each["moves"] for each in again["tasks"])
    undone = await owner.post("/undo", {})
    assert undone.status_code == 200, undone.text
    assert await dates(owner, tasks["C"]) == (None, None)
    now = by_title(await timeline(owner, made))
    assert {t: e["start"] for t, e in now.items()} == {
        t: e["start"] for t, e in by_title(before).items()
    }


async def test_a_stale_preview_is_refused(owner: Person) -> None:
    made, tasks = await planned(owner)
    shown = await preview(owner, made)
    answer = await owner.patch(f"/tasks/{tasks['A']['id']}/schedule", {"duration_minutes": 960})
    assert answer.status_code == 200
    refused = await optimise(owner, made, token=shown["token"])
    assert refused.status_code == 409, refused.text
    # Other wishes than those that were previewed are another plan.
    fresh = await preview(owner, made)
    assert (await optimise(owner, made, token=fresh["token"], stability=3)).status_code == 409
    for nonsense in ("", "x", "1.2", "99999999999999.x", "٣.x"):
        assert (await optimise(owner, made, token=nonsense)).status_code == 409


async def test_who_is_urgent_goes_first_and_lateness_is_named(owner: Person) -> None:
    made = await owner.project(start_date=MONDAY)
    mine: dict[str, Any] = {"assignee_id": str(owner.id), "duration_minutes": 480}
    due = {"deadline": "2031-03-03T17:00:00Z"}
    low = await task(owner, made, "low", **mine, **due)
    urgent = await task(owner, made, "urgent", **mine, **due)
    await owner.patch(f"/tasks/{low['id']}", {"priority": "low"})
    await owner.patch(f"/tasks/{urgent['id']}", {"priority": "urgent"})
    found = placed(await preview(owner, made, finish=0))
    assert found["urgent"]["start"] < found["low"]["start"]
    assert found["low"]["reasons"][-1]["kind"] == "late"


async def test_pins_and_begun_tasks_stay_and_stability_keeps_the_plan(owner: Person) -> None:
    made = await owner.project(start_date=MONDAY)
    mine: dict[str, Any] = {"assignee_id": str(owner.id), "duration_minutes": 480}
    await task(owner, made, "pinned", start_date="2031-03-04", is_pinned=True, **mine)
    await task(owner, made, "planned", start_date="2031-03-06", **mine)
    await task(owner, made, "long", **(mine | {"duration_minutes": 960}))
    found = placed(await preview(owner, made, stability=5, finish=0.1))
    assert found["pinned"]["start"][:10] == "2031-03-04"
    assert found["pinned"]["reasons"] == [
        {"kind": "pinned", "until": None, "task_id": None, "user_id": None}
    ]
    assert found["planned"]["start"][:10] == "2031-03-06"
    assert found["planned"]["reasons"][0]["kind"] == "present_plan"
    # Without it the plan is earlier: two days do not fit before the pinned one.
    found = placed(await preview(owner, made))
    assert found["planned"]["start"][:10] == "2031-03-03"
    assert found["long"]["start"][:10] == "2031-03-05"


async def test_tasks_of_nobody_are_given_out_and_half_a_person_takes_twice_as_long(
    owner: Person,
) -> None:
    made, member = await owner.project(start_date=MONDAY), await owner.colleague("member")
    for title in "AB":
        await task(owner, made, title, duration_minutes=480)
    assert all(e["assignee_id"] is None for e in (await preview(owner, made))["tasks"])
    for who, units in ((owner, 100), (member, 50)):
        await adds(
            owner,
            f"/projects/{made['id']}/resources",
            {"user_id": str(who.id), "units": units, "start_date": "2026-01-01",
             "end_date": "2032-01-01"},
        )  # fmt: skip
    shown = await preview(owner, made, assign=True)
    own = [each for each in shown["tasks"] if each["is_assigned"]]
    assert len(own) == 2
    lengths = {each["assignee_id"]: each["due_date"][:10] for each in own}
    assert lengths.get(str(owner.id), "") in {"2031-03-03", "2031-03-04"}
    if str(member.id) in lengths:
        assert lengths[str(member.id)] == "2031-03-04"
    written = await optimise(owner, made, assign=True, token=shown["token"])
    assert written.status_code == 200, written.text
    for each in own:
        now = (await owner.get(f"/tasks/{each['task_id']}")).json()
        assert now["assignee_id"] == each["assignee_id"]
    assert (await owner.post("/undo", {})).status_code == 200
    for each in own:
        assert (await owner.get(f"/tasks/{each['task_id']}")).json()["assignee_id"] is None


@pytest.mark.parametrize(
    "wishes", [{"finish": -1}, {"lateness": 1e9}, {"finish": 0, "lateness": 0}, {"speed": 1}]
)
async def test_wishes_are_checked(owner: Person, wishes: Json) -> None:
    made = await owner.project()
    answer = await owner.post(f"/projects/{made['id']}/optimise/preview", wishes)
    assert answer.status_code in {400, 422}, answer.text
