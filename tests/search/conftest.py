from collections.abc import AsyncIterator, Iterator

import pytest
from litestar import Litestar
from osmem_server import OsmemServer
from tests.search.engines import EmulatorNode, Kept, start_emulator

from projectflow.core.db import Database
from projectflow.search.elastic import ElasticIndex
from projectflow.search.postgres import PostgresIndex
from projectflow.search.service import Search


@pytest.fixture(scope="session")
def emulator() -> Iterator[OsmemServer]:
    """An emulator of OpenSearch: what it shows is how the adapter asks, no more."""
    server = start_emulator()
    yield server
    server.close()
    assert server.process.stdout
    server.process.stdout.close()


@pytest.fixture(params=["postgresql", "elasticsearch"])
async def kept(
    request: pytest.FixtureRequest, app: Litestar, database: Database
) -> AsyncIterator[Kept]:
    """The app with each engine in turn."""
    own = app.state.search
    if request.param == "postgresql":
        index = PostgresIndex()
    else:
        index = ElasticIndex(request.getfixturevalue("emulator").url, EmulatorNode)
    await index.open()
    app.state.search = Search(index)
    yield Kept(index, database)
    app.state.search = own
    await index.close()
