"""Export, then import: the same project; the same workspace."""

from pathlib import Path
from typing import Any, Final, LiteralString
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from litestar import Litestar
from tests.exports.archives import brought_in, exported, manifest, normalised, rows_of, unpacked
from tests.exports.furnishing import TASK, WORLD, WORLDS, furnished
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.core.crypto import Keyring
from projectflow.core.settings import Settings
from projectflow.exports.catalog import EXPORTED, TABLES
from projectflow.exports.project_tables import PROJECT_TABLES
from projectflow.exports.types import Extent
from projectflow.exports.workspaces_in import WorkspaceIn, bring_in_workspace
from projectflow.exports.writing import write_archive
from projectflow.realtime.webhooks import place_of, shown

GENERATED = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def taken_out(owner: Person, path: Path) -> None:
    async def silent(*_: object) -> None: ...

    state = owner.app.state
    await write_archive(state.database, state.files, Extent(owner.tenant_id), path, silent)


async def made_of(owner: Person, app_settings: Settings, path: Path) -> WorkspaceIn:
    state, slug = owner.app.state, f"copy-{uuid7().hex[-12:]}"
    return await bring_in_workspace(
        state.database, state.files, Keyring(app_settings), path, slug, lambda _: None
    )


@GENERATED
@given(world=WORLDS)
async def test_a_workspace_that_was_taken_out_and_brought_in_is_the_same(
    app: Litestar, settings: Settings, superuser_url: str, tmp_path: Path, world: dict[str, Any]
) -> None:
    path = tmp_path / "workspace.zip"
    path.unlink(missing_ok=True)
    async with await found_workspace(app) as owner:
        await furnished(owner, world)
        names = [table.name for table in TABLES]
        before = await rows_of(superuser_url, owner.tenant_id, names)
        await taken_out(owner, path)

        made = await made_of(owner, settings, path)

        after = await rows_of(superuser_url, made.tenant_id, names)
        assert made.left_out == []
        last = before["event_counters"][0]["last_seq"]
        assert after["events"].pop()["type"] == "workspace.imported"
        assert after["event_counters"] == [{"last_seq": last + 1, "is_unsettled": True}]
        after["event_counters"] = before["event_counters"]
        slug = after["tenants"][0]["subdomain"]
        before["tenants"][0] |= {"id": str(made.tenant_id), "subdomain": slug}
        for table in TABLES:
            expected = [kept(table.name, row) for row in before[table.name]]
            found = [kept(table.name, row) for row in after[table.name]]
            assert sorted(map(str, found)) == sorted(map(str, expected)), table.name
        await same_files(owner, made.tenant_id, before, after)
        for derived in DERIVED:
            assert await rows_by(superuser_url, made.tenant_id, derived) == await rows_by(
                superuser_url, owner.tenant_id, derived
            )


DERIVED: Final[tuple[LiteralString, ...]] = (
    """
    SELECT project_id, status, sum(tasks), sum(archived) FROM task_tallies WHERE tenant_id = $1
    GROUP BY 1, 2 HAVING sum(tasks) <> 0 OR sum(archived) <> 0 ORDER BY 1, 2
    """,
    """
    SELECT kind, id, task_id, state, title, created_at FROM search_entries WHERE tenant_id = $1
    ORDER BY 1, 2
    """,
)
"""What no export holds, because it follows from what it holds."""


def kept(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row without what leaves the workspace with nobody, and what is given in its place."""
    gone = {*EXPORTED[table].without, *EXPORTED[table].given}
    if table == "attachments":
        gone.add("object_key")
    return {name: value for name, value in row.items() if name not in gone}


async def same_files(owner: Person, copy: UUID, before: Any, after: Any) -> None:
    files = owner.app.state.files
    sizes = 0
    keys = {row["id"]: row["object_key"] for row in after["attachments"]}
    for row in before["attachments"]:
        if row["object_key"] is not None:
            content = await files.get(copy, keys[row["id"]])
            assert content == await files.get(owner.tenant_id, row["object_key"])
            sizes += len(content)
    for user in after["users"]:
        if user["avatar"] is not None:
            assert await files.get(copy, f"avatars/{user['avatar']}") == b"a face"
    async with owner.app.state.database.tenant(copy) as db:
        used = await db.fetchval("SELECT used_bytes FROM storage_usage WHERE tenant_id = $1", copy)
    assert (used or 0) == sizes


async def rows_by(
    superuser_url: str, tenant_id: UUID, query: LiteralString
) -> list[tuple[Any, ...]]:
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(superuser_url)
    try:
        return [tuple(row) for row in await connection.fetch(query, tenant_id)]
    finally:
        await connection.close()


@GENERATED
@given(world=WORLDS)
async def test_a_project_that_was_taken_out_and_brought_in_elsewhere_is_the_same(
    app: Litestar, superuser_url: str, world: dict[str, Any]
) -> None:
    async with await found_workspace(app) as owner, await found_workspace(app) as reader:
        first = await exported(owner, await furnished(owner, world))
        said = any(task["text"] is not None for task in world["tasks"])
        await holds_all_rows(superuser_url, owner.tenant_id, first, said)
        done = await brought_in(reader, first)
        assert done["status"] == "succeeded", done
        assert done["report"]["skipped"] == []
        second = await exported(reader, done["project_id"])

    there, here = comparable(first), comparable(second)
    # Whoever brings it in leads the project there, and is somebody new to it.
    me = {row for table in ("people", "project_members") for row in here[table]}
    me -= {row for table in ("people", "project_members") for row in there[table]}
    assert len(me) == 2
    for table, rows in here.items():
        assert [row for row in rows if row not in me] == there[table], table


async def holds_all_rows(superuser_url: str, tenant_id: UUID, content: bytes, said: bool) -> None:
    """The workspace has one project: its export is all that these tables hold."""
    there = await rows_of(superuser_url, tenant_id, [table.name for table in PROJECT_TABLES])
    there["saved_views"] = [view for view in there["saved_views"] if view["is_shared"]]
    taken = unpacked(content)
    if not said:
        # Nothing is said here in the field of all projects.
        fields = [row for row in there["custom_fields"] if row["project_id"] is not None]
        there["custom_fields"] = fields
    for table, rows in there.items():
        assert sorted(map(str, taken[table])) == sorted(map(str, rows)), table


def comparable(content: bytes) -> dict[str, list[str]]:
    tables = unpacked(content)
    for row in tables["attachments"]:
        row["object_key"] = row["object_key"] and "a file"
    for row in tables["custom_fields"]:
        # A field of all projects is there one of this project.
        row["project_id"] = tables["projects"][0]["id"]
    return normalised(tables)


async def test_the_example_has_something_in_every_table(owner: Person, tmp_path: Path) -> None:
    """Otherwise the tests above would say nothing of some of them."""
    project = await furnished(owner, WORLD)
    await taken_out(owner, tmp_path / "workspace.zip")

    told = manifest((tmp_path / "workspace.zip").read_bytes())["tables"]
    of_project = manifest(await exported(owner, project))["tables"]

    assert told.keys() == EXPORTED.keys()
    assert [table for table, rows in told.items() if not rows] == []
    assert of_project.keys() == {"people", *(table.name for table in PROJECT_TABLES)}
    assert [table for table, rows in of_project.items() if not rows] == []


async def test_a_copy_beside_the_original_has_its_own_key_and_ids(owner: Person) -> None:
    project = await furnished(owner, {**WORLD, "tasks": [TASK, TASK]})

    done = await brought_in(owner, await exported(owner, project))

    assert done["status"] == "succeeded", done
    copy = (await owner.get(f"/projects/{done['project_id']}")).json()
    original = (await owner.get(f"/projects/{project}")).json()
    assert copy["name"] == original["name"]
    assert copy["key"] == f"{original['key'][:6]}2"
    tasks = (await owner.get(f"/projects/{copy['id']}/tasks")).json()["items"]
    assert [t["title"] for t in tasks] == ["Bake", "Bake"]
    assert {t["parent_id"] for t in tasks} == {None, tasks[0]["id"]}
    board = (await owner.get(f"/projects/{copy['id']}/board")).json()
    assert sum(column["count"] for column in board["columns"]) == 2
    # The hours overlap with those of the original: nobody is refused, both count.
    entries = (await owner.get(f"/projects/{copy['id']}/time-entries")).json()["items"]
    assert len(entries) == 2
    # A key that a task had in the project goes on finding it.
    found = await owner.get(f"/tasks/by-key/{copy['key']}-51")
    assert found.json()["id"] == tasks[0]["id"]
    # Its field is the one that all projects have: there are not two of one name.
    fields = (await owner.get(f"/projects/{copy['id']}/fields")).json()["items"]
    assert sorted(f["name"] for f in fields) == ["date", "number", "person", "select", "text"]
    assert [f["project_id"] for f in fields if f["name"] == "text"] == [None]


async def test_a_new_task_of_a_copy_has_the_next_number(owner: Person) -> None:
    done = await brought_in(owner, await exported(owner, await furnished(owner, WORLD)))

    task = await owner.task({"id": done["project_id"]}, "Next")

    assert task["number"] == len(WORLD["tasks"]) + 101


async def test_bringing_in_tells_of_the_project_and_each_task(owner: Person) -> None:
    done = await brought_in(owner, await exported(owner, await furnished(owner, WORLD)))

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, seq FROM events WHERE tenant_id = $1 AND project_id = $2 ORDER BY seq",
            owner.tenant_id,
            UUID(done["project_id"]),
        )
        gaps = await db.fetchval(
            "SELECT max(seq) - count(*) FROM events WHERE tenant_id = $1", owner.tenant_id
        )
    assert [row["type"] for row in rows] == [
        "project.created", *["task.created"] * 3, *["comment.created"] * 6,
        *["attachment.created"] * 6,
    ]  # fmt: skip
    assert gaps == 0


async def test_a_webhook_comes_in_switched_off_with_a_secret_of_its_own(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    await furnished(owner, {**WORLD, "tasks": []})
    await taken_out(owner, tmp_path / "workspace.zip")

    made = await made_of(owner, settings, tmp_path / "workspace.zip")

    (webhook,) = made.webhooks
    assert (webhook.name, webhook.url) == ("Build", "https://example.org/hook")
    async with owner.app.state.database.tenant(made.tenant_id) as db:
        row = await db.fetchrow(
            "SELECT id, is_active, secret_encrypted FROM webhooks WHERE tenant_id = $1",
            made.tenant_id,
        )
    assert row is not None
    assert not row["is_active"]
    place = place_of(made.tenant_id, row["id"])
    assert shown(Keyring(settings).open(row["secret_encrypted"], place)) == webhook.secret


async def test_an_export_holds_no_secret(owner: Person) -> None:
    await (await owner.signed_in_by("passkey")).key("*:*")
    await furnished(owner, {**WORLD, "tasks": []})
    content = await exported(owner, None)

    tables = unpacked(content)
    assert tables.keys() == EXPORTED.keys()
    assert all("password_hash" not in row for row in tables["users"])
    assert all("secret_encrypted" not in row for row in tables["webhooks"])
    assert manifest(content)["kind"] == "workspace"


async def test_more_rows_than_a_page(owner: Person) -> None:
    project = await owner.project()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, project_id, number, title, status, reporter_id, position)
            SELECT $1, $2, n, 'Task ' || n,
                   (SELECT key FROM workflow_states WHERE tenant_id = $1 AND project_id = $2
                    ORDER BY position LIMIT 1), $3, rank_of(n)
            FROM generate_series(1, 1203) n
            """,
            owner.tenant_id,
            UUID(project["id"]),
            owner.id,
        )
        await db.execute(
            """
            INSERT INTO comments (tenant_id, id, task_id, author_id, body)
            SELECT $1, gen_random_uuid(), t.id, $3, 'Comment ' || n
            FROM tasks t, generate_series(1, 700) n
            WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.number IN (1, 1203)
            """,
            owner.tenant_id,
            UUID(project["id"]),
            owner.id,
        )

    for content in (await exported(owner, project["id"]), await exported(owner, None)):
        tables = unpacked(content)
        assert sorted(t["number"] for t in tables["tasks"]) == list(range(1, 1204))
        assert len({c["id"] for c in tables["comments"]}) == 1400
