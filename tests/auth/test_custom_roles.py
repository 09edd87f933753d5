"""Roles of a workspace's own making, and what they let people do."""

from typing import Any

import httpx
import jwt
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.auth.custom_roles import BUILDABLE, known_permissions
from projectflow.auth.permissions import CONDITIONS_OF, ROLE_PERMISSIONS, Permission
from projectflow.auth.sessions import Device

WRITER = ["project:read:is_member", "task:read:in_project", "task:create:in_project"]


async def make_role(owner: Person, name: str, permissions: list[str]) -> dict[str, Any]:
    answer = await owner.post("/roles", {"name": name, "permissions": permissions})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def give(owner: Person, person: Person, role: dict[str, Any]) -> httpx.Response:
    return await owner.client.put(f"/users/{person.id}/role", json={"role_id": role["id"]})


async def renewed(person: Person) -> Person:
    """The person with a token as their next refresh would give it."""
    app = person.app
    async with app.state.database.tenant(person.tenant_id) as db:
        signed_in = await app.state.auth.open_session(db, person.tenant_id, person.id, Device())
    person.client.headers["Authorization"] = f"Bearer {signed_in.result.access_token}"
    return person


@pytest.fixture
async def writer(owner: Person) -> Person:
    """Somebody whose role reads and creates tasks, and nothing else, in the first project."""
    person = await owner.colleague("member")
    await owner.join(await owner.project(), person)
    assert (await give(owner, person, await make_role(owner, "Writer", WRITER))).status_code == 200
    return await renewed(person)


async def project_of(owner: Person) -> dict[str, Any]:
    return (await owner.get("/projects")).json()["items"][0]


async def test_a_custom_role_allows_what_it_lists_and_no_more(
    owner: Person, writer: Person
) -> None:
    project = await project_of(owner)

    task = await writer.task(project, "Written")

    assert (await writer.get(f"/tasks/{task['id']}")).status_code == 200
    for answer in (
        await writer.patch(f"/tasks/{task['id']}", {"title": "x"}),
        await writer.delete(f"/tasks/{task['id']}"),
        await writer.post(f"/tasks/{task['id']}/comments", {"body": "x"}),
        await writer.get("/users"),
        await writer.post("/projects", {"name": "x"}),
    ):
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("Your role may")


async def test_the_token_and_me_say_what_it_allows(writer: Person) -> None:
    token = writer.client.headers["Authorization"].removeprefix("Bearer ")

    payload = jwt.decode(token, options={"verify_signature": False})

    assert payload["permissions"] == WRITER
    assert payload["role"] == "member"
    assert (await writer.get("/me")).json()["permissions"] == WRITER


async def test_a_changed_role_counts_at_once_for_all_who_have_it(
    owner: Person, writer: Person
) -> None:
    role = next(r for r in (await owner.get("/roles")).json()["items"] if r["name"] == "Writer")
    task = await owner.task(await project_of(owner), "One")

    changed = await owner.patch(
        f"/roles/{role['id']}", {"permissions": [*WRITER, "task:update:in_project"]}
    )

    assert changed.json()["version"] == 2
    assert (await writer.get("/me")).status_code == 401
    await renewed(writer)
    assert (await writer.patch(f"/tasks/{task['id']}", {"title": "x"})).status_code == 200


async def test_a_person_given_another_role_has_it_at_once(owner: Person, writer: Person) -> None:
    back = await owner.client.put(f"/users/{writer.id}/role", json={"role": "viewer"})

    assert back.json()["role"] == "viewer"
    assert back.json()["role_id"] is None
    assert (await writer.get("/me")).status_code == 401


async def test_a_role_that_somebody_has_is_not_deleted(owner: Person, writer: Person) -> None:
    role = next(r for r in (await owner.get("/roles")).json()["items"] if r["name"] == "Writer")
    assert role["people"] == 1

    refused = await owner.delete(f"/roles/{role['id']}")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/role-in-use"

    await owner.client.put(f"/users/{writer.id}/role", json={"role": "member"})
    assert (await owner.delete(f"/roles/{role['id']}")).status_code == 204
    assert (await owner.delete(f"/roles/{role['id']}")).status_code == 404


@pytest.mark.parametrize(
    "permission",
    ["*:*", "workspace:update", "role:create", "user:update", "user:delete", "task:fly",
     "task:update:not_owner", "dragon:read", "", ":", "task:update:is_assignee:x"],
)  # fmt: skip
async def test_what_is_an_owners_alone_cannot_be_built_in(owner: Person, permission: str) -> None:
    answer = await owner.post("/roles", {"name": "King", "permissions": ["task:read", permission]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "permissions.1"
    assert len((await owner.get("/roles")).json()["items"]) == 5


async def test_only_an_owner_makes_roles_and_an_admin_gives_them(owner: Person) -> None:
    admin, member = await owner.colleague("admin"), await owner.colleague("member")
    role = await make_role(owner, "Writer", WRITER)

    assert (await admin.post("/roles", {"name": "x", "permissions": WRITER})).status_code == 403
    assert (await admin.patch(f"/roles/{role['id']}", {"name": "x"})).status_code == 403
    assert (await admin.delete(f"/roles/{role['id']}")).status_code == 403
    assert (await member.get("/roles")).status_code == 403
    assert (await give(member, member, role)).status_code == 403
    assert (await give(admin, member, role)).status_code == 200
    assert (await give(admin, owner, role)).status_code == 403


async def test_the_last_owner_cannot_take_a_custom_role(owner: Person) -> None:
    role = await make_role(owner, "Writer", WRITER)

    assert (await give(owner, owner, role)).status_code == 409


async def test_a_custom_role_for_people_never_reaches_admins(owner: Person) -> None:
    keeper, admin = await owner.colleague("member"), await owner.colleague("admin")
    rights = ["user:read", "user:update:not_owner", "user:delete:not_owner"]
    await give(owner, keeper, await make_role(owner, "Keeper", rights))
    await renewed(keeper)
    colleague = await owner.colleague("member")

    assert (await keeper.patch(f"/users/{colleague.id}", {"first_name": "x"})).status_code == 200
    for person in (admin, owner):
        assert (await keeper.patch(f"/users/{person.id}", {"first_name": "x"})).status_code == 403
        assert (await keeper.delete(f"/users/{person.id}")).status_code == 403
    for role in ("manager", "viewer"):
        changed = await keeper.client.put(f"/users/{colleague.id}/role", json={"role": role})
        assert changed.status_code == 403
    promoted = await keeper.client.put(f"/users/{keeper.id}/role", json={"role": "admin"})
    assert promoted.status_code == 403


async def test_who_invites_by_a_custom_role_invites_nobody_above_a_member(owner: Person) -> None:
    host = await owner.colleague("member")
    await give(owner, host, await make_role(owner, "Host", ["user:read", "user:create"]))
    await renewed(host)

    statuses: list[int] = []
    for role in ("viewer", "member", "manager", "admin", "owner"):
        new = {"email": f"{role}@example.org", "first_name": "A", "last_name": "B", "role": role}
        statuses.append((await host.post("/users", new)).status_code)

    assert statuses == [201, 201, 403, 403, 403]


async def test_nobody_raises_themselves_by_a_custom_role(owner: Person) -> None:
    keeper = await owner.colleague("member")
    rights = ["user:read", "user:update:not_owner"]
    await give(owner, keeper, await make_role(owner, "Keeper", rights))
    strong = await make_role(owner, "Strong", [*rights, "project:delete", "task:delete"])
    await renewed(keeper)

    assert (await give(keeper, keeper, strong)).status_code == 403
    assert (await keeper.patch(f"/users/{keeper.id}", {"role": "viewer"})).status_code == 403


async def test_a_deleted_persons_role_can_go(owner: Person, writer: Person) -> None:
    role = next(r for r in (await owner.get("/roles")).json()["items"] if r["name"] == "Writer")
    await owner.delete(f"/users/{writer.id}")

    assert (await owner.delete(f"/roles/{role['id']}")).status_code == 204


async def test_another_workspaces_role_does_not_exist(owner: Person, stranger: Person) -> None:
    theirs, member = await make_role(stranger, "Theirs", WRITER), await owner.colleague("member")

    for answer in (
        await give(owner, member, theirs),
        await give(owner, member, {"id": str(uuid7())}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "role_id"
    assert (await owner.patch(f"/roles/{theirs['id']}", {"name": "x"})).status_code == 404
    assert "Theirs" not in (await owner.get("/roles")).text


@pytest.mark.parametrize("body", [{}, {"role": "member", "role_id": str(uuid7())}])
async def test_one_role_is_named(owner: Person, body: dict[str, str]) -> None:
    member = await owner.colleague("member")

    answer = await owner.client.put(f"/users/{member.id}/role", json=body)

    assert answer.status_code == 422


async def test_two_roles_of_one_name_are_refused_by_the_field(owner: Person) -> None:
    await make_role(owner, "Writer", WRITER)

    answer = await owner.post("/roles", {"name": "Writer", "permissions": WRITER})

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "name"


async def test_an_older_version_of_a_role_is_not_overwritten(owner: Person) -> None:
    role = await make_role(owner, "Writer", WRITER)
    await owner.patch(f"/roles/{role['id']}", {"name": "Author"})

    answer = await owner.patch(f"/roles/{role['id']}", {"name": "Poet", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["current"]["name"] == "Author"


async def test_effective_permissions_can_be_read(owner: Person, writer: Person) -> None:
    said = (await owner.get(f"/users/{writer.id}/permissions")).json()

    assert said["permissions"] == WRITER
    mine = (await owner.get(f"/users/{owner.id}/permissions")).json()
    assert mine == {"role": "owner", "role_id": None, "permissions": ["*:*"]}


def test_every_permission_of_the_matrix_is_one_that_is_asked_for() -> None:
    for permissions in ROLE_PERMISSIONS.values():
        for p in permissions:
            covered = [key for key in CONDITIONS_OF if p.covers(*key)]
            assert covered, p
            if p.condition is not None:
                assert any(p.condition in CONDITIONS_OF[key] for key in covered), p


def test_nobody_can_build_more_than_an_admin_has() -> None:
    admin = ROLE_PERMISSIONS["admin"]
    for built in BUILDABLE:
        assert any(
            p.covers(built.resource, built.action) and p.condition in {None, built.condition}
            for p in admin
        ), built
    assert Permission("workspace", "update") not in BUILDABLE
    assert len({p.description for p in known_permissions().items}) > 20
