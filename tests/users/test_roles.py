"""Who may make whom what; and a new role counts at once."""

import asyncio
from typing import Any

import pytest
from tests.auth.accounts import SignedIn, give_password, held_back
from tests.people import Person

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def role_of(person: Person, of: Person) -> str:
    return (await person.get(f"/users/{of.id}")).json()["role"]


@pytest.mark.parametrize("target", ["owner", "admin"])
@pytest.mark.parametrize("action", ["patch", "role", "deactivate", "delete"])
async def test_an_admin_leaves_owners_and_admins_alone(
    owner: Person, target: Any, action: str
) -> None:
    admin, other = await owner.colleague("admin"), await owner.colleague(target)
    before = (await owner.get(f"/users/{other.id}")).json()

    answer = {
        "patch": lambda: admin.patch(f"/users/{other.id}", {"first_name": "Eve"}),
        "role": lambda: admin.patch(f"/users/{other.id}", {"role": "viewer"}),
        "deactivate": lambda: admin.post(f"/users/{other.id}/deactivate"),
        "delete": lambda: admin.delete(f"/users/{other.id}"),
    }[action]()

    assert (await answer).status_code == 403
    assert (await owner.get(f"/users/{other.id}")).json() == before


@pytest.mark.parametrize("role", ["owner", "admin"])
async def test_an_admin_makes_no_owners_and_admins(owner: Person, role: str) -> None:
    admin, member = await owner.colleague("admin"), await owner.colleague("member")
    who = {"email": "new@example.org", "first_name": "N", "last_name": "N", "role": role}

    assert (await admin.patch(f"/users/{member.id}", {"role": role})).status_code == 403
    assert (await admin.patch(f"/users/{admin.id}", {"role": "owner"})).status_code == 403
    assert (await admin.post("/users", who)).status_code == 403
    assert await role_of(owner, member) == "member"
    assert await role_of(owner, admin) == "admin"
    assert (await owner.post("/users", who)).status_code == 201


async def test_an_admin_invites_nobody_again_whom_an_owner_made_an_admin(owner: Person) -> None:
    admin = await owner.colleague("admin")
    who = {"email": "new@example.org", "first_name": "N", "last_name": "N", "role": "admin"}
    made = (await owner.post("/users", who)).json()

    answer = await admin.post(f"/users/{made['user']['id']}/invite", {"email": "me@example.org"})

    assert answer.status_code == 403


async def test_an_admin_acts_on_people_below(owner: Person) -> None:
    admin, member = await owner.colleague("admin"), await owner.colleague("member")

    promoted = await admin.patch(f"/users/{member.id}", {"role": "manager", "first_name": "Max"})

    assert promoted.status_code == 200
    assert (promoted.json()["role"], promoted.json()["first_name"]) == ("manager", "Max")
    assert promoted.json()["version"] == 2
    assert (await admin.post(f"/users/{member.id}/deactivate")).status_code == 200
    assert (await admin.delete(f"/users/{member.id}")).status_code == 204


@pytest.mark.parametrize("action", ["demote", "deactivate", "delete"])
async def test_the_last_owner_stays(owner: Person, action: str) -> None:
    gone = await owner.colleague("owner")
    assert (await owner.post(f"/users/{gone.id}/deactivate")).status_code == 200

    answer = {
        "demote": lambda: owner.patch(f"/users/{owner.id}", {"role": "admin"}),
        "deactivate": lambda: owner.post(f"/users/{owner.id}/deactivate"),
        "delete": lambda: owner.delete(f"/users/{owner.id}"),
    }[action]()

    refused = await answer
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-owner")
    assert await role_of(owner, owner) == "owner"
    assert (await owner.get("/me")).status_code == 200


@pytest.mark.parametrize("action", ["demote", "deactivate", "delete"])
async def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    owner: Person, action: str
) -> None:
    other = await owner.colleague("owner")
    admin = await owner.colleague("admin")

    async def remove(who: Person, whom: Person) -> int:
        path = f"/users/{whom.id}"
        if action == "demote":
            return (await who.patch(path, {"role": "member"})).status_code
        if action == "delete":
            return (await who.delete(path)).status_code
        return (await who.post(f"{path}/deactivate")).status_code

    statuses = await asyncio.gather(remove(owner, other), remove(other, owner))

    assert 409 in statuses or 401 in statuses
    assert min(statuses) in {200, 204}
    people = (await admin.get("/users", active="true")).json()["items"]
    assert [p["role"] for p in people].count("owner") == 1


async def test_a_new_role_refuses_the_old_token_and_a_refresh_carries_it(
    owner: Person, signed_in: SignedIn
) -> None:
    manager = await owner.colleague("manager")
    browser = await signed_in(await give_password(manager))
    assert (await browser.client.post("/projects", json={"name": "P"})).status_code == 201

    changed = await owner.patch(f"/users/{manager.id}", {"role": "viewer"})

    assert changed.status_code == 200
    assert (await browser.client.post("/projects", json={"name": "Q"})).status_code == 401
    assert (await browser.refresh()).json()["user"]["role"] == "viewer"
    assert await browser.me() == 200
    assert (await browser.client.post("/projects", json={"name": "Q"})).status_code == 403


async def test_a_refresh_while_a_role_is_being_changed_carries_no_old_role(
    owner: Person, signed_in: SignedIn, superuser_url: str
) -> None:
    manager = await owner.colleague("manager")
    browser = await signed_in(await give_password(manager))

    async with held_back(superuser_url, owner):
        changing = asyncio.create_task(owner.patch(f"/users/{manager.id}", {"role": "viewer"}))
        while await browser.me() == 200:
            await asyncio.wait([changing], timeout=0.01)
        refreshing = asyncio.create_task(browser.refresh())
        await asyncio.wait([refreshing], timeout=0.5)
    assert (await changing).status_code == 200
    await refreshing

    assert (await browser.client.post("/projects", json={"name": "Q"})).status_code in {401, 403}


async def test_a_change_of_name_keeps_the_token(owner: Person) -> None:
    member = await owner.colleague("member")

    assert (await owner.patch(f"/users/{member.id}", {"first_name": "Max"})).status_code == 200
    assert (await member.get("/me")).json()["user"]["first_name"] == "Max"


async def test_a_version_that_is_old_is_told_what_there_is_now(owner: Person) -> None:
    member = await owner.colleague("member")
    await owner.patch(f"/users/{member.id}", {"first_name": "Max", "version": 1})

    answer = await owner.patch(f"/users/{member.id}", {"first_name": "Moritz", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["current"]["first_name"] == "Max"


@pytest.mark.parametrize("role", ["", "god", None, 1, "OWNER"])
async def test_a_role_that_there_is_not_is_refused(owner: Person, role: Any) -> None:
    member = await owner.colleague("member")

    answer = await owner.patch(f"/users/{member.id}", {"role": role})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "role")
