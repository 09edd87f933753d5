"""Every tool of the MCP server, asked by every role: at home, and for what is another's."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.isolation.rows.agents import TOOLS as SAMPLES
from tests.isolation.samples import filled
from tests.isolation.test_permissions import EXPECTED, WHO, Office, office
from tests.isolation.worlds import MARK, fingerprint, furnish, nowhere
from tests.people import KeyHolder, Person, found_workspace

from projectflow.agents.calls import TOOLS

__all__ = ["office"]


async def call(
    app: Litestar, key: KeyHolder, tool: str, arguments: Any
) -> tuple[bool, dict[str, Any]]:
    """Whether a tool did it, and what it answered."""
    message = {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }  # fmt: skip
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.post(
            "http://projectflow.test/mcp",
            json=message,
            headers={"Authorization": f"Bearer {key.secret}", "Accept": "application/json"},
        )
    assert answer.status_code == 200, answer.text
    result = answer.json()["result"]
    return not result["isError"], msgspec.json.decode(result["content"][0]["text"])


def test_every_tool_is_tried() -> None:
    assert set(SAMPLES) == set(TOOLS)


@pytest.fixture(scope="module")
async def keys(office: Office) -> dict[str, KeyHolder]:
    return {who: await person.key() for who, person in office.people.items()}


@pytest.mark.parametrize("tool", SAMPLES)
async def test_a_tool_gives_each_role_what_its_route_gives(
    office: Office, keys: dict[str, KeyHolder], tool: str
) -> None:
    route, arguments = SAMPLES[tool]
    shared = None if tool == "undo_run" else await office.fresh(None)
    answers: dict[str, str] = {}
    for who, key in keys.items():
        ids = shared or await office.fresh(None)
        done, said = await call(office.people[who].app, key, tool, filled(arguments, ids))
        answers[who] = "done" if done else str(said["status"])
    wanted = ["done" if s in {"200", "201"} else s for s in EXPECTED[route].split()]
    assert answers == dict(zip(WHO, wanted, strict=True))


@pytest.fixture(scope="module")
async def victim(app: Litestar) -> AsyncIterator[tuple[Person, dict[str, str]]]:
    async with await found_workspace(app) as person:
        await person.signed_in_by("passkey")
        yield person, await furnish(person)


@pytest.mark.parametrize("tool", SAMPLES)
async def test_another_workspaces_things_are_not_found(
    victim: tuple[Person, dict[str, str]], keys: dict[str, KeyHolder], tool: str, superuser_url: str
) -> None:
    person, theirs = victim
    _, arguments = SAMPLES[tool]
    connection = await asyncpg.connect(superuser_url)
    before = await fingerprint(connection, person.tenant_id)
    invented = nowhere(theirs)
    for who, key in keys.items():
        done, said = await call(person.app, key, tool, filled(arguments, theirs))
        same = await call(person.app, key, tool, filled(arguments, invented))
        assert (done, said.get("detail")) == (same[0], same[1].get("detail")), who
        if "{" in str(arguments.values()):
            assert said["items"] == [] if done else said["status"] in {403, 404}, who
        told = msgspec.json.encode(said).decode()
        secrets = [MARK, str(person.tenant_id), str(person.id)]
        assert not any(each in told for each in [*secrets, *theirs.values()] if len(each) > 8), who
    assert await fingerprint(connection, person.tenant_id) == before
    await connection.close()


@pytest.mark.parametrize("field", ["assignee_id", "parent_id", "run_id"])
async def test_arguments_cannot_name_another_workspaces_things(
    victim: tuple[Person, dict[str, str]], office: Office, keys: dict[str, KeyHolder], field: str,
    superuser_url: str,
) -> None:  # fmt: skip
    person, theirs = victim
    ids = await office.fresh(None)
    connection = await asyncpg.connect(superuser_url)
    before = await fingerprint(connection, person.tenant_id)
    named = theirs[{"assignee_id": "user", "parent_id": "task", "run_id": "run"}[field]]
    done, said = await call(
        person.app, keys["owner"], "change_task",
        {"task": ids["task"], "title": "Ours", field: named},
    )  # fmt: skip
    if field == "run_id":
        # A number of ours then, as any other.
        assert done
    else:
        assert (said["status"], said["errors"][0]["field"]) == (422, field)
    assert await fingerprint(connection, person.tenant_id) == before
    await connection.close()
