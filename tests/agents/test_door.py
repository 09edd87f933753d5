"""Who is let in at /mcp, with what, and how often; and that nothing sent there is a 500."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from mcp_types import INTERNAL_ERROR
from msgspec.structs import replace
from tests.auth.accounts import running
from tests.people import KeyHolder, Person, found_workspace

from projectflow.agents.calls import TOOLS
from projectflow.agents.server import MAX_MESSAGE, Session, read_session
from projectflow.core.settings import Settings

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
OPEN = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "Cursor ✨\n", "version": "2"},
    },
}  # fmt: skip


async def send(
    app: Litestar, secret: str | None, body: Any = LIST, method: str = "POST", **headers: str
) -> httpx.Response:
    sent = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    if secret is not None:
        sent["Authorization"] = f"Bearer {secret}"
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport) as client:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = "http://projectflow.test/mcp"
        return await client.request(method, url, content=content, headers=sent)


async def test_only_a_key_that_counts_opens_the_door(app: Litestar, owner: Person) -> None:
    await owner.signed_in_by("passkey")
    key = await owner.key("task:read")
    token = owner.client.headers["Authorization"].removeprefix("Bearer ")
    for secret in (None, "", "pf_nonsense", key.secret[:-1] + "x", token):
        answer = await send(app, secret)
        assert answer.status_code == 401, answer.text
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["type"] == "/problems/not-signed-in"
    answer = await send(app, key.secret)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["ratelimit"].startswith('"api"')
    assert (await owner.delete(f"/me/api-keys/{key.id}")).status_code == 204
    assert (await send(app, key.secret)).status_code == 401


async def test_a_page_of_another_site_is_refused(settings: Settings) -> None:
    trusting = replace(settings, allowed_origins=("https://board.example",))
    async with running(trusting) as app, await found_workspace(app) as owner:
        key = await (await owner.signed_in_by("passkey")).key()
        for origin, status in {
            "https://evil.example": 403,
            "http://projectflow.test": 403,  # by its name it came here: that is the attack
            "null": 403,
            "": 403,
            trusting.url: 200,
            "https://board.example": 200,
        }.items():
            answer = await send(app, key.secret, origin=origin)
            assert answer.status_code == status, origin


async def test_messages_are_bounded_and_counted(settings: Settings) -> None:
    async with running(replace(settings, api_limit=5)) as app, await found_workspace(app) as owner:
        key = await (await owner.signed_in_by("passkey")).key()
        large = {**LIST, "params": {"cursor": "x" * MAX_MESSAGE}}
        assert (await send(app, key.secret, large)).status_code == 413
        answers = [await send(app, key.secret) for _ in range(5)]
        assert [answer.status_code for answer in answers][:2] == [200, 200]
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) > 0
        assert answers[-1].json()["type"] == "/problems/too-many-requests"


async def test_only_messages_are_taken(app: Litestar, key: KeyHolder) -> None:
    for method in ("GET", "DELETE", "PUT"):
        answer = await send(app, key.secret, method=method)
        assert answer.status_code == 405, method
        assert "POST" in answer.headers["allow"]
        assert answer.json()["type"] == "/problems/method-not-allowed"
    assert (await send(app, key.secret, b"{")).status_code == 400
    assert (await send(app, key.secret, [LIST, LIST])).status_code == 400
    assert (await send(app, key.secret, Content_Type="text/plain")).status_code in {400, 415}


async def test_a_sessions_id_says_what_it_needs_to(app: Litestar, key: KeyHolder) -> None:
    answer = await send(app, key.secret, OPEN)
    session = read_session(answer.headers["mcp-session-id"])
    assert session is not None
    assert session.client == "Cursor ✨ 2"
    assert read_session(str(session)) == session
    listed = await send(app, key.secret, mcp_session_id=str(session))
    assert listed.status_code == 200
    assert "mcp-session-id" not in listed.headers
    for wrong in ("x", str(session)[:-1] + "=", "0" * 32, "0" * 32 + ".____", "0" * 32 + ".w7"):
        assert read_session(wrong) is None
        lost = await send(app, key.secret, mcp_session_id=wrong)
        assert (lost.status_code, lost.json()["type"]) == (404, "/problems/agent-session-not-found")


@given(st.uuids(), st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=200))
def test_what_a_session_says_is_read_back(run_id: Any, client: str) -> None:
    session = Session(run_id, client or "unnamed")
    assert read_session(str(session)) == session


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.text(st.characters(categories=["Cs", "Cc", "Cn"]), max_size=5)
    | st.sampled_from([10**400, -(2**63), "\x00", "\ud800", "9999-12-31T23:59:59Z", "WEB-1"])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = sorted({name for tool in TOOLS.values() for name in tool.listed.input_schema["properties"]})
CALLS = st.builds(
    lambda name, arguments: {"name": name, "arguments": arguments},
    st.sampled_from(sorted(TOOLS)) | LEAVES,
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6) | VALUES,
)
SAID = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "Fuzz", "version": "0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
PARAMS = (
    CALLS
    | VALUES
    | st.builds(lambda call, meta: {**call, "_meta": meta}, CALLS, st.just(SAID) | VALUES)
)
METHODS = st.sampled_from([
    "tools/call", "tools/list", "initialize", "ping", "server/discover", "logging/setLevel",
    "notifications/initialized", "notifications/cancelled", "resources/list",
    "subscriptions/listen", "completion/complete",
])  # fmt: skip
UNSOUND = VALUES | st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0") | VALUES, "method": METHODS | VALUES},
    optional={
        "id": st.integers() | st.text(max_size=5) | VALUES, "params": PARAMS, "result": VALUES,
    },
)  # fmt: skip


@st.composite
def sound(draw: st.DrawFn) -> dict[str, Any]:
    """A call that the protocol allows, of whatever arguments."""
    tool = TOOLS[draw(st.sampled_from(sorted(TOOLS)))].listed
    right = {"task": "WEB-1", "title": "A", "body": "B", "text": "C", "minutes": 1}
    right["started_at"] = "2026-01-01T00:00:00Z"
    arguments = {
        name: draw(VALUES | st.just(right.get(name)))
        for name in tool.input_schema["properties"]
        if name in tool.input_schema.get("required", ()) or draw(st.booleans())
    }
    params = {"name": tool.name, "arguments": arguments, "_meta": SAID}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


VERSIONS = st.sampled_from([None, "2026-07-28", "2025-06-18", "2024-11-05", "2099-01-01", "x"])


@pytest.fixture
async def robot(owner: Person) -> KeyHolder:
    await owner.task(await owner.project("Web site", key="WEB"), "Task")
    return await (await owner.signed_in_by("passkey")).key()


@settings(
    max_examples=200, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(message=UNSOUND | sound(), version=VERSIONS | st.just("2026-07-28"))
async def test_whatever_is_sent_is_never_an_error_of_ours(
    app: Litestar, robot: KeyHolder, message: Any, version: str | None
) -> None:
    headers = {} if version is None else {"mcp_protocol_version": version}
    if isinstance(message, dict) and version == "2026-07-28":
        params = message.get("params")
        named = {"mcp_method": message.get("method")}
        named["mcp_name"] = params.get("name") if isinstance(params, dict) else None
        headers |= {
            header: text
            for header, text in named.items()
            if isinstance(text, str) and text.isascii() and text.isprintable()
        }
    answer = await send(app, robot.secret, message, **headers)
    assert answer.status_code < 500, (message, answer.text)
    assert "/problems/unforeseen" not in answer.text, (message, answer.text)
    if answer.status_code == 200 and answer.text.startswith("{"):
        said = answer.json()
        assert said.get("error", {}).get("code") != INTERNAL_ERROR, (message, said)
