"""Signing in and out, and the refresh token that is exchanged at every use."""

import asyncio
import ipaddress
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar
from tests.auth.test_sign_up import PASSWORD, order
from uuid_utils.compat import uuid7

COOKIE = "projectflow_session"
pytestmark = pytest.mark.usefixtures("quick_passwords")
LOGIN, REFRESH, LOGOUT = "/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout"


@pytest.fixture(scope="module")
async def ada(app: Litestar, quick_passwords: None) -> dict[str, Any]:
    """Somebody with a password."""
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    wanted = order()
    async with httpx.AsyncClient(transport=transport, base_url="http://projectflow.test") as client:
        made = (await client.post("/api/v1/workspaces", json=wanted)).json()
    credentials = {"workspace": wanted["slug"], "email": "ada@example.org", "password": PASSWORD}
    return {**made, "credentials": credentials}


@pytest.fixture
async def superuser(superuser_url: str) -> Any:
    connection = await asyncpg.connect(superuser_url)
    yield connection
    await connection.close()


async def sign_in(visitor: httpx.AsyncClient, ada: dict[str, Any]) -> str:
    answer = await visitor.post(LOGIN, json=ada["credentials"])
    assert answer.status_code == 200
    return answer.cookies[COOKIE]


async def refresh(visitor: httpx.AsyncClient, token: str) -> httpx.Response:
    visitor.cookies.clear()
    return await visitor.post(REFRESH, headers={"Cookie": f"{COOKIE}={token}"})


async def test_the_right_password_signs_in(visitor: httpx.AsyncClient, ada: dict[str, Any]) -> None:
    answer = await visitor.post(LOGIN, json={**ada["credentials"], "email": "ADA@example.ORG"})

    assert answer.status_code == 200
    signed_in = answer.json()
    assert signed_in["user"]["id"] == ada["user"]["id"]
    assert signed_in["user"]["last_login_at"] is not None
    assert signed_in["expires_in"] == 7_200  # as tests/conftest.py has it
    assert answer.cookies[COOKIE].split(".")[2] not in answer.text


async def from_a_fresh_address(app: Litestar, credentials: dict[str, Any]) -> httpx.Response:
    """A try to sign in that is the first one of its address."""
    address = str(ipaddress.IPv6Address(uuid7().int))
    transport = httpx.ASGITransport(app, client=(address, 50_000))  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://projectflow.test") as client:
        return await client.post(LOGIN, json=credentials)


async def test_every_wrong_sign_in_looks_the_same(
    app: Litestar, ada: dict[str, Any], superuser: asyncpg.Connection
) -> None:
    right = ada["credentials"]
    inactive = (
        "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, is_active)"
        " SELECT tenant_id, gen_random_uuid(), 'gone@example.org', password_hash, 'G', 'O', false"
        " FROM users WHERE id = $1 ON CONFLICT DO NOTHING"
    )
    invited = (
        "INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name)"
        " VALUES ($1, gen_random_uuid(), 'invited@example.org', '!', 'I', 'N')"
        " ON CONFLICT DO NOTHING"
    )
    await superuser.execute(inactive, UUID(ada["user"]["id"]))
    await superuser.execute(invited, UUID(ada["workspace"]["id"]))
    answers = [
        await from_a_fresh_address(app, {**right, **wrong})
        for wrong in (
            {"password": "another password"},
            {"password": ""},
            {"password": "\x00" * 12},
            {"email": "nobody@example.org"},
            {"workspace": "no-such-workspace"},
            {"email": "gone@example.org"},
            {"email": "invited@example.org"},
            {"email": "invited@example.org", "password": "!"},
        )
    ]

    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1
    assert not any("set-cookie" in a.headers for a in answers)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    answer = await visitor.post(f"{LOGIN}?remember=true", json=ada["credentials"])

    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/api/v1/auth"
    assert int(cookie["max-age"]) == 14 * 24 * 3600
    assert not cookie["domain"]


async def test_each_use_of_a_refresh_token_gives_a_new_one(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    first = await sign_in(visitor, ada)

    answer = await refresh(visitor, first)
    second = answer.cookies[COOKIE]
    third = (await refresh(visitor, second)).cookies[COOKIE]

    assert answer.json()["user"]["id"] == ada["user"]["id"]
    assert len({first, second, third}) == 3
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await visitor.get("/api/v1/me", headers=headers)).status_code == 200


async def test_the_last_token_but_one_still_counts_for_some_seconds(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    first = await sign_in(visitor, ada)

    # Four tabs of a browser that was closed and opened again.
    answers = await asyncio.gather(*(refresh(visitor, first) for _ in range(4)))

    assert [a.status_code for a in answers] == [200] * 4
    (second,) = {a.cookies[COOKIE] for a in answers}
    assert (await refresh(visitor, second)).status_code == 200


async def test_a_token_used_again_later_ends_the_session_and_is_logged(
    visitor: httpx.AsyncClient, ada: dict[str, Any], superuser: asyncpg.Connection
) -> None:
    stolen = await sign_in(visitor, ada)
    current = (await refresh(visitor, stolen)).cookies[COOKIE]
    session = UUID(stolen.split(".")[1])
    await superuser.execute(
        "UPDATE sessions SET rotated_at = now() - interval '11 seconds' WHERE id = $1", session
    )

    again = await refresh(visitor, stolen)

    assert again.status_code == 401
    assert again.json()["type"] == "/problems/session-ended"
    assert (await refresh(visitor, current)).status_code == 401
    event = await superuser.fetchrow(
        "SELECT type, payload->>'session_id' AS session FROM events WHERE tenant_id = $1"
        " ORDER BY seq DESC LIMIT 1",
        UUID(ada["workspace"]["id"]),
    )
    assert event is not None
    assert tuple(event) == ("session.reuse_detected", str(session))


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE sessions SET expires_at = now() WHERE id = $1",
        "UPDATE sessions SET revoked_at = now() WHERE id = $1",
        "UPDATE users SET is_active = false FROM sessions s WHERE s.id = $1 AND users.id = user_id",
    ],
)
async def test_a_session_that_is_over_gives_no_new_token(
    visitor: httpx.AsyncClient, ada: dict[str, Any], superuser: asyncpg.Connection, spoil: str
) -> None:
    token = await sign_in(visitor, ada)
    await superuser.execute(spoil, UUID(token.split(".")[1]))

    answer = await refresh(visitor, token)

    await superuser.execute(
        "UPDATE users SET is_active = true WHERE id = $1", UUID(ada["user"]["id"])
    )
    assert answer.status_code == 401


async def test_a_made_up_token_is_no_session(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    tenant, session, secret = (await sign_in(visitor, ada)).split(".")
    other_tenant = "00000000-0000-0000-0000-000000000000"
    for token in (
        "", "x", "a.b.c", '"', f"{tenant}.{session}", f"{tenant}.{session}.guess",
        f"{other_tenant}.{session}.{secret}", f"{tenant}.{tenant}.{secret}",
        f"{tenant}.{session}.{secret}.x", "." * 4000,
    ):  # fmt: skip
        assert (await refresh(visitor, token)).status_code == 401, token
    assert (await refresh(visitor, f"{tenant}.{session}.{secret}")).status_code == 200


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    token = await sign_in(visitor, ada)

    answer = await visitor.post(LOGOUT)

    assert answer.status_code == 204
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie.value == ""
    assert cookie["path"] == "/api/v1/auth"
    assert (await refresh(visitor, token)).status_code == 401
    assert (await visitor.post(LOGOUT)).status_code == 204


async def test_somebody_elses_session_cannot_be_ended_with_a_guess(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    token = await sign_in(visitor, ada)
    visitor.cookies.clear()
    guess = ".".join([*token.split(".")[:2], "guess"])

    assert (await visitor.post(LOGOUT, headers={"Cookie": f"{COOKIE}={guess}"})).status_code == 204
    assert (await refresh(visitor, token)).status_code == 200


@pytest.mark.parametrize("path", [LOGIN, REFRESH, LOGOUT, "/api/v1/workspaces"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_of_another_site_is_refused(
    visitor: httpx.AsyncClient, ada: dict[str, Any], path: str, site: str
) -> None:
    body = order() if path.endswith("workspaces") else ada["credentials"]
    headers = {"Sec-Fetch-Site": site, "Origin": "https://evil.example"}

    answer = await visitor.post(path, json=body, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


async def test_after_signing_out_the_access_token_is_refused_too(
    visitor: httpx.AsyncClient, ada: dict[str, Any]
) -> None:
    signed_in = await visitor.post(LOGIN, json=ada["credentials"])
    bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    assert (await visitor.get("/api/v1/me", headers=bearer)).status_code == 200

    await visitor.post("/api/v1/auth/logout")

    assert (await visitor.get("/api/v1/me", headers=bearer)).status_code == 401
