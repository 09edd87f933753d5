"""Ways around sign-in and its limits that were tried, and that were open once."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from asyncpg.connection import Connection
from cryptography.hazmat.primitives import serialization
from litestar import Litestar
from tests.auth.accounts import (
    NEW_PASSWORD,
    PASSWORD,
    Account,
    NewDevice,
    SignedIn,
    give_password,
    held_back,
    link_in,
    running,
    token_of,
    write_mails,
)
from tests.auth.second_factors import (
    App,
    Clock,
    begin,
    change_workspace,
    events_of,
    prove,
    set_up_app,
)
from tests.people import KeyHolder, Person
from uuid_utils.compat import uuid7

from projectflow.auth.limits import Limits, TooManyRequests
from projectflow.auth.tokens import AUDIENCE, NotSignedIn, load_tokens, path_of, rotate_keys
from projectflow.auth.types import Actor
from projectflow.core.settings import Settings

pytestmark = pytest.mark.usefixtures("quick_passwords")


async def test_a_sign_in_does_not_finish_once_the_identity_provider_is_required(
    owner: Person, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    with_app = await give_password(await owner.colleague("member"))
    without = await give_password(await owner.colleague("member"))
    app, _ = await set_up_app(await signed_in(with_app), clock)
    await change_workspace(owner, factor=True)
    phone, tablet = device(), device()
    needed, enrolling = await begin(phone, with_app), await begin(tablet, without)
    body = {"challenge": enrolling["challenge"]}
    made = await tablet.client.post("/auth/second-factor/enroll", json=body)
    theirs = App(made.json()["secret"], clock)
    await change_workspace(owner, sso=True)

    proven = await prove(phone, needed, totp=app.code())
    enrolled = await tablet.client.post(
        "/auth/second-factor/enroll/confirm", json={**body, "totp": theirs.code()}
    )

    for refused in (proven, enrolled):
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/sso-required")
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("requirement", ["factor", "sso"])
async def test_a_session_that_no_longer_suffices_leaves_no_key_behind(
    owner: Person, signed_in: SignedIn, requirement: str
) -> None:
    colleague = await give_password(await owner.colleague("member"))
    laptop = await signed_in(colleague)
    body = {"name": "Robot", "scopes": ["*:*"]}
    assert (await laptop.client.post("/me/api-keys", json=body)).status_code == 201
    await change_workspace(owner, **{requirement: True})

    refused = await laptop.client.post("/me/api-keys", json=body)

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/session-ended")


async def test_a_provisioning_token_takes_what_the_workspace_requires(
    owner: Person, account: Account, signed_in: SignedIn
) -> None:
    laptop = await signed_in(account)
    await change_workspace(owner, factor=True)

    refused = await laptop.client.post("/scim-tokens", json={"name": "Okta"})

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/session-ended")


async def test_any_token_of_a_session_used_again_ends_it_however_often_it_was_exchanged(
    owner: Person, account: Account, signed_in: SignedIn
) -> None:
    victim = await signed_in(account)
    stolen = victim.client.cookies["projectflow_session"]
    thief = await signed_in(account)
    thief.client.cookies.clear()
    thief.client.cookies.set("projectflow_session", stolen, path="/api/v1/auth")
    assert [(await thief.refresh()).status_code for _ in range(3)] == [200] * 3

    assert (await victim.refresh()).status_code == 401

    assert (await thief.refresh()).status_code == 401
    assert [kind for kind, _ in await events_of(owner)][-1] == "session.reuse_detected"


async def test_signing_out_counts_though_the_answer_to_a_refresh_was_lost(
    account: Account, signed_in: SignedIn
) -> None:
    laptop = await signed_in(account)
    before = laptop.client.cookies["projectflow_session"]
    await laptop.refresh()
    laptop.client.cookies.clear()
    laptop.client.cookies.set("projectflow_session", before, path="/api/v1/auth")

    assert (await laptop.client.post("/auth/logout")).status_code == 204

    assert await laptop.me() == 401


def test_a_dropped_key_ends_what_was_signed_with_it_before_and_seen_already(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    tokens = load_tokens(settings)
    key = serialization.load_pem_private_key(path_of(settings).read_bytes(), password=None)
    right = tokens.issue(uuid7(), uuid7(), "owner", uuid7())
    claims = jwt.decode(right, options={"verify_signature": False}, audience=AUDIENCE)
    lasting = {**claims, "exp": int(time.time()) + 10**8}
    forged = jwt.encode(lasting, key, "RS256", headers=jwt.get_unverified_header(right))  # pyright: ignore[reportArgumentType]
    assert tokens.verify(forged).role == "owner"

    rotate_keys(settings, drop_old=True)

    with pytest.raises(NotSignedIn):
        tokens.verify(forged)


async def test_whoever_knows_a_password_does_not_lock_its_owner_out_of_the_second_step(
    account: Account, signed_in: SignedIn, device: NewDevice, clock: Clock
) -> None:
    app, _ = await set_up_app(await signed_in(account), clock)
    home = device()
    assert (await prove(home, await begin(home, account), totp=app.code())).status_code == 200
    clock.step += 2
    for _ in range(6):
        thief = device()
        await prove(thief, await begin(thief, account), totp=app.wrong_code())

    elsewhere = device()
    refused = await prove(elsewhere, await begin(elsewhere, account), totp=app.code())
    let_in = await prove(home, await begin(home, account), totp=app.code())

    assert [refused.status_code, let_in.status_code] == [429, 200]


@pytest.mark.parametrize("path", ["login", "refresh", "logout"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://projectflow.test:1"])
async def test_a_browser_that_tells_only_the_origin_is_asked_for_it(
    account: Account, signed_in: SignedIn, path: str, origin: str
) -> None:
    laptop = await signed_in(account)

    answer = await laptop.client.post(
        f"/auth/{path}", json=msgspec.to_builtins(account), headers={"Origin": origin}
    )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    own = {"Origin": "http://projectflow.test"}
    assert (await laptop.client.post("/auth/refresh", headers=own)).status_code == 200


async def test_a_key_used_while_its_person_is_being_demoted_or_it_is_revoked_keeps_nothing(
    owner: Person, superuser_url: str
) -> None:
    await owner.signed_in_by("password")
    admin = await (await owner.colleague("admin")).signed_in_by("password")
    demoted, revoked = await admin.key("user:*"), await owner.key("user:*")

    async def use(key: KeyHolder) -> int:
        return (await key.get("/users")).status_code

    async with held_back(superuser_url, owner):
        # They have told every process, and wait to commit.
        changes = [
            asyncio.create_task(
                owner.client.put(f"/users/{admin.id}/role", json={"role": "viewer"})
            ),
            asyncio.create_task(owner.delete(f"/me/api-keys/{revoked.id}")),
        ]
        await asyncio.wait(changes, timeout=0.5)
        uses = [asyncio.create_task(use(key)) for key in (demoted, revoked)]
        await asyncio.wait(uses, timeout=0.5)
    changed = await asyncio.gather(*changes)
    await asyncio.gather(*uses)

    assert [answer.status_code for answer in changed] == [200, 204]

    assert [await use(key) for key in (demoted, revoked)] == [403, 401]


async def test_a_new_password_ends_links_that_were_mailed_before(
    owner: Person, account: Account, signed_in: SignedIn, device: NewDevice, tmp_path: Path
) -> None:
    laptop = await signed_in(account)
    asked = {"workspace": account.workspace, "email": account.email}
    await device().client.post("/auth/password-reset", json=asked)
    (mail,) = await write_mails(owner, tmp_path)
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await laptop.client.post("/me/password", json=body)).status_code == 204

    late = {"token": token_of(link_in(mail)), "password": "a password of somebody else"}
    answer = await device().client.post("/auth/password-reset/confirm", json=late)

    assert answer.status_code == 404


async def test_asking_for_a_reset_sends_the_same_statements_for_everybody(
    account: Account, device: NewDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    for name in ("fetchrow", "fetchval", "execute"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            sent.append(query.partition(" = '")[0])
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    seen: list[list[str]] = []
    for workspace, email in (
        (account.workspace, account.email),
        (account.workspace, "nobody@example.org"),
        ("no-such-workspace", account.email),
    ):
        sent.clear()
        body = {"workspace": workspace, "email": email}
        answer = await device().client.post("/auth/password-reset", json=body)
        assert answer.status_code == 202
        seen.append(list(sent))
    monkeypatch.undo()

    assert seen[0] == seen[1] == seen[2]


async def test_who_is_refused_uses_up_nothing_of_their_colleagues(
    app: Litestar, settings: Settings
) -> None:
    tight = msgspec.structs.replace(settings, api_limit=10, workspace_limit=50)
    counter, busy = Limits(app.state.redis, tight), Actor(uuid7(), uuid7(), "member", uuid7())
    for _ in range(200):
        try:
            await counter.request(busy)
        except TooManyRequests:
            continue

    colleague = msgspec.structs.replace(busy, user_id=uuid7())

    assert (await counter.request(colleague)).left > 0


async def test_what_a_key_may_not_do_counts_too(owner: Person) -> None:
    await owner.signed_in_by("password")
    key = await owner.key("project:read")
    before = left(await key.get("/projects"))

    refused = [await key.get("/users") for _ in range(3)]
    after = left(await key.get("/projects"))

    assert [answer.status_code for answer in refused] == [403] * 3
    assert before - after == 4


def left(answer: httpx.Response) -> int:
    return int(answer.headers["ratelimit"].partition("r=")[2].partition(";")[0])


async def test_behind_tls_no_other_host_of_the_domain_plants_the_cookie(
    settings: Settings, owner: Person, device: NewDevice
) -> None:
    account = await give_password(owner)
    async with running(msgspec.structs.replace(settings, public_url="https://pf.example")) as made:
        laptop = device(of=made)
        laptop.client.base_url = "https://pf.example/api/v1"
        cookie = (await laptop.sign_in(account)).headers["set-cookie"]
        refreshed = await laptop.refresh()
        gone = (await laptop.client.post("/auth/logout")).headers["set-cookie"]

    assert refreshed.status_code == 200
    for each in (cookie, gone):
        name, _, rest = each.partition("=")
        assert name == "__Host-projectflow_session"
        parts = {part.strip().lower() for part in rest.split(";")}
        assert {"path=/", "secure", "httponly", "samesite=strict"} <= parts
        assert "domain" not in rest.lower()
    assert "max-age=0" in gone.lower()
