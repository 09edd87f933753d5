"""A project's owner, its settings and its numbers."""

from typing import Any

import pytest
from tests.people import Person
from tests.projects.test_milestones import events_of, milestone
from uuid_utils.compat import uuid7

Fields = dict[str, Any]


async def give(person: Person, project: Fields, to: Person, **headers: str) -> int:
    answer = await person.client.put(
        f"/projects/{project['id']}/owner", json={"user_id": str(to.id)}, headers=headers
    )
    return answer.status_code


async def test_a_project_goes_from_owner_to_owner(owner: Person) -> None:
    project = await owner.project()
    first, second = await owner.colleague("member"), await owner.colleague("member")
    for person in (first, second):
        await owner.join(project, person)

    assert await give(first, project, second) == 403
    assert await give(owner, project, first) == 200
    assert await give(owner, project, first) == 200
    members = (await owner.get(f"/projects/{project['id']}/members")).json()["items"]
    roles = {m["user"]["id"]: m["role"] for m in members}
    assert roles[str(first.id)] == "manager"
    assert await give(second, project, second) == 403
    assert await give(first, project, second) == 200
    assert await give(first, project, first) == 403
    read = (await owner.get(f"/projects/{project['id']}")).json()
    assert (read["owner_id"], read["version"]) == (str(second.id), 3)
    changed = [p for e, _, p in await events_of(owner, project["id"]) if "owner_changed" in e]
    assert len(changed) == 2
    assert str(owner.id) in changed[0]
    assert str(first.id) in changed[0]


async def test_a_manager_of_the_project_does_not_give_it_away(owner: Person) -> None:
    project, manager = await owner.project(), await owner.colleague("manager")
    await owner.join(project, manager, "manager")
    admin = await owner.colleague("admin")

    assert await give(manager, project, manager) == 403
    assert await give(admin, project, manager) == 200


async def test_an_owner_is_an_active_member_who_may_work(owner: Person, stranger: Person) -> None:
    project = await owner.project()
    outside, viewer = await owner.colleague("member"), await owner.colleague("viewer")
    left, gone = await owner.colleague("member"), await owner.colleague("member")
    for person in (viewer, left, gone):
        await owner.join(project, person)
    await owner.post(f"/users/{left.id}/deactivate")
    await owner.delete(f"/users/{gone.id}")

    for person in (outside, viewer, left, gone, stranger):
        answer = await owner.client.put(
            f"/projects/{project['id']}/owner", json={"user_id": str(person.id)}
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == "user_id"
    assert (await owner.get(f"/projects/{project['id']}")).json()["owner_id"] == str(owner.id)
    member = await owner.colleague("member")
    await owner.join(project, member)
    assert await give(owner, project, member, **{"If-Match": '"7"'}) == 409


async def test_settings_say_what_new_tasks_get(owner: Person) -> None:
    project, person = await owner.project(), await owner.colleague("member")
    await owner.join(project, person)
    path = f"/projects/{project['id']}/settings"
    assert (await owner.get(path)).json() == {
        "default_priority": "medium", "default_assignee_id": None,
        "members_change_workflow": False,
        "auto_schedule": False,
    }  # fmt: skip
    plain = await owner.task(project, "Plain")

    changed = await owner.patch(
        path, {"default_priority": "high", "default_assignee_id": str(person.id)}
    )
    given = await owner.task(project, "Given")
    chosen = await owner.task(project, "Chosen", priority="low", assignee_id=None)
    await owner.post(f"/users/{person.id}/deactivate")
    after = await owner.task(project, "After")

    assert changed.status_code == 200, changed.text
    assert (await owner.get(path)).json() == changed.json()
    told = [(t["priority"], t["assignee_id"]) for t in (plain, given, chosen, after)]
    assert told == [
        ("medium", None), ("high", str(person.id)), ("low", None), ("high", None),
    ]  # fmt: skip


async def test_a_change_of_settings_is_one_of_the_project(owner: Person) -> None:
    project = await owner.project()
    path = f"/projects/{project['id']}/settings"
    body = {"default_priority": "low", "version": 1}

    assert (await owner.patch(path, body)).status_code == 200
    assert (await owner.patch(path, body)).status_code == 409
    assert (await owner.patch(path, {"default_priority": "low"})).status_code == 200
    assert (await owner.get(f"/projects/{project['id']}")).json()["version"] == 2
    event, version, payload = (await events_of(owner, project["id"]))[-1]
    assert (event, version) == ("project.settings_changed", 2)
    assert '"medium"' in payload


BAD: dict[str, list[Any]] = {
    "default_priority": ["huge", None, 5],
    "default_assignee_id": ["x", str(uuid7()), "far"],
    "members_change_workflow": [None, "yes", 1],
    "auto_schedule": [None, "yes", 1],
    "week_start": ["monday"],
}


@pytest.mark.parametrize("field", BAD)
async def test_a_bad_setting_is_refused_by_name(owner: Person, field: str) -> None:
    project, far = await owner.project(), await owner.colleague("member")
    path = f"/projects/{project['id']}/settings"
    for value in BAD[field]:
        answer = await owner.patch(path, {field: str(far.id) if value == "far" else value})
        assert answer.status_code == 422, f"{value!r}: {answer.text}"
        assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(f"/projects/{project['id']}")).json()["version"] == 1


async def test_a_projects_numbers(owner: Person) -> None:
    project = await owner.project()
    beta = await milestone(owner, project)
    past, future = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
    for status, hours, due, mine in (
        ("pending", "1", past, True), ("pending", None, future, False),
        ("in_progress", "3", None, False), ("completed", "4", past, True),
        ("cancelled", "9", past, False),
    ):  # fmt: skip
        await owner.task(
            project, status, status=status, estimated_hours=hours, due_date=due,
            assignee_id=str(owner.id) if mine else None,
            milestone_id=beta["id"] if status == "completed" else None,
        )  # fmt: skip
    first = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"][0]
    await owner.post(
        f"/tasks/{first['id']}/time-entries",
        {"started_at": "2024-01-04T09:00:00Z", "minutes": 90},
    )

    metrics = (await owner.get(f"/projects/{project['id']}/metrics")).json()

    assert metrics["progress"] == {
        "total": 5, "backlog": 0, "unstarted": 2, "started": 1, "completed": 1, "cancelled": 1,
        "estimated_hours": "8.00", "completed_hours": "4.00", "share": 0.25,
        "share_by_estimate": 0.5,
    }  # fmt: skip
    told = {k: metrics[k] for k in ("open", "overdue", "unassigned", "unestimated", "actual_hours")}
    assert told == {
        "open": 3, "overdue": 1, "unassigned": 2, "unestimated": 1, "actual_hours": "1.50",
    }  # fmt: skip
    (stone,) = metrics["milestones"]
    assert (stone["id"], stone["progress"]["share"]) == (beta["id"], 1.0)


async def test_an_empty_projects_numbers_are_none(owner: Person) -> None:
    project = await owner.project()

    metrics = (await owner.get(f"/projects/{project['id']}/metrics")).json()

    assert (metrics["open"], metrics["actual_hours"], metrics["milestones"]) == (0, "0", [])
    assert metrics["progress"]["share"] is None
