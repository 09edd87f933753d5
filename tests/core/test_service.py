"""What the whole service promises: health, its own description, and logs that keep secrets."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec.structs import replace
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.app import create_app, openapi_document
from projectflow.auth import passwords
from projectflow.core import logs
from projectflow.core.settings import Settings

DEAD = "redis://127.0.0.1:1/0"


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    """Another app, started and stopped in one task."""
    made = create_app(settings)
    started, stopping = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with made.lifespan():
            started.set()
            await stopping.wait()

    task = asyncio.create_task(run())
    await started.wait()
    transport = httpx.ASGITransport(made)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://projectflow.test") as client:
        yield client
    stopping.set()
    await task


async def test_all_is_well(visitor: httpx.AsyncClient) -> None:
    health = await visitor.get("/health")
    ready = await visitor.get("/ready")

    assert health.status_code == 200
    assert health.json()["status"] == "healthy"
    assert health.json()["services"].keys() == {"database", "redis", "external"}
    for check in health.json()["services"].values():
        assert check["status"] == "healthy"
        assert check["response_time_ms"] >= 0
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


async def test_without_redis_health_names_it_and_requests_still_come(settings: Settings) -> None:
    async with running(replace(settings, redis_url=DEAD)) as client:
        health, ready = await client.get("/health"), await client.get("/ready")

    assert health.status_code == 503
    assert health.json()["status"] == "unhealthy"
    services = health.json()["services"]
    assert [n for n, s in services.items() if s["status"] != "healthy"] == ["redis"]
    assert services["redis"]["error"] == "ConnectionError"
    assert ready.status_code == 200


async def test_health_tells_nothing_but_names(settings: Settings) -> None:
    async with running(replace(settings, redis_url=DEAD)) as client:
        text = (await client.get("/health")).text

    for secret in (settings.database_url or "", "127.0.0.1", str(settings.home)):
        assert secret not in text


def test_the_description_lists_every_route_with_its_answers(app: Litestar) -> None:
    document = openapi_document()

    assert document["openapi"].startswith("3.1")
    described = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "post", "put", "patch", "delete"}
    }
    registered = {
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(("/api/", "/health", "/ready"))
        for method in route.methods - {"OPTIONS"}
    }
    assert registered <= described
    names = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    ]
    assert len(names) == len(set(names))


def test_the_description_holds_together() -> None:
    document = openapi_document()

    assert json.loads(json.dumps(document)) == document
    assert {"title", "version"} <= document["info"].keys()
    for ref in _values_of(document, "$ref"):
        target: Any = document
        for part in ref.removeprefix("#/").split("/"):
            target = target[part]
    for path, item in document["paths"].items():
        for operation in item.values():
            assert operation["responses"], path
            assert "default" in operation["responses"], f"{path} does not tell of problems"
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == {s.strip("{}") for s in path.split("/") if s.startswith("{")}
            assert all(p["required"] for p in operation.get("parameters", ()) if p["in"] == "path")


def _values_of(node: Any, key: str) -> list[str]:
    if isinstance(node, dict):
        found: list[str] = [v for k, v in node.items() if k == key and isinstance(v, str)]
        return found + [each for value in node.values() for each in _values_of(value, key)]
    if isinstance(node, list):
        return [each for value in node for each in _values_of(value, key)]
    return []


@pytest.fixture
def log_lines(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is logged at the finest level, as the lines of text that an operator keeps."""
    stream = io.StringIO()
    before, handlers = structlog.get_config(), logging.getLogger().handlers
    level = logging.getLogger().level
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure_logging(replace(settings, log_level="debug", log_format="json"))
    structlog.configure(cache_logger_on_first_use=False)
    yield lambda: [line for line in stream.getvalue().splitlines() if line]
    structlog.configure(**before)
    logging.getLogger().handlers = handlers
    logging.getLogger().setLevel(level)


async def test_no_password_token_or_address_is_logged(
    visitor: httpx.AsyncClient, log_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "COST", 4)
    secrets = ["secret horse battery", "ada.secret@example.org", "Adasecret", "wrong secret pw"]
    password, mail, name, wrong = secrets
    slug = f"w{uuid7().hex}"
    who = {"email": mail, "password": password, "first_name": name, "last_name": "L"}
    made = await visitor.post("/api/v1/workspaces", json={"slug": slug, "name": "W", "owner": who})
    await visitor.post("/api/v1/workspaces", json={"slug": slug, "name": "W", "owner": who})
    short = {**who, "password": "secret pw"}
    await visitor.post("/api/v1/workspaces", json={"slug": "x1x", "name": "W", "owner": short})
    sign_in = {"workspace": slug, "email": mail, "password": password}
    for body in (sign_in, {**sign_in, "password": wrong}, {**sign_in, "email": "\x00" + mail}):
        await visitor.post("/api/v1/auth/login", json=body)
    cookie = visitor.cookies["projectflow_session"]
    refreshed = await visitor.post("/api/v1/auth/refresh")
    token = refreshed.json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    await visitor.get("/api/v1/me", headers=headers)
    await visitor.get("/api/v1/projects", params={"cursor": mail}, headers=headers)
    await visitor.post("/api/v1/auth/logout")

    lines = log_lines()
    assert len(lines) >= 9, "the requests themselves are logged"
    text = "\n".join(lines)
    for secret in [*secrets, "secret pw", cookie, cookie.split(".")[2], token, token.split(".")[2]]:
        assert secret not in text
    assert made.json()["workspace"]["id"] in text, "the tenant is named, by its id"


async def test_no_link_address_or_new_password_is_logged(
    owner: Person, visitor: httpx.AsyncClient, log_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "COST", 4)
    mail, first, second = "grace.secret@example.org", "secret one 12345", "secret two 12345"
    who = {"email": mail, "first_name": "Gracesecret", "last_name": "H"}
    made = (await owner.post("/users", who)).json()
    token = made["link"].partition("token=")[2]
    path = f"/api/v1/invitations/{token}"
    await visitor.get(path)
    accepted = await visitor.post(f"{path}/accept", json={"password": first})
    await visitor.get(path)
    headers = {"Authorization": f"Bearer {accepted.json()['access_token']}"}
    change = {"current_password": first, "new_password": second}
    await visitor.post("/api/v1/me/password", json=change, headers=headers)
    await visitor.post("/api/v1/me/password", json=change, headers=headers)
    wanted = {"workspace": f"w-{owner.tenant_id.hex}", "email": mail}
    await visitor.post("/api/v1/auth/password-reset", json=wanted)
    confirmed = {"token": token, "password": first}
    await visitor.post("/api/v1/auth/password-reset/confirm", json=confirmed)
    await owner.delete(f"/users/{made['user']['id']}")

    lines = log_lines()
    assert len(lines) >= 9, "the requests themselves are logged"
    text = "\n".join(lines)
    for secret in (mail, "Gracesecret", first, second, token, token.split(".")[2]):
        assert secret not in text


async def test_a_mistake_of_ours_is_logged_with_the_requests_id_and_without_its_values(
    owner: Person, log_lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("broken inside")

    monkeypatch.setattr("projectflow.projects.service.create_project", break_down)
    answer = await owner.client.post(
        "/projects", json={"name": "Private plan"}, headers={"X-Request-ID": "find-me"}
    )

    assert answer.status_code == 500
    assert "broken inside" not in answer.text
    errors = [e for e in map(json.loads, log_lines()) if e["level"] == "error"]
    assert [e["request_id"] for e in errors] == ["find-me"]
    assert "broken inside" in json.dumps(errors)
    assert "Private plan" not in json.dumps(errors)
