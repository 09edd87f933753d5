"""Plans are undone: a move as a whole, how a task is scheduled, baselines."""

from typing import Any

import pytest
from tests.people import Person
from tests.planning.plans import Json, apply, by_title, dates, depend, move, project, task, timeline

Chain = tuple[Json, dict[str, Json]]


@pytest.fixture
async def chain(owner: Person) -> Chain:
    made = await project(owner)
    tasks = {title: await task(owner, made, title, duration_minutes=480) for title in "ABC"}
    await depend(owner, tasks["B"], tasks["A"])
    await depend(owner, tasks["C"], tasks["B"])
    await apply(owner, made)
    return made, tasks


async def undo(owner: Person, made: Json) -> Json:
    answer = await owner.post("/undo", {"project_id": made["id"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def plan(owner: Person, chain: Chain) -> list[Any]:
    made, tasks = chain
    schedules = [(await owner.get(f"/tasks/{t['id']}/schedule")).json() for t in tasks.values()]
    for each in schedules:
        del each["version"], each["start_at"]
    shown = by_title(await timeline(owner, made))
    return [
        [await dates(owner, each) for each in tasks.values()],
        schedules,
        {title: (each["start"], each["finish"]) for title, each in shown.items()},
    ]


async def test_a_move_with_its_dependents_is_undone_and_redone_at_once(
    owner: Person, chain: Chain
) -> None:
    made, tasks = chain
    before = await plan(owner, chain)
    await move(
        owner, made,
        {"task_id": tasks["B"]["id"], "start_date": "2026-03-06", "duration_minutes": 720},
    )  # fmt: skip
    after = await plan(owner, chain)
    assert after != before

    undone = await undo(owner, made)

    assert undone["events"] == 3, "two tasks moved, one of them is scheduled otherwise"
    assert await plan(owner, chain) == before
    redone = await owner.post(f"/events/{undone['undone_by']}/undo")
    assert redone.status_code == 200, redone.text
    assert await plan(owner, chain) == after


async def test_applying_a_schedule_is_undone(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await undo(owner, made)
    assert [await dates(owner, each) for each in tasks.values()] == [(None, None)] * 3


async def test_what_was_changed_since_is_not_overwritten(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    path = f"/tasks/{tasks['A']['id']}/schedule"
    await owner.patch(path, {"progress": 10})
    other = await owner.colleague("admin")
    await other.patch(path, {"progress": 30})

    answer = await owner.post("/undo", {"project_id": made["id"]})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "progress"
    assert (await owner.get(path)).json()["progress"] == 30


async def test_a_saved_baseline_goes_and_a_deleted_one_returns(owner: Person, chain: Chain) -> None:
    made, _ = chain
    saved = (await owner.post(f"/projects/{made['id']}/baselines", {"name": "x"})).json()
    path = f"/baselines/{saved['id']}"

    await owner.delete(path)
    await undo(owner, made)
    assert (await owner.get(path)).status_code == 200
    await undo(owner, made)
    assert (await owner.get(path)).status_code == 404
