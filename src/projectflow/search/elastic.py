"""Elasticsearch's index, where ELASTICSEARCH_URL is set. It gives ids alone, never texts."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final, cast
from uuid import UUID

import msgspec
import structlog
from elastic_transport import BaseAsyncNode, HttpxAsyncHttpNode, TransportError
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import ApiError, AsyncElasticsearch
from msgspec import Meta

from projectflow.core.db import Database, Db
from projectflow.core.problems import InvalidInput
from projectflow.search.entries import read_page
from projectflow.search.highlight import WORD
from projectflow.search.index import IndexAway, IndexRefusal
from projectflow.search.mapping import FILLED, INDEX, MAPPINGS, SETTINGS, matching
from projectflow.search.types import KINDS, Engine, Entry, Hit, Kind, Name, Progress, Question

log = structlog.get_logger()
SEARCH_TIMEOUT: Final = 1.0
WRITE_TIMEOUT: Final = 30.0
PAGE: Final = 500
REST: Final = 10.0
"""Seconds without a question after one that was not answered."""
Place = tuple[
    Annotated[float, Meta(ge=0, le=1e9)],
    Annotated[int, Meta(ge=-(10**15), le=10**15)],
    Annotated[str, Meta(max_length=36)],
]
"""Score, when it was made in milliseconds, id."""


class ElasticIndex:
    """One index for all tenants. Every question and every deletion goes through `_of_tenant`."""

    engine: Engine = "elasticsearch"

    def __init__(self, url: str, node_class: type[BaseAsyncNode] = HttpxAsyncHttpNode) -> None:
        """Nothing is connected until the first question."""
        node = url_to_node_config(url, use_default_ports_for_scheme=True)
        self._client = AsyncElasticsearch(
            [node], node_class=node_class, request_timeout=WRITE_TIMEOUT, max_retries=2
        )
        self._rests_until = 0.0

    async def search(self, db: Db, question: Question) -> list[Hit]:
        """As `SearchIndex.search`."""
        del db
        words = [match[0].lower() for match in WORD.finditer(question.text)][:20]
        if not words or not (question.seen or question.listed):
            return []
        of_project = {"term": {"kind": "project"}}
        found: dict[str, Any] = {
            "bool": {
                "must": [matching(words)],
                "filter": [
                    {"terms": {"kind": list(question.kinds)}},
                    {"range": {"state": {"lte": 1 if question.archived else 0}}},
                    {
                        "bool": {
                            "should": [
                                _both(of_project, _among(question.listed)),
                                _both({"bool": {"must_not": of_project}}, _among(question.seen)),
                            ],
                            "minimum_should_match": 1,
                        }
                    },
                ],
            }
        }
        after = None if question.after is None else list(_place(question.after))
        if time.monotonic() < self._rests_until:
            raise IndexAway("it did not answer a moment ago")
        async with self._away_from(SEARCH_TIMEOUT) as client:
            answer = await client.search(
                index=FILLED,
                routing=str(question.tenant_id),
                query=_of_tenant(question.tenant_id, found),
                sort=[{"_score": "desc"}, {"created_at": "desc"}, {"id": "asc"}],
                size=question.most,
                source=False,
                fields=[{"field": "kind"}, {"field": "id"}],
                track_total_hits=False,
                search_after=after,
            )
        return [_hit(each) for each in cast("list[dict[str, Any]]", answer["hits"]["hits"])]

    async def index(self, tenant_id: UUID, entries: Sequence[Entry], version: int) -> None:
        """As `SearchIndex.index`."""
        operations: list[dict[str, Any]] = []
        for entry in entries:
            operations += [
                {"index": _header(tenant_id, entry, version)},
                {
                    "tenant_id": str(tenant_id),
                    "version": version,
                    **msgspec.to_builtins(entry),
                },
            ]
        await self._bulk(operations)

    async def delete(self, tenant_id: UUID, names: Sequence[Name], version: int) -> None:
        """As `SearchIndex.delete`."""
        await self._bulk([{"delete": _header(tenant_id, name, version)} for name in names])

    async def rebuild(
        self, database: Database, tenant_id: UUID, begun: Progress | None
    ) -> AsyncIterator[Progress]:
        """Write all of a tenant by id, then forget what no step wrote."""
        async with database.tenant(tenant_id, read_only=True) as db:
            last: int | None = await db.fetchval(
                "SELECT last_seq FROM event_counters WHERE tenant_id = $1", tenant_id
            )
        first = Progress(tenant_id, last or 0, KINDS[0], UUID(int=0))
        at = begun if begun is not None and begun.tenant_id == tenant_id else first
        for kind in KINDS[KINDS.index(at.kind) :]:
            at = Progress(
                tenant_id,
                at.version,
                kind,
                at.after if kind == at.kind else UUID(int=0),
                at.written,
            )
            while True:
                async with database.tenant(tenant_id, read_only=True) as db:
                    entries = await read_page(db, tenant_id, kind, at.after, PAGE)
                    await self.index(tenant_id, entries, at.version)
                if not entries:
                    break
                at = Progress(
                    tenant_id, at.version, kind, entries[-1].id, at.written + len(entries)
                )
                yield at
        await self._make()
        async with self._away_from(WRITE_TIMEOUT) as client:
            await client.indices.refresh(index=INDEX)
            await client.delete_by_query(
                index=INDEX,
                routing=str(tenant_id),
                query=_of_tenant(tenant_id, {"range": {"version": {"lt": at.version}}}),
                conflicts="proceed",
            )

    async def open(self) -> None:
        """As `SearchIndex.open`: the name by which questions are asked means this index now."""
        await self._make()
        async with self._away_from(WRITE_TIMEOUT) as client:
            older: list[str] = []
            if await client.indices.exists_alias(name=FILLED):
                older = [n for n in await client.indices.get_alias(name=FILLED) if n != INDEX]
            await client.indices.update_aliases(
                actions=[
                    {"add": {"index": INDEX, "alias": FILLED}},
                    *({"remove": {"index": name, "alias": FILLED}} for name in older),
                ]
            )

    async def refresh(self) -> None:
        """Let what was written be found now; by itself that takes a second."""
        await self._client.indices.refresh(index=INDEX)

    async def version(self) -> str:
        """The server's version, for `projectflow doctor`.

        Raises:
            IndexAway: see there.
        """
        async with self._away_from(SEARCH_TIMEOUT) as client:
            answer = await client.info()
        return str(answer["version"]["number"])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _bulk(self, operations: list[dict[str, Any]]) -> None:
        if not operations:
            return
        await self._make()
        async with self._away_from(WRITE_TIMEOUT) as client:
            answer = await client.bulk(index=INDEX, operations=operations)
        if answer["errors"]:
            items = [next(iter(item.values())) for item in answer["items"]]
            # An older version and what is gone already are as they should be.
            wrong = [
                each for each in items if each["status"] >= 400 and each["status"] not in {404, 409}
            ]
            if any(each["status"] == 429 or each["status"] >= 500 for each in wrong):
                raise IndexAway(f"busy: {wrong[0]}")
            if wrong:
                raise IndexRefusal(f"{len(wrong)} of {len(items)}: {wrong[0]}")

    async def _make(self) -> None:
        """Make the index where there is none: made by a write, it would have another mapping."""
        async with self._away_from(WRITE_TIMEOUT) as client:
            if await client.indices.exists(index=INDEX):
                return
            try:
                await client.indices.create(index=INDEX, settings=SETTINGS, mappings=MAPPINGS)
            except ApiError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    @asynccontextmanager
    async def _away_from(self, seconds: float) -> AsyncGenerator[AsyncElasticsearch]:
        try:
            yield self._client.options(request_timeout=seconds)
        except (TransportError, ApiError) as error:
            self._rests_until = time.monotonic() + REST
            log.warning("elasticsearch_away", error=str(error)[:500])
            raise IndexAway(str(error)) from error


def _of_tenant(tenant_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """The query within one tenant: no question is sent without this around it."""
    return {"bool": {"must": [query], "filter": [{"term": {"tenant_id": str(tenant_id)}}]}}


def _header(tenant_id: UUID, entry: Entry | Name, version: int) -> dict[str, Any]:
    return {
        "_id": f"{tenant_id}:{entry.kind}:{entry.id}",
        "routing": str(tenant_id),
        "version": version,
        "version_type": "external_gte",
    }


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [one, other]}}


def _among(projects: list[UUID]) -> dict[str, Any]:
    return {"terms": {"project_id": [str(project) for project in projects]}}


def _place(after: tuple[Any, ...]) -> Place:
    try:
        return msgspec.convert(after, Place)
    except msgspec.ValidationError:
        raise InvalidInput.of("cursor", "is not one that this search gave out") from None


def _hit(found: dict[str, Any]) -> Hit:
    fields: dict[str, list[Any]] = found["fields"]
    kind: Kind = fields["kind"][0]
    return Hit(kind, UUID(fields["id"][0]), tuple(found["sort"]))
