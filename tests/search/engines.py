"""The two engines of the contract, each with a way to have it know what has happened so far."""

import json
import os
from typing import Any
from uuid import UUID

import msgspec
from elastic_transport import HttpHeaders, HttpxAsyncHttpNode
from msgspec import Struct
from osmem_server import OsmemServer

from projectflow.core.db import Database
from projectflow.search.consumer import SearchConsumer
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

    sent: list[Sent] = []

    async def perform_request(
        self, method: str, target: str, body: Any = None, headers: Any = None, **more: Any
    ) -> Any:
        self.sent.append(Sent(method, target, _lines(body)))
        said = {
            k: v for k, v in (headers or {}).items() if k.lower() not in {"accept", "content-type"}
        }
        if body:
            said["content-type"] = "application/json"
        answer = await super().perform_request(method, target, body, HttpHeaders(said), **more)
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


class Logged(Struct, frozen=True):
    """An event of the log, as a consumer gets it."""

    seq: int
    type: str
    entity_type: str
    entity_id: UUID
    payload: dict[str, Any]


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
                """
                SELECT seq, type, entity_type, entity_id, payload FROM events
                WHERE tenant_id = $1 AND seq > $2 ORDER BY seq
                """,
                tenant_id,
                self._read.get(tenant_id, 0),
            )
            events = [Logged(*tuple(row)[:4], msgspec.json.decode(row["payload"])) for row in rows]
            await SearchConsumer(self.index).apply(db, tenant_id, events)
        if events:
            self._read[tenant_id] = events[-1].seq
        await self.index.refresh()


def start_emulator() -> OsmemServer:
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    return OsmemServer.start(japanese=False)
