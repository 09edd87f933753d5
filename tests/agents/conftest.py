import asyncio
from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from mcp import Client
from tests.agents.clients import connected, served
from tests.people import KeyHolder, Person


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    async with served(app) as url:
        yield url


@pytest.fixture
async def key(owner: Person) -> KeyHolder:
    return await (await owner.signed_in_by("passkey")).key()


@pytest.fixture
async def agent(address: str, key: KeyHolder) -> AsyncIterator[Client]:
    ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
    leaving = asyncio.Event()

    async def run() -> None:
        # In one task: pytest-asyncio sets up and tears down in two, which anyio refuses.
        async with connected(address, key) as client:
            ready.set_result(client)
            await leaving.wait()

    running = asyncio.create_task(run())
    await asyncio.wait([running, ready], return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running
    yield ready.result()
    leaving.set()
    await running
