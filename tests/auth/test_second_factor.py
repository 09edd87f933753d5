"""The second step of a sign-in, the workspaces that require it, and what must not go around it."""

from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from asyncpg.connection import Connection
from tests.auth.accounts import (
    NEW_PASSWORD,
    Account,
    Device,
    NewDevice,
    SignedIn,
    give_password,
    link_in,
    token_of,
    write_mails,
)
from tests.auth.authenticator import Authenticator
from tests.auth.second_factors import (
    App,
    Clock,
    add_passkey,
    begin,
    change_workspace,
    events_of,
    prove,
    remember,
    set_up_app,
)
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.crypto import Place

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def enroll(device: Device, needed: dict[str, Any], clock: Clock) -> App:
    body = {"challenge": needed["challenge"]}
    answer = await device.client.post("/auth/second-factor/enroll", json=body)
    assert answer.status_code == 200, answer.text
    return App(answer.json()["secret"], clock)


async def confirm(device: Device, needed: dict[str, Any], code: str) -> httpx.Response:
    body = {"challenge": needed["challenge"], "totp": code}
    answer = await device.client.post("/auth/second-factor/enroll/confirm", json=body)
    return remember(device, answer)


async def test_a_wrong_code_may_be_tried_again_and_is_written_down(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    phone = device()
    needed = await begin(phone, account)

    wrong = await prove(phone, needed, totp=app.wrong_code())
    code = await prove(phone, needed, recovery_code="0000-0000-0000-0000")
    right = await prove(phone, needed, totp=app.code())
    again = await prove(phone, needed, totp=app.code())

    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/wrong-code")
    assert "set-cookie" not in wrong.headers
    assert [code.status_code, right.status_code] == [401, 200]
    assert again.json()["type"] == "/problems/challenge-expired"
    log = await events_of(owner)
    assert [p for kind, p in log if kind == "user.sign_in_failed"] == [
        {"method": "totp"},
        {"method": "recovery_code"},
    ]
    assert log[-1][1]["methods"] == ["password", "totp"]


async def test_guessing_codes_is_limited_from_wherever_and_with_whatever_challenge(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    statuses: list[int] = []
    for _ in range(6):
        thief = device()
        needed = await begin(thief, account)
        statuses.append((await prove(thief, needed, totp=app.wrong_code())).status_code)
    thief = device()
    right = await prove(thief, await begin(thief, account), totp=app.code())

    assert statuses == [401] * 5 + [429]
    assert right.status_code == 429


@pytest.mark.parametrize(
    "proof", [{}, {"totp": "000000", "recovery_code": "x"}, {"totp": 123456}, {"passkey": {}}]
)
async def test_exactly_one_proof_is_sent(
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    proof: dict[str, Any],
) -> None:
    await set_up_app(await signed_in(account), clock)
    phone = device()

    answer = await prove(phone, await begin(phone, account), **proof)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].partition(".")[0] in {"totp", "passkey"}


async def test_a_challenge_is_of_one_workspace_and_cannot_be_made_up(
    stranger: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    phone = device()
    needed = await begin(phone, account)
    tenant, row, secret = needed["challenge"].split(".")
    for forged in (
        "", "x", "a.b.c", f"{tenant}.{row}.guess", f"{tenant}.{uuid7().hex}.{secret}",
        f"{stranger.tenant_id.hex}.{row}.{secret}", f"{tenant}.{row}.{secret}.x",
    ):  # fmt: skip
        answer = await prove(phone, {"challenge": forged}, totp=app.code())
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/challenge-expired")
    assert (await prove(phone, needed, totp=app.code())).status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE challenges SET expires_at = now() WHERE user_id = $1",
        "UPDATE users SET is_active = false WHERE id = $1",
        "UPDATE users SET password_hash = 'another' WHERE id = $1",
    ],
)
async def test_a_sign_in_that_is_over_is_not_finished(
    owner: Person,
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    superuser_url: str,
    spoil: str,
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    phone = device()
    needed = await begin(phone, account)
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(spoil, owner.id)
    await connection.close()

    answer = await prove(phone, needed, totp=app.code())

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/challenge-expired")


async def test_a_page_of_another_site_finishes_no_sign_in(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    phone = device()
    needed = await begin(phone, account)
    phone.client.headers.update({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})

    assert (await prove(phone, needed, totp=app.code())).status_code == 403
    assert (await confirm(phone, needed, app.code())).status_code == 403


async def test_whoever_has_no_second_factor_sets_one_up_where_it_is_required(
    owner: Person, account: Account, device: NewDevice, clock: Clock
) -> None:
    await change_workspace(owner, factor=True)
    phone = device()

    needed = await begin(phone, account)
    app = await enroll(phone, needed, clock)
    wrong = await confirm(phone, needed, app.wrong_code())
    answer = await confirm(phone, needed, app.code())

    assert (needed["methods"], needed["must_enroll"]) == ([], True)
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/wrong-code")
    assert answer.status_code == 200
    assert answer.json()["auth"]["user"]["email"] == account.email
    assert len(answer.json()["recovery_codes"]) == 10
    assert answer.headers["cache-control"] == "no-store"
    assert await phone.me() == 200
    assert (await phone.refresh()).status_code == 200
    clock.step += 1
    tablet = device()
    assert (await prove(tablet, await begin(tablet, account), totp=app.code())).status_code == 200


async def test_enrolment_is_for_those_alone_who_have_no_factor(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    laptop, thief = await signed_in(account), device()
    await change_workspace(owner, factor=True)
    early = await begin(thief, account)
    planted = await enroll(thief, early, clock)
    await add_passkey(laptop, Authenticator())
    late = await begin(thief, account)

    for needed in (early, late):
        body = {"challenge": needed["challenge"]}
        refused = await thief.client.post("/auth/second-factor/enroll", json=body)
        confirmed = await confirm(thief, needed, planted.code())
        assert [refused.status_code, confirmed.status_code] == [401, 401]
    assert (await prove(thief, late, totp=planted.code())).status_code == 401


async def test_turning_the_requirement_on_reaches_old_sessions_at_their_next_refresh(
    owner: Person, account: Account, signed_in: SignedIn, clock: Clock
) -> None:
    bare, laptop = await signed_in(account), await signed_in(account)
    assert (await bare.refresh()).status_code == 200
    await set_up_app(laptop, clock)

    await change_workspace(owner, factor=True)

    refused = await bare.refresh()
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/session-ended")
    assert (await laptop.refresh()).status_code == 200  # it set the factor up


async def test_an_invitation_leads_to_enrolment_where_a_second_factor_is_required(
    owner: Person, device: NewDevice, clock: Clock
) -> None:
    await change_workspace(owner, factor=True)
    who = {"email": f"{uuid7().hex}@example.org", "first_name": "G", "last_name": "H"}
    invitation = (await owner.post("/users", who)).json()
    grace = device()
    path = f"/invitations/{token_of(invitation['link'])}/accept"

    needed = await grace.client.post(path, json={"password": NEW_PASSWORD})

    assert needed.status_code == 200
    assert "set-cookie" not in needed.headers
    assert needed.json()["must_enroll"] is True
    app = await enroll(grace, needed.json(), clock)
    assert (await confirm(grace, needed.json(), app.code())).status_code == 200
    assert await grace.me() == 200


async def test_a_new_password_by_mail_does_not_go_around_the_second_factor(
    owner: Person,
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    tmp_path: Path,
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    thief = device()
    wanted = {"workspace": account.workspace, "email": account.email}
    await thief.client.post("/auth/password-reset", json=wanted)
    (mail,) = await write_mails(owner, tmp_path)
    body = {"token": token_of(link_in(mail)), "password": NEW_PASSWORD}

    reset = await thief.client.post("/auth/password-reset/confirm", json=body)
    needed = await begin(thief, Account(account.workspace, account.email, NEW_PASSWORD))

    assert (reset.status_code, reset.content) == (204, b"")
    assert not thief.client.cookies
    assert needed["must_enroll"] is False
    assert (await prove(thief, needed, totp=app.wrong_code())).status_code == 401
    assert await thief.me() == 401


async def test_where_the_identity_provider_is_required_only_owners_use_a_password(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice
) -> None:
    colleague, authenticator = await owner.colleague("admin"), Authenticator()
    theirs = await give_password(colleague)
    laptop, own = await signed_in(theirs), await signed_in(account)
    await add_passkey(laptop, authenticator)
    await change_workspace(owner, sso=True)

    refused = await device().sign_in(theirs)
    wrong = await device().sign_in(theirs, "a guess")
    asked = await laptop.client.post("/auth/passkey/options", json={"workspace": theirs.workspace})
    signed = authenticator.get(asked.json()["options"])
    body = {"challenge": asked.json()["challenge"], "credential": signed}
    passkey = await device().client.post("/auth/passkey", json=body)

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/sso-required")
    assert wrong.status_code == 401
    assert (passkey.status_code, passkey.json()["type"]) == (403, "/problems/sso-required")
    assert [(await each.refresh()).status_code for each in (laptop, own)] == [401, 200]
    assert (await device().sign_in(account)).status_code == 200


async def test_the_sign_in_page_knows_the_ways_in(
    owner: Person, stranger: Person, visitor: httpx.AsyncClient
) -> None:
    tenant_id = stranger.tenant_id
    place = Place("identity_providers.client_secret_encrypted", tenant_id, tenant_id)
    async with stranger.app.state.database.tenant(tenant_id) as db:
        await db.execute(
            "INSERT INTO identity_providers (tenant_id, id, name, issuer, client_id,"
            " client_secret_encrypted) VALUES ($1, $1, 'Example ID', 'https://id', 'x', $2)",
            tenant_id,
            stranger.app.state.keyring.seal(b"secret", place),
        )
    await change_workspace(stranger, sso=True)

    for person, ways in (
        (owner, {"password": True, "sso": None}),
        (stranger, {"password": False, "sso": "Example ID"}),
    ):
        slug = f"w-{person.tenant_id.hex}"
        door = await visitor.get(f"/api/v1/workspaces/{slug}")
        assert door.json() == {"slug": slug, "name": "Workspace", "sign_in": ways}


async def test_a_refused_sign_in_sends_the_same_statements_for_everybody(
    owner: Person, account: Account, device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    for name in ("fetchrow", "fetchval", "execute"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            sent.append(query.partition(" = '")[0])
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    seen: list[list[str]] = []
    for who in (
        account,
        Account(account.workspace, "nobody@example.org"),
        Account("no-such-workspace", account.email),
    ):
        sent.clear()
        assert (await device().sign_in(who, "wrong")).status_code == 401
        seen.append(list(sent))
    monkeypatch.undo()

    assert seen[0] == seen[1] == seen[2]
    failed = [payload for kind, payload in await events_of(owner) if kind == "user.sign_in_failed"]
    assert failed == [{"method": "password"}]


async def test_nothing_of_a_deleted_persons_factors_is_left(
    owner: Person, signed_in: SignedIn, clock: Clock, superuser_url: str
) -> None:
    leaver = await owner.colleague("member")
    laptop = await signed_in(await give_password(leaver))
    await set_up_app(laptop, clock)
    await add_passkey(laptop, Authenticator())
    connection = await asyncpg.connect(superuser_url)

    async def left() -> int:
        return await connection.fetchval(
            "SELECT (SELECT count(*) FROM totp_factors WHERE user_id = $1)"
            " + (SELECT count(*) FROM passkeys WHERE user_id = $1)"
            " + (SELECT count(*) FROM recovery_codes WHERE user_id = $1)",
            leaver.id,
        )

    await owner.post(f"/users/{leaver.id}/deactivate")
    deactivated = await left()
    await owner.delete(f"/users/{leaver.id}")
    deleted = await left()
    await connection.close()

    assert (deactivated, deleted) == (12, 0)


async def test_no_code_is_logged(
    account: Account,
    signed_in: SignedIn,
    device: NewDevice,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    app, codes = await set_up_app(await signed_in(account), clock)
    phone = device()
    needed = await begin(phone, account)
    wrong, right = app.wrong_code(), app.code()
    await prove(phone, needed, totp=wrong)
    await prove(phone, needed, totp=right)

    printed = "".join(capfd.readouterr())
    assert codes is not None
    for secret in (app.totp.secret, right, codes[0], needed["challenge"]):
        assert secret not in printed
