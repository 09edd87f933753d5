"""Baselines: saved, read, compared, deleted and brought back."""

from typing import Any
from uuid import UUID

import pytest
from tests.people import Person
from tests.planning.plans import Json, apply, depend, move, project, task
from uuid_utils.compat import uuid7

from projectflow.planning import baselines

Chain = tuple[Json, dict[str, Json]]


@pytest.fixture
async def chain(owner: Person) -> Chain:
    made = await project(owner)
    tasks = {title: await task(owner, made, title, estimated_hours="8") for title in "ABC"}
    await depend(owner, tasks["B"], tasks["A"])
    await apply(owner, made)
    return made, tasks


async def save(owner: Person, made: Json, name: str = "Signed", **more: Any) -> Json:
    answer = await owner.post(f"/projects/{made['id']}/baselines", {"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def compared(owner: Person, baseline: Json) -> Json:
    answer = await owner.get(f"/baselines/{baseline['id']}/comparison")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def milestone(owner: Person, made: Json, name: str, due: str) -> UUID:
    made_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "INSERT INTO milestones (tenant_id, id, project_id, name, due_date)"
            " VALUES ($1, $2, $3, $4, $5::text::date)",
            owner.tenant_id,
            made_id,
            UUID(made["id"]),
            name,
            due,
        )
    return made_id


async def test_a_baseline_remembers_the_schedule(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    await milestone(owner, made, "Opening", "2026-04-01")

    saved = await save(owner, made)
    await owner.patch(f"/tasks/{tasks['A']['id']}", {"title": "Renamed", "estimated_hours": "16"})
    read = (await owner.get(f"/baselines/{saved['id']}")).json()

    assert (saved["start"], saved["finish"]) == ("2026-03-02T09:00:00Z", "2026-03-03T17:00:00Z")
    assert (saved["task_count"], saved["name"]) == (3, "Signed")
    assert {name: read[name] for name in saved} == saved
    a = next(each for each in read["tasks"] if each["task_id"] == tasks["A"]["id"])
    assert (a["title"], a["finish"], a["duration_minutes"], a["estimated_hours"]) == (
        "A", "2026-03-02T17:00:00Z", 480, "8.00",
    )  # fmt: skip
    assert [each["name"] for each in read["milestones"]] == ["Opening"]
    listed = (await owner.get(f"/projects/{made['id']}/baselines")).json()
    assert listed["items"] == [saved]


async def test_what_slipped_came_and_went_is_told(owner: Person, chain: Chain) -> None:
    made, tasks = chain
    opening = await milestone(owner, made, "Opening", "2026-04-01")
    saved = await save(owner, made)
    same = await compared(owner, saved)

    await move(owner, made, {"task_id": tasks["A"]["id"], "start_date": "2026-03-06"})
    await owner.patch(f"/tasks/{tasks['B']['id']}", {"estimated_hours": "12"})
    await owner.delete(f"/tasks/{tasks['C']['id']}")
    await task(owner, made, "D")
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE milestones SET due_date = '2026-04-11' WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            opening,
        )
    now = await compared(owner, saved)

    assert (same["changed"], same["unchanged"], same["added"], same["removed"]) == ([], 3, [], [])
    assert (same["finish_minutes"], same["finish_days"], same["slipped_milestones"]) == (0, 0, [])
    changes = {each["title"]: each for each in now["changed"]}
    assert (changes["A"]["start_days"], changes["A"]["start_minutes"]) == (4, 4 * 480)
    assert (changes["B"]["finish_days"], changes["B"]["finish_minutes"]) == (7, 5 * 480 - 240)
    assert (changes["B"]["duration_minutes"], changes["B"]["estimated_hours"]) == (240, "4.00")
    assert [each["title"] for each in now["added"]] == ["D"]
    assert [each["title"] for each in now["removed"]] == ["C"]
    assert (now["finish_days"], now["unchanged"]) == (7, 0)
    assert [(each["name"], each["days"]) for each in now["slipped_milestones"]] == [("Opening", 10)]


async def test_costs_are_kept_and_shown_to_those_alone_who_may_see_rates(
    owner: Person, chain: Chain
) -> None:
    made, tasks = chain
    worker, member = await owner.colleague("member"), await owner.colleague("member")
    await owner.join(made, member)
    rate = {"valid_from": "2020-01-01", "currency": "USD", "cost": "50"}
    answer = await owner.post(f"/users/{worker.id}/rates", rate)
    assert answer.status_code == 201, answer.text
    await owner.patch(f"/tasks/{tasks['A']['id']}", {"assignee_id": str(worker.id)})
    saved = await save(owner, made)
    await owner.patch(f"/tasks/{tasks['A']['id']}", {"estimated_hours": "10"})

    shown, hidden = await compared(owner, saved), await compared(member, saved)
    read = (await member.get(f"/baselines/{saved['id']}")).json()

    mine, theirs = ({c["title"]: c for c in each["changed"]}["A"] for each in (shown, hidden))
    assert (mine["then"]["cost"], mine["now"]["cost"], mine["cost"]) == (
        "400.00", "500.00", "100.00",
    )  # fmt: skip
    assert (theirs["then"]["cost"], theirs["now"]["cost"], theirs["cost"]) == (None, None, None)
    assert {each["cost"] for each in read["tasks"]} == {None}


async def test_a_deleted_baseline_comes_back(owner: Person, chain: Chain) -> None:
    made, _ = chain
    saved = await save(owner, made)
    path = f"/baselines/{saved['id']}"

    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    assert (await owner.get(f"{path}/comparison")).status_code == 404
    assert (await owner.delete(path)).status_code == 404
    assert (await owner.get(f"/projects/{made['id']}/baselines")).json()["items"] == []
    restored = await owner.post(f"{path}/restore")
    assert restored.status_code == 200
    assert len((await owner.get(path)).json()["tasks"]) == 3
    assert (await owner.post(f"{path}/restore")).status_code == 404


async def test_a_project_has_a_bound_of_baselines(
    owner: Person, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert baselines.MAX_BASELINES == 20
    monkeypatch.setattr(baselines, "MAX_BASELINES", 1)
    made, _ = chain
    first = await save(owner, made)
    path = f"/projects/{made['id']}/baselines"

    assert (await owner.post(path, {"name": "More"})).status_code == 409
    await owner.delete(f"/baselines/{first['id']}")
    await save(owner, made)
    assert (await owner.post(f"/baselines/{first['id']}/restore")).status_code == 409


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\x00b", 5])
async def test_a_name_that_is_none_is_refused(owner: Person, chain: Chain, name: Any) -> None:
    made, _ = chain
    answer = await owner.post(f"/projects/{made['id']}/baselines", {"name": name})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"


async def test_an_id_is_used_once(owner: Person, chain: Chain) -> None:
    made, _ = chain
    mine = str(uuid7())
    await save(owner, made, id=mine)
    again = await owner.post(f"/projects/{made['id']}/baselines", {"name": "x", "id": mine})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/baseline-exists")


async def test_a_key_limited_to_another_project_does_not_find_it(
    owner: Person, chain: Chain
) -> None:
    made, _ = chain
    other = await owner.project("Other")
    saved = await save(owner, made)
    await owner.signed_in_by("passkey")
    key = await owner.key(project_ids=[other["id"]])
    for path in ("", "/comparison"):
        assert (await key.get(f"/baselines/{saved['id']}{path}")).status_code == 404
    assert (await key.ask("DELETE", f"/baselines/{saved['id']}")).status_code == 404
