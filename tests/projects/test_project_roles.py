"""What somebody is in a project adds to what they are in the workspace, and takes away."""

from typing import Any

import pytest
from tests.people import Person

from projectflow.auth.permissions import ProjectRole, Role

ASKED = {
    "read the task": ("GET", "/tasks/{task}", None),
    "change their task": ("PATCH", "/tasks/{own}", {"title": "x"}),
    "change a task": ("PATCH", "/tasks/{task}", {"title": "x"}),
    "move a task": ("POST", "/tasks/{task}/move", {"status": "in_progress"}),
    "create a task": ("POST", "/projects/{project}/tasks", {"title": "x"}),
    "comment": ("POST", "/tasks/{task}/comments", {"body": "x"}),
    "delete a comment": ("DELETE", "/comments/{comment}", None),
    "add to the checklist": ("POST", "/tasks/{task}/checklist", {"title": "x"}),
    "change the project": ("PATCH", "/projects/{project}", {"description": "x"}),
    "name a member": ("PUT", "/projects/{project}/members/{someone}", {"role": "viewer"}),
    "delete a task": ("DELETE", "/tasks/{task}", None),
}

MAY: dict[tuple[Role, ProjectRole], set[str]] = {
    ("admin", "viewer"): set(ASKED),
    ("manager", "manager"): set(ASKED),
    ("manager", "member"): set(ASKED),
    ("manager", "viewer"): {"read the task"},
    ("member", "manager"): set(ASKED),
    ("member", "member"): {"read the task", "change their task", "create a task", "comment"},
    ("member", "viewer"): {"read the task"},
    ("viewer", "manager"): {"read the task"},
    ("viewer", "member"): {"read the task"},
    ("viewer", "viewer"): {"read the task"},
}


async def furnish(owner: Person, person: Person) -> dict[str, str]:
    project = await owner.project()
    task = await owner.task(project, "Anybody's")
    own = await owner.task(project, "Their own", assignee_id=str(person.id))
    comment = await owner.post(f"/tasks/{task['id']}/comments", {"body": "A word"})
    someone = await owner.colleague("member")
    return {
        "project": project["id"], "task": task["id"], "own": own["id"],
        "comment": comment.json()["id"], "someone": str(someone.id),
    }  # fmt: skip


@pytest.mark.parametrize(("role", "within"), MAY, ids=str)
async def test_each_project_role_of_each_role(
    owner: Person, role: Role, within: ProjectRole
) -> None:
    person = await owner.colleague(role)
    ids = await furnish(owner, person)
    await owner.join({"id": ids["project"]}, person, within)
    may: set[str] = set()
    for what, (method, path, body) in ASKED.items():
        answer = await person.client.request(method, path.format(**ids), json=body)
        assert answer.status_code in {200, 201, 204, 403}, f"{what}: {answer.text}"
        if answer.status_code != 403:
            may.add(what)

    assert may == MAY[role, within]


async def test_a_project_role_says_nothing_in_another_project(owner: Person) -> None:
    person = await owner.colleague("member")
    run, seen = await furnish(owner, person), await furnish(owner, person)
    await owner.join({"id": run["project"]}, person, "manager")
    await owner.join({"id": seen["project"]}, person, "viewer")

    async def change(task: str) -> int:
        return (await person.patch(f"/tasks/{task}", {"title": "x"})).status_code

    assert await change(run["task"]) == 200
    assert await change(seen["own"]) == 403


async def test_a_new_project_role_counts_with_the_next_request(owner: Person) -> None:
    person = await owner.colleague("member")
    ids = await furnish(owner, person)
    place = f"/projects/{ids['project']}/members/{person.id}"
    seen: list[Any] = []
    for role in ("viewer", "manager", "member"):
        await owner.client.put(place, json={"role": role})
        seen.append((await person.patch(f"/tasks/{ids['task']}", {"title": role})).status_code)

    assert seen == [403, 200, 403]
