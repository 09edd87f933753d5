"""Where facts are asked here, and where they are copied to."""

from projectflow.analytics.copying import Copies
from projectflow.analytics.postgres import PostgresStore
from projectflow.analytics.store import AnalyticsStore
from projectflow.core.settings import Settings


def open_store(settings: Settings) -> AnalyticsStore:
    """ClickHouse where CLICKHOUSE_URL is set, else PostgreSQL; nothing is connected yet."""
    if settings.clickhouse_url is None:
        return PostgresStore()
    # Only who uses it pays for loading it.
    from projectflow.analytics.clickhouse import ClickHouseStore  # noqa: PLC0415
    from projectflow.analytics.clickhouse_client import ClickHouse  # noqa: PLC0415

    return ClickHouseStore(ClickHouse(settings.clickhouse_url))


def open_copies(settings: Settings) -> Copies | None:
    """What keeps ClickHouse's copy, where CLICKHOUSE_URL is set; nothing is connected yet."""
    if settings.clickhouse_url is None:
        return None
    from projectflow.analytics.clickhouse_client import ClickHouse  # noqa: PLC0415
    from projectflow.analytics.clickhouse_facts import ClickHouseCopies  # noqa: PLC0415

    return ClickHouseCopies(ClickHouse(settings.clickhouse_url))
