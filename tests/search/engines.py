"""The two engines of the contract, each with a way to have it know what has happened so far."""

import json
import os
from typing import Any, ClassVar
from uuid import UUID

from elastic_transport import HttpHeaders, HttpxAsyncHttpNode
from elastic_transport.client_utils import DEFAULT
from msgspec import Struct
from osmem_server import OsmemServer

from projectflow.core.consumers import EVENT_COLUMNS, event_of
from projectflow.core.db import Database
from projectflow.search.consumer import search_consumer
from projectflow.search.elastic import ElasticIndex
from projectflow.search.index import SearchIndex


class Sent(Struct, frozen=True):
    """A request that went to the search server."""

    method: str
    target: str
    body: Any


class EmulatorNode(HttpxAsyncHttpNode):
    """Speaks to an emulator of OpenSearch as to Elasticsearch.

    The client refuses a server that does not say it is Elasticsearch, and asks for media types
    of Elastic's own: this node says the one and rewrites the other. Nothing else is changed, and
    nothing here shows that a real Elasticsearch would answer alike.
    """

    sent: ClassVar[list[Sent]] = []

    async def perform_request(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: Any = None,
        request_timeout: Any = DEFAULT,
    ) -> Any:
        self.sent.append(Sent(method, target, _lines(body)))
        said = {
            k: v for k, v in (headers or {}).items() if k.lower() not in {"accept", "content-type"}
        }
        if body:
            said["content-type"] = "application/json"
        answer = await super().perform_request(
            method, target, body, HttpHeaders(said), request_timeout
        )
        answer.meta.headers = HttpHeaders(
            {**answer.meta.headers, "x-elastic-product": "Elasticsearch"}
        )
        return answer


def _lines(body: bytes | None) -> list[Any]:
    if not body:
        return []
    try:
        return [json.loads(body)]
    except ValueError:
        return [json.loads(line) for line in body.splitlines()]


class Kept:
    """An index, and how far in each tenant's log it has come."""

    def __init__(self, index: SearchIndex, database: Database) -> None:
        self.index = index
        self._database = database
        self._read: dict[UUID, int] = {}

    async def catch_up(self, tenant_id: UUID) -> None:
        """Give the index all events that it has not had: at once for PostgreSQL."""
        if not isinstance(self.index, ElasticIndex):
            return
        async with self._database.tenant(tenant_id, read_only=True) as db:
            rows = await db.fetch(
                f"""
                SELECT {EVENT_COLUMNS} FROM events e
                WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.seq
                """,
                tenant_id,
                self._read.get(tenant_id, 0),
            )
            consumer = search_consumer(self.index)
            events = [event for event in map(event_of, rows) if consumer.wants(event)]
            await consumer.consume(db, tenant_id, events)
        if events:
            self._read[tenant_id] = events[-1].seq
        await self.index.refresh()


def start_emulator() -> OsmemServer:
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    return OsmemServer.start(japanese=False)
