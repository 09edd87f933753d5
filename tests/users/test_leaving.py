"""Deactivated people are out at once; deleted ones leave what they wrote, and nothing of them."""

import asyncio
from typing import Any

import asyncpg
import pytest
from tests.auth.accounts import PASSWORD, NewDevice, SignedIn, give_password, held_back
from tests.people import Person
from uuid_utils.compat import uuid7

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def test_a_deactivated_person_is_out_at_once_and_stays_out(
    owner: Person, signed_in: SignedIn, device: NewDevice
) -> None:
    account = await give_password(person := await owner.colleague("member"))
    browsers = [await signed_in(account) for _ in range(2)]

    answer = await owner.post(f"/users/{person.id}/deactivate")

    assert answer.json()["is_active"] is False
    assert answer.json()["deactivated_at"] is not None
    assert [await b.me() for b in browsers] == [401, 401]
    assert [(await b.refresh()).status_code for b in browsers] == [401, 401]
    assert (await device().sign_in(account)).status_code == 401


async def test_an_activated_person_signs_in_again_with_the_same_password(
    owner: Person, signed_in: SignedIn, device: NewDevice
) -> None:
    account = await give_password(person := await owner.colleague("member"))
    before = await signed_in(account)
    await owner.post(f"/users/{person.id}/deactivate")

    answer = await owner.post(f"/users/{person.id}/activate")

    assert (answer.json()["is_active"], answer.json()["deactivated_at"]) == (True, None)
    assert await before.me() == 401
    assert (await before.refresh()).status_code == 401
    again = device()
    assert (await again.sign_in(account)).status_code == 200
    assert await again.me() == 200


async def test_deactivating_twice_changes_nothing_more(owner: Person) -> None:
    person = await owner.colleague("member")
    first = (await owner.post(f"/users/{person.id}/deactivate")).json()

    assert (await owner.post(f"/users/{person.id}/deactivate")).json() == first


async def test_somebody_invited_is_not_activated_without_a_password(owner: Person) -> None:
    who = {"email": f"{uuid7().hex}@example.org", "first_name": "G", "last_name": "H"}
    made = (await owner.post("/users", who)).json()["user"]

    answer = await owner.post(f"/users/{made['id']}/activate")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/still-invited")
    assert (await owner.get(f"/users/{made['id']}")).json()["is_active"] is False


@pytest.mark.parametrize("way", ["sign_in", "refresh"])
async def test_nobody_slips_in_while_being_deactivated(
    owner: Person, signed_in: SignedIn, device: NewDevice, superuser_url: str, way: str
) -> None:
    account = await give_password(person := await owner.colleague("member"))
    browser = await signed_in(account)

    async with held_back(superuser_url, owner):
        leaving = asyncio.create_task(owner.post(f"/users/{person.id}/deactivate"))
        while await browser.me() == 200:
            await asyncio.wait([leaving], timeout=0.01)
        slipping = device() if way == "sign_in" else browser
        trying = asyncio.create_task(
            slipping.sign_in(account) if way == "sign_in" else slipping.refresh()
        )
        await asyncio.wait([trying], timeout=0.5)
    assert (await leaving).status_code == 200

    assert (await trying).status_code == 401
    assert await slipping.me() == 401


async def everything(superuser_url: str, *wanted: str) -> list[str]:
    """Where in the whole database, the job queue's schema too, one of these texts stands."""
    connection = await asyncpg.connect(superuser_url)
    tables = await connection.fetch(
        "SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition AND n.nspname IN ('public', 'jobs')"
    )
    found: list[str] = []
    for table in tables:
        for text in wanted:
            row = await connection.fetchval(
                f"SELECT t::text FROM {table['name']} t WHERE strpos(lower(t::text), $1) > 0",
                text.lower(),
            )
            found += [] if row is None else [f"{table['name']}: {row}"]
    await connection.close()
    return found


async def test_a_deleted_person_is_named_nowhere_and_what_they_wrote_stays(
    owner: Person, device: NewDevice, superuser_url: str
) -> None:
    email = f"{uuid7().hex}@example.org"
    first, last, renamed = f"Zo{uuid7().hex}", f"Qu{uuid7().hex}", f"Xi{uuid7().hex}"
    who = {"email": email, "first_name": first, "last_name": last}
    made = (await owner.post("/users", who)).json()
    person_id, browser = made["user"]["id"], device(name=f"Agent {last}")
    assert (await browser.accept(made["link"])).status_code == 200
    project = await owner.project()
    await owner.client.put(f"/projects/{project['id']}/members/{person_id}", json={})
    await browser.client.patch("/me", json={"first_name": renamed})
    await owner.patch(f"/users/{person_id}", {"last_name": renamed})
    task = await owner.task(project, "Task", assignee_id=person_id)
    said = await browser.client.post(f"/tasks/{task['id']}/comments", json={"body": "Hello"})
    assert said.status_code == 201
    reset = {"workspace": f"w-{owner.tenant_id.hex}", "email": email}
    assert (await device().client.post("/auth/password-reset", json=reset)).status_code == 202
    secrets = (email, first, last, renamed)
    assert await everything(superuser_url, email, renamed)

    answer = await owner.delete(f"/users/{person_id}")

    assert answer.status_code == 204
    assert await everything(superuser_url, *secrets) == []
    assert await browser.me() == 401
    assert (await browser.refresh()).status_code == 401
    comments = (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"]
    assert [(c["body"], c["author_id"]) for c in comments] == [("Hello", person_id)]
    assert (await owner.get(f"/tasks/{task['id']}")).json()["assignee_id"] == person_id
    left = (await owner.get(f"/users/{person_id}")).json()
    assert (left["first_name"], left["last_name"]) == ("Deleted", "user")
    assert left["email"].endswith("@deleted.invalid")
    assert person_id not in {u["id"] for u in (await owner.get("/users")).json()["items"]}


async def test_a_deleted_persons_address_is_free_and_they_stay_deleted(
    owner: Person, device: NewDevice
) -> None:
    account = await give_password(person := await owner.colleague("member"))
    assert (await owner.delete(f"/users/{person.id}")).status_code == 204

    answers = [
        (await device().sign_in(account, PASSWORD)).status_code,
        (await owner.post(f"/users/{person.id}/activate")).status_code,
        (await owner.post(f"/users/{person.id}/invite", {"email": account.email})).status_code,
        (await owner.patch(f"/users/{person.id}", {"first_name": "Back"})).status_code,
        (await owner.delete(f"/users/{person.id}")).status_code,
    ]
    again = {"email": account.email, "first_name": "New", "last_name": "One"}

    assert answers == [401, 404, 404, 404, 404]
    assert (await owner.post("/users", again)).status_code == 201


async def test_an_invitation_of_somebody_deleted_lets_nobody_in(
    owner: Person, device: NewDevice
) -> None:
    who = {"email": f"{uuid7().hex}@example.org", "first_name": "G", "last_name": "H"}
    made = (await owner.post("/users", who)).json()
    await owner.delete(f"/users/{made['user']['id']}")

    assert (await device().accept(made["link"])).status_code == 404


async def test_people_are_listed_by_whether_they_are_active(owner: Person) -> None:
    active, gone = await owner.colleague("member"), await owner.colleague("member")
    who = {"email": f"{uuid7().hex}@example.org", "first_name": "G", "last_name": "H"}
    invited = (await owner.post("/users", who)).json()["user"]["id"]
    await owner.post(f"/users/{gone.id}/deactivate")

    async def listed(**params: Any) -> set[str]:
        answer = await owner.get("/users", **params)
        assert answer.status_code == 200
        return {user["id"] for user in answer.json()["items"]}

    ins, outs = {str(owner.id), str(active.id)}, {str(gone.id), invited}
    assert await listed(active="true") == ins
    assert await listed(active="false") == outs
    assert await listed() == ins | outs
    assert (await owner.get("/users", active="perhaps")).status_code == 422


async def test_an_invitation_is_withdrawn_by_deactivating_and_can_be_made_again(
    owner: Person,
) -> None:
    new = {"email": "w@example.org", "first_name": "Wanda", "last_name": "V"}
    invited = (await owner.post("/users", new)).json()
    path, token = f"/users/{invited['user']['id']}", invited["link"].partition("token=")[2]

    gone = await owner.post(f"{path}/deactivate")

    assert gone.json()["deactivated_at"] is not None
    assert (await owner.get(f"/invitations/{token}")).status_code == 404
    assert (await owner.post(f"{path}/activate")).status_code == 409
    again = await owner.post(f"{path}/invite", {})
    assert again.status_code == 200, again.text
    assert again.json()["user"]["deactivated_at"] is None
