"""Export, then import: the same project; the same workspace."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from tests.exports.archives import brought_in, exported, manifest, normalised, rows_of, unpacked
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.core.db import Database
from projectflow.core.events import to_json
from projectflow.exports.tables import TABLES
from projectflow.exports.workspaces_in import bring_in_workspace

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
TITLES = TEXTS.filter(str.strip)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
STATES = ("pending", "in_progress", "review", "completed", "cancelled")
TASKS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "description": st.none() | TEXTS,
        "priority": st.sampled_from(["low", "medium", "high", "urgent"]),
        "assigned": st.booleans(),
        "parent": st.none() | st.integers(0, 5),
        "waits_for": st.none() | st.integers(0, 5),
        "relates": st.none() | st.integers(0, 5),
        "start_date": st.none() | st.dates(date(1990, 1, 1), date(2200, 1, 1)),
        "due_date": st.none() | MOMENTS,
        "estimated_hours": st.none() | st.decimals(0, 999, places=2),
        "tags": st.lists(TITLES, max_size=2, unique=True),
        "version": st.integers(1, 9),
        "archived_at": st.none() | MOMENTS,
        "deleted_at": st.none() | MOMENTS,
        "comments": st.lists(TITLES, max_size=2),
        "checklist": st.lists(st.tuples(TITLES, st.booleans()), max_size=2),
        "links": st.lists(TITLES, max_size=1),
        "files": st.lists(st.binary(min_size=1, max_size=200), max_size=1),
        "hours": st.lists(st.integers(1, 8), max_size=2),
        "lag": st.integers(-5_256_000, 5_256_000),
    }
)


async def furnished(owner: Person, tasks: list[dict[str, Any]]) -> str:
    """A project with these tasks, written past the API, which does not allow all that can be."""
    other = await owner.colleague("member")
    project = await owner.project("Bäckerei", description="Ja", budget_amount="12.50")
    await owner.join(project, other, "viewer")
    project_id, tenant_id = UUID(project["id"]), owner.tenant_id
    started = datetime(2021, 1, 4, tzinfo=UTC)
    ids: list[UUID] = []
    async with owner.app.state.database.tenant(tenant_id) as db:
        state = await db.fetchval(
            "SELECT key FROM workflow_states WHERE tenant_id = $1 AND project_id = $2"
            " ORDER BY position DESC LIMIT 1",
            tenant_id,
            project_id,
        )
        for number, task in enumerate(tasks, start=1):
            ids.append(uuid7())
            parent = task["parent"]
            await db.execute(
                """
                INSERT INTO tasks (tenant_id, id, project_id, number, title, description, status,
                    priority, assignee_id, reporter_id, parent_id, start_date, due_date,
                    estimated_hours, tags, position, version, archived_at, deleted_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                        rank_of($4), $16, $17, $18)
                """,
                tenant_id, ids[-1], project_id, number, task["title"], task["description"], state,
                task["priority"], other.id if task["assigned"] else None, owner.id,
                ids[parent] if parent is not None and parent < number - 1 else None,
                task["start_date"], task["due_date"], task["estimated_hours"], task["tags"],
                task["version"], task["archived_at"], task["deleted_at"],
            )  # fmt: skip
            await _hang_on(db, owner, other, task, (ids, number), project_id, started)
            started += timedelta(days=2)
        await db.execute(
            "UPDATE project_counters SET last_number = $3 WHERE tenant_id = $1 AND project_id = $2",
            tenant_id, project_id, len(tasks) + 3,
        )  # fmt: skip
        await db.execute(
            """
            INSERT INTO saved_views (tenant_id, id, project_id, owner_id, name, is_shared,
                                     configuration)
            VALUES ($1, $2, $3, $4, 'Mine', true, $5), ($1, $6, $3, $4, 'Secret', false, '{}')
            """,
            tenant_id, uuid7(), project_id, other.id, to_json({"query": "assignee:me"}), uuid7(),
        )  # fmt: skip
        await db.execute(
            "INSERT INTO milestones (tenant_id, id, project_id, name, due_date)"
            " VALUES ($1, $2, $3, 'Opening', '2030-01-01')",
            tenant_id, uuid7(), project_id,
        )  # fmt: skip
        await db.execute(
            "INSERT INTO resource_assignments (tenant_id, id, project_id, user_id, units,"
            " start_date, end_date) VALUES ($1, $2, $3, $4, $5, '2030-01-01', '2030-02-01')",
            tenant_id, uuid7(), project_id, other.id, Decimal("33.30"),
        )  # fmt: skip
        for tag in {tag for task in tasks for tag in task["tags"]}:
            await db.execute(
                "INSERT INTO tags (tenant_id, name, color) VALUES ($1, $2, '#aabbcc')"
                " ON CONFLICT DO NOTHING",
                tenant_id, tag,
            )  # fmt: skip
    return project["id"]


async def _hang_on(db, owner, other, task, numbered, project_id, started):
    (ids, number), tenant_id = numbered, owner.tenant_id
    task_id, earlier = ids[-1], ids[:-1]
    for body in task["comments"]:
        await db.execute(
            "INSERT INTO comments (tenant_id, id, task_id, author_id, body)"
            " VALUES ($1, $2, $3, $4, $5)",
            tenant_id, uuid7(), task_id, other.id, body,
        )  # fmt: skip
    for position, (title, is_done) in enumerate(task["checklist"]):
        await db.execute(
            "INSERT INTO checklist_items (tenant_id, id, task_id, title, is_done, position)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            tenant_id, uuid7(), task_id, title, is_done, position,
        )  # fmt: skip
    for name in task["links"]:
        await db.execute(
            "INSERT INTO attachments (tenant_id, id, task_id, uploader_id, name, url)"
            " VALUES ($1, $2, $3, $4, $5, 'https://example.org/')",
            tenant_id, uuid7(), task_id, owner.id, name,
        )  # fmt: skip
    for content in task["files"]:
        attachment = uuid7()
        await owner.app.state.files.put(tenant_id, f"attachments/{attachment}", content)
        await db.execute(
            "INSERT INTO attachments (tenant_id, id, task_id, name, object_key, size_bytes)"
            " VALUES ($1, $2, $3, 'a file', $4, $5)",
            tenant_id, attachment, task_id, f"attachments/{attachment}", len(content),
        )  # fmt: skip
    for hours in task["hours"]:
        await db.execute(
            "INSERT INTO time_entries (tenant_id, id, task_id, project_id, task_number, user_id,"
            " started_at, stopped_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            tenant_id, uuid7(), task_id, project_id, number, other.id, started,
            started + timedelta(hours=hours),
        )  # fmt: skip
        started += timedelta(hours=hours)
    on_its_own = task["parent"] is None or task["parent"] >= len(earlier)
    if on_its_own and task["waits_for"] is not None and task["waits_for"] < len(earlier):
        await db.execute(
            "INSERT INTO task_dependencies (tenant_id, id, task_id, depends_on_task_id,"
            " lag_minutes, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
            tenant_id, uuid7(), task_id, earlier[task["waits_for"]], task["lag"], other.id,
        )  # fmt: skip
    if task["relates"] is not None and task["relates"] < len(earlier):
        await db.execute(
            "INSERT INTO task_relations (tenant_id, task_id, other_task_id, kind)"
            " VALUES ($1, $2, $3, 'relates')",
            tenant_id, task_id, earlier[task["relates"]],
        )  # fmt: skip


def comparable(content: bytes) -> dict[str, list[str]]:
    tables = unpacked(content)
    for row in tables["attachments"]:
        row["object_key"] = row["object_key"] and "a file"
    return normalised(tables)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tasks=st.lists(TASKS, max_size=6))
async def test_what_was_taken_out_and_brought_in_elsewhere_is_the_same(
    app: Litestar, tasks: list[dict[str, Any]]
) -> None:
    async with await found_workspace(app) as owner, await found_workspace(app) as reader:
        first = await exported(owner, await furnished(owner, tasks))
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


TASK: dict[str, Any] = {
    "title": "Bake", "description": "Bread", "priority": "high", "assigned": True, "parent": 0,
    "waits_for": None, "relates": 0, "start_date": None,
    "due_date": datetime(2030, 1, 1, tzinfo=UTC), "estimated_hours": Decimal("1.50"),
    "tags": ["oven"], "version": 3, "archived_at": None, "deleted_at": None, "comments": ["Hm"],
    "checklist": [("Flour", True)], "links": ["Recipe"], "files": [b"picture"], "hours": [2],
    "lag": 0,
}  # fmt: skip


async def test_a_copy_beside_the_original_has_its_own_key_and_ids(owner: Person) -> None:
    project = await furnished(owner, [TASK, TASK])

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


async def test_a_new_task_of_a_copy_has_the_next_number(owner: Person) -> None:
    done = await brought_in(owner, await exported(owner, await furnished(owner, [TASK])))

    task = await owner.task({"id": done["project_id"]}, "Next")

    assert task["number"] == 5


async def test_bringing_in_tells_of_the_project_and_each_task(owner: Person) -> None:
    done = await brought_in(owner, await exported(owner, await furnished(owner, [TASK, TASK])))

    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type, seq FROM events WHERE tenant_id = $1 AND project_id = $2 ORDER BY seq",
            owner.tenant_id,
            UUID(done["project_id"]),
        )
        gaps = await db.fetchval(
            "SELECT max(seq) - count(*) FROM events WHERE tenant_id = $1", owner.tenant_id
        )
    assert [row["type"] for row in rows] == ["project.created", "task.created", "task.created"]
    assert gaps == 0


async def test_a_whole_workspace_comes_back_row_for_row(
    owner: Person, database: Database, superuser_url: str, tmp_path: Path
) -> None:
    await furnished(owner, [TASK, {**TASK, "waits_for": 0, "parent": None}])
    file = tmp_path / "workspace.zip"
    file.write_bytes(await exported(owner, None))
    before = {
        table.name: await rows_of(superuser_url, owner.tenant_id, table.name) for table in TABLES
    }
    taken = unpacked(file.read_bytes())
    slug = f"copy-{uuid7().hex[-12:]}"

    tenant_id, told = await bring_in_workspace(
        database, owner.app.state.files, file, slug, lambda _: None
    )

    assert told.tables["tasks"] == 2
    assert told.files == 2
    # The log went on while the file was made and fetched.
    before["events"], before["event_counters"] = taken["events"], taken["event_counters"]
    before["tenants"] = [{**before["tenants"][0], "id": str(tenant_id), "subdomain": slug}]
    before["event_counters"][0]["last_seq"] += 1
    for table in TABLES:
        after = await rows_of(superuser_url, tenant_id, table.name)
        if table.name == "events":
            after = [row for row in after if row["type"] != "workspace.imported"]
        expected = [without(row, table.without) for row in before[table.name]]
        found = [without(row, table.without) for row in after]
        assert sorted(map(str, found)) == sorted(map(str, expected)), table.name
    async with database.tenant(tenant_id) as db:
        seqs = await db.fetch("SELECT seq FROM events WHERE tenant_id = $1 ORDER BY seq", tenant_id)
        assert [row["seq"] for row in seqs] == list(range(1, len(seqs) + 1))


def without(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


async def test_an_export_holds_no_secret(owner: Person) -> None:
    await (await owner.signed_in_by("passkey")).key("*:*")
    content = await exported(owner, None)

    tables = unpacked(content)
    assert "api_keys" not in tables
    assert "sessions" not in tables
    assert all("password_hash" not in row for row in tables["users"])
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
