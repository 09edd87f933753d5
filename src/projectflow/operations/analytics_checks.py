"""What `doctor` looks at in ClickHouse."""

from projectflow.analytics.clickhouse_client import AnalyticsAway, ClickHouse
from projectflow.core.settings import Settings
from projectflow.operations.findings import Finding, failed, ok


async def check_analytics(settings: Settings) -> list[Finding]:
    """Ask the server that is set; without one PostgreSQL answers, which was looked at."""
    if settings.clickhouse_url is None:
        return []
    clickhouse = ClickHouse(settings.clickhouse_url)
    try:
        return [ok("ClickHouse", await clickhouse.version())]
    except AnalyticsAway as error:
        return [
            failed(
                "ClickHouse",
                f"does not answer, so dashboards do not: {error.__cause__ or error}",
                "look at CLICKHOUSE_URL and the server; what happened meanwhile is caught up",
            )
        ]
    finally:
        await clickhouse.close()
