"""Subscriptions: in order, none lost, none twice, to whom it may concern, for as long as it does."""

import asyncio
from typing import Any

import pytest
from litestar import Litestar
from tests.graphql.live import EVENTS, Live, Server, bearer
from tests.people import Person
from tests.realtime.logs import following, write

pytestmark = pytest.mark.usefixtures("relay")


async def test_a_change_made_by_http_is_heard(server: Server, owner: Person) -> None:
    project = await owner.project()
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        task = await owner.task(project, "Hear me")
        heard = (await live.next())["workspaceEvents"]
    assert heard["type"] == "task.created"
    assert heard["entityId"] == task["id"]


async def test_whoever_comes_back_gets_what_was_missed_once(
    server: Server, owner: Person, app: Litestar
) -> None:
    async with Live(server, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        await write(app.state.database, owner.tenant_id, 3)
        last = [e["seq"] for e in await live.nexts("workspaceEvents", 3)][-1]
    await write(app.state.database, owner.tenant_id, 150)
    async with Live(server, bearer(owner)) as live:
        # More is written while it catches up.
        writing = asyncio.create_task(write(app.state.database, owner.tenant_id, 50))
        await live.subscribe(EVENTS, after=last)
        heard = [e["seq"] for e in await live.nexts("workspaceEvents", 200)]
        await writing
        await write(app.state.database, owner.tenant_id)
        heard.append((await live.next())["workspaceEvents"]["seq"])
    assert heard == list(range(last + 1, last + 202))
