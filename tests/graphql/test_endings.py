"""How a live connection ends, and why: every close code of docs/graphql.md."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest
import websockets
from litestar import Litestar
from tests.graphql.live import EVENTS, Live, Server, bearer
from tests.people import Person
from tests.realtime.logs import following, write

from projectflow.auth.tokens import KeyFile, Tokens
from projectflow.core.settings import Settings


@pytest.fixture(scope="module")
async def strict(settings: Settings, app: Litestar) -> AsyncIterator[Server]:
    """A server whose limits are soon reached."""
    assert app
    server = Server(
        settings,
        PROJECTFLOW_LIVE_INIT_TIMEOUT="0.5",
        PROJECTFLOW_LIVE_CONNECTIONS_PER_PERSON="2",
        PROJECTFLOW_LIVE_CONNECTIONS_PER_WORKSPACE="3",
        PROJECTFLOW_LIVE_SUBSCRIPTIONS="2",
        PROJECTFLOW_LIVE_QUEUE="100",
        PROJECTFLOW_LIVE_RECONNECT_WITHIN="7",
    ).start()
    yield server
    server.stop()


async def test_who_does_not_follow_the_protocol(strict: Server, owner: Person) -> None:
    async with websockets.connect(strict.ws, compression=None) as socket:
        with pytest.raises(websockets.ConnectionClosed) as gone:
            await socket.recv()
        assert gone.value.rcvd is not None
        assert gone.value.rcvd.code == 4406

    async def told(*messages: dict[str, Any], known: bool = False) -> int:
        live = Live(strict, bearer(owner))
        await live.open()
        if known:
            await live.init()
        for message in messages:
            await live.say(**message)
        return (await live.closed(3))[0]

    query = {"type": "subscribe", "id": "1", "payload": {"query": EVENTS}}
    init = {"type": "connection_init"}
    assert await told() == 4408
    assert await told(init) == 4401
    assert await told({**init, "payload": {"Authorization": "Bearer no"}}) == 4401
    assert await told({**init, "payload": []}) == 4401
    assert await told(query) == 4401
    assert await told(init, known=True) == 4429
    assert await told(query, query, known=True) == 4409
    assert await told({"type": "unheard of"}, known=True) == 4400
    assert await told({**query, "payload": {"query": 1}}, known=True) == 4400


async def test_limits_of_connections_and_operations(strict: Server, owner: Person) -> None:
    colleague, third = await owner.colleague("member"), await owner.colleague("member")
    async with AsyncExitStack() as stack:
        for person in (owner, owner, colleague):
            last = await stack.enter_async_context(Live(strict, bearer(person)))
        for person, word in ((owner, "You have"), (third, "Your workspace has")):
            refused = Live(strict, bearer(person))
            await refused.open()
            await refused.say(type="connection_init", payload={"Authorization": bearer(person)})
            code, reason = await refused.closed(3)
            assert code == 4429
            assert reason.startswith(word)
        for _ in range(3):
            await last.subscribe(EVENTS)
        refusal = await last.hear()
        assert refusal["id"] == "op3"
        assert refusal["payload"][0]["extensions"]["status"] == 429
        await last.say(type="complete", id="op1")
        await last.subscribe(EVENTS)
        await last.say(type="ping")
        assert await last.hear() == {"type": "pong"}
    # Those who left are not counted any more.
    async with Live(strict, bearer(third)):
        pass


async def test_a_role_taken_away(strict: Server, owner: Person) -> None:
    member = await owner.colleague("manager")
    async with Live(strict, bearer(member)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        answer = await owner.patch(f"/users/{member.id}", {"role": "viewer"})
        assert answer.status_code == 200, answer.text
        assert (await live.closed(2))[0] == 4403


async def test_somebody_deactivated(strict: Server, owner: Person) -> None:
    member = await owner.colleague("member")
    async with Live(strict, bearer(member)) as live:
        assert (await owner.post(f"/users/{member.id}/deactivate")).status_code == 200
        assert (await live.closed(2))[0] == 4403


async def test_a_session_that_is_ended_elsewhere(strict: Server, owner: Person) -> None:
    await owner.signed_in_by()
    async with Live(strict, bearer(owner)) as live:
        url = f"/me/sessions/{owner.actor.session_id}"
        assert (await owner.delete(url)).status_code == 204
        assert (await live.closed(2))[0] == 4401


async def test_a_token_that_expires(strict: Server, owner: Person, settings: Settings) -> None:
    tokens = Tokens(KeyFile(settings), settings.url, 1)
    actor = owner.actor
    token = tokens.issue(actor.user_id, actor.tenant_id, actor.role, actor.session_id)
    async with Live(strict, f"Bearer {token}") as live:
        await live.subscribe(EVENTS)
        assert (await live.closed(4))[0] == 4401


async def test_somebody_who_does_not_read(server: Server, owner: Person, app: Litestar) -> None:
    project = await owner.project()
    for number in range(20):
        await owner.task(project, f"{number}", description="x" * 100_000)
    query = "query ($id: ID!) { project(id: $id) { tasks { nodes { description } } } }"
    async with following(app.state.database, app.state.redis):
        reader = Live(server, bearer(owner))
        sleeper = Live(server, bearer(owner), max_queue=1, max_size=None)
        async with reader, sleeper:
            await reader.subscribe(EVENTS)
            await sleeper.subscribe(EVENTS)
            await sleeper.settled()
            # Megabytes that nobody takes fill what the systems between hold.
            for _ in range(8):
                await sleeper.subscribe(query, id=project["id"])
            await asyncio.sleep(0.5)
            written = asyncio.create_task(write(app.state.database, owner.tenant_id, 150))
            await reader.nexts("workspaceEvents", 150)
            await written
            assert await sleeper.closed(8) == (4508, "You read too slowly")


async def test_a_server_that_stops(strict: Server, owner: Person) -> None:
    """The last here: it ends the server."""
    async with Live(strict, bearer(owner)) as live:
        await live.subscribe(EVENTS)
        await live.settled()
        strict.ask_to_stop()
        code, reason = await live.closed()
    assert code == 4510
    assert msgspec.json.decode(reason) == {"reconnect_within_seconds": 7}
