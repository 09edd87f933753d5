"""The archive and the trash: what is away is read or brought back, and not changed."""

from typing import Any

import pytest
from tests.people import Person
from tests.projects.test_milestones import events_of, milestone
from tests.projects.test_workflow import by_key

Fields = dict[str, Any]

WRITES: dict[str, tuple[str, str, Any]] = {
    "change the project": ("PATCH", "/projects/{project}", {"description": "x"}),
    "change its settings": ("PATCH", "/projects/{project}/settings", {"default_priority": "low"}),
    "create a task": ("POST", "/projects/{project}/tasks", {"title": "x"}),
    "change a task": ("PATCH", "/tasks/{task}", {"title": "x"}),
    "move a task": ("POST", "/tasks/{task}/move", {"status": "in_progress"}),
    "delete a task": ("DELETE", "/tasks/{task}", None),
    "restore a task": ("POST", "/tasks/{gone}/restore", None),
    "comment": ("POST", "/tasks/{task}/comments", {"body": "x"}),
    "edit a comment": ("PATCH", "/comments/{comment}", {"body": "x"}),
    "delete a comment": ("DELETE", "/comments/{comment}", None),
    "add a step": ("POST", "/tasks/{task}/checklist", {"title": "x"}),
    "tick a step": ("PATCH", "/checklist-items/{item}", {"is_done": True}),
    "delete a step": ("DELETE", "/checklist-items/{item}", None),
    "add a dependency": ("POST", "/tasks/{task}/dependencies", {"depends_on_task_id": "{other}"}),
    "add a relation": ("PUT", "/tasks/{task}/relations/{other}", {"kind": "relates"}),
    "start a timer": ("POST", "/tasks/{task}/timer", {}),
    "write down time": (
        "POST", "/tasks/{task}/time-entries", {"started_at": "2024-01-05T09:00:00Z", "minutes": 5},
    ),
    "correct time": ("PATCH", "/time-entries/{entry}", {"note": "x"}),
    "delete time": ("DELETE", "/time-entries/{entry}", None),
    "add a milestone": ("POST", "/projects/{project}/milestones", {"name": "x"}),
    "change a milestone": ("PATCH", "/milestones/{milestone}", {"name": "x"}),
    "reach a milestone": ("POST", "/milestones/{milestone}/complete", None),
    "delete a milestone": ("DELETE", "/milestones/{milestone}", None),
    "add a state": ("POST", "/projects/{project}/states", {"name": "x", "category": "started"}),
    "rename a state": ("PATCH", "/states/{state}", {"name": "x"}),
    "delete a state": ("DELETE", "/states/{state}", None),
    "order the states": ("PUT", "/projects/{project}/states/order", {"state_ids": []}),
}  # fmt: skip


async def furnish(owner: Person) -> dict[str, str]:
    project = await owner.project(key="WEB")
    task, other = await owner.task(project, "Task"), await owner.task(project, "Other")
    gone = await owner.task(project, "Gone")
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "A word"})).json()
    item = (await owner.post(f"/tasks/{task['id']}/checklist", {"title": "Step"})).json()
    beta = await milestone(owner, project)
    entry = await owner.post(
        f"/tasks/{task['id']}/time-entries", {"started_at": "2024-01-04T09:00:00Z", "minutes": 5}
    )
    await owner.delete(f"/tasks/{gone['id']}")
    return {
        "project": project["id"], "task": task["id"], "other": other["id"], "gone": gone["id"],
        "comment": comment["id"], "item": item["id"], "milestone": beta["id"],
        "entry": entry.json()["id"], "state": (await by_key(owner, project))["in_review"]["id"],
    }  # fmt: skip


def named(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: named(each, ids) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value.format(**ids) if isinstance(value, str) else value


async def test_nothing_in_an_archived_project_is_written(owner: Person) -> None:
    ids = await furnish(owner)
    archived = await owner.post(f"/projects/{ids['project']}/archive")
    assert archived.json()["status"] == "archived"

    async def seq() -> int:
        async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
            return await db.fetchval(
                "SELECT last_seq FROM event_counters WHERE tenant_id = $1", owner.tenant_id
            )

    before = await seq()
    for what, (method, path, body) in WRITES.items():
        answer = await owner.client.request(method, path.format(**ids), json=named(body, ids))
        assert answer.status_code == 409, f"{what}: {answer.text}"
        assert answer.json()["type"] == "/problems/project-archived", what
    assert await seq() == before

    back = await owner.post(f"/projects/{ids['project']}/unarchive")
    assert (back.json()["status"], back.json()["version"]) == ("active", 3)
    assert (await owner.patch(f"/tasks/{ids['task']}", {"title": "x"})).status_code == 200


async def test_an_archived_project_is_read_and_its_people_change(owner: Person) -> None:
    ids = await furnish(owner)
    person = await owner.colleague("member")
    project = f"/projects/{ids['project']}"
    running = await owner.post(f"/tasks/{ids['task']}/timer", {})
    await owner.post(f"{project}/archive")

    for path in (
        project, f"{project}/tasks", f"{project}/board", f"{project}/metrics",
        f"{project}/milestones", f"{project}/states", f"{project}/settings",
        f"/tasks/{ids['task']}", f"/tasks/{ids['task']}/comments",
    ):  # fmt: skip
        assert (await owner.get(path)).status_code == 200, path
    assert (await owner.client.put(f"{project}/members/{person.id}", json={})).status_code == 200
    given = await owner.client.put(f"{project}/owner", json={"user_id": str(person.id)})
    assert given.status_code == 200
    assert (await owner.client.put(f"/me/favourites/{ids['project']}")).status_code == 200
    assert (await owner.delete(f"{project}/members/{person.id}")).status_code == 204
    stopped = await owner.post(f"/time-entries/{running.json()['id']}/stop", {})
    assert stopped.status_code == 200
    assert (await owner.post(f"{project}/copy", {"name": "Again"})).status_code == 201
    assert (await owner.delete(project)).status_code == 204


async def test_the_archive_remembers_the_status_and_hides_from_the_list(owner: Person) -> None:
    kept, away = await owner.project("Kept"), await owner.project("Away")
    path = f"/projects/{away['id']}"
    await owner.patch(path, {"status": "on_hold"})
    await owner.post(f"{path}/archive")
    assert (await owner.post(f"{path}/archive")).json()["version"] == 3

    async def listed(**params: Any) -> list[str]:
        return [p["id"] for p in (await owner.get("/projects", **params)).json()["items"]]

    assert await listed() == [kept["id"]]
    assert await listed(status="archived") == [away["id"]]
    assert (await owner.post(f"{path}/unarchive")).json()["status"] == "on_hold"
    assert (await owner.post(f"{path}/unarchive")).json()["version"] == 4
    assert await listed() == [away["id"], kept["id"]]
    types = [event for event, _, _ in await events_of(owner, away["id"])]
    assert types[-2:] == ["project.archived", "project.unarchived"]
    assert (await owner.patch(path, {"status": "archived"})).status_code == 422
    late = await owner.post(f"{path}/archive", **{"If-Match": '"1"'})
    assert late.status_code == 409


async def test_a_deleted_project_is_in_the_trash_and_comes_back_whole(owner: Person) -> None:
    ids = await furnish(owner)
    path = f"/projects/{ids['project']}"
    before, task = (await owner.get(path)).json(), (await owner.get(f"/tasks/{ids['task']}")).json()
    assert (await owner.post(f"{path}/restore")).status_code == 404
    await owner.delete(path)

    (trashed,) = (await owner.get("/projects/trash")).json()["items"]
    restored = await owner.post(f"{path}/restore")

    assert trashed["id"] == ids["project"]
    assert trashed["deleted_at"] is not None
    assert restored.status_code == 200
    after = (await owner.get(path)).json()
    assert {k for k in before if after[k] != before[k]} == {"version", "updated_at"}
    assert (await owner.get(f"/tasks/{ids['task']}")).json() == task
    assert (await owner.get("/projects/trash")).json()["items"] == []
    types = [event for event, _, _ in await events_of(owner, ids["project"])]
    assert types == ["project.created", "project.deleted", "project.restored"]
    assert (await owner.post(f"{path}/restore")).status_code == 404


async def test_the_trash_is_paged_and_for_those_who_delete(owner: Person) -> None:
    made = [await owner.project(f"P{n}", key=f"K{n}") for n in range(5)]
    member, manager = await owner.colleague("member"), await owner.colleague("manager")
    await owner.join(made[0], member, "manager")
    for project in made:
        await owner.delete(f"/projects/{project['id']}")

    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await owner.get("/projects/trash", limit=2, **cursor)).json()
        found += [p["id"] for p in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert found == [p["id"] for p in reversed(made)]
    for person in (member, manager):
        assert (await person.get("/projects/trash")).status_code == 403
    restores = [
        (await person.post(f"/projects/{project['id']}/restore")).status_code
        for person in (member, manager)
        for project in made[:2]
    ]
    assert restores == [403, 404, 403, 403]
    assert len((await owner.get("/projects/trash")).json()["items"]) == 5
    assert (await owner.get("/projects/trash", cursor="x")).status_code == 422


async def test_a_key_that_is_limited_sees_its_own_projects_trash(owner: Person) -> None:
    await owner.signed_in_by("password")
    mine, other = await owner.project("Mine"), await owner.project("Other")
    key = await owner.key("project:*", project_ids=[mine["id"]])
    for project in (mine, other):
        await owner.delete(f"/projects/{project['id']}")

    listed = (await key.get("/projects/trash")).json()["items"]

    assert [p["id"] for p in listed] == [mine["id"]]
    assert (await key.ask("POST", f"/projects/{other['id']}/restore")).status_code == 404


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_who_could_write_is_told_of_the_archive(owner: Person, role: Any) -> None:
    person, project = await owner.colleague(role), await owner.project()
    await owner.join(project, person)
    await owner.post(f"/projects/{project['id']}/archive")

    answer = await person.post(f"/projects/{project['id']}/tasks", {"title": "x"})

    assert answer.status_code == (409 if role == "member" else 403)
