"""One server process for the tests of this folder, and a relay beside it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from litestar import Litestar
from tests.graphql.live import Server
from tests.realtime.logs import following

from projectflow.core.settings import Settings


@pytest.fixture(scope="session")
def server(app: Litestar, settings: Settings) -> Iterator[Server]:
    """`app` is there first: it makes the keys that both use."""
    assert app
    started = Server(settings, PROJECTFLOW_LIVE_QUEUE="100").start()
    yield started
    started.stop()


@pytest.fixture
async def relay(app: Litestar) -> AsyncIterator[None]:
    """Events are carried to the live channels while a test runs."""
    async with following(app.state.database, app.state.redis):
        yield
