"""Getting back in by mail: the same answer for everybody, and a link that counts once."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from tests.auth.accounts import (
    NEW_PASSWORD,
    Account,
    Device,
    NewDevice,
    SignedIn,
    link_in,
    token_of,
    write_mails,
)
from tests.people import Person
from uuid_utils.compat import uuid7

OWNER_GONE = (
    "UPDATE users SET is_active = false FROM password_resets r"
    " WHERE r.id = $1 AND users.id = r.user_id"
)
pytestmark = pytest.mark.usefixtures("quick_passwords")


async def ask(device: Device, account: Account) -> httpx.Response:
    wanted = {"workspace": account.workspace, "email": account.email}
    return await device.client.post("/auth/password-reset", json=wanted)


async def confirm(device: Device, token: str, password: str = NEW_PASSWORD) -> httpx.Response:
    body = {"token": token, "password": password}
    return await device.client.post("/auth/password-reset/confirm", json=body)


@pytest.fixture
async def token(owner: Person, account: Account, device: NewDevice, tmp_path: Path) -> str:
    """Of the link that the owner was mailed."""
    assert (await ask(device(), account)).status_code == 202
    (mail,) = await write_mails(owner, tmp_path)
    return token_of(link_in(mail))


async def test_the_answer_does_not_tell_who_exists(
    owner: Person, account: Account, device: NewDevice, tmp_path: Path
) -> None:
    gone = await owner.colleague("member")
    email = (await owner.get(f"/users/{gone.id}")).json()["email"]
    await owner.post(f"/users/{gone.id}/deactivate")

    answers = [
        await ask(device(), each)
        for each in (
            account,
            Account(account.workspace.upper(), account.email.upper()),
            Account(account.workspace, "nobody@example.org"),
            Account("no-such-workspace", account.email),
            Account(account.workspace, email),
            Account("", ""),
        )
    ]

    assert {a.status_code for a in answers} == {202}
    assert len({a.content for a in answers}) == 1
    assert len({frozenset(a.headers.keys()) for a in answers}) == 1
    assert [m["To"] for m in await write_mails(owner, tmp_path)] == [account.email] * 2


async def test_the_mail_leads_to_a_new_password_that_ends_every_session(
    owner: Person, account: Account, device: NewDevice, signed_in: SignedIn, tmp_path: Path
) -> None:
    browsers = [await signed_in(account) for _ in range(2)]
    await ask(device(), account)
    (mail,) = await write_mails(owner, tmp_path)
    link = link_in(mail)

    answer = await confirm(device(), token_of(link))

    assert mail["To"] == account.email
    assert link.startswith("http://localhost:8400/reset-password?token=")
    assert answer.status_code == 204
    assert [await b.me() for b in browsers] == [401, 401]
    assert [(await b.refresh()).status_code for b in browsers] == [401, 401]
    assert (await device().sign_in(account)).status_code == 401
    back = device()
    assert (await back.sign_in(account, NEW_PASSWORD)).status_code == 200
    assert await back.me() == 200


async def test_a_link_counts_once(account: Account, device: NewDevice, token: str) -> None:
    assert (await confirm(device(), token)).status_code == 204

    again = await confirm(device(), token, "another password")

    assert (again.status_code, again.json()["type"]) == (404, "/problems/reset-not-found")
    assert (await device().sign_in(account, NEW_PASSWORD)).status_code == 200


async def test_of_several_who_confirm_at_once_one_sets_the_password(
    account: Account, device: NewDevice, token: str
) -> None:
    wanted = [f"{NEW_PASSWORD} {n}" for n in range(4)]

    answers = await asyncio.gather(*(confirm(device(), token, p) for p in wanted))

    assert sorted(a.status_code for a in answers) == [204, 404, 404, 404]
    (won,) = [p for p, a in zip(wanted, answers, strict=True) if a.status_code == 204]
    assert (await device().sign_in(account, won)).status_code == 200


async def test_using_one_link_uses_up_the_others(
    owner: Person, account: Account, device: NewDevice, tmp_path: Path
) -> None:
    for _ in range(2):
        await ask(device(), account)
    first, second = [token_of(link_in(m)) for m in await write_mails(owner, tmp_path)]

    assert (await confirm(device(), second)).status_code == 204
    assert (await confirm(device(), first)).status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE password_resets SET expires_at = now() WHERE id = $1",
        "UPDATE password_resets SET token_hash = sha256('x') WHERE id = $1",
        OWNER_GONE,
    ],
)
async def test_a_link_that_is_over_sets_nothing(
    account: Account, device: NewDevice, token: str, superuser_url: str, statement: str
) -> None:
    connection = await asyncpg.connect(superuser_url)
    assert await connection.execute(statement, UUID(token.split(".")[1])) == "UPDATE 1"

    assert (await confirm(device(), token)).status_code == 404

    await connection.execute("UPDATE users SET is_active = true WHERE email = $1", account.email)
    await connection.close()
    assert (await device().sign_in(account)).status_code == 200


async def test_a_forged_link_sets_nothing(
    owner: Person, stranger: Person, account: Account, device: NewDevice, token: str
) -> None:
    tenant, row, secret = token.split(".")
    links = owner.app.state.links
    for forged in (
        "", "x", f"{tenant}.{row}", f"{tenant}.{row}.", f"{tenant}.{row}.{secret[:-1]}",
        f"{stranger.tenant_id.hex}.{row}.{secret}", f"{tenant}.{uuid7().hex}.{secret}",
        str(links.make("invitation", owner.tenant_id, UUID(row))), f"{tenant}.{row}.ü",
        str(links.make("password_reset", owner.tenant_id, uuid7())),
    ):  # fmt: skip
        assert (await confirm(device(), forged)).status_code == 404, forged
    assert (await device().sign_in(account)).status_code == 200
    assert (await confirm(device(), token)).status_code == 204


@pytest.mark.parametrize("password", ["short", "x" * 73, "a NUL \x00 in the middle"])
async def test_a_password_against_the_rules_uses_no_link_up(
    device: NewDevice, token: str, password: str
) -> None:
    refused = await confirm(device(), token, password)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
    assert (await confirm(device(), token)).status_code == 204


async def test_a_link_of_an_invitation_resets_nothing(owner: Person, device: NewDevice) -> None:
    who: dict[str, Any] = {"email": f"{uuid7().hex}@example.org", "first_name": "G"}
    made = (await owner.post("/users", {**who, "last_name": "H"})).json()

    assert (await confirm(device(), token_of(made["link"]))).status_code == 404


async def test_asking_again_and_again_is_limited(account: Account, device: NewDevice) -> None:
    here = device()

    statuses = [(await ask(here, account)).status_code for _ in range(7)]

    assert statuses == [202] * 5 + [429] * 2
