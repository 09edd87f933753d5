"""Workflows: states added, renamed, moved between categories, ordered and deleted."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from tests.projects.test_milestones import events_of
from uuid_utils.compat import uuid7

from projectflow.projects import workflow, workflow_tasks

Fields = dict[str, Any]


async def states_of(person: Person, project: Fields) -> list[Fields]:
    answer = await person.get(f"/projects/{project['id']}/states")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def by_key(person: Person, project: Fields) -> dict[str, Fields]:
    return {state["key"]: state for state in await states_of(person, project)}


async def add(owner: Person, project: Fields, name: str, **fields: Any) -> Fields:
    answer = await owner.post(
        f"/projects/{project['id']}/states", {"name": name, "category": "started", **fields}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_seeds_states_are_there_and_the_same_everywhere(owner: Person) -> None:
    project = await owner.project()

    states = await states_of(owner, project)

    assert [s["key"] for s in states] == [
        "pending", "in_progress", "in_review", "completed", "cancelled",
    ]  # fmt: skip
    assert states == (await owner.get(f"/projects/{project['id']}")).json()["states"]
    columns = (await owner.get(f"/projects/{project['id']}/board")).json()["columns"]
    assert states == [column["state"] for column in columns]


async def test_a_state_is_added_last_or_after_another(owner: Person) -> None:
    project = await owner.project()
    pending = (await by_key(owner, project))["pending"]

    last = await add(owner, project, "  Deployed ", category="completed", color="#112233")
    after = await add(owner, project, "Ready", category="backlog", after_id=pending["id"])

    assert (last["name"], last["key"], last["color"]) == ("Deployed", "deployed", "#112233")
    keys = [s["key"] for s in await states_of(owner, project)]
    assert keys == [
        "pending", "ready", "in_progress", "in_review", "completed", "cancelled", "deployed",
    ]  # fmt: skip
    assert after == (await by_key(owner, project))["ready"]
    task = await owner.task(project, "Task", status="deployed")
    assert task["completed_at"] is not None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("In Progress!", "in_progress_2"), ("日本", "state"), ("Ä" * 200, "state"),
        ("a" * 200, "a" * 20), ("Waiting for the customer", "waiting_for_the_cust"),
    ],
)  # fmt: skip
async def test_a_key_is_made_of_the_name(owner: Person, name: str, key: str) -> None:
    assert (await add(owner, await owner.project(), name))["key"] == key


async def test_renaming_keeps_the_key_and_the_tasks(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")
    pending = (await by_key(owner, project))["pending"]

    renamed = await owner.patch(f"/states/{pending['id']}", {"name": "Next", "color": "#000000"})

    expected = {**pending, "name": "Next", "color": "#000000", "version": 2}
    assert renamed.json() == expected
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task
    assert [event for event, _, _ in await events_of(owner, pending["id"])] == [
        "workflow_state.updated"
    ]
    same = await owner.patch(f"/states/{pending['id']}", {"name": "Next"})
    assert same.json() == expected


async def test_two_states_do_not_have_one_name(owner: Person) -> None:
    project = await owner.project()
    pending = (await by_key(owner, project))["pending"]

    for answer in (
        await owner.post(
            f"/projects/{project['id']}/states", {"name": "in PROGRESS", "category": "started"}
        ),
        await owner.patch(f"/states/{pending['id']}", {"name": "In progress "}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/state-name-taken")
        assert answer.json()["errors"][0]["field"] == "name"
    assert (await owner.patch(f"/states/{pending['id']}", {"name": "TO DO"})).status_code == 200


async def test_a_category_completes_its_tasks_and_opens_them_again(owner: Person) -> None:
    project = await owner.project()
    review = (await by_key(owner, project))["in_review"]
    task = await owner.task(project, "Task", status="in_review")
    other = await owner.task(project, "Other", status="completed")
    gone = await owner.task(project, "Gone", status="in_review")
    await owner.delete(f"/tasks/{gone['id']}")

    async def change(category: str) -> list[Fields]:
        answer = await owner.patch(f"/states/{review['id']}", {"category": category})
        assert answer.status_code == 200, answer.text
        return [(await owner.get(f"/tasks/{t['id']}")).json() for t in (task, other)]

    done, kept = await change("completed")
    assert done["completed_at"] is not None
    assert done["version"] == 2
    assert kept == other
    assert (await owner.post(f"/tasks/{gone['id']}/restore")).json()["completed_at"] is not None
    again, kept = await change("started")
    assert (again["completed_at"], again["version"]) == (None, 3)
    assert kept == other
    same, _ = await change("unstarted")
    assert same == again
    payload = (await events_of(owner, review["id"]))[1][2]
    assert task["id"] in payload
    assert "completed_at" in payload


async def test_one_open_state_stays(owner: Person) -> None:
    project = await owner.project()
    states = await by_key(owner, project)
    for key in ("in_progress", "in_review"):
        assert (await owner.delete(f"/states/{states[key]['id']}")).status_code == 204
    last = f"/states/{states['pending']['id']}"

    for answer in (
        await owner.delete(last),
        await owner.patch(last, {"category": "completed"}),
        await owner.patch(last, {"category": "cancelled"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-open-state")
    assert (await owner.patch(last, {"category": "backlog"})).status_code == 200
    assert (await owner.task(project, "Task"))["status"] == "pending"
    for key in ("completed", "cancelled"):
        assert (await owner.delete(f"/states/{states[key]['id']}")).status_code == 204


async def test_two_who_delete_the_last_two_open_states_leave_one(owner: Person) -> None:
    project = await owner.project()
    states = await by_key(owner, project)
    assert (await owner.delete(f"/states/{states['in_review']['id']}")).status_code == 204

    answers = await asyncio.gather(
        *(owner.delete(f"/states/{states[key]['id']}") for key in ("pending", "in_progress"))
    )

    assert sorted(a.status_code for a in answers) == [204, 409]


async def test_a_task_begins_where_work_begins_whatever_stands_first(owner: Person) -> None:
    project = await owner.project()
    states = await by_key(owner, project)
    order = [states[k]["id"] for k in (
        "completed", "cancelled", "in_progress", "in_review", "pending",
    )]  # fmt: skip
    answer = await owner.client.put(
        f"/projects/{project['id']}/states/order", json={"state_ids": order}
    )
    assert [s["id"] for s in answer.json()["items"]] == order
    assert [s["position"] for s in answer.json()["items"]] == [1, 2, 3, 4, 5]

    assert (await owner.task(project, "Task"))["status"] == "pending"
    path = f"/states/{states['pending']['id']}"
    moved = await owner.client.delete(path, params={"move_to": states["in_review"]["id"]})
    assert moved.status_code == 204
    assert (await owner.task(project, "Task"))["status"] == "in_progress"


async def test_an_order_names_every_state_once(owner: Person) -> None:
    project = await owner.project()
    ids = [s["id"] for s in await states_of(owner, project)]
    path = f"/projects/{project['id']}/states/order"

    for bad in (ids[1:], [*ids, ids[0]], [*ids[1:], str(uuid7())], []):
        answer = await owner.client.put(path, json={"state_ids": bad})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "state_ids"
    assert [s["id"] for s in await states_of(owner, project)] == ids


async def test_a_state_with_tasks_goes_when_they_are_told_where(owner: Person) -> None:
    project = await owner.project()
    states = await by_key(owner, project)
    path = f"/states/{states['in_review']['id']}"
    task = await owner.task(project, "Task", status="in_review")
    away = await owner.task(project, "Away", status="in_review")
    await owner.delete(f"/tasks/{away['id']}")

    refused = await owner.delete(path)
    nowhere = [
        await owner.client.delete(path, params={"move_to": target})
        for target in (states["in_review"]["id"], str(uuid7()))
    ]
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/state-in-use")
    assert "2 tasks are in this state" in refused.json()["detail"]
    assert [a.status_code for a in nowhere] == [422, 422]
    assert len(await states_of(owner, project)) == 5

    gone = await owner.client.delete(path, params={"move_to": states["completed"]["id"]})

    assert gone.status_code == 204
    moved = (await owner.get(f"/tasks/{task['id']}")).json()
    assert (moved["status"], moved["version"]) == ("completed", 2)
    assert moved["completed_at"] is not None
    assert moved["position"] == task["position"]
    restored = await owner.post(f"/tasks/{away['id']}/restore")
    assert restored.json()["status"] == "completed"
    event, _, payload = (await events_of(owner, states["in_review"]["id"]))[-1]
    assert event == "workflow_state.deleted"
    assert task["id"] in payload
    assert (await owner.delete(path)).status_code == 404


async def test_a_state_of_too_many_tasks_keeps_them(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow_tasks, "MAX_TASKS", 1)
    project = await owner.project()
    states = await by_key(owner, project)
    path = f"/states/{states['in_review']['id']}"
    tasks = [await owner.task(project, "Task", status="in_review") for _ in range(2)]

    for answer in (
        await owner.client.delete(path, params={"move_to": states["pending"]["id"]}),
        await owner.patch(path, {"category": "completed"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-tasks")
    assert await by_key(owner, project) == states
    assert (await owner.get(f"/tasks/{tasks[0]['id']}")).json() == tasks[0]


async def test_a_project_has_at_most_50_states(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "MAX_STATES", 7)
    project = await owner.project()

    answers = await asyncio.gather(
        *(
            owner.post(
                f"/projects/{project['id']}/states", {"name": f"S{n}", "category": "started"}
            )
            for n in range(5)
        )
    )

    assert sorted(a.status_code for a in answers) == [201, 201, 422, 422, 422]


@pytest.mark.parametrize("turn", range(6))
async def test_a_task_is_completed_as_its_state_says_whoever_comes_first(
    owner: Person, turn: int
) -> None:
    project = await owner.project()
    review = (await by_key(owner, project))["in_review"]
    task = await owner.task(project, "Task")
    changing = owner.patch(f"/states/{review['id']}", {"category": "completed"})
    arriving = [
        owner.patch(f"/tasks/{task['id']}", {"status": "in_review"}),
        owner.post(f"/projects/{project['id']}/tasks", {"title": "x", "status": "in_review"}),
        owner.post(f"/tasks/{task['id']}/move", {"status": "in_review"}),
    ]

    answers = await asyncio.gather(*arriving[: turn % 4], changing, *arriving[turn % 4 :])

    assert {a.status_code for a in answers} <= {200, 201}, [a.text for a in answers]
    left = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert {t["status"] for t in left} == {"in_review"}
    assert all(t["completed_at"] is not None for t in left)


@pytest.mark.parametrize("turn", range(4))
async def test_no_task_is_left_in_a_state_that_goes(owner: Person, turn: int) -> None:
    project = await owner.project()
    states = await by_key(owner, project)
    path = f"/states/{states['in_review']['id']}"
    task = await owner.task(project, "Task", status="in_progress")
    going = owner.client.delete(path, params={"move_to": states["pending"]["id"]})
    arriving = [
        owner.patch(f"/tasks/{task['id']}", {"status": "in_review"}),
        owner.post(f"/projects/{project['id']}/tasks", {"title": "x", "status": "in_review"}),
    ]

    answers = await asyncio.gather(*arriving[: turn % 3], going, *arriving[turn % 3 :])

    assert {a.status_code for a in answers} <= {200, 201, 204, 422}, [a.text for a in answers]
    left = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert {t["status"] for t in left} <= {"pending", "in_progress"}


async def test_a_late_change_is_told_what_there_is_now(owner: Person) -> None:
    project = await owner.project()
    path = f"/states/{(await by_key(owner, project))['in_review']['id']}"
    assert (await owner.patch(path, {"name": "New", "version": 1})).status_code == 200

    late = [
        await owner.patch(path, {"name": "Late", "version": 1}),
        await owner.delete(path, **{"If-Match": '"1"'}),
    ]

    assert [a.status_code for a in late] == [409, 409]
    assert {a.json()["current"]["name"] for a in late} == {"New"}


BAD: dict[str, list[Any]] = {
    "name": ["", " ", "x" * 201, None],
    "category": ["", "done", None],
    "color": ["red", "#ABCDEF", "#1234567", "#123456\n", None],
    "after_id": ["x", str(uuid7())],
    "key": ["mine"],
}


@pytest.mark.parametrize("field", BAD)
async def test_a_bad_value_is_refused_by_name(owner: Person, field: str) -> None:
    project = await owner.project()
    before = await states_of(owner, project)
    for value in BAD[field]:
        body = {"name": "New", "category": "started", field: value}
        answer = await owner.post(f"/projects/{project['id']}/states", body)
        assert answer.status_code == 422, f"{value!r}: {answer.text}"
        assert answer.json()["errors"][0]["field"] == field
    assert await states_of(owner, project) == before


async def test_members_change_a_workflow_where_the_project_lets_them(owner: Person) -> None:
    project = await owner.project()
    member, viewer = await owner.colleague("member"), await owner.colleague("viewer")
    reader, far = await owner.colleague("member"), await owner.colleague("member")
    for person in (member, viewer):
        await owner.join(project, person)
    await owner.join(project, reader, "viewer")
    path, body = f"/projects/{project['id']}/states", {"category": "started"}

    async def ask() -> list[int]:
        people = (member, viewer, reader, far)
        return [(await p.post(path, {"name": str(uuid7()), **body})).status_code for p in people]

    assert await ask() == [403, 403, 403, 404]
    settings = f"/projects/{project['id']}/settings"
    assert (await member.patch(settings, {"members_change_workflow": True})).status_code == 403
    assert (await owner.patch(settings, {"members_change_workflow": True})).status_code == 200
    assert await ask() == [201, 403, 403, 404]
