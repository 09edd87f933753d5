"""Lists of tasks: filters, sorting both ways, and cursors that lose and repeat nothing."""

import asyncio
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from tests.people import Person

from projectflow.core.paging import encode_cursor
from projectflow.tasks.listing import SORTS

NEVER = "9999-12-31T23:59:59.9"


@pytest.fixture
async def project(owner: Person) -> dict[str, Any]:
    """Thirteen tasks that differ, some of them alike."""
    made = await owner.project(key="WEB")
    for n in range(13):
        await owner.task(
            made,
            f"Task {n * 7 % 5}",
            description=["about Ponies", None, "100% done_"][n % 3],
            status=["pending", "in_progress", "completed"][n % 3],
            priority=["low", "medium", "high", "urgent"][n % 4],
            assignee_id=str(owner.id) if n % 2 else None,
            due_date=f"2026-01-{n % 4 + 1:02}T00:00:00Z" if n % 3 else None,
            tags=[["a"], ["a", "b"], []][n % 3],
        )
    return made


async def walk(
    owner: Person, project: dict[str, Any], limit: int = 3, **params: Any
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(100):
        more = {"cursor": cursor} if cursor else {}
        answer = await owner.get(f"/projects/{project['id']}/tasks", limit=limit, **params, **more)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", SORTS)
async def test_every_sort_is_walked_to_its_end_without_loss_or_repeats(
    owner: Person, project: dict[str, Any], sort: str, order: str
) -> None:
    walked = await walk(owner, project, sort=sort, order=order)

    assert len({t["id"] for t in walked}) == len(walked) == 13
    values = [(t[sort] or NEVER, UUID(t["id"])) for t in walked]
    assert values == sorted(values, reverse=order == "desc")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["position", "title", "due_date"])
async def test_what_was_there_is_seen_once_while_others_insert_and_delete(
    owner: Person, project: dict[str, Any], sort: str, order: str
) -> None:
    there = {t["id"] for t in await walk(owner, project, limit=50)}
    going = True

    async def disturb() -> None:
        while going:
            task = await owner.task(project, "Task 2", due_date="2026-01-02T00:00:00Z")
            await owner.delete(f"/tasks/{task['id']}")

    disturbing = asyncio.create_task(disturb())
    walked = await walk(owner, project, limit=2, sort=sort, order=order)
    going = False
    await disturbing

    seen = [t["id"] for t in walked if t["id"] in there]
    assert len(seen) == len(there) == len(set(seen))


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "one state": ({"status": "pending"}, lambda t: t["status"] == "pending"),
    "two states": ({"status": ["pending", "completed"]}, lambda t: t["status"] != "in_progress"),
    "assigned": ({"assignee_id": "ME"}, lambda t: t["assignee_id"] is not None),
    "unassigned": ({"assignee_id": "none"}, lambda t: t["assignee_id"] is None),
    "anybody or nobody": ({"assignee_id": ["ME", "none"]}, lambda t: True),
    "priority": ({"priority": ["high", "low"]}, lambda t: t["priority"] in {"high", "low"}),
    "one tag": ({"tag": "a"}, lambda t: "a" in t["tags"]),
    "all of two tags": ({"tag": ["b", "a"]}, lambda t: set(t["tags"]) >= {"a", "b"}),
    "words in the title": ({"q": "tASK 3"}, lambda t: t["title"] == "Task 3"),
    "words in the description": ({"q": "ponies"}, lambda t: t["description"] == "about Ponies"),
    "a key": ({"q": "web-4"}, lambda t: t["key"] == "WEB-4"),
    "a percent sign": ({"q": "100%"}, lambda t: t["description"] == "100% done_"),
    "an underscore": ({"q": "e_"}, lambda t: t["description"] == "100% done_"),
    "nothing like it": ({"q": "' OR true --"}, lambda t: False),
    "an unknown state": ({"status": "nowhere"}, lambda t: False),
    "archived": ({"archived": "true"}, lambda t: False),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_finds_what_it_says_and_counts_it(
    owner: Person, project: dict[str, Any], name: str
) -> None:
    params, holds = FILTERS[name]
    params = {k: _me(v, owner) for k, v in params.items()}
    everything = await walk(owner, project)

    walked = await walk(owner, project, **params)
    total = await owner.get(
        f"/projects/{project['id']}/tasks", limit=1, include_total="true", **params
    )

    assert walked == [t for t in everything if holds(t)]
    assert total.json()["total"] == len(walked)


def _me(value: Any, owner: Person) -> Any:
    if isinstance(value, list):
        return [_me(each, owner) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return str(owner.id) if value == "ME" else value


async def test_filters_combine(owner: Person, project: dict[str, Any]) -> None:
    everything = await walk(owner, project)
    names = [n for n in FILTERS if FILTERS[n][1] and n != "archived"]
    for first, second in product(names, names):
        (one, holds), (two, holds_too) = FILTERS[first], FILTERS[second]
        if set(one) & set(two):
            continue
        params = {k: _me(v, owner) for k, v in {**one, **two}.items()}
        answer = await owner.get(f"/projects/{project['id']}/tasks", limit=200, **params)
        expected = [t for t in everything if holds(t) and holds_too(t)]
        assert answer.json()["items"] == expected, (first, second)


async def test_the_board_is_the_list_in_columns(owner: Person, project: dict[str, Any]) -> None:
    for name in ("one tag", "unassigned", "priority", "words in the title"):
        params = {k: _me(v, owner) for k, v in FILTERS[name][0].items()}
        board = (await owner.get(f"/projects/{project['id']}/board", limit=2, **params)).json()
        for column in board["columns"]:
            listed = await walk(owner, project, status=column["state"]["key"], **params)
            assert column["count"] == len(listed)
            cards = [{k: card[k] for k in listed[0]} for card in column["items"]]
            assert cards == listed[:2]
            if column["next_cursor"]:
                rest = await owner.get(
                    f"/projects/{project['id']}/tasks",
                    status=column["state"]["key"],
                    cursor=column["next_cursor"],
                    **params,
                )
                assert rest.json()["items"] == listed[2:]
            else:
                assert len(listed) <= 2


async def test_cards_count_comments_and_checklist_items(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Card")
    path = f"/tasks/{task['id']}"
    first = (await owner.post(f"{path}/comments", {"body": "one"})).json()
    await owner.post(f"{path}/comments", {"body": "two"})
    await owner.delete(f"/comments/{first['id']}")
    item = (await owner.post(f"{path}/checklist", {"title": "step"})).json()
    await owner.post(f"{path}/checklist", {"title": "another"})
    await owner.patch(f"/checklist-items/{item['id']}", {"is_done": True})

    board = (await owner.get(f"/projects/{project['id']}/board")).json()

    card = board["columns"][0]["items"][0]
    counts = (card["comment_count"], card["checklist_total"], card["checklist_done"])
    assert counts == (1, 2, 1)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=-1", "limit=201", "limit=99999999999999999999", "limit=1e3", "limit=",
        "limit=%00", "sort=id", "sort=title;drop", "sort=", "order=ASC", "priority=none",
        "assignee_id=me", "archived=perhaps", "include_total=2", "q=%00", "tag=%00",
        "q=" + "x" * 201, "cursor=", "cursor=%00", "cursor=x", "cursor=W10", "cursor=WzFd",
        "cursor=" + "A" * 5000, "cursor=bnVsbA", "cursor=%F0%9F%98%80",
    ],
)  # fmt: skip
async def test_a_bad_query_is_refused_by_name(owner: Person, query: str) -> None:
    project = await owner.project()

    answer = await owner.client.get(f"/projects/{project['id']}/tasks?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "values",
    [
        ("a\x00b", "ID"), (10**30, "ID"), (2**31, "ID"), (-(2**63), "ID"), (None, "ID"),
        ("0001-01-01T00:00:00+14:00", "ID"), ("9999-12-31T23:59:59-14:00", "ID"),
        ("2026-01-01T00:00:00", "ID"), ([], "ID"), ("x", "nobody"), ("x",), ("x", "ID", "more"),
    ],
)  # fmt: skip
async def test_a_tampered_cursor_is_never_our_mistake(
    owner: Person, sort: str, values: tuple[Any, ...]
) -> None:
    project = await owner.project()
    cursor = encode_cursor(*(project["id"] if v == "ID" else v for v in values))

    answer = await owner.get(f"/projects/{project['id']}/tasks", sort=sort, cursor=cursor)

    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert answer.json()["items"] == []


async def test_repeated_parameters_take_one_and_unknown_ones_do_no_harm(owner: Person) -> None:
    project = await owner.project()
    for query in ("limit=1&limit=2", "sort=title&sort=number", "unknown=1", "q=", "q=%ff"):
        answer = await owner.client.get(f"/projects/{project['id']}/tasks?{query}")
        assert answer.status_code == 200


async def test_a_total_is_given_when_asked_for_and_right_past_the_end(
    owner: Person, project: dict[str, Any]
) -> None:
    path = f"/projects/{project['id']}/tasks"
    last = encode_cursor("zzzz", project["id"])

    assert (await owner.get(path)).json()["total"] is None
    beyond = (await owner.get(path, cursor=last, include_total="true")).json()
    assert beyond == {"items": [], "next_cursor": None, "total": 13}
