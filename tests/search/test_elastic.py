"""What Elasticsearch's adapter sends, and what happens when nobody answers."""

import ast
import inspect
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from msgspec.structs import replace
from osmem_server import OsmemServer
from tests.people import Person
from tests.search.engines import EmulatorNode, Kept
from tests.search.test_contract import found

from projectflow.core.consumers import Later
from projectflow.core.db import Database
from projectflow.core.settings import Settings
from projectflow.operations.search_checks import check_search
from projectflow.realtime.following import Following, Patience
from projectflow.search import elastic
from projectflow.search.consumer import search_consumer
from projectflow.search.elastic import ElasticIndex
from projectflow.search.entries import read_entries
from projectflow.search.index import IndexAway
from projectflow.search.service import Search

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def with_nobody_there(app: Litestar) -> AsyncIterator[ElasticIndex]:
    own = app.state.search
    index = ElasticIndex(NOWHERE)
    app.state.search = Search(index)
    yield index
    app.state.search = own
    await index.close()


@pytest.fixture
async def kept(app: Litestar, database: Database, emulator: OsmemServer) -> AsyncIterator[Kept]:
    own = app.state.search
    index = ElasticIndex(emulator.url, EmulatorNode)
    await index.open()
    app.state.search = Search(index)
    yield Kept(index, database)
    app.state.search = own
    await index.close()


async def test_every_question_is_of_one_tenant(
    owner: Person, kept: Kept, database: Database
) -> None:
    project = await owner.project("Rhenium")
    await owner.task(project, "rhenium")
    EmulatorNode.sent.clear()
    await found(owner, kept, "rhenium", type="task", project_id=project["id"])
    async for _ in kept.index.rebuild(database, owner.tenant_id, None):
        pass
    tenant = str(owner.tenant_id)
    asked = [
        s for s in EmulatorNode.sent if "_search" in s.target or "_delete_by_query" in s.target
    ]
    written = [s for s in EmulatorNode.sent if "_bulk" in s.target]

    assert len(asked) == 2
    for each in asked:
        assert each.body[0]["query"]["bool"]["filter"] == [{"term": {"tenant_id": tenant}}]
        assert f"routing={tenant}" in each.target
    assert written
    for line in [line for each in written for line in each.body]:
        header: dict[str, Any] = line.get("index") or line.get("delete") or {}
        assert header.get("routing") == tenant or line["tenant_id"] == tenant


def test_no_question_can_lack_its_tenant() -> None:
    """Whatever takes a query in this module takes it from `_of_tenant`."""
    queries = [
        keyword.value
        for node in ast.walk(ast.parse(inspect.getsource(elastic)))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in {"query", "body", "q", "knn", "retriever"}
    ]

    assert len(queries) == 2
    for query in queries:
        assert isinstance(query, ast.Call)
        assert isinstance(query.func, ast.Name)
        assert query.func.id == "_of_tenant"


async def test_what_the_index_should_not_have_is_not_shown(
    owner: Person, kept: Kept, database: Database
) -> None:
    """An index that lies about projects tells nothing: what is shown comes from the database."""
    mine, theirs = await owner.project("Mine"), await owner.project("Theirs")
    task = await owner.task(theirs, "osmium")
    member = await owner.colleague("member")
    await owner.join(mine, member)
    await kept.catch_up(owner.tenant_id)
    async with database.tenant(owner.tenant_id) as db:
        (entry,) = await read_entries(db, owner.tenant_id, "task", [UUID(task["id"])])
    lie = replace(entry, project_id=UUID(mine["id"]))
    await kept.index.index(owner.tenant_id, [lie], 1_000)
    await kept.catch_up(owner.tenant_id)

    answer = await member.get("/search", q="osmium")

    assert answer.json()["items"] == []


@pytest.mark.usefixtures("with_nobody_there")
async def test_postgresql_answers_when_elasticsearch_is_away(owner: Person) -> None:
    project = await owner.project("Iridium")
    for n in range(3):
        await owner.task(project, f"iridium {n}")

    page = (await owner.get("/search", q="iridium", type="task", limit=2)).json()
    rest = await owner.get("/search", q="iridium", type="task", limit=2, cursor=page["next_cursor"])

    assert (page["engine"], page["is_fallback"]) == ("postgresql", True)
    assert len(page["items"]) == 2
    assert len(rest.json()["items"]) == 1


async def test_a_page_of_an_engine_that_went_away_is_refused(
    owner: Person, kept: Kept, app: Litestar
) -> None:
    project = await owner.project("Thorium")
    await owner.task(project, "thorium")
    await kept.catch_up(owner.tenant_id)
    cursor = (await owner.get("/search", q="thorium", limit=1)).json()["next_cursor"]
    away = ElasticIndex(NOWHERE)
    app.state.search = Search(away)

    answer = await owner.get("/search", q="thorium", limit=1, cursor=cursor)

    await away.close()
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_nobody_is_asked_again_at_once(
    with_nobody_there: ElasticIndex, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owner.project("Iridium")
    await owner.get("/search", q="iridium")

    def must_not_be_asked(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(with_nobody_there._client, "search", must_not_be_asked)
    monkeypatch.setattr(with_nobody_there._client, "options", must_not_be_asked)
    answer = await owner.get("/search", q="iridium")

    assert len(answer.json()["items"]) == 1


async def test_events_wait_for_an_index_that_is_away(owner: Person, database: Database) -> None:
    await owner.project("Iridium")
    index = ElasticIndex(NOWHERE)

    with pytest.raises(Later):
        await Kept(index, database).catch_up(owner.tenant_id)
    with pytest.raises(IndexAway):
        await index.version()

    await index.close()


async def test_an_index_that_was_not_filled_yet_does_not_answer(owner: Person, kept: Kept) -> None:
    """New things come to it before the old ones do: PostgreSQL has both."""
    project = await owner.project("Yttrium")
    client = kept.index._client  # pyright: ignore[reportAttributeAccessIssue]
    await client.indices.delete(index=elastic.INDEX)
    await owner.task(project, "yttrium")
    await kept.catch_up(owner.tenant_id)

    page = (await owner.get("/search", q="yttrium", type="task")).json()

    assert (page["engine"], page["is_fallback"], len(page["items"])) == ("postgresql", True, 1)
    assert await client.indices.exists(index=elastic.INDEX)


async def test_doctor_warns_of_a_server_that_does_not_answer(settings: Settings) -> None:
    assert await check_search(settings) == []

    (finding,) = await check_search(replace(settings, elasticsearch_url=NOWHERE))

    assert (finding.level, finding.subject) == ("warn", "Elasticsearch")


async def test_the_worker_brings_events_to_the_index(
    owner: Person, kept: Kept, database: Database
) -> None:
    index = kept.index
    assert isinstance(index, ElasticIndex)
    following = Following(database, search_consumer(index), Patience())
    project = await owner.project("Lutetium")
    await owner.task(project, "lutetium")

    await following.follow(owner.tenant_id)

    await index.refresh()
    page = (await owner.get("/search", q="lutetium")).json()
    assert page["engine"] == "elasticsearch"
    assert [item["kind"] for item in page["items"]] == ["task", "project"]
