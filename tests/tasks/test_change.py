"""Changing a task: what is absent stays, what is null goes, and who comes late is told."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

FULL = {
    "description": "As **Markdown**",
    "priority": "high",
    "start_date": "2026-01-01",
    "due_date": "2026-02-01T12:00:00Z",
    "estimated_hours": "2.50",
    "tags": ["web"],
}


async def test_absent_fields_stay_as_they_are(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Full", assignee_id=str(owner.id), **FULL)

    changed = (await owner.patch(f"/tasks/{task['id']}", {"title": "Renamed"})).json()

    assert changed["title"] == "Renamed"
    assert changed["version"] == task["version"] + 1
    assert changed["updated_at"] > task["updated_at"]
    for field in task.keys() - {"title", "version", "updated_at"}:
        assert changed[field] == task[field]


@pytest.mark.parametrize(
    "field", ["description", "assignee_id", "start_date", "due_date", "estimated_hours"]
)
async def test_null_empties_a_field(owner: Person, field: str) -> None:
    task = await owner.task(await owner.project(), "Full", assignee_id=str(owner.id), **FULL)
    assert task[field] is not None

    changed = (await owner.patch(f"/tasks/{task['id']}", {field: None})).json()

    assert changed[field] is None
    assert (await owner.get(f"/tasks/{task['id']}")).json() == changed


@pytest.mark.parametrize("body", [{}, {"title": "Same"}, {"title": " Same "}, {"tags": []}])
async def test_a_change_that_changes_nothing_writes_nothing(
    owner: Person, body: dict[str, Any]
) -> None:
    task = await owner.task(await owner.project(), "Same")

    answer = await owner.patch(f"/tasks/{task['id']}", body)

    assert answer.json() == task
    activity = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert [event["type"] for event in activity] == ["task.created"]


@pytest.mark.parametrize(
    ("header", "body"),
    [('"1"', {}), ("1", {}), ('W/"1"', {}), (None, {"version": 1}), ('"1"', {"version": 1})],
)
async def test_the_version_one_has_read_is_accepted_in_header_and_body(
    owner: Person, header: str | None, body: dict[str, Any]
) -> None:
    task = await owner.task(await owner.project(), "First")
    headers = {} if header is None else {"If-Match": header}

    fresh = await owner.patch(f"/tasks/{task['id']}", {"title": "Second", **body}, **headers)
    stale = await owner.patch(f"/tasks/{task['id']}", {"title": "Third", **body}, **headers)

    assert fresh.status_code == 200
    assert stale.status_code == 409
    assert stale.json()["type"] == "/problems/version-conflict"
    assert stale.json()["current"] == fresh.json()
    assert (await owner.get(f"/tasks/{task['id']}")).json() == fresh.json()


@pytest.mark.parametrize("verb", ["patch", "move", "delete"])
async def test_every_change_of_a_task_minds_the_version(owner: Person, verb: str) -> None:
    task = await owner.task(await owner.project(), "First")
    path = f"/tasks/{task['id']}"

    answer = await {
        "patch": lambda: owner.patch(path, {"title": "x"}, **{"If-Match": '"7"'}),
        "move": lambda: owner.post(f"{path}/move", {"status": "completed", "version": 7}),
        "delete": lambda: owner.delete(path, **{"If-Match": '"7"'}),
    }[verb]()

    assert answer.status_code == 409
    assert answer.json()["current"] == task
    assert (await owner.get(path)).json() == task


@pytest.mark.parametrize("header", ['""', '"abc"', '"1","2"', "9999999999", "-1", '"٣"', "1.0"])
async def test_an_if_match_that_is_no_version_is_refused(owner: Person, header: str) -> None:
    task = await owner.task(await owner.project(), "First")

    answer = await owner.client.patch(
        f"/tasks/{task['id']}", json={"title": "x"}, headers=[(b"if-match", header.encode())]
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "If-Match"


async def test_header_and_body_that_differ_are_refused(owner: Person) -> None:
    task = await owner.task(await owner.project(), "First")

    answer = await owner.patch(
        f"/tasks/{task['id']}", {"title": "x", "version": 2}, **{"If-Match": '"1"'}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "version"


async def test_of_many_who_read_the_same_version_one_writes(owner: Person) -> None:
    task = await owner.task(await owner.project(), "First")

    answers = await asyncio.gather(
        *(
            owner.patch(f"/tasks/{task['id']}", {"title": f"By {n}", "version": 1})
            for n in range(20)
        )
    )

    assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    winner = next(a.json() for a in answers if a.status_code == 200)
    assert all(a.json()["current"] == winner for a in answers if a.status_code == 409)


async def test_writers_without_a_version_all_write_one_after_the_other(owner: Person) -> None:
    task = await owner.task(await owner.project(), "First")

    answers = await asyncio.gather(
        *(owner.patch(f"/tasks/{task['id']}", {"title": f"By {n}"}) for n in range(20))
    )

    assert {a.status_code for a in answers} == {200}
    assert sorted(a.json()["version"] for a in answers) == list(range(2, 22))


async def test_finishing_and_reopening_sets_and_clears_the_time_of_completion(
    owner: Person,
) -> None:
    path = f"/tasks/{(await owner.task(await owner.project(), 'Work'))['id']}"

    done = (await owner.patch(path, {"status": "completed"})).json()
    edited = (await owner.patch(path, {"title": "Work, done"})).json()
    cancelled = (await owner.patch(path, {"status": "cancelled"})).json()

    assert done["completed_at"] is not None
    assert edited["completed_at"] == done["completed_at"]
    assert cancelled["completed_at"] is None


async def test_archiving_hides_a_task_from_lists_and_can_be_undone(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Old")
    listed = f"/projects/{project['id']}/tasks"

    archived = (await owner.patch(f"/tasks/{task['id']}", {"archived": True})).json()
    assert archived["archived_at"] is not None
    assert (await owner.get(listed)).json()["items"] == []
    assert (await owner.get(listed, archived="true")).json()["items"] == [archived]

    back = (await owner.patch(f"/tasks/{task['id']}", {"archived": False})).json()
    assert back["archived_at"] is None
    assert (await owner.get(listed)).json()["items"] == [back]


async def test_a_task_cannot_stand_below_itself(owner: Person) -> None:
    project = await owner.project()
    grandparent = await owner.task(project, "Grandparent")
    parent = await owner.task(project, "Parent", parent_id=grandparent["id"])
    child = await owner.task(project, "Child", parent_id=parent["id"])

    for below in (grandparent, parent, child):
        answer = await owner.patch(f"/tasks/{grandparent['id']}", {"parent_id": below["id"]})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "parent_id"
    moved_up = await owner.patch(f"/tasks/{child['id']}", {"parent_id": grandparent["id"]})
    assert moved_up.status_code == 200


async def test_two_who_make_each_other_the_parent_do_not_make_a_cycle(owner: Person) -> None:
    project = await owner.project()
    for _ in range(5):
        one, other = await owner.task(project, "One"), await owner.task(project, "Other")
        answers = await asyncio.gather(
            owner.patch(f"/tasks/{one['id']}", {"parent_id": other["id"]}),
            owner.patch(f"/tasks/{other['id']}", {"parent_id": one["id"]}),
        )
        assert sorted(a.status_code for a in answers) == [200, 422]


async def test_a_parent_is_a_task_of_the_same_project(owner: Person) -> None:
    here, there = await owner.project("Here"), await owner.project("There")
    elsewhere, trashed = await owner.task(there, "Elsewhere"), await owner.task(here, "Trashed")
    await owner.delete(f"/tasks/{trashed['id']}")
    task = await owner.task(here, "Task")

    for parent in (elsewhere["id"], trashed["id"], str(uuid7())):
        answer = await owner.patch(f"/tasks/{task['id']}", {"parent_id": parent})
        assert answer.json()["errors"][0]["field"] == "parent_id"
