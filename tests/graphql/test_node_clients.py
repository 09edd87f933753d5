"""What others made for GraphQL, against ours: the client graphql-ws, graphql-http's audits."""

import asyncio
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from tests.graphql.live import Server, bearer
from tests.people import Person
from tests.realtime.logs import write

from projectflow.core.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
PAGE = ROOT / "docs" / "graphql.md"
needs_node = pytest.mark.skipif(
    not Path(NODE).exists() or not (ROOT / "web" / "node_modules" / "graphql-ws").exists(),
    reason="no Node, or web/node_modules is not installed",
)
pytestmark = needs_node


async def _node(script: str, *arguments: str) -> asyncio.subprocess.Process:
    # Node 20 has WebSocket behind this flag; later ones have it anyway.
    return await asyncio.create_subprocess_exec(
        NODE, "--no-warnings", "--experimental-websocket", str(HERE / script), *arguments,
        stdout=asyncio.subprocess.PIPE, limit=1_000_000,
    )  # fmt: skip


async def _line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    return json.loads(await asyncio.wait_for(process.stdout.readline(), 15))


@pytest.mark.usefixtures("relay")
async def test_graphql_ws_hears_a_change_and_comes_back_after_a_restart(
    settings: Settings, owner: Person, app: Litestar
) -> None:
    project = await owner.project()
    server = await asyncio.to_thread(Server(settings).start)
    client = await _node("subscriber.mjs", server.ws, bearer(owner))
    try:
        assert await _line(client) == {"connected": True}
        await asyncio.sleep(0.3)
        task = await owner.task(project, "Hear me")
        event = (await _line(client))["event"]
        assert (event["type"], event["entityId"]) == ("task.created", task["id"])

        await asyncio.to_thread(server.stop)
        assert await _line(client) == {"closed": 4510}
        await write(app.state.database, owner.tenant_id, 200)
        await asyncio.to_thread(server.start)
        heard: list[int] = []
        while len(heard) < 200:
            told = await _line(client)
            if "event" in told:
                heard.append(told["event"]["seq"])
        await write(app.state.database, owner.tenant_id)
        heard.append((await _line(client))["event"]["seq"])
    finally:
        if client.returncode is None:
            client.kill()
        await client.wait()
        await asyncio.to_thread(server.stop)
    assert heard == list(range(event["seq"] + 1, event["seq"] + 202))


async def test_the_audits_of_graphql_http(server: Server, owner: Person) -> None:
    audits = await _node("audit.mjs", server.url, bearer(owner))
    output, _ = await audits.communicate()
    results = [json.loads(line) for line in output.splitlines()]

    assert len(results) > 50
    notable = [r for r in results if r["status"] != "ok"]
    # MUST fails as an error, SHOULD as a warning, MAY as a notice.
    assert [r for r in notable if r["status"] in {"error", "warn"}] == []
    listed = re.search(r"<!-- audits -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.DOTALL)
    assert listed is not None
    assert listed[1] == _table(results)


def _table(results: list[dict[str, Any]]) -> str:
    """The results as docs/graphql.md lists them."""
    words = Counter((r["name"].split()[0], r["status"]) for r in results)
    lines = ["| level | audits | passed |", "| --- | --- | --- |"]
    for level in ("MUST", "SHOULD", "MAY"):
        count = sum(n for (name, _), n in words.items() if name == level)
        lines.append(f"| {level} | {count} | {words[level, 'ok']} |")
    lines += [f"\nNot passed: `{r['id']}` {r['name']}." for r in results if r["status"] != "ok"]
    return "\n".join(lines)
