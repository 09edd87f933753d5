"""Creating tasks."""

import asyncio
from typing import Any

from tests.people import Person
from uuid_utils.compat import uuid7


async def test_a_task_gets_the_projects_next_number_and_first_open_state(owner: Person) -> None:
    project = await owner.project("Web site relaunch")

    first = await owner.task(project, "Buy domain")
    second = await owner.task(project, "  Draw logo  ")

    assert first["key"] == f"{project['key']}-1"
    assert second["key"] == f"{project['key']}-2"
    assert second["title"] == "Draw logo"
    assert first["status"] == "pending"
    assert first["position"] < second["position"]


async def test_a_task_is_found_by_its_id_and_by_its_key_in_any_case(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Find me")

    for path in (
        f"/tasks/{task['id']}",
        f"/tasks/by-key/{task['key']}",
        f"/tasks/by-key/{task['key'].lower()}",
    ):
        assert (await owner.get(path)).json() == task


async def test_a_key_that_names_no_task_is_not_found(owner: Person) -> None:
    project = await owner.project(key="WEB")
    await owner.task(project, "One")

    for key in ("WEB-0", "WEB-2", "WEB", "WEB-", "-1", "WEB--1", "WEB-9999999999", "WEB-1x", "W-1"):
        assert (await owner.get(f"/tasks/by-key/{key}")).status_code == 404, key
    for key in ("%00", "WEB-%D9%A1", "%F0%9F%98%80-1", "x" * 8000):
        assert (await owner.client.get(f"/tasks/by-key/{key}")).status_code == 404


async def test_a_task_made_done_is_done_from_the_start(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Noted later", status="completed")

    assert task["status"] == "completed"
    assert task["completed_at"] == task["created_at"]


async def test_the_reporter_is_who_made_it_and_nobody_is_assigned(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Mine")

    assert task["reporter_id"] == str(owner.id)
    assert task["assignee_id"] is None


async def test_a_client_may_make_the_id_and_use_it_once(owner: Person) -> None:
    project, made = await owner.project(), str(uuid7())

    task = await owner.task(project, "With an id", id=made)
    again = await owner.post(f"/projects/{project['id']}/tasks", {"title": "Again", "id": made})

    assert task["id"] == made
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/task-exists"
    assert (await owner.get(f"/tasks/{made}")).json() == task


async def test_numbers_have_no_gaps_when_many_create_at_once_and_some_fail(owner: Person) -> None:
    project = await owner.project()
    made = str(uuid7())
    await owner.task(project, "First", id=made)

    def body(n: int) -> dict[str, Any]:
        return {
            0: {"title": f"Task {n}"},
            1: {"title": f"Task {n}", "id": made},
            2: {"title": f"Task {n}", "status": "nowhere"},
            3: {"title": f"Task {n}", "assignee_id": str(uuid7())},
            4: {"title": f"Task {n}", "tags": [f"t{n}", f"t{n % 3}"]},
        }[n % 5]

    answers = await asyncio.gather(
        *(owner.post(f"/projects/{project['id']}/tasks", body(n)) for n in range(50))
    )

    created = [a.json() for a in answers if a.status_code == 201]
    assert [a.status_code for a in answers] == [[201, 409, 422, 422, 201][n % 5] for n in range(50)]
    assert sorted(task["number"] for task in created) == list(range(2, 22))
    ranks = {task["number"]: task["position"] for task in created}
    assert [ranks[n] for n in sorted(ranks)] == sorted(ranks.values())
    assert (await owner.task(project, "Next"))["number"] == 22


async def test_numbers_of_deleted_tasks_are_not_given_again(owner: Person) -> None:
    project = await owner.project()
    first = await owner.task(project, "First")
    await owner.delete(f"/tasks/{first['id']}")

    assert (await owner.task(project, "Second"))["number"] == 2


async def test_a_task_in_a_deleted_or_unknown_project_is_not_made(owner: Person) -> None:
    project = await owner.project()
    await owner.delete(f"/projects/{project['id']}")

    for project_id in (project["id"], str(uuid7())):
        answer = await owner.post(f"/projects/{project_id}/tasks", {"title": "Too late"})
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/project-not-found"
