"""Catching up and bootstraps: what they give, to whom, how much at a time, what they refuse."""

import gzip
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
from asyncpg.connection import Connection
from tests.people import BASE, KeyHolder, Person
from tests.realtime.copies import Copy, differences, fresh

from projectflow.core.db import Database
from projectflow.core.events import Change, record, record_all

ProjectJson = dict[str, Any]


async def position(person: Person) -> int:
    return (await fresh(person))[0]


async def changes(person: Person, after: int, limit: int = 500) -> dict[str, Any]:
    answer = await person.get("/sync", after=after, limit=limit)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(page: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(c["model"], c["op"], c["id"]) for c in page["changes"]]


@pytest.fixture
async def project(owner: Person) -> ProjectJson:
    return await owner.project("Web", key="WEB")


async def test_a_task_comes_as_its_route_answers_it_with_what_is_in_its_fields(
    owner: Person, project: ProjectJson
) -> None:
    field = (await owner.post("/fields", {"name": "Room", "kind": "text"})).json()["id"]
    before = await position(owner)
    task = await owner.task(project, "Paint")
    await owner.client.put(f"/tasks/{task['id']}/fields/{field}", json={"value": "hall"})

    page = await changes(owner, before)

    (row,) = [c["row"] for c in page["changes"] if c["model"] == "task"]
    read = (await owner.get(f"/tasks/{task['id']}")).json()
    counts = {"comment_count": 0, "checklist_total": 0, "checklist_done": 0}
    assert row == {**read, **counts, "fields": {field: "hall"}}
    assert [(e["type"], e["actor_id"], e["entity_id"]) for e in page["events"]] == [
        ("task.created", str(owner.id), task["id"]),
        ("task.field_set", str(owner.id), task["id"]),
    ]
    assert (page["seq"], page["latest"], page["more"]) == (before + 2, before + 2, False)


async def test_nothing_new_is_an_empty_answer(owner: Person, project: ProjectJson) -> None:
    del project
    now = await position(owner)
    page = await changes(owner, now)
    assert page == {"seq": now, "latest": now, "more": False, "changes": [], "events": []}


async def test_limits_cut_between_events_and_the_rest_follows(
    owner: Person, project: ProjectJson
) -> None:
    before = await position(owner)
    tasks = [(await owner.task(project, title))["id"] for title in "abc"]

    first = await changes(owner, before, limit=2)
    rest = await changes(owner, first["seq"], limit=2)

    assert (first["seq"], first["more"], rest["seq"], rest["more"]) == (
        before + 2, True, before + 3, False,
    )  # fmt: skip
    assert [c["id"] for p in (first, rest) for c in p["changes"]] == tasks


async def test_who_is_outside_learns_nothing(owner: Person, project: ProjectJson) -> None:
    outsider = await owner.colleague("member")
    before = await position(outsider)
    task = await owner.task(project, "Secret")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "secret"})
    await owner.post(f"/tasks/{task['id']}/timer", {})
    await owner.delete(f"/tasks/{task['id']}")
    await owner.post("/views", {"name": "Mine", "query": ""})
    await owner.client.put(f"/me/favourites/{project['id']}")
    await owner.post("/me/api-keys", {"name": "Robot", "scopes": ["*:*"]})
    await owner.delete(f"/projects/{project['id']}")

    page = await changes(outsider, before)

    assert (page["changes"], page["events"]) == ([], [])
    assert page["seq"] > before + 5


async def test_the_panel_of_a_task_is_touched_by_its_parts(
    owner: Person, project: ProjectJson
) -> None:
    task = await owner.task(project, "Paint")
    before = await position(owner)
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "x"})
    await owner.post(f"/tasks/{task['id']}/checklist", {"title": "y"})

    touched = [c for c in (await changes(owner, before))["changes"] if c["op"] == "touch"]

    assert touched == [
        {"model": "task_details", "id": task["id"], "op": "touch",
         "parts": ["checklist", "comments"]}
    ]  # fmt: skip


async def test_joining_brings_a_project_and_leaving_takes_it_away(
    owner: Person, project: ProjectJson
) -> None:
    newcomer = await owner.colleague("member")
    task = await owner.task(project, "There before", tags=["a"])
    copy = Copy(newcomer)
    await copy.start()
    assert "project" not in copy.state()
    path = f"/projects/{project['id']}/members/{newcomer.id}"
    await owner.client.put(path, json={"role": "viewer"})

    await copy.catch_up()
    assert set(copy.state()["task"]) == {task["id"]}
    await owner.delete(path)
    page = await changes(newcomer, copy.seq)
    assert ("project", "remove", project["id"]) in told(page)
    await copy.catch_up()

    assert differences(copy, (await fresh(newcomer))[1]) == []
    assert "task" not in copy.state()


async def test_a_manager_who_leaves_keeps_the_project_without_its_tasks(
    owner: Person, project: ProjectJson
) -> None:
    manager = await owner.colleague("manager")
    await owner.task(project, "Hidden soon")
    await owner.join(project, manager)
    copy = Copy(manager)
    await copy.start()
    await owner.delete(f"/projects/{project['id']}/members/{manager.id}")

    await copy.catch_up()

    assert (set(copy.state()["project"]), "task" in copy.state()) == ({project["id"]}, False)
    assert differences(copy, (await fresh(manager))[1]) == []


async def test_a_large_project_is_loaded_apart(owner: Person, project: ProjectJson) -> None:
    newcomer = await owner.colleague("member")
    await fill(owner, project, 1200)
    copy = Copy(newcomer)
    await copy.start()
    await owner.client.put(f"/projects/{project['id']}/members/{newcomer.id}", json={})

    page = await changes(newcomer, copy.seq)
    assert ("project", "load", project["id"]) in told(page)
    assert len(page["changes"]) < 10
    await copy.catch_up()

    assert len(copy.state()["task"]) == 1200
    assert differences(copy, (await fresh(newcomer))[1]) == []


async def test_an_event_of_very_many_tasks_has_those_who_see_them_load_the_project(
    owner: Person, project: ProjectJson
) -> None:
    member, outsider = await owner.colleague("member"), await owner.colleague("member")
    await owner.join(project, member)
    await fill(owner, project, 1001)
    copy = Copy(member)
    await copy.start()
    states = (await owner.get(f"/projects/{project['id']}")).json()["states"]
    ids = {state["key"]: state["id"] for state in states}
    path = f"/states/{ids['pending']}"
    moved = await owner.client.delete(path, params={"move_to": ids["in_review"]})
    assert moved.status_code == 204, moved.text

    page = await changes(member, copy.seq)
    assert told(page)[0] == ("project", "load", project["id"])
    assert [c for c in page["changes"] if c["model"] == "task"] == []
    assert (await changes(outsider, copy.seq))["changes"] == []
    await copy.catch_up()

    assert {task["status"] for task in copy.state()["task"].values()} == {"in_review"}
    assert differences(copy, (await fresh(member))[1]) == []


async def fill(owner: Person, project: ProjectJson, count: int) -> None:
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO tasks (tenant_id, id, project_id, number, title, reporter_id, position)
            SELECT $1, gen_random_uuid(), $2, n, 'Task ' || n, $3, rank_of(n)
            FROM generate_series(1, $4::int) n
            """,
            owner.tenant_id,
            UUID(project["id"]),
            owner.id,
            count,
        )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    sent: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            sent.append(query)
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    yield sent
    monkeypatch.undo()


async def test_many_events_take_as_few_statements_as_one(
    owner: Person, project: ProjectJson, statements: list[str]
) -> None:
    before = await position(owner)
    await owner.task(project, "One", tags=["a"])
    statements.clear()
    await changes(owner, before)
    few = len(statements)
    for number in range(40):
        await owner.task(project, f"Task {number}", tags=[f"t{number}"])
    statements.clear()
    page = await changes(owner, before)

    assert len(page["changes"]) == 41 + 41
    assert len(statements) == few


async def test_an_api_key_of_some_projects_gets_those_alone(
    owner: Person, project: ProjectJson
) -> None:
    other = await owner.project("Other")
    await owner.signed_in_by()
    key = await owner.key("task:read", "project:read", project_ids=[project["id"]])
    before = await position(owner)
    seen, unseen = await owner.task(project, "Seen"), await owner.task(other, "Unseen")
    person = await owner.post("/users", {"email": "a@example.org", "first_name": "A",
                                         "last_name": "B"})  # fmt: skip

    page = (await key.get(f"/sync?after={before}")).json()
    loaded = await key.get("/sync/bootstrap")

    assert told(page) == [("task", "put", seen["id"])]
    assert [e["entity_id"] for e in page["events"]] == [seen["id"]]
    for text in (unseen["id"], other["id"], person.json()["user"]["id"]):
        assert text not in loaded.text
    assert seen["id"] in loaded.text
    assert (await key.get(f"/sync/bootstrap?project_id={other['id']}")).status_code == 404


async def test_a_project_that_is_not_seen_is_not_found(owner: Person, stranger: Person) -> None:
    theirs = await stranger.project("Theirs")
    mine = await owner.project("Mine")
    outsider = await owner.colleague("member")

    for who, project_id in ((owner, theirs["id"]), (outsider, mine["id"]), (owner, str(owner.id))):
        answer = await who.get("/sync/bootstrap", project_id=project_id)
        assert answer.status_code == 404, answer.text
    assert theirs["id"] not in (await owner.get("/sync/bootstrap")).text


async def test_a_key_without_the_scope_gets_nothing(owner: Person) -> None:
    await owner.signed_in_by()
    key: KeyHolder = await owner.key("user:read")
    assert (await key.get("/sync?after=0")).status_code == 403
    assert (await key.get("/sync/bootstrap")).status_code == 403


async def reset(person: Person, after: int) -> str:
    answer = await person.get("/sync", after=after)
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert problem["type"] == "/problems/sync-reset"
    return problem["reason"]


async def test_who_is_ahead_of_the_log_starts_anew(owner: Person, project: ProjectJson) -> None:
    del project
    assert await reset(owner, await position(owner) + 1) == "ahead"
    assert await reset(owner, 2**63 - 1) == "ahead"


async def test_who_is_too_far_behind_starts_anew(owner: Person, database: Database) -> None:
    change = Change("task.watched", "task", owner.id)
    async with database.tenant(owner.tenant_id) as db:
        await record_all(db, owner.tenant_id, owner.id, [change] * 10_001)

    assert await reset(owner, 0) == "behind"
    assert (await owner.get("/sync", after=1, limit=1)).status_code == 200


async def test_who_missed_events_that_are_not_kept_starts_anew(
    owner: Person, project: ProjectJson, superuser_url: str
) -> None:
    task = await owner.task(project, "Old")
    await owner.patch(f"/tasks/{task['id']}", {"title": "Newer"})
    last = await position(owner)
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "DELETE FROM events WHERE tenant_id = $1 AND seq < $2", owner.tenant_id, last
    )

    assert await reset(owner, last - 2) == "outlived"
    assert len((await changes(owner, last - 1))["events"]) == 1
    await connection.execute("DELETE FROM events WHERE tenant_id = $1", owner.tenant_id)
    await connection.close()
    assert await reset(owner, last - 1) == "outlived"
    assert (await changes(owner, last))["seq"] == last


async def test_another_role_and_an_unknown_event_make_one_start_anew(
    owner: Person, database: Database
) -> None:
    person = await owner.colleague("member")
    before = await position(person)
    await owner.client.put(f"/users/{person.id}/role", json={"role": "viewer"})
    now = Person(owner.app, msgspec.structs.replace(person.actor, role="viewer"))
    async with now:
        assert await reset(now, before) == "role"
        # Others hear of it as of any change.
        assert ("user", "put", str(person.id)) in told(await changes(owner, before))
        before = await position(now)
        async with database.tenant(owner.tenant_id) as db:
            await record(db, owner.tenant_id, None, Change("moon.landed", "moon", owner.id))
        assert await reset(now, before) == "unknown"


async def test_one_answer_is_one_snapshot(
    owner: Person, project: ProjectJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that is made while an answer is read is in neither its rows nor its number."""
    await owner.task(project, "Before")
    original: Any = Connection.fetch
    made: list[str] = []

    async def meddle(self: Any, query: str, *args: Any, **more: Any) -> Any:
        if "FROM milestones m" in query and not made:
            made.append("")
            made[0] = (await owner.task(project, "Meanwhile"))["id"]
        return await original(self, query, *args, **more)

    monkeypatch.setattr(Connection, "fetch", meddle)
    seq, rows = await fresh(owner)
    monkeypatch.undo()

    assert made
    assert [row["title"] for row in rows["task"].values()] == ["Before"]
    assert told(await changes(owner, seq))[0] == ("task", "put", made[0])


async def test_a_bootstrap_is_compressed_for_those_who_take_it(
    owner: Person, project: ProjectJson
) -> None:
    await fill(owner, project, 1100)
    plain = await owner.client.get("/sync/bootstrap", headers={"Accept-Encoding": "identity"})
    async with owner.client.stream(
        "GET", "/sync/bootstrap", headers={"Accept-Encoding": "gzip"}
    ) as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert "content-encoding" not in plain.headers
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 4
    assert plain.headers["content-type"].startswith("application/x-ndjson")
    titles = [m["row"]["title"] for m in map(msgspec.json.decode, plain.content.splitlines())
              if m.get("model") == "task"]  # fmt: skip
    assert sorted(titles) == sorted(f"Task {n}" for n in range(1, 1101))


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=0&limit=0", "after=0&limit=1001", f"after={2**63}"]
)
async def test_other_numbers_are_refused(owner: Person, query: str) -> None:
    answer: httpx.Response = await owner.client.get(f"{BASE}/sync?{query}")
    assert answer.status_code in {400, 422}, answer.text
