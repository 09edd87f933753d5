from collections.abc import AsyncIterator, Iterator

import pytest
from tests.analytics.clickhouse_engine import Engine

from projectflow.analytics.clickhouse_client import ClickHouse


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """ClickHouse's engine as a library, behind a port: one process a session."""
    started = Engine(tmp_path_factory.mktemp("clickhouse"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
async def clickhouse(engine: Engine) -> AsyncIterator[ClickHouse]:
    """A connection to it."""
    connection = ClickHouse(engine.url)
    yield connection
    await connection.close()
