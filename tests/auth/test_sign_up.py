"""Creating a workspace: all of it with its owner signed in, or nothing."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.usefixtures("quick_passwords")


def order(slug: str | None = None, **owner: Any) -> dict[str, Any]:
    """A workspace to order; `owner` replaces fields of its owner."""
    return {
        "slug": slug or f"w{uuid7().hex}",
        "name": "Analytical Engines",
        "owner": {
            "email": "Ada@Example.org",
            "password": PASSWORD,
            "first_name": " Ada ",
            "last_name": "Lovelace",
            **owner,
        },
    }


async def sign_up(visitor: httpx.AsyncClient, body: Any) -> httpx.Response:
    return await visitor.post("/api/v1/workspaces", json=body)


async def test_the_owner_is_signed_in_at_once(visitor: httpx.AsyncClient) -> None:
    wanted = order()

    answer = await sign_up(visitor, wanted)

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert made["workspace"]["slug"] == wanted["slug"]
    assert made["user"]["email"] == "ada@example.org"
    assert made["user"]["first_name"] == "Ada"
    assert made["user"]["role"] == "owner"
    assert "password" not in answer.text
    token = {"Authorization": f"Bearer {made['access_token']}"}
    me = (await visitor.get("/api/v1/me", headers=token)).json()
    assert me == {"user": made["user"], "workspace": made["workspace"], "permissions": ["*:*"]}
    name = await visitor.get(f"/api/v1/workspaces/{wanted['slug']}")
    ways = {"password": True, "sso": None}
    named = {"slug": wanted["slug"], "name": "Analytical Engines", "sign_in": ways}
    assert name.json() == named


async def test_the_log_of_a_new_workspace_begins_with_its_creation(
    visitor: httpx.AsyncClient, superuser_url: str
) -> None:
    made = (await sign_up(visitor, order())).json()

    connection = await asyncpg.connect(superuser_url)
    rows = await connection.fetch(
        "SELECT seq, type FROM events WHERE tenant_id = $1 ORDER BY seq", made["workspace"]["id"]
    )
    stored = await connection.fetchval(
        "SELECT password_hash FROM users WHERE id = $1", made["user"]["id"]
    )
    await connection.close()
    assert [tuple(r) for r in rows] == [(1, "workspace.created"), (2, "user.signed_in")]
    assert stored.startswith("$2b$")


async def test_a_taken_address_is_refused_by_name_and_leaves_nothing(
    visitor: httpx.AsyncClient, superuser_url: str
) -> None:
    wanted, mail = order(), f"{uuid7().hex}@example.org"
    await sign_up(visitor, wanted)

    answer = await sign_up(visitor, {**order(email=mail), "slug": wanted["slug"]})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/slug-taken"
    assert answer.json()["errors"][0]["field"] == "slug"
    assert "set-cookie" not in answer.headers
    connection = await asyncpg.connect(superuser_url)
    left = await connection.fetchval("SELECT count(*) FROM users WHERE email = $1", mail)
    await connection.close()
    assert left == 0


async def test_of_several_who_want_one_address_one_gets_it(visitor: httpx.AsyncClient) -> None:
    wanted = order()

    answers = await asyncio.gather(*(sign_up(visitor, wanted) for _ in range(4)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "slug",
    [
        "", "a", "ab", "-abc", "abc-", "Abc", "a b", "a_b", "a.b", "x" * 51, "ünïcode", "a\x00bc",
        "abc\n", "a/bc", "../abc", "abc%00", None, 5, ["abc"],
    ],
)  # fmt: skip
async def test_a_bad_address_is_refused_by_name(visitor: httpx.AsyncClient, slug: Any) -> None:
    answer = await sign_up(visitor, {**order(), "slug": slug})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "slug"


BAD_OWNERS: list[tuple[str, Any]] = [
    ("email", ""), ("email", "ada"), ("email", "ada@example"), ("email", "a da@example.org"),
    ("email", "ada@example.org\n"), ("email", "a@b@c.org"), ("email", "a\x00@example.org"),
    ("email", f"{'x' * 250}@e.org"), ("email", None), ("first_name", ""), ("first_name", "  "),
    ("first_name", "A\x00"), ("last_name", "x" * 101), ("last_name", 5), ("password", ""),
    ("password", "too short"), ("password", "x" * 73), ("password", "é" * 37),
    ("password", "a" * 12 + "\x00"), ("password", "x" * 1001), ("password", None),
    ("role", "owner"), ("is_active", True),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD_OWNERS)
async def test_a_bad_owner_is_refused_by_name_and_takes_no_address(
    visitor: httpx.AsyncClient, field: str, value: Any
) -> None:
    wanted = order(**{field: value})

    answer = await sign_up(visitor, wanted)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"owner.{field}"
    assert (await visitor.get(f"/api/v1/workspaces/{wanted['slug']}")).status_code == 404


@pytest.mark.parametrize("password", ["x" * 72, "é" * 36, "        10"])
async def test_a_password_may_have_72_bytes_and_any_characters(
    visitor: httpx.AsyncClient, password: str
) -> None:
    wanted = order(password=password)
    assert (await sign_up(visitor, wanted)).status_code == 201

    body = {"workspace": wanted["slug"], "email": "ada@example.org", "password": password}
    assert (await visitor.post("/api/v1/auth/login", json=body)).status_code == 200
    longer = {**body, "password": password + "x"}
    assert (await visitor.post("/api/v1/auth/login", json=longer)).status_code == 401


@pytest.mark.parametrize("slug", ["no-such-workspace", "%00", "%ff", "x" * 5000, "a'b"])
async def test_an_address_that_nobody_has_is_not_found(
    visitor: httpx.AsyncClient, slug: str
) -> None:
    answer = await visitor.get(f"/api/v1/workspaces/{slug}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/workspace-not-found"
