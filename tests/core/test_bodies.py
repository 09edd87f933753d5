"""Bodies are read strictly, and refused by name; what the router refuses is an answer like any."""

from typing import Any

import httpx
import pytest
from tests.people import Person

DEEP = b'{"title":' + b"[" * 100_000
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("kind", [1764000000, 1764000000.5, "1764000000", True, ["2026-01-01"]])
async def test_a_number_is_no_time(owner: Person, kind: Any) -> None:
    task = await owner.task(await owner.project(), "As it was")

    answer = await owner.patch(f"/tasks/{task['id']}", {"due_date": kind})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "due_date"
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize("truth", ["true", "false", "1", 1, 0, None, []])
async def test_only_true_and_false_are_truths(owner: Person, truth: Any) -> None:
    task = await owner.task(await owner.project(), "Task")
    made = (await owner.post(f"/tasks/{task['id']}/checklist", {"title": "Step"})).json()

    answer = await owner.patch(f"/checklist-items/{made['id']}", {"is_done": truth})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "is_done"


@pytest.mark.parametrize("number", ["1", "", True, 1.5])
async def test_a_text_is_no_number(owner: Person, number: Any) -> None:
    task = await owner.task(await owner.project(), "Task")

    answer = await owner.patch(f"/tasks/{task['id']}", {"title": "New", "version": number})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "version"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "application/xml", "application/jsonp", "nonsense"],
)  # fmt: skip
async def test_what_is_not_said_to_be_json_is_refused(owner: Person, kind: str) -> None:
    answer = await owner.client.post(
        "/projects", content=b'{"name": "New"}', headers={"Content-Type": kind}
    )

    assert answer.status_code == 415
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await owner.get("/projects")).json()["items"] == []


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
             "application/merge-patch+json"],
)  # fmt: skip
async def test_json_by_any_of_its_names_is_taken(owner: Person, kind: str) -> None:
    answer = await owner.client.post(
        "/projects", content=b'{"name": "New"}', headers={"Content-Type": kind}
    )

    assert answer.status_code == 201, answer.text


async def test_an_empty_body_is_said_to_be_missing(owner: Person) -> None:
    answer = await owner.client.post("/projects", content=b"", headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "body: is missing"
    assert answer.json()["errors"] == [{"field": "body", "message": "is missing"}]


@pytest.mark.parametrize("path", ["/projects", "/auth/login", "/me/password", "/workspaces"])
@pytest.mark.parametrize("opening", [b'{"x":' + b"[" * 100_000, b"[" * 100_000, DEEP])
async def test_a_body_of_endless_depth_is_malformed(
    owner: Person, path: str, opening: bytes
) -> None:
    answer = await owner.client.post(path, content=opening, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/malformed-request"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/me", {"GET", "PATCH"}),
        ("PATCH", "/api/v1/projects", {"GET", "POST"}),
        ("GET", "/api/v1/auth/login", {"POST"}),
        ("POST", "/health", {"GET"}),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    visitor: httpx.AsyncClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = await visitor.request(method, path)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing/here", 404), ("PUT", "/api/v1/me", 405), ("POST", "/health", 405)],
)
async def test_what_the_router_refuses_has_an_id_and_the_security_headers(
    visitor: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await visitor.request(method, path, headers={"X-Request-ID": "router-1"})

    assert answer.status_code == status
    assert answer.headers["x-request-id"] == "router-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
