"""Every refusal has one shape (RFC 9457), and none of them is our own mistake."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from tests.people import Person

from projectflow.app import MODULES
from projectflow.core.problems import Problem


def problems() -> Iterator[type[Problem]]:
    for name in MODULES:
        import_module(f"projectflow.{name}.routes")
    queue = [Problem]
    while queue:
        kind = queue.pop()
        queue += kind.__subclasses__()
        if kind.__module__.startswith("projectflow."):
            yield kind


def test_every_problem_says_what_happened_under_a_name_of_its_own() -> None:
    kinds = list(problems())
    assert len(kinds) > 15
    for kind in kinds:
        assert "__doc__" in vars(kind), f"{kind} has no docstring, which is its message"
        assert kind().detail.endswith("."), kind
        assert 400 <= kind.status <= 503
    slugs = [kind().slug for kind in kinds]
    assert sorted(slugs) == sorted(set(slugs))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)


SHAPES: list[tuple[str, str, Any, int]] = [
    ("GET", "/tasks/00000000-0000-0000-0000-000000000000", None, 404),
    ("GET", "/nothing/here", None, 404),
    ("POST", "/projects", {"name": ""}, 422),
    ("PUT", "/me", None, 405),
    ("GET", "/projects?limit=0", None, 422),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), SHAPES)
async def test_a_refusal_is_problem_json(
    owner: Person, method: str, path: str, body: Any, status: int
) -> None:
    answer = await owner.client.request(method, path, json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"].partition(";")[0] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() - {"errors", "current"} == {
        "type", "title", "status", "detail", "instance",
    }  # fmt: skip
    assert problem["type"].startswith("/problems/")
    assert problem["status"] == status
    assert problem["instance"] == answer.request.url.path
    assert problem["detail"]


BODIES = [
    b"", b"null", b"[]", b"{", b'{"title":', b"\xff\xfe", b'"text"', b'{"title":"\\ud800"}', b"1",
    b'{"title":"x"}{"title":"y"}', b'{"title":"' + b"x" * 3_000_000 + b'"}', b'{"title": 1e999}',
    b'{"title": NaN}', b"{'title': 'x'}", b'{"title":"x",}', b"\x00", b'{"title":"\x01"}',
]  # fmt: skip


@pytest.mark.parametrize("content", BODIES, ids=lambda b: repr(b[:20]))
async def test_a_broken_body_is_refused_and_changes_nothing(owner: Person, content: bytes) -> None:
    task = await owner.task(await owner.project(), "As it was")

    answer = await owner.client.patch(
        f"/tasks/{task['id']}", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 413, 422}
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "CONNECT", "NONSENSE"])
@pytest.mark.parametrize("path", ["/me", "/nothing", "/projects", "/tasks/x"])
async def test_unusual_methods_are_no_mistake_of_ours(
    owner: Person, method: str, path: str
) -> None:
    answer = await owner.client.request(method, path)

    assert answer.status_code in {200, 204, 404, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/%00", "/tasks/%ff%fe", "/tasks/..%2f..%2fetc", "/users/' OR 1=1",
        "/tasks/" + "x" * 60_000,
        "/projects?limit=1&limit=1", "/projects?cursor=%00", "/projects?cursor=" + "A" * 60_000,
        "/projects?status=%00", "/users?limit=99999999999999999999", "/users?cursor=WyJhIl0",
        "/users?cursor=WyJhXHUwMDAwIiwiIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
        "//", "/%2e%2e/%2e%2e/etc/passwd", "/tasks?" + "&".join(f"a{n}=1" for n in range(2000)),
    ],
    ids=lambda p: p[:24],
)  # fmt: skip
async def test_odd_addresses_are_no_mistake_of_ours(owner: Person, path: str) -> None:
    answer = await owner.client.get(path)

    assert answer.status_code < 500


async def test_a_request_keeps_its_id_or_gets_one(visitor: httpx.AsyncClient) -> None:
    path = "/api/v1/me"
    given = await visitor.get(path, headers={"X-Request-ID": "trace-1.A_b"})
    made = [await visitor.get(path) for _ in range(2)]
    replaced = await visitor.get(path, headers={"X-Request-ID": "bad id\t" + "x" * 80})

    assert given.headers["x-request-id"] == "trace-1.A_b"
    assert made[0].headers["x-request-id"] != made[1].headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", replaced.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/api/v1/me", "/health", "/schema/openapi.json", "/schema"])
async def test_every_answer_has_the_security_headers(visitor: httpx.AsyncClient, path: str) -> None:
    headers = (await visitor.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert policy.startswith(("default-src 'self'", "default-src 'none'"))
    assert ("object-src 'none'" in policy) or "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
