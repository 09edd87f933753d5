"""Inviting people and accepting: a link counts once, for one person, until it expires."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar
from tests.auth.accounts import NEW_PASSWORD, PASSWORD, Account, NewDevice, token_of
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.auth.links import Links
from projectflow.auth.tokens import load_tokens

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def invite(person: Person, **fields: Any) -> httpx.Response:
    return await person.post("/users", {**somebody(), **fields})


def somebody() -> dict[str, str]:
    return {
        "email": f"Grace.{uuid7().hex}@Example.org",
        "first_name": " Grace ",
        "last_name": "Hopper",
    }


async def invited(person: Person, **fields: Any) -> dict[str, Any]:
    answer = await invite(person, **fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def opens(visitor: httpx.AsyncClient, link: str) -> int:
    answer = await visitor.get(f"/api/v1/invitations/{token_of(link)}")
    if answer.status_code == 404:
        assert answer.json()["type"] == "/problems/invitation-not-found"
    return answer.status_code


async def spoil(superuser_url: str, statement: str, link: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    done = await connection.execute(statement, UUID(token_of(link).split(".")[1]))
    await connection.close()
    assert done == "UPDATE 1"


async def test_an_invited_person_exists_and_cannot_sign_in_yet(
    owner: Person, device: NewDevice
) -> None:
    made = await invited(owner, role="manager")

    user = made["user"]
    assert user["email"].startswith("grace.")
    assert (user["first_name"], user["last_name"], user["role"]) == ("Grace", "Hopper", "manager")
    assert user["invited_at"] is not None
    assert (user["is_active"], user["time_zone"], user["deactivated_at"]) == (False, "UTC", None)
    assert made["mailed"] is False
    assert made["link"].startswith("http://localhost:8400/accept-invitation?token=")
    assert (await owner.get(f"/users/{user['id']}")).json() == user
    nobody = Account(f"w-{owner.tenant_id.hex}", user["email"])
    assert (await device().sign_in(nobody)).status_code == 401
    assert (await device().sign_in(nobody, "!")).status_code == 401


async def test_an_invitation_is_in_the_log_without_name_address_and_secret(owner: Person) -> None:
    made = await invited(owner)

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, entity_id, actor_id, payload::text AS payload FROM events"
            " WHERE tenant_id = $1 ORDER BY seq",
            owner.tenant_id,
        )
    (event,) = rows
    assert event["type"] == "user.invited"
    assert (event["entity_id"], event["actor_id"]) == (UUID(made["user"]["id"]), owner.id)
    for secret in ("Grace", made["user"]["email"], token_of(made["link"])):
        assert secret not in event["payload"]


async def test_the_link_tells_where_it_leads_and_lets_in(
    owner: Person, visitor: httpx.AsyncClient, device: NewDevice
) -> None:
    made = await invited(owner)
    before = await visitor.get(f"/api/v1/invitations/{token_of(made['link'])}")

    grace = device()
    answer = await grace.accept(made["link"], first_name=" Amazing ", last_name="Grace")

    assert before.json() == {
        "workspace": {"slug": f"w-{owner.tenant_id.hex}", "name": "Workspace"},
        "email": made["user"]["email"],
        "first_name": "Grace",
        "last_name": "Hopper",
    }
    assert answer.status_code == 200
    user = answer.json()["user"]
    assert (user["id"], user["is_active"], user["invited_at"]) == (made["user"]["id"], True, None)
    assert (user["first_name"], user["last_name"]) == ("Amazing", "Grace")
    assert await grace.me() == 200
    assert (await grace.refresh()).status_code == 200
    account = Account(f"w-{owner.tenant_id.hex}", user["email"])
    assert (await device().sign_in(account, PASSWORD)).status_code == 200


async def test_a_link_counts_once(
    owner: Person, visitor: httpx.AsyncClient, device: NewDevice
) -> None:
    made = await invited(owner)
    assert (await device().accept(made["link"])).status_code == 200

    again = await device().accept(made["link"], password=NEW_PASSWORD)

    assert again.status_code == 404
    assert await opens(visitor, made["link"]) == 404
    account = Account(f"w-{owner.tenant_id.hex}", made["user"]["email"])
    assert (await device().sign_in(account, NEW_PASSWORD)).status_code == 401


async def test_of_several_who_accept_at_once_one_gets_in(owner: Person, device: NewDevice) -> None:
    made = await invited(owner)
    passwords = [f"{PASSWORD} {n}" for n in range(5)]

    answers = await asyncio.gather(*(device().accept(made["link"], password=p) for p in passwords))

    assert sorted(a.status_code for a in answers) == [200, 404, 404, 404, 404]
    account = Account(f"w-{owner.tenant_id.hex}", made["user"]["email"])
    signed_in = [(await device().sign_in(account, p)).status_code for p in passwords]
    assert signed_in == [200 if a.status_code == 200 else 401 for a in answers]


async def test_a_second_invitation_withdraws_the_first(
    owner: Person, visitor: httpx.AsyncClient, device: NewDevice
) -> None:
    first = await invited(owner)

    second = (await owner.post(f"/users/{first['user']['id']}/invite", {})).json()

    assert second["link"] != first["link"]
    assert second["user"]["id"] == first["user"]["id"]
    assert await opens(visitor, first["link"]) == 404
    assert (await device().accept(first["link"])).status_code == 404
    assert await opens(visitor, second["link"]) == 200
    assert (await device().accept(second["link"])).status_code == 200
    again = await owner.post(f"/users/{first['user']['id']}/invite", {})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-active")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invitations SET expires_at = now() WHERE id = $1",
        "UPDATE invitations SET withdrawn_at = now() WHERE id = $1",
        "UPDATE invitations SET token_hash = sha256('x') WHERE id = $1",
    ],
)
async def test_a_link_that_is_over_lets_nobody_in(
    owner: Person,
    visitor: httpx.AsyncClient,
    device: NewDevice,
    superuser_url: str,
    statement: str,
) -> None:
    made = await invited(owner)
    await spoil(superuser_url, statement, made["link"])

    assert await opens(visitor, made["link"]) == 404
    assert (await device().accept(made["link"])).status_code == 404


async def test_a_forged_link_lets_nobody_in(
    app: Litestar, owner: Person, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    made = await invited(owner)
    tenant, row, secret = token_of(made["link"]).split(".")
    tampered = secret[:-2] + ("AA" if secret[-2:] != "AA" else "BB")
    links: Links = app.state.links
    other_purpose = links.make("password_reset", owner.tenant_id, UUID(row))
    other_key = Links(lambda: [b"another key"]).make("invitation", owner.tenant_id, UUID(row))
    never_made = links.make("invitation", owner.tenant_id, uuid7())
    for token in (
        f"{tenant}.{row}.{tampered}", f"{stranger.tenant_id.hex}.{row}.{secret}", "x",
        f"{tenant}.{uuid7().hex}.{secret}", f"{tenant}.{row}.", f"{tenant}.{row}",
        f"{tenant}.{row}.ü", f"{tenant}.{row}.{secret}.x", str(other_purpose), str(other_key),
        str(never_made), str(links.make("invitation", stranger.tenant_id, UUID(row))),
    ):  # fmt: skip
        for answer in (
            await visitor.get(f"/api/v1/invitations/{token}"),
            await visitor.post(f"/api/v1/invitations/{token}/accept", json={"password": PASSWORD}),
        ):
            assert answer.status_code == 404, token
            assert answer.json()["type"] == "/problems/invitation-not-found"
    assert await opens(visitor, made["link"]) == 200


def test_another_process_with_the_same_key_knows_a_link(app: Litestar) -> None:
    elsewhere = Links(load_tokens(app.state.settings).secret_material)
    made = app.state.links.make("invitation", uuid7(), uuid7())

    assert elsewhere.read("invitation", str(made)) == made
    assert elsewhere.read("password_reset", str(made)) is None


@pytest.mark.parametrize("password", ["short", "x" * 73, "with\x00a NUL in it"])
async def test_a_password_against_the_rules_uses_no_invitation_up(
    owner: Person, device: NewDevice, password: str
) -> None:
    made = await invited(owner)

    answer = await device().accept(made["link"], password=password)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "password"
    assert (await device().accept(made["link"])).status_code == 200


async def test_an_address_that_is_taken_is_refused_by_name(owner: Person, stranger: Person) -> None:
    made = await invited(owner)
    email = made["user"]["email"]

    answers = [await invite(owner, email=each) for each in (email, email.upper())]

    assert {a.status_code for a in answers} == {409}
    assert {a.json()["errors"][0]["field"] for a in answers} == {"email"}
    assert (await invite(stranger, email=email)).status_code == 201


async def test_somebody_who_was_imported_is_invited_once_their_address_is_known(
    owner: Person, superuser_url: str, device: NewDevice
) -> None:
    made = await invited(owner)
    user_id, taken = made["user"]["id"], (await owner.get(f"/users/{owner.id}")).json()["email"]
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE users SET email = id || '@trello.invalid' WHERE id = $1", UUID(user_id)
    )
    await connection.close()

    unknown = await owner.post(f"/users/{user_id}/invite", {})
    others = await owner.post(f"/users/{user_id}/invite", {"email": taken})
    known = await owner.post(f"/users/{user_id}/invite", {"email": "Found@example.org"})

    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "email")
    assert (others.status_code, others.json()["errors"][0]["field"]) == (409, "email")
    assert known.status_code == 200
    assert known.json()["user"]["email"] == "found@example.org"
    accepted = await device().accept(known.json()["link"])
    assert accepted.json()["user"]["id"] == user_id


@pytest.mark.parametrize(
    "email",
    ["", "x", "a@b", "a b@example.org", "a@example.org\nBcc: b@example.org", "a@example.org\n",
     "a@b@example.org", "a\x00@example.org", None, 5, "x" * 250 + "@example.org"],
)  # fmt: skip
async def test_what_is_no_address_is_refused_by_name(owner: Person, email: Any) -> None:
    answer = await invite(owner, email=email)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "email"


async def test_a_page_of_another_site_cannot_accept(
    owner: Person, visitor: httpx.AsyncClient
) -> None:
    made = await invited(owner)

    answer = await visitor.post(
        f"/api/v1/invitations/{token_of(made['link'])}/accept",
        json={"password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert await opens(visitor, made["link"]) == 200
