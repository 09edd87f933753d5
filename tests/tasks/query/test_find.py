"""Tasks found over all projects: each term against its plain meaning, orders, cursors, walls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace

from projectflow.core.paging import encode_cursor
from projectflow.tasks.query.orders import KEYS

Fields = dict[str, Any]
PRIORITIES = ["low", "medium", "high", "urgent"]
STATES = ["pending", "in_progress", "in_review", "completed", "cancelled"]
CATEGORY = dict(
    zip(STATES, ["unstarted", "started", "started", "completed", "cancelled"], strict=True)
)


class Shop:
    """Two projects with 24 tasks that differ, and a colleague who is in one of them."""

    def __init__(self, owner: Person, colleague: Person) -> None:
        self.owner = owner
        self.colleague = colleague
        self.web: Fields = {}
        self.tasks: list[Fields] = []
        self.commented: set[str] = set()
        self.listed: set[str] = set()
        self.blocked: set[str] = set()

    async def all(self, person: Person, query: str, limit: int = 200) -> list[Fields]:
        found: list[Fields] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = await person.get("/tasks", query=query, limit=limit, **more)
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return found


@pytest.fixture(scope="module")
async def shop(app: Litestar) -> AsyncIterator[Shop]:
    async with await found_workspace(app) as owner:
        made = Shop(owner, await owner.colleague("member"))
        web, api = await owner.project("Web", key="WEB"), await owner.project("Api", key="API")
        made.web = web
        await owner.join(web, made.colleague)
        now = datetime.now(UTC)
        parent: Fields | None = None
        for n in range(24):
            task = await owner.task(
                web if n % 3 else api,
                ["Fix login", "Write docs", "100% done_", "Plan: a\\b"][n % 4] + f" {n}",
                description=["about Ponies", None, ""][n % 3],
                status=STATES[n % 5],
                priority=PRIORITIES[n % 4],
                assignee_id=[str(owner.id), str(made.colleague.id), None][n % 3 if n != 7 else 0],
                due_date=(now + timedelta(days=n - 12)).isoformat() if n % 4 else None,
                start_date=(now.date() + timedelta(days=n - 6)).isoformat() if n % 2 else None,
                estimated_hours=[None, "2", "4.5"][n % 3],
                tags=[["Bug"], ["bug", "ui"], [], ["none"]][n % 4],
                parent_id=parent["id"] if parent and n in {4, 5} else None,
            )
            if n == 1:
                parent = task
            made.tasks.append(task)
        for task in made.tasks[:3]:
            await owner.post(f"/tasks/{task['id']}/comments", {"body": "x"})
            made.commented.add(task["id"])
        await owner.post(f"/tasks/{made.tasks[5]['id']}/checklist", {"title": "x"})
        made.listed.add(made.tasks[5]["id"])
        # 10 waits for the open 1, 11 for the completed 8.
        for waiting, first in ((10, 1), (11, 8)):
            answer = await owner.post(
                f"/tasks/{made.tasks[waiting]['id']}/dependencies",
                {"depends_on_task_id": made.tasks[first]["id"]},
            )
            assert answer.status_code == 201, answer.text
        made.blocked.add(made.tasks[10]["id"])
        for n, change in ((22, {"archived": True}), (23, None)):
            if change is None:
                await owner.delete(f"/tasks/{made.tasks[n]['id']}")
            else:
                await owner.patch(f"/tasks/{made.tasks[n]['id']}", change)
        everything = [(await owner.get(f"/tasks/{t['id']}")).json() for t in made.tasks[:23]]
        made.tasks = everything
        yield made


def day_of(moment: str) -> Any:
    return datetime.fromisoformat(moment).astimezone(UTC).date()


def due(test: Callable[[Any, Any], bool]) -> Callable[[Shop, Fields], bool]:
    """A test of a task's due day and today."""
    today = datetime.now(UTC).date()
    return lambda _, t: t["due_date"] is not None and test(day_of(t["due_date"]), today)


def rank(task: Fields) -> int:
    return PRIORITIES.index(task["priority"])


def is_open(task: Fields) -> bool:
    return CATEGORY[task["status"]] in {"unstarted", "started"}


MEANINGS: dict[str, Callable[[Shop, Fields], bool]] = {
    "": lambda s, t: True,
    "assignee:me": lambda s, t: t["assignee_id"] == str(s.owner.id),
    "-assignee:me": lambda s, t: t["assignee_id"] != str(s.owner.id),
    "assignee:none": lambda s, t: t["assignee_id"] is None,
    "assignee:any": lambda s, t: t["assignee_id"] is not None,
    "assignee:me,none": lambda s, t: t["assignee_id"] in {str(s.owner.id), None},
    "assignee:OWNER": lambda s, t: t["assignee_id"] == str(s.owner.id),
    'assignee:"ada member"': lambda s, t: t["assignee_id"] == str(s.colleague.id),
    "assignee:ada": lambda s, t: t["assignee_id"] is not None,
    "assignee:nobody": lambda s, t: False,
    "reporter:me": lambda s, t: True,
    "status:pending": lambda s, t: t["status"] == "pending",
    "status:started": lambda s, t: CATEGORY[t["status"]] == "started",
    "status:started,done": lambda s, t: t["status"] in {"in_progress", "in_review", "completed"},
    'status:"In review"': lambda s, t: t["status"] == "in_review",
    "-status:started": lambda s, t: CATEGORY[t["status"]] != "started",
    "status:open": lambda s, t: is_open(t),
    "is:open": lambda s, t: is_open(t),
    "is:closed": lambda s, t: not is_open(t),
    "status:nowhere": lambda s, t: False,
    "priority:high,low": lambda s, t: t["priority"] in {"high", "low"},
    "priority>=high": lambda s, t: rank(t) >= 2,
    "priority<high": lambda s, t: rank(t) < 2,
    "priority<low": lambda s, t: False,
    "tag:BUG": lambda s, t: {"Bug", "bug"} & set(t["tags"]),
    "-tag:bug": lambda s, t: not {"Bug", "bug"} & set(t["tags"]),
    "tag:none": lambda s, t: not t["tags"],
    'tag:"none"': lambda s, t: "none" in t["tags"],
    "label:ui,none": lambda s, t: "ui" in t["tags"] or not t["tags"],
    "project:web": lambda s, t: t["key"].startswith("WEB"),
    "project:web,api": lambda s, t: True,
    "-project:WEB": lambda s, t: t["key"].startswith("API"),
    "key:web-1,API-2": lambda s, t: t["key"] in {"WEB-1", "API-2"},
    "web-3": lambda s, t: t["key"] == "WEB-3",
    "parent:web-1": lambda s, t: t["parent_id"] is not None,
    "parent:none": lambda s, t: t["parent_id"] is None,
    "fIX": lambda s, t: "Fix" in t["title"],
    '"fix login"': lambda s, t: "Fix login" in t["title"],
    "login fix": lambda s, t: "Fix login" in t["title"],
    "ponies": lambda s, t: t["description"] == "about Ponies",
    "100%": lambda s, t: "100%" in t["title"],
    "done_": lambda s, t: "done_" in t["title"],
    r"a\b": lambda s, t: "a\\b" in t["title"],
    "title:docs,plan": lambda s, t: "docs" in t["title"] or "Plan" in t["title"],
    "description:PON": lambda s, t: t["description"] == "about Ponies",
    "description:none": lambda s, t: not t["description"],
    "-description:pon": lambda s, t: t["description"] != "about Ponies",
    "due:today": due(lambda d, today: d == today),
    "due<today": due(lambda d, today: d < today),
    "due<=3d": due(lambda d, today: d <= today + timedelta(days=3)),
    "due>3d": due(lambda d, today: d > today + timedelta(days=3)),
    "due>=-2d": due(lambda d, today: d >= today - timedelta(days=2)),
    "due:today,tomorrow": due(lambda d, today: d in {today, today + timedelta(days=1)}),
    "-due<today": lambda s, t: not due(lambda d, today: d < today)(s, t),
    "due:none": lambda s, t: t["due_date"] is None,
    "start<=today": lambda s, t: (
        t["start_date"] is not None and t["start_date"] <= str(datetime.now(UTC).date())
    ),
    "created:today": lambda s, t: True,
    "created<-1d": lambda s, t: False,
    "updated>=today": lambda s, t: True,
    "completed:any": lambda s, t: t["completed_at"] is not None,
    "completed:today": lambda s, t: t["completed_at"] is not None,
    "estimate>2": lambda s, t: t["estimated_hours"] == "4.50",
    "estimate:2h": lambda s, t: t["estimated_hours"] == "2.00",
    "estimate:none": lambda s, t: t["estimated_hours"] is None,
    "actual:none": lambda s, t: True,
    "is:overdue": lambda s, t: is_open(t) and due(lambda d, today: d <= today)(s, t)
    and datetime.fromisoformat(t["due_date"]) < datetime.now(UTC),
    "is:blocked": lambda s, t: t["id"] in s.blocked,
    "-is:blocked": lambda s, t: t["id"] not in s.blocked,
    "has:comments": lambda s, t: t["id"] in s.commented,
    "has:checklist": lambda s, t: t["id"] in s.listed,
    "has:attachments": lambda s, t: False,
    "has:subtasks": lambda s, t: t["key"] == "WEB-1",
    "has:due,parent": lambda s, t: t["due_date"] is not None or t["parent_id"] is not None,
    "-has:description": lambda s, t: not t["description"],
    "fix OR docs": lambda s, t: "Fix" in t["title"] or "docs" in t["title"],
    "NOT (fix OR docs)": lambda s, t: not ("Fix" in t["title"] or "docs" in t["title"]),
    "(fix OR assignee:none) -tag:bug": lambda s, t: (
        ("Fix" in t["title"] or t["assignee_id"] is None)
        and not {"Bug", "bug"} & set(t["tags"])
    ),
    "-(assignee:me due<today)": lambda s, t: not (
        t["assignee_id"] == str(s.owner.id) and due(lambda d, today: d < today)(s, t)
    ),
    "'; DROP TABLE tasks; --": lambda s, t: False,
    '"\' OR true --"': lambda s, t: False,
}  # fmt: skip


@pytest.mark.parametrize("query", MEANINGS)
async def test_a_query_finds_what_it_says_and_counts_it(shop: Shop, query: str) -> None:
    unarchived = [t for t in shop.tasks if t["archived_at"] is None]
    expected = {t["key"] for t in unarchived if MEANINGS[query](shop, t)}

    answer = await shop.owner.get("/tasks", query=query, limit=200, include_total="true")

    assert answer.status_code == 200, answer.text
    assert {t["key"] for t in answer.json()["items"]} == expected
    assert answer.json()["total"] == len(expected)


async def test_archived_tasks_are_found_when_asked_for_and_deleted_ones_never(shop: Shop) -> None:
    (archived,) = [t["key"] for t in shop.tasks if t["archived_at"]]

    assert {t["key"] for t in await shop.all(shop.owner, "is:archived")} == {archived}
    both = await shop.all(shop.owner, "is:archived OR -is:archived")
    assert len(both) == len(shop.tasks) == 23
    assert archived not in {t["key"] for t in await shop.all(shop.owner, "-is:archived")}


def value_of(name: str, task: Fields) -> Any:
    match name:
        case "priority":
            return rank(task)
        case "status":
            return STATES.index(task["status"])
        case "key":
            return task["key"].split("-")[0], task["number"]
        case _:
            column = {
                "created": "created_at", "updated": "updated_at", "due": "due_date",
                "start": "start_date", "completed": "completed_at",
                "estimate": "estimated_hours", "actual": "actual_hours",
            }.get(name, name)  # fmt: skip
            return task[column]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("name", KEYS)
async def test_every_order_is_walked_to_its_end_with_nothing_at_the_end(
    shop: Shop, name: str, direction: str
) -> None:
    walked = await shop.all(shop.owner, f"order:{name}-{direction}", limit=3)

    assert len({t["id"] for t in walked}) == len(walked) == 22
    values = [value_of(name, t) for t in walked]
    there = [v for v in values if v is not None]
    assert values == there + [None] * (len(values) - len(there))
    assert there == sorted(there, reverse=direction == "desc")
    for one, next_ in pairwise(walked):
        if value_of(name, one) == value_of(name, next_):
            in_order = UUID(one["id"]) < UUID(next_["id"])
            assert in_order == (direction == "asc")


async def test_orders_combine(shop: Shop) -> None:
    walked = await shop.all(shop.owner, "order:priority,due,title-desc", limit=4)

    assert len({t["id"] for t in walked}) == len(walked) == 22
    keys = [(-rank(t), t["due_date"] or "9999") for t in walked]
    assert keys == sorted(keys)


@pytest.mark.parametrize("order", ["created", "due", "due-desc", "priority", "priority,due", "key"])
async def test_what_was_there_is_seen_once_while_others_write(owner: Person, order: str) -> None:
    project = await owner.project(key="WEB")
    moment = "2026-01-02T00:00:00Z"
    there: set[str] = set()
    for n in range(9):
        task = await owner.task(project, f"Task {n % 2}", due_date=moment if n % 2 else None)
        there.add(task["id"])
    shop = Shop(owner, owner)
    going = True

    async def disturb() -> None:
        while going:
            task = await owner.task(project, "Task 1", due_date=moment, priority="urgent")
            await owner.delete(f"/tasks/{task['id']}")

    disturbing = asyncio.create_task(disturb())
    walked = await shop.all(owner, f"order:{order}", limit=2)
    going = False
    await disturbing

    seen = [t["id"] for t in walked if t["id"] in there]
    assert len(seen) == len(there) == len(set(seen))


async def test_people_find_only_what_they_may_see(shop: Shop) -> None:
    found = await shop.all(shop.colleague, "")
    stranger = await shop.owner.colleague("manager")

    assert {t["project_id"] for t in found} == {shop.web["id"]}
    assert await shop.all(shop.colleague, "project:API OR key:API-1 OR -project:WEB") == []
    assert await shop.all(stranger, "") == []


async def test_a_viewer_finds_people_by_name_only_where_they_share_a_project(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        viewer, outsider = await owner.colleague("viewer"), await owner.colleague("admin")
        project = await owner.project()
        await owner.join(project, viewer)
        await owner.task(project, "Owner's", assignee_id=str(owner.id))
        await owner.task(project, "Outsider's", assignee_id=str(outsider.id))
        shop = Shop(owner, viewer)

        for query, titles in (
            ("assignee:owner", ["Owner's"]),
            (f"assignee:{owner.id.hex}@example.org", ["Owner's"]),
            (f"assignee:{outsider.id.hex}@example.org OR assignee:admin", []),
            (f"assignee:{outsider.id}", ["Outsider's"]),
        ):
            assert [t["title"] for t in await shop.all(viewer, query)] == titles
        found = await shop.all(owner, f"assignee:{outsider.id.hex}@example.org")
        assert [t["title"] for t in found] == ["Outsider's"]


async def test_another_workspaces_ids_and_words_find_nothing(shop: Shop, stranger: Person) -> None:
    own = await stranger.task(await stranger.project(key="OWN"), "Mine")
    theirs = shop.tasks[4]
    words = (
        f"key:{theirs['id']}", f"key:{theirs['key']}", theirs["key"], f"project:{shop.web['id']}",
        "project:WEB", f"assignee:{shop.owner.id}", f"reporter:{shop.owner.id.hex}@example.org",
        f"parent:{theirs['parent_id']}", "parent:WEB-1", "tag:bug", "ponies",
    )  # fmt: skip
    for query in words:
        assert await shop.all(stranger, query) == [], query
        assert [t["id"] for t in await shop.all(stranger, f"NOT ({query})")] == [own["id"]], query
        counts = await stranger.get("/tasks/counts", query=query, group="project,tag")
        assert counts.json() == {
            "total": 0, "group_by": ["project", "tag"], "groups": [], "truncated": False
        }  # fmt: skip
    cursor = encode_cursor("created-desc", theirs["created_at"], theirs["id"])
    page = (await stranger.get("/tasks", cursor=cursor)).json()
    assert {t["id"] for t in page["items"]} <= {own["id"]}


async def test_a_key_of_one_project_finds_only_its_tasks(shop: Shop) -> None:
    await shop.owner.signed_in_by("password")
    key = await shop.owner.key("task:read", project_ids=[shop.web["id"]])

    found = (await key.get("/tasks?limit=200")).json()["items"]
    counts = (await key.get("/tasks/counts?group=project")).json()

    assert {t["project_id"] for t in found} == {shop.web["id"]}
    assert [g["value"] for g in counts["groups"]] == ["WEB"]
    other = await shop.owner.key("project:read")
    assert (await other.get("/tasks")).status_code == 403


async def test_a_cursor_of_another_order_is_refused(shop: Shop) -> None:
    page = (await shop.owner.get("/tasks", query="order:due", limit=1)).json()

    answer = await shop.owner.get("/tasks", query="order:completed", cursor=page["next_cursor"])

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"
