"""Prometheus metrics of a process, on a port of their own that only this machine reaches.

Names and buckets are the seed's, with finer buckets below its first. `tenant_id` is empty unless
`PROJECTFLOW_METRICS_TENANTS` says how many workspaces may have series of their own: ten thousand
would ruin a Prometheus. Later ones are `other`.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from threading import Thread
from typing import Any, Final
from uuid import UUID
from wsgiref.simple_server import WSGIServer

import structlog
from cachetools import TTLCache
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

REQUESTS: Final = Histogram(
    "http_request_duration_seconds",
    "Duration of HTTP requests in seconds",
    ["method", "route", "status_code", "tenant_id"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 0.7, 1, 3, 5, 7, 10),
)
QUERIES: Final = Histogram(
    "database_query_duration_seconds",
    "Duration of database queries in seconds",
    ["query_type", "table", "tenant_id"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
CACHE_READS: Final = Counter("cache_reads_total", "Kept answers that were asked for", ["kept_in"])
"""`memory`, `redis`, or `nowhere`."""
REFUSED: Final = Counter("limited_requests_total", "Requests refused for their number")
ACTIVE_SECONDS: Final = 300
"""Who asked anything in the last five minutes is active."""
MOST_ACTIVE: Final = 100_000
OTHER: Final = "other"
KIND: Final = re.compile(r"\s*(?:WITH\b.*?\)\s*)?(SELECT|INSERT|UPDATE|DELETE|[A-Z]+)", re.DOTALL)
TABLE: Final = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)")


class Metrics:
    """What one process measures. Made once; until `serve` is called nothing is asked for."""

    def __init__(self, tenants: int) -> None:
        """At most so many workspaces get series of their own."""
        self._tenants = tenants
        self._known: set[str] = set()
        self._active: TTLCache[tuple[str, UUID], bool] = TTLCache(MOST_ACTIVE, ACTIVE_SECONDS)
        self._server: tuple[WSGIServer, Thread] | None = None
        self._collector = _Active(self)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answered request. `route` is its template, so that ids make no series."""
        tenant = self.label(structlog.contextvars.get_contextvars().get("tenant"))
        REQUESTS.labels(method, route, str(status), tenant).observe(seconds)

    def query(self, record: Any) -> None:
        """A query of asyncpg's, as its query loggers are told."""
        kind, table = kind_of(record.query)
        tenant = self.label(structlog.contextvars.get_contextvars().get("tenant"))
        QUERIES.labels(kind, table, tenant).observe(record.elapsed)

    def person(self, tenant_id: UUID, user_id: UUID) -> None:
        """Somebody asked something."""
        self._active[str(tenant_id), user_id] = True

    def label(self, tenant: str | None) -> str:
        """The label of a workspace: its id, `other`, or nothing."""
        if tenant is None or not self._tenants:
            return ""
        if tenant not in self._known:
            if len(self._known) >= self._tenants:
                return OTHER
            self._known.add(tenant)
        return tenant

    def active(self) -> dict[str, int]:
        """How many people are active, by label."""
        self._active.expire()
        found: dict[str, int] = {"": 0} if not self._tenants else {}
        for tenant, _ in list(self._active):
            label = self.label(tenant)
            found[label] = found.get(label, 0) + 1
        return found

    def serve(self, host: str, port: int, equals: int = 1) -> None:
        """Answer Prometheus at `http://host:port/metrics`.

        Args:
            host: The address to listen on.
            port: Where the first of `equals` processes listens; the others take the next ones.
            equals: How many processes were started alike.

        Raises:
            OSError: all of these ports are taken.
        """
        for place in range(equals):
            try:
                self._server = start_http_server(port + place, host)
            except OSError:
                if place == equals - 1:
                    raise
            else:
                break
        REGISTRY.register(self._collector)

    def stop(self) -> None:
        """Give the port back."""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join(timeout=2)
            REGISTRY.unregister(self._collector)
            self._server = None


class _Active(Collector):
    """Counted when somebody looks."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> list[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "active_users_total", "Number of active users", labels=["tenant_id"]
        )
        for label, count in self._metrics.active().items():
            family.add_metric([label], count)
        return [family]


def watch(name: str, help_: str, value: Callable[[], float]) -> None:
    """A gauge whose value is asked for when Prometheus looks; the last one of a name counts."""
    gauge = _GAUGES.get(name)
    if gauge is None:
        gauge = _GAUGES[name] = Gauge(name, help_)
    gauge.set_function(value)


def watch_pool(pool: Any) -> None:
    """Watch an asyncpg pool."""
    watch("database_pool_connections", "Connections that are open", pool.get_size)
    watch("database_pool_idle", "Connections that nobody uses", pool.get_idle_size)


_GAUGES: Final[dict[str, Gauge]] = {}


@lru_cache(maxsize=4096)
def kind_of(query: str) -> tuple[str, str]:
    """What a statement does, and the first table that it names; our statements are literals."""
    kind = KIND.match(query)
    table = TABLE.search(query)
    return (kind[1].lower() if kind else "other", table[1] if table else "")
