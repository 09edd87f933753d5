"""API keys: what they open, and all that they do not."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from tests.people import KeyHolder, Person

from projectflow.app import create_app
from projectflow.auth.scopes import scope_of
from projectflow.core.settings import Settings


@pytest.fixture
async def person(owner: Person) -> Person:
    return await owner.signed_in_by("password")


async def test_a_key_works_where_a_token_does(person: Person) -> None:
    project = await person.project()
    robot = await person.key("*:*")

    made = await robot.ask("POST", f"/projects/{project['id']}/tasks", {"title": "By a robot"})

    assert made.status_code == 201, made.text
    assert made.json()["reporter_id"] == str(person.id)
    assert (await robot.get(f"/tasks/{made.json()['id']}")).json()["title"] == "By a robot"
    assert "ratelimit" in made.headers


async def test_the_secret_is_shown_once_and_never_stored(
    person: Person, superuser_url: str
) -> None:
    robot = await person.key("task:read")

    listed = (await person.get("/me/api-keys")).json()["items"]

    assert robot.secret not in str(listed)
    assert robot.secret[47:53] == listed[0]["prefix"]
    connection = await asyncpg.connect(superuser_url)
    row = await connection.fetchrow("SELECT * FROM api_keys WHERE id = $1", listed[0]["id"])
    await connection.close()
    assert row
    assert robot.secret[47:] not in str(dict(row))


@pytest.mark.parametrize(
    ("scopes", "method", "path", "body", "status"),
    [
        (["task:read"], "GET", "/tasks/{task}", None, 200),
        (["task:read"], "PATCH", "/tasks/{task}", {"title": "x"}, 403),
        (["task:read"], "GET", "/projects/{project}", None, 403),
        (["task:read"], "GET", "/tasks/{task}/comments", None, 403),
        (["task:*"], "PATCH", "/tasks/{task}", {"title": "x"}, 200),
        (["*:read"], "GET", "/tasks/{task}/comments", None, 200),
        (["*:read"], "DELETE", "/tasks/{task}", None, 403),
        (["*:read"], "GET", "/users", None, 200),
        (["task:read"], "GET", "/users", None, 403),
        (["project:read"], "GET", "/projects/{project}/tasks", None, 403),
        (["project:read", "task:read"], "GET", "/projects/{project}/tasks", None, 200),
    ],
)
async def test_a_key_does_what_its_scopes_say(
    person: Person, scopes: list[str], method: str, path: str, body: Any, status: int
) -> None:
    project = await person.project()
    task = await person.task(project, "One")
    robot = await person.key(*scopes)

    answer = await robot.ask(method, path.format(project=project["id"], task=task["id"]), body)

    assert answer.status_code == status, answer.text
    if status == 403:
        assert "scope" in answer.json()["detail"] or "API key" in answer.json()["detail"]


async def test_a_key_never_does_more_than_its_person(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Not theirs")
    member = await (await owner.colleague("member")).signed_in_by()
    await owner.join(project, member)
    robot = await member.key("*:*")

    assert (await robot.get(f"/tasks/{task['id']}")).status_code == 200
    assert (await robot.ask("PATCH", f"/tasks/{task['id']}", {"title": "x"})).status_code == 403
    assert (await robot.ask("POST", "/projects", {"name": "x"})).status_code == 403
    elsewhere = await owner.project("Elsewhere")
    assert (await robot.get(f"/projects/{elsewhere['id']}")).status_code == 404


async def test_a_key_limited_to_projects_sees_no_other(person: Person) -> None:
    ours, other = await person.project("Ours"), await person.project("Other")
    task, hidden = await person.task(ours, "Seen"), await person.task(other, "Hidden")
    robot = await person.key("*:*", project_ids=[ours["id"]])

    seen = (await robot.get("/projects")).json()["items"]

    assert [project["id"] for project in seen] == [ours["id"]]
    assert (await robot.get(f"/tasks/{task['id']}")).status_code == 200
    for method, path, body in (
        ("GET", f"/projects/{other['id']}", None),
        ("GET", f"/projects/{other['id']}/board", None),
        ("GET", f"/projects/{other['id']}/tasks", None),
        ("POST", f"/projects/{other['id']}/tasks", {"title": "x"}),
        ("PATCH", f"/projects/{other['id']}", {"name": "x"}),
        ("DELETE", f"/projects/{other['id']}", None),
        ("GET", f"/projects/{other['id']}/members", None),
        ("GET", f"/tasks/{hidden['id']}", None),
        ("GET", f"/tasks/by-key/{hidden['key']}", None),
        ("PATCH", f"/tasks/{hidden['id']}", {"title": "x"}),
        ("POST", f"/tasks/{hidden['id']}/move", {"status": "done"}),
        ("DELETE", f"/tasks/{hidden['id']}", None),
        ("GET", f"/tasks/{hidden['id']}/comments", None),
        ("POST", f"/tasks/{hidden['id']}/comments", {"body": "x"}),
        ("GET", f"/tasks/{hidden['id']}/checklist", None),
        ("GET", f"/tasks/{hidden['id']}/activity", None),
    ):
        answer = await robot.ask(method, path, body)
        assert answer.status_code == 404, f"{method} {path}: {answer.text}"
    for method, path, body in (
        ("POST", "/projects", {"name": "New"}),
        ("GET", "/users", None),
        ("GET", "/tags", None),
        ("GET", "/imports", None),
        ("GET", "/workspace", None),
    ):
        assert (await robot.ask(method, path, body)).status_code == 403, path


async def test_a_limited_key_whose_projects_are_gone_sees_nothing(
    person: Person, superuser_url: str
) -> None:
    ours, other = await person.project("Ours"), await person.project("Other")
    robot = await person.key("*:*", project_ids=[ours["id"]])
    connection = await asyncpg.connect(superuser_url)
    await connection.execute("DELETE FROM projects WHERE id = $1", ours["id"])
    await connection.close()

    assert (await robot.get("/projects")).json()["items"] == []
    assert (await robot.get(f"/projects/{other['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/me/sessions", None),
        ("DELETE", "/me/sessions", None),
        ("PATCH", "/me", {"first_name": "x"}),
        ("POST", "/me/password", {"current_password": "x", "new_password": "x" * 12}),
        ("GET", "/me/api-keys", None),
        ("POST", "/me/api-keys", {"name": "Child", "scopes": ["*:*"]}),
        ("GET", "/me/second-factors", None),
        ("POST", "/me/totp", None),
        ("PATCH", "/workspace", {"name": "x"}),
        ("POST", "/roles", {"name": "x", "permissions": ["task:read"]}),
        ("GET", "/identity-provider", None),
        ("GET", "/scim-tokens", None),
    ],
)
async def test_what_keeps_an_account_safe_is_closed_to_keys(
    person: Person, method: str, path: str, body: Any
) -> None:
    robot = await person.key("*:*")

    assert (await robot.ask(method, path, body)).status_code in {401, 403}


def test_every_route_says_whether_keys_may_use_it(app: Litestar) -> None:
    open_to_keys = {
        handler.handler_id
        for route in create_app(Settings()).routes
        for handler in getattr(route, "route_handlers", [])
        if scope_of(handler.fn) is not None
    }
    closed_words = ("second", "totp", "passkey", "session", "password", "api_key", "scim", "sso")
    assert len(open_to_keys) > 40
    assert not [name for name in open_to_keys if any(word in name for word in closed_words)]


async def test_a_revoked_key_is_refused_at_once(person: Person) -> None:
    robot = await person.key()
    assert (await robot.get("/me")).status_code == 200

    assert (await person.delete(f"/me/api-keys/{robot.id}")).status_code == 204

    assert (await robot.get("/me")).status_code == 401
    assert (await person.delete(f"/me/api-keys/{robot.id}")).status_code == 404


async def test_an_admin_can_revoke_anybodys_key(owner: Person) -> None:
    member = await (await owner.colleague("member")).signed_in_by()
    admin = await owner.colleague("admin")
    robot = await member.key()
    assert (await robot.get("/me")).status_code == 200

    listed = (await admin.get("/api-keys")).json()["items"]
    assert [key["user_id"] for key in listed] == [str(member.id)]
    assert (await admin.delete(f"/api-keys/{robot.id}")).status_code == 204

    assert (await robot.get("/me")).status_code == 401
    assert (await member.get("/api-keys")).status_code == 403


async def test_a_key_ends_with_its_person(owner: Person) -> None:
    member = await (await owner.colleague("member")).signed_in_by()
    robot = await member.key()
    assert (await robot.get("/me")).status_code == 200

    await owner.post(f"/users/{member.id}/deactivate")

    assert (await robot.get("/me")).status_code == 401


async def test_a_new_role_counts_for_the_keys_too(owner: Person) -> None:
    project = await owner.project()
    manager = await (await owner.colleague("manager")).signed_in_by()
    robot = await manager.key()
    assert (await robot.ask("POST", "/projects", {"name": "One"})).status_code == 201

    await owner.patch(f"/users/{manager.id}", {"role": "viewer"})

    assert (await robot.ask("POST", "/projects", {"name": "Two"})).status_code == 403
    assert (await robot.get(f"/projects/{project['id']}")).status_code == 404


async def test_a_key_expires(person: Person, superuser_url: str) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    robot = await person.key("*:*", expires_at=soon.isoformat())
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", robot.id
    )
    await connection.close()

    assert (await robot.get("/me")).status_code == 401


async def test_use_is_noted(person: Person) -> None:
    robot = await person.key()
    assert (await person.get("/me/api-keys")).json()["items"][0]["last_used_at"] is None

    await robot.get("/me")

    assert (await person.get("/me/api-keys")).json()["items"][0]["last_used_at"]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("scopes.0", {"scopes": ["everything"]}),
        ("scopes.1", {"scopes": ["task:read", "task:update:is_assignee"]}),
        ("scopes", {"scopes": []}),
        ("project_ids.0", {"project_ids": ["01a2099d-9406-7398-b77c-ee528a02deba"]}),
        ("project_ids", {"project_ids": []}),
        ("expires_at", {"expires_at": "2020-01-01T00:00:00Z"}),
        ("name", {"name": " "}),
    ],
)
async def test_what_is_wrong_with_a_key_is_named(
    person: Person, field: str, body: dict[str, Any]
) -> None:
    answer = await person.post("/me/api-keys", {"name": "Robot", "scopes": ["task:read"], **body})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await person.get("/me/api-keys")).json()["items"] == []


async def test_a_key_needs_somebody_who_has_just_proven_who_they_are(
    owner: Person, superuser_url: str
) -> None:
    person = await owner.signed_in_by()
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE sessions SET confirmed_at = now() - interval '11 minutes' WHERE id = $1",
        person.actor.session_id,
    )
    await connection.close()

    answer = await person.post("/me/api-keys", {"name": "Robot", "scopes": ["task:read"]})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/confirmation-needed"


def _altered(secret: str) -> list[str]:
    return [
        secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        secret[:-1], secret + "A", secret.replace("_", "-"), secret[:46], "pf_",
        "pf_" + "A" * 43 + "_" + secret[47:], "pf_ü", secret.upper(), "pf_" + "/" * 86,
    ]  # fmt: skip


async def test_no_altered_key_opens_anything(person: Person, app: Litestar) -> None:
    robot = await person.key()
    for secret in _altered(robot.secret):
        forged = KeyHolder(app, {"secret": secret, "api_key": {"id": ""}})
        assert (await forged.get("/me")).status_code == 401, secret


async def test_a_key_of_one_workspace_says_nothing_in_another(
    person: Person, stranger: Person, app: Litestar
) -> None:
    robot = await person.key()
    theirs = await (await stranger.signed_in_by()).key()
    mixed = theirs.secret[:25] + robot.secret[25:]

    answer = await KeyHolder(app, {"secret": mixed, "api_key": {"id": ""}}).get("/me")

    assert answer.status_code == 401


async def test_two_processes_agree_on_a_revocation(person: Person, settings: Settings) -> None:
    robot = await person.key()
    other = create_app(settings)
    async with other.lifespan():
        elsewhere = KeyHolder(other, {"secret": robot.secret, "api_key": {"id": robot.id}})
        assert (await elsewhere.get("/me")).status_code == 200
        await person.delete(f"/me/api-keys/{robot.id}")
        statuses = {(await elsewhere.get("/me")).status_code}
        for _ in range(100):
            if 401 in statuses:
                break
            await asyncio.sleep(0.02)
            statuses.add((await elsewhere.get("/me")).status_code)
        assert 401 in statuses
