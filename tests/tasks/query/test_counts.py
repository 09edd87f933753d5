"""Counts by group and sub-group are those of the list, in one statement."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest
from asyncpg.connection import Connection
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.tasks.group_counts import MAX_GROUPS

Fields = dict[str, Any]


@pytest.fixture(scope="module")
async def owner(app: Litestar) -> AsyncIterator[Person]:
    async with await found_workspace(app) as person:
        projects = [await person.project(key="WEB"), await person.project(key="API")]
        for n in range(14):
            await person.task(
                projects[n % 2],
                f"Task {n}",
                status=["pending", "in_progress", "in_review", "completed"][n % 4],
                priority=["low", "medium", "high"][n % 3],
                assignee_id=str(person.id) if n % 3 else None,
                tags=[["a", "b"], ["b"], []][n % 3],
            )
        yield person


VALUES: dict[str, Any] = {
    "status": lambda t: [t["status"]],
    "category": lambda t: [
        {"pending": "unstarted", "completed": "completed"}.get(t["status"], "started")
    ],
    "assignee": lambda t: [t["assignee_id"]],
    "reporter": lambda t: [t["reporter_id"]],
    "priority": lambda t: [t["priority"]],
    "project": lambda t: [t["key"].split("-")[0]],
    "parent": lambda t: [t["parent_id"]],
    "tag": lambda t: t["tags"] or [None],
}


@pytest.mark.parametrize("query", ["", "assignee:me", "status:started OR tag:a", "priority:urgent"])
@pytest.mark.parametrize(
    "group", [*VALUES, "status,assignee", "assignee,tag", "tag,project", "category,priority"]
)
async def test_counts_are_those_of_the_list(owner: Person, query: str, group: str) -> None:
    tasks = (await owner.get("/tasks", query=query, limit=200)).json()["items"]
    by = group.split(",")

    counts = (await owner.get("/tasks/counts", query=query, group=group)).json()

    assert counts["total"] == len(tasks)
    assert counts["group_by"] == by
    assert not counts["truncated"]
    first = VALUES[by[0]]
    assert {g["value"]: g["count"] for g in counts["groups"]} == Counter(
        value for t in tasks for value in first(t)
    )
    for part in counts["groups"]:
        inside = [t for t in tasks if part["value"] in first(t)]
        expected = Counter(v for t in inside for v in VALUES[by[1]](t)) if len(by) > 1 else {}
        assert {g["value"]: g["count"] for g in part["groups"]} == expected
    sizes = [g["count"] for g in counts["groups"]]
    assert sizes == sorted(sizes, reverse=True)


async def test_the_querys_own_group_counts_where_no_other_is_given(owner: Person) -> None:
    own = (await owner.get("/tasks/counts", query="group:priority")).json()
    given = (await owner.get("/tasks/counts", query="group:priority", group="status")).json()
    none = (await owner.get("/tasks/counts")).json()

    assert own["group_by"] == ["priority"]
    assert given["group_by"] == ["status"]
    assert none == {"total": 14, "group_by": [], "groups": [], "truncated": False}


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("nonsense", "character 1: “nonsense” cannot be grouped by: expected status"),
        ("status,", "character 8"), ("status,status", "already"), ("tag,label", "already"),
        ("status,tag,project", "at most 2"), ("t.id); DROP TABLE tasks", "cannot be grouped by"),
    ],
)  # fmt: skip
async def test_a_group_that_is_none_is_refused(owner: Person, group: str, words: str) -> None:
    answer = await owner.get("/tasks/counts", group=group)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "group"
    assert words in error["message"]
    inside = await owner.get("/tasks", query=f'group:"{group}"')
    assert inside.status_code == 422 or "," in group


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement but BEGIN and COMMIT."""
    caught: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval"):
        original: Any = getattr(Connection, name)

        async def spy(self: Any, query: str, *args: Any, _to: Any = original, **more: Any) -> Any:
            caught.append(query)
            return await _to(self, query, *args, **more)

        monkeypatch.setattr(Connection, name, spy)
    yield caught
    monkeypatch.undo()


async def test_one_statement_counts_and_the_same_one_for_every_word(
    owner: Person, sent: list[str]
) -> None:
    await owner.get("/tasks/counts", query="assignee:me status:started", group="status,assignee")
    await owner.get("/tasks/counts", query="assignee:me status:completed", group="status,assignee")
    await owner.get("/tasks", query="title:one")
    await owner.get("/tasks", query="title:two,three")

    assert len(sent) == 4
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]


async def test_more_than_a_thousand_groups_are_cut_off_at_the_smallest(owner: Person) -> None:
    async with await found_workspace(owner.app) as other:
        project = await other.project(key="BIG")
        async with other.app.state.database.tenant(other.tenant_id) as db:
            await db.execute(
                """
                INSERT INTO tasks (tenant_id, id, project_id, number, title, reporter_id, position,
                                   tags)
                SELECT $1, gen_random_uuid(), $2, n, 'x', $3, rank_of(n),
                       ARRAY['t' || n] || CASE WHEN n > 3 THEN ARRAY['often'] END
                FROM generate_series(1, $4::int) n
                """,
                other.tenant_id,
                UUID(project["id"]),
                other.id,
                MAX_GROUPS + 5,
            )

        counts = (await other.get("/tasks/counts", group="tag")).json()

        assert counts["truncated"]
        assert counts["total"] == MAX_GROUPS + 5
        assert len(counts["groups"]) == MAX_GROUPS
        assert counts["groups"][0] == {"value": "often", "count": MAX_GROUPS + 2, "groups": []}
