"""Who belongs to a project: set, changed and removed by whom the matrix lets."""

from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7


async def members_of(person: Person, project: dict[str, Any]) -> dict[str, str]:
    answer = await person.get(f"/projects/{project['id']}/members")
    assert answer.status_code == 200, answer.text
    return {item["user"]["id"]: item["role"] for item in answer.json()["items"]}


def place(project: dict[str, Any], person: Person) -> str:
    return f"/projects/{project['id']}/members/{person.id}"


async def sees(person: Person, project: dict[str, Any]) -> bool:
    listed = {p["id"] for p in (await person.get("/projects")).json()["items"]}
    status = (await person.get(f"/projects/{project['id']}")).status_code
    assert (status == 200) == (project["id"] in listed)
    return status == 200


async def test_somebody_sees_a_project_from_joining_until_leaving(owner: Person) -> None:
    project, member = await owner.project(), await owner.colleague("member")
    task = await owner.task(project, "Task")
    before = await sees(member, project)

    joined = await owner.client.put(place(project, member), json={"role": "member"})
    during = await sees(member, project)
    read = await member.get(f"/tasks/{task['id']}")
    left = await owner.delete(place(project, member))

    assert (before, during, await sees(member, project)) == (False, True, False)
    assert (joined.status_code, read.status_code, left.status_code) == (200, 200, 204)
    assert joined.json()["user"]["id"] == str(member.id)
    assert joined.json()["role"] == "member"
    assert (await member.get(f"/tasks/{task['id']}")).status_code == 404


async def test_setting_somebody_again_changes_what_they_are_and_keeps_when_they_came(
    owner: Person,
) -> None:
    project, person = await owner.project(), await owner.colleague("member")
    first = (await owner.client.put(place(project, person), json={"role": "member"})).json()

    second = (await owner.client.put(place(project, person), json={"role": "viewer"})).json()

    assert second == {**first, "role": "viewer"}
    assert await members_of(owner, project) == {str(owner.id): "manager", str(person.id): "viewer"}


async def test_members_are_listed_by_name(owner: Person) -> None:
    project = await owner.project()
    for name in ("Zoe", "Ben"):
        person = await owner.colleague("member")
        assert (await owner.patch(f"/users/{person.id}", {"first_name": name})).status_code == 200
        await owner.client.put(place(project, person), json={})

    items = (await owner.get(f"/projects/{project['id']}/members")).json()["items"]

    assert [item["user"]["first_name"] for item in items] == ["Ada", "Ben", "Zoe"]


async def test_a_manager_sets_members_only_where_they_belong(owner: Person) -> None:
    inside, outside = await owner.project("Inside"), await owner.project("Outside")
    manager, person = await owner.colleague("manager"), await owner.colleague("member")
    await owner.client.put(place(inside, manager), json={"role": "manager"})

    answers = [
        (await manager.client.put(place(p, person), json={})).status_code for p in (inside, outside)
    ]

    assert answers == [200, 403]
    assert (await manager.delete(place(outside, owner))).status_code == 403
    assert str(owner.id) in await members_of(owner, outside)
    assert (await manager.delete(place(inside, person))).status_code == 204


async def test_a_manager_who_left_sets_nobody(owner: Person) -> None:
    project, manager = await owner.project(), await owner.colleague("manager")
    await owner.client.put(place(project, manager), json={"role": "manager"})

    assert (await manager.delete(place(project, manager))).status_code == 204

    assert (await manager.client.put(place(project, manager), json={})).status_code == 403
    assert str(manager.id) not in await members_of(owner, project)


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_members_and_viewers_look_but_do_not_change(owner: Person, role: Any) -> None:
    project, person = await owner.project(), await owner.colleague(role)
    await owner.join(project, person)
    before = await members_of(person, project)

    answers = [
        (await person.client.put(place(project, person), json={"role": "manager"})).status_code,
        (await person.delete(place(project, owner))).status_code,
    ]

    assert answers == [403, 403]
    assert await members_of(owner, project) == before


async def test_nobody_of_another_workspace_and_nobody_at_all_can_join(
    owner: Person, stranger: Person
) -> None:
    ours, theirs = await owner.project(), await stranger.project()
    anybody = f"/projects/{ours['id']}/members/{uuid7()}"

    answers = [
        await owner.client.put(place(ours, stranger), json={}),
        await owner.client.put(anybody, json={}),
        await owner.delete(anybody),
        await owner.client.put(place(theirs, owner), json={}),
        await owner.delete(place(theirs, stranger)),
        await owner.get(f"/projects/{theirs['id']}/members"),
    ]

    kinds = [a.json()["type"].rpartition("/")[2] for a in answers]
    assert {a.status_code for a in answers} == {404}
    assert kinds == ["member-not-found"] * 3 + ["project-not-found"] * 3
    assert await members_of(stranger, theirs) == {str(stranger.id): "manager"}


@pytest.mark.parametrize("role", ["owner", "admin", "", None, 1])
async def test_a_role_that_projects_do_not_know_is_refused(owner: Person, role: Any) -> None:
    project, person = await owner.project(), await owner.colleague("member")

    answer = await owner.client.put(place(project, person), json={"role": role})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "role"
    assert str(person.id) not in await members_of(owner, project)


async def test_leaving_keeps_the_tasks_of_who_left(owner: Person) -> None:
    project, person = await owner.project(), await owner.colleague("member")
    await owner.client.put(place(project, person), json={})
    task = await owner.task(project, "Theirs", assignee_id=str(person.id))

    assert (await owner.delete(place(project, person))).status_code == 204

    assert (await owner.get(f"/tasks/{task['id']}")).json()["assignee_id"] == str(person.id)
    assert (await owner.delete(place(project, person))).status_code == 404


async def test_a_deleted_person_cannot_join(owner: Person) -> None:
    project, person = await owner.project(), await owner.colleague("member")
    assert (await owner.delete(f"/users/{person.id}")).status_code == 204

    answer = await owner.client.put(place(project, person), json={})

    assert answer.status_code == 404


async def test_joining_and_leaving_are_in_the_log(owner: Person) -> None:
    project, person = await owner.project(), await owner.colleague("member")
    await owner.client.put(place(project, person), json={"role": "viewer"})
    await owner.delete(place(project, person))

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, actor_id, payload::text AS payload FROM events WHERE tenant_id = $1"
            " AND type LIKE 'project.member%' ORDER BY seq",
            owner.tenant_id,
        )
    assert [row["type"] for row in rows] == ["project.member_set", "project.member_removed"]
    assert {row["actor_id"] for row in rows} == {owner.id}
    assert all(str(person.id) in row["payload"] for row in rows)
    assert "viewer" in rows[0]["payload"]
