"""Where facts are asked here, and where they are copied to."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from projectflow.analytics.copying import Copies
from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.store import AnalyticsStore
from projectflow.core.settings import Settings


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncGenerator[AnalyticsStore]:
    """ClickHouse where CLICKHOUSE_URL is set, else PostgreSQL."""
    if settings.clickhouse_url is None:
        yield PostgresStore()
        return
    # Only who uses it pays for loading it.
    from projectflow.analytics.clickhouse import ClickHouseStore  # noqa: PLC0415
    from projectflow.analytics.clickhouse_client import ClickHouse  # noqa: PLC0415

    clickhouse = ClickHouse(settings.clickhouse_url)
    try:
        yield ClickHouseStore(clickhouse)
    finally:
        await clickhouse.close()


@asynccontextmanager
async def open_copies(settings: Settings) -> AsyncGenerator[Copies | None]:
    """What keeps ClickHouse's copy where CLICKHOUSE_URL is set."""
    if settings.clickhouse_url is None:
        yield None
        return
    from projectflow.analytics.clickhouse_client import ClickHouse  # noqa: PLC0415
    from projectflow.analytics.clickhouse_facts import ClickHouseCopies  # noqa: PLC0415

    clickhouse = ClickHouse(settings.clickhouse_url)
    try:
        yield ClickHouseCopies(clickhouse)
    finally:
        await clickhouse.close()
