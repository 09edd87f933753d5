"""An index that lost everything is filled again from the database."""

from uuid import UUID

import pytest
from msgspec import structs
from osmem_server import OsmemServer
from tests.people import Person
from tests.search.engines import EmulatorNode, Kept
from tests.search.test_contract import attach, found

from projectflow.core.db import Database
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal
from projectflow.operations import search as operations
from projectflow.search import elastic
from projectflow.search.elastic import ElasticIndex
from projectflow.search.entries import read_entries
from projectflow.search.types import Name, Progress


async def things(owner: Person) -> None:
    project = await owner.project("Zirconium")
    task = await owner.task(project, "zirconium task")
    await owner.task(project, "zirconium task two")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "zirconium comment"})
    await attach(owner, task, "zirconium.txt")


ALL = ["Zirconium", "zirconium comment", "zirconium task", "zirconium task two", "zirconium.txt"]


async def lose(kept: Kept, database: Database, tenant_id: UUID) -> None:
    if isinstance(kept.index, ElasticIndex):
        await kept.index._client.indices.delete(index=elastic.INDEX)
        await kept.index.open()
        return
    async with database.tenant(tenant_id) as db:
        await db.execute("DELETE FROM search_entries WHERE tenant_id = $1", tenant_id)


async def test_a_rebuild_finds_everything_again(
    owner: Person, kept: Kept, database: Database
) -> None:
    await things(owner)
    assert sorted(await found(owner, kept, "zirconium")) == ALL
    await lose(kept, database, owner.tenant_id)
    assert await found(owner, kept, "zirconium") == []

    steps = [step async for step in kept.index.rebuild(database, owner.tenant_id, None)]

    assert steps[-1].written == 5
    if isinstance(kept.index, ElasticIndex):
        await kept.index.refresh()
    assert sorted(await found(owner, kept, "zirconium")) == ALL


async def test_a_rebuild_forgets_what_is_gone_and_leaves_other_workspaces_alone(
    owner: Person, stranger: Person, kept: Kept, database: Database, emulator: OsmemServer
) -> None:
    await things(owner)
    await things(stranger)
    assert sorted(await found(stranger, kept, "zirconium")) == ALL
    assert sorted(await found(owner, kept, "zirconium")) == ALL
    async with database.tenant(owner.tenant_id) as db:
        await db.execute("DELETE FROM comments WHERE tenant_id = $1", owner.tenant_id)
        # Numbers go on, as they do in any workspace.
        await db.execute(
            "UPDATE event_counters SET last_seq = last_seq + 1 WHERE tenant_id = $1",
            owner.tenant_id,
        )

    async for _ in kept.index.rebuild(database, owner.tenant_id, None):
        pass

    if isinstance(kept.index, ElasticIndex):
        await kept.index.refresh()
        answer = await kept.index._client.count(
            index=elastic.INDEX, query={"term": {"tenant_id": str(owner.tenant_id)}}
        )
        assert answer["count"] == 4
    assert len(await found(owner, kept, "zirconium")) == 4
    assert sorted(await found(stranger, kept, "zirconium")) == ALL


async def test_a_rebuild_goes_on_where_it_was_cut_off(
    owner: Person, database: Database, emulator: OsmemServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elastic, "PAGE", 1)
    await things(owner)
    index = ElasticIndex(emulator.url, EmulatorNode)
    steps: list[Progress] = []
    async for step in index.rebuild(database, owner.tenant_id, None):
        steps.append(step)
        if len(steps) == 2:
            break

    again = [step async for step in index.rebuild(database, owner.tenant_id, steps[-1])]

    await index.close()
    assert [step.kind for step in [*steps, *again]] == [
        "task", "task", "project", "comment", "attachment",
    ]  # fmt: skip
    assert again[-1].written == 5


async def test_the_command_notes_how_far_it_has_come(
    owner: Person, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await things(owner)
    here = structs.replace(settings, home=tmp_path_factory.mktemp("rebuild"))
    said: list[str] = []

    one = await operations.rebuild_search(
        here, tenant=f"w-{owner.tenant_id.hex}", again=False, say=said.append
    )
    every = await operations.rebuild_search(here, tenant=None, again=False, say=said.append)

    assert (one.tenants, one.entries) == (1, 5)
    assert said[0] == f"workspace {owner.tenant_id}: 5 entries"
    assert every.tenants > 1
    assert not (here.home / operations.NOTES).exists()
    with pytest.raises(Refusal, match="no workspace nobody"):
        await operations.rebuild_search(here, tenant="nobody", again=False, say=said.append)


async def test_an_older_version_does_not_replace_a_newer_one(
    owner: Person, database: Database, emulator: OsmemServer
) -> None:
    project = await owner.project("Hafnium")
    index = ElasticIndex(emulator.url, EmulatorNode)
    async with database.tenant(owner.tenant_id) as db:
        (entry,) = await read_entries(db, owner.tenant_id, "project", [UUID(project["id"])])
    await index.index(owner.tenant_id, [structs.replace(entry, title="New")], 9)
    await index.index(owner.tenant_id, [structs.replace(entry, title="Old")], 8)
    await index.delete(owner.tenant_id, [Name("project", entry.id)], 8)
    await index.refresh()

    found_now = await index._client.search(
        index=elastic.INDEX, query={"term": {"tenant_id": str(owner.tenant_id)}}
    )

    await index.close()
    assert [hit["_source"]["title"] for hit in found_now["hits"]["hits"]] == ["New"]
