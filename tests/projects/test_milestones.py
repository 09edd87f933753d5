"""Milestones: made, changed, reached and taken away, with the progress of their tasks."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.projects import milestones

Fields = dict[str, Any]


async def milestone(owner: Person, project: Fields, name: str = "Beta", **fields: Any) -> Fields:
    answer = await owner.post(f"/projects/{project['id']}/milestones", {"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def events_of(owner: Person, entity_id: str) -> list[tuple[str, int, Any]]:
    async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
        rows = await db.fetch(
            "SELECT type, entity_version, payload::text FROM events"
            " WHERE tenant_id = $1 AND entity_id = $2 ORDER BY seq",
            owner.tenant_id,
            UUID(entity_id),
        )
    return [(row["type"], row["entity_version"], row["payload"]) for row in rows]


async def test_a_milestone_is_made_read_changed_and_listed(owner: Person) -> None:
    project = await owner.project()
    made = await milestone(owner, project, "  Beta ", description="x", due_date="2026-03-01")
    path = f"/milestones/{made['id']}"

    assert (await owner.get(path)).json() == made
    assert (made["name"], made["version"], made["completed_at"]) == ("Beta", 1, None)
    changed = (await owner.patch(path, {"name": "Gamma", "due_date": None})).json()
    assert (changed["name"], changed["due_date"], changed["version"]) == ("Gamma", None, 2)
    assert (changed["description"], changed["created_at"]) == ("x", made["created_at"])
    assert (await owner.patch(path, {"name": " Gamma "})).json()["version"] == 2
    listed = (await owner.get(f"/projects/{project['id']}/milestones")).json()["items"]
    assert listed == [changed]


async def test_the_next_one_due_comes_first_and_undated_ones_last(owner: Person) -> None:
    project = await owner.project()
    for name, due in (("c", None), ("b", "2026-05-01"), ("a", "2026-06-01"), ("aa", None)):
        await milestone(owner, project, name, due_date=due)

    listed = (await owner.get(f"/projects/{project['id']}/milestones")).json()["items"]

    assert [m["name"] for m in listed] == ["b", "a", "aa", "c"]


async def test_a_milestone_is_reached_once_and_reopened(owner: Person) -> None:
    project = await owner.project()
    path = f"/milestones/{(await milestone(owner, project))['id']}"

    reached = (await owner.post(f"{path}/complete")).json()
    again = (await owner.post(f"{path}/complete")).json()
    reopened = (await owner.post(f"{path}/reopen")).json()
    twice = (await owner.post(f"{path}/reopen")).json()

    assert reached["completed_at"] is not None
    assert again == reached
    assert (reopened["completed_at"], reopened["version"]) == (None, 3)
    assert twice == reopened
    types = [event for event, _, _ in await events_of(owner, reached["id"])]
    assert types == ["milestone.created", "milestone.completed", "milestone.reopened"]


async def test_progress_counts_by_category_and_by_estimate(owner: Person) -> None:
    project = await owner.project()
    beta = await milestone(owner, project)
    for status, hours in (
        ("pending", "1"), ("in_progress", "2.50"), ("completed", "4"), ("completed", None),
        ("cancelled", "8"),
    ):  # fmt: skip
        await owner.task(
            project, status, status=status, estimated_hours=hours, milestone_id=beta["id"]
        )
    away = await owner.task(project, "Away", status="completed", milestone_id=beta["id"])
    await owner.patch(f"/tasks/{away['id']}", {"archived": True})
    gone = await owner.task(project, "Gone", milestone_id=beta["id"])
    await owner.delete(f"/tasks/{gone['id']}")
    await owner.task(project, "Of none")

    progress = (await owner.get(f"/milestones/{beta['id']}")).json()["progress"]

    assert progress == {
        "total": 6, "backlog": 0, "unstarted": 1, "started": 1, "completed": 3, "cancelled": 1,
        "estimated_hours": "7.50", "completed_hours": "4.00", "share": 3 / 5,
        "share_by_estimate": pytest.approx(4 / 7.5),
    }  # fmt: skip
    empty = (await milestone(owner, project, "Empty"))["progress"]
    assert (empty["total"], empty["share"], empty["share_by_estimate"]) == (0, None, None)


async def test_a_deleted_milestone_leaves_its_tasks_and_says_which(owner: Person) -> None:
    project = await owner.project()
    beta, other = await milestone(owner, project), await milestone(owner, project, "Other")
    tasks = [await owner.task(project, str(n), milestone_id=beta["id"]) for n in range(3)]
    kept = await owner.task(project, "Kept", milestone_id=other["id"])
    await owner.delete(f"/tasks/{tasks[2]['id']}")

    assert (await owner.delete(f"/milestones/{beta['id']}")).status_code == 204

    assert (await owner.get(f"/milestones/{beta['id']}")).status_code == 404
    restored = (await owner.post(f"/tasks/{tasks[2]['id']}/restore")).json()
    now = [(await owner.get(f"/tasks/{t['id']}")).json() for t in tasks[:2]]
    assert [t["milestone_id"] for t in [*now, restored]] == [None] * 3
    assert [t["version"] for t in now] == [2, 2]
    assert (await owner.get(f"/tasks/{kept['id']}")).json() == kept
    event, version, payload = (await events_of(owner, beta["id"]))[-1]
    assert (event, version) == ("milestone.deleted", 2)
    assert all(task["id"] in payload for task in tasks)
    assert '"Beta"' in payload


async def test_a_milestone_of_too_many_tasks_stays(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(milestones, "MAX_CLEARED", 1)
    project = await owner.project()
    beta = await milestone(owner, project)
    tasks = [await owner.task(project, str(n), milestone_id=beta["id"]) for n in range(2)]

    answer = await owner.delete(f"/milestones/{beta['id']}")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/milestone-too-large")
    for task in tasks:
        assert (await owner.get(f"/tasks/{task['id']}")).json() == task


async def test_a_project_has_at_most_200(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milestones, "MAX_MILESTONES", 3)
    project = await owner.project()

    answers = await asyncio.gather(
        *(owner.post(f"/projects/{project['id']}/milestones", {"name": "x"}) for _ in range(6))
    )

    assert sorted(a.status_code for a in answers) == [201] * 3 + [422] * 3


async def test_a_late_change_is_told_what_there_is_now(owner: Person) -> None:
    beta = await milestone(owner, await owner.project())
    path = f"/milestones/{beta['id']}"
    assert (await owner.patch(path, {"name": "New", "version": 1})).status_code == 200

    late = [
        await owner.patch(path, {"name": "Late", "version": 1}),
        await owner.post(f"{path}/complete", **{"If-Match": '"1"'}),
        await owner.delete(path, **{"If-Match": '"1"'}),
    ]

    assert [a.status_code for a in late] == [409] * 3
    assert {a.json()["current"]["name"] for a in late} == {"New"}


BAD: dict[str, list[Any]] = {
    "name": ["", " ", "x" * 201, None, 5],
    "description": ["x" * 100_001, 5],
    "due_date": ["", "2026-02-30", "0000-01-01", 5],
    "id": ["x", 5],
    "progress": [{}],
}


@pytest.mark.parametrize("field", BAD)
async def test_a_bad_value_is_refused_by_name(owner: Person, field: str) -> None:
    project = await owner.project()
    for value in BAD[field]:
        body = {"name": "New", field: value}
        answer = await owner.post(f"/projects/{project['id']}/milestones", body)
        assert answer.status_code == 422, f"{value!r}: {answer.text}"
        assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(f"/projects/{project['id']}/milestones")).json()["items"] == []


@pytest.mark.parametrize("due", ["0001-01-01", "9999-12-31"])
async def test_the_ends_of_the_calendar_are_kept(owner: Person, due: str) -> None:
    beta = await milestone(owner, await owner.project(), due_date=due)

    assert (await owner.get(f"/milestones/{beta['id']}")).json()["due_date"] == due


async def test_an_id_counts_once(owner: Person) -> None:
    project, made = await owner.project(), str(uuid7())
    assert (await milestone(owner, project, id=made))["id"] == made

    again = await owner.post(f"/projects/{project['id']}/milestones", {"name": "x", "id": made})

    assert (again.status_code, again.json()["type"]) == (409, "/problems/milestone-exists")


async def test_a_key_limited_to_a_project_finds_its_milestones_alone(owner: Person) -> None:
    await owner.signed_in_by("password")
    mine, other = await owner.project("Mine"), await owner.project("Other")
    seen, unseen = await milestone(owner, mine), await milestone(owner, other)
    key = await owner.key("project:read", project_ids=[mine["id"]])

    assert (await key.get(f"/milestones/{seen['id']}")).status_code == 200
    assert (await key.get(f"/milestones/{unseen['id']}")).status_code == 404
    assert (await key.get(f"/projects/{other['id']}/milestones")).status_code == 404
    assert (await key.ask("DELETE", f"/milestones/{seen['id']}")).status_code == 403
