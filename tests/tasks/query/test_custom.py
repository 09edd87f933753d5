"""Custom fields in queries: each term against its plain meaning; orders, groups, walls."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace

Fields = dict[str, Any]
TODAY = datetime.now(UTC).date()
COUNT = 14


class Desk:
    """Two projects whose tasks differ in what they have in custom fields."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.colleague = owner
        self.projects: list[Fields] = []
        self.fields: dict[str, Fields] = {}
        self.had: dict[str, Fields] = {}
        """By the title of a task, what it has by field; options by name."""

    async def titles(self, query: str, person: Person | None = None, limit: int = 200) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            who = person or self.owner
            answer = await who.get("/tasks", query=query, limit=limit, include_total=True, **more)
            assert answer.status_code == 200, answer.text
            found += [task["title"] for task in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                assert answer.json()["total"] == len(found)
                return found

    async def refused(self, query: str, person: Person | None = None) -> Fields:
        answer = await (person or self.owner).get("/tasks", query=query)
        assert answer.status_code == 422, answer.text
        return answer.json()["errors"][0]


@pytest.fixture(scope="module")
async def desk(app: Litestar) -> AsyncIterator[Desk]:
    async with await found_workspace(app) as owner:
        made = Desk(owner)
        made.colleague = await owner.colleague("member")
        web, api = await owner.project("Web", key="WEB"), await owner.project("Api", key="API")
        made.projects = [web, api]
        await owner.join(web, made.colleague)

        async def add(path: str, name: str, kind: str, *options: str) -> None:
            body = {"name": name, "kind": kind, "options": [{"name": o} for o in options]}
            answer = await owner.post(path, body)
            assert answer.status_code == 201, answer.text
            made.fields[f"{path}{name}"] = answer.json()

        everywhere = "/fields"
        await add(everywhere, "Story points", "number")
        await add(everywhere, "Launch", "date")
        await add(everywhere, "Tester", "person")
        await add(everywhere, "Areas", "multi_select", "front", "back", "docs")
        await add(f"/projects/{web['id']}/fields", "Customer", "text")
        await add(f"/projects/{web['id']}/fields", "Severity", "select", "low", "very high")
        await add(f"/projects/{api['id']}/fields", "Severity", "select", "very high", "low", "odd")
        await add(f"/projects/{web['id']}/fields", "Size", "number")
        await add(f"/projects/{api['id']}/fields", "Size", "text")
        for n in range(COUNT):
            await fill(made, n)
        yield made


def what_it_has(desk: Desk, n: int) -> Fields:
    """What the n-th task has, by the names of fields and options."""
    testers = [str(desk.owner.id), str(desk.colleague.id)]
    had: Fields = {
        "Story points": str(Decimal(n) / 2) if n % 3 else None,
        "Launch": str(TODAY + timedelta(days=n - 5)) if n % 4 else None,
        "Tester": testers[n % 5] if n % 5 < 2 else None,
        "Customer": f"Customer {'ABC'[n % 3]}" if n % 2 == 0 and n % 3 else None,
        "Severity": ["low", "very high"][n % 3 % 2] if n % 4 < 3 else None,
        "Size": str(n) if n % 7 else None,
        "Areas": [name for bit, name in enumerate(("front", "back", "docs")) if n >> bit & 1],
    }
    return {name: value for name, value in had.items() if value is not None}


async def fill(desk: Desk, n: int) -> None:
    project, title = desk.projects[n % 2], f"Task {n}"
    had = desk.had[title] = what_it_has(desk, n)
    task = await desk.owner.task(project, title)
    values: list[Fields] = []
    for name, value in had.items():
        field = desk.fields.get(f"/projects/{project['id']}/fields{name}")
        field = field or desk.fields[f"/fields{name}"]
        ids = {option["name"]: option["id"] for option in field["options"]}
        chosen = [ids[each] for each in value] if isinstance(value, list) else None
        values.append({"field_id": field["id"], "value": chosen or ids.get(str(value), value)})
    answer = await desk.owner.patch(f"/tasks/{task['id']}/fields", {"values": values})
    assert answer.status_code == 200, answer.text


def number(had: Fields, name: str = "Story points") -> Decimal | None:
    return Decimal(had[name]) if name in had else None


Meaning = Callable[[Fields, Desk], bool]
TERMS: dict[str, Meaning] = {
    'field."Story points">2.5': lambda h, _: (number(h) or 0) > 2.5,
    'field."story points"<=2': lambda h, _: "Story points" in h and Decimal(h["Story points"]) <= 2,
    'field."Story points":none': lambda h, _: "Story points" not in h,
    'field."Story points":any': lambda h, _: "Story points" in h,
    'field."Story points":1,2': lambda h, _: number(h) in {1, 2},
    '-field."Story points">2': lambda h, _: not (number(h) or 0) > 2,
    "field.Launch:today": lambda h, _: h.get("Launch") == str(TODAY),
    "field.Launch<3d": lambda h, _: "Launch" in h and h["Launch"] < str(TODAY + timedelta(3)),
    "field.Launch>=tomorrow": lambda h, _: h.get("Launch", "") > str(TODAY),
    "field.Launch:none": lambda h, _: "Launch" not in h,
    "field.Tester:me": lambda h, d: h.get("Tester") == str(d.owner.id),
    "field.Tester:me,none": lambda h, d: h.get("Tester") in {str(d.owner.id), None},
    "field.areas:front": lambda h, _: "front" in h["Areas"],
    "field.areas:front,DOCS": lambda h, _: bool({"front", "docs"} & set(h["Areas"])),
    "field.areas:front field.areas:docs": lambda h, _: {"front", "docs"} <= set(h["Areas"]),
    "field.areas:none": lambda h, _: not h["Areas"],
    "-field.areas:back": lambda h, _: "back" not in h["Areas"],
    "field.Customer:b": lambda h, _: "B" in h.get("Customer", ""),
    'field."Customer":none': lambda h, _: "Customer" not in h,
    "field.Severity:low": lambda h, _: h.get("Severity") == "low",
    'field.Severity:"very high",none': lambda h, _: h.get("Severity") in {"very high", None},
    "field.Size>6": lambda h, _: False,
    "field.Size:1": lambda h, _: h.get("Size") == "1",
    "field.Size:any": lambda h, _: "Size" in h,
    "field.Launch:any OR field.Tester:any": lambda h, _: "Launch" in h or "Tester" in h,
}


@pytest.mark.parametrize("query", TERMS)
async def test_a_term_finds_what_it_says(desk: Desk, query: str) -> None:
    meant = {title for title, had in desk.had.items() if TERMS[query](had, desk)}
    if "Size" in query and "any" not in query:
        # In one project it is a number, in the other a text; each means its own.
        meant = {
            title
            for n, (title, had) in enumerate(desk.had.items())
            if "Size" in had
            and (
                (int(had["Size"]) > 6 if ">" in query else had["Size"] == "1")
                if n % 2 == 0
                else ">" not in query and "1" in had["Size"]
            )
        }

    assert set(await desk.titles(query)) == meant


ORDERS: dict[str, tuple[str, Callable[[str], Any], bool]] = {
    'field."Story points"': ("Story points", Decimal, True),
    'field."Story points"-asc': ("Story points", Decimal, False),
    "field.Launch": ("Launch", str, False),
    "field.launch-desc": ("Launch", str, True),
    "field.Customer": ("Customer", str, False),
    "field.Customer-desc": ("Customer", str, True),
}


@pytest.mark.parametrize("order", ORDERS)
async def test_an_order_is_by_value_with_those_that_have_none_last(desk: Desk, order: str) -> None:
    name, read, falling = ORDERS[order]

    found = await desk.titles(f"order:{order}", limit=3)

    values = [read(desk.had[t][name]) if name in desk.had[t] else None for t in found]
    filled = [value for value in values if value is not None]
    assert len(found) == COUNT
    assert filled == sorted(filled, reverse=falling)
    assert values == [*filled, *[None] * (COUNT - len(filled))]


async def test_options_sort_as_their_field_orders_them(desk: Desk) -> None:
    found = await desk.titles("order:field.Severity,title project:API", limit=2)

    rank = {"very high": 0, "low": 1, None: 2}
    order = [rank[desk.had[title].get("Severity")] for title in found]
    assert order == sorted(order)


async def test_an_order_by_a_name_of_two_kinds_is_refused(desk: Desk) -> None:
    error = await desk.refused("order:field.Size")

    assert error["data"] == {"position": 7, "length": 10}


async def test_counts_by_options_and_people(desk: Desk) -> None:
    answer = await desk.owner.get("/tasks/counts", group="field.Severity,field.Areas")
    counts = answer.json()
    assert counts["group_by"] == ["field.severity", "field.areas"]
    assert counts["total"] == COUNT
    for group in counts["groups"]:
        tasks = [h for h in desk.had.values() if h.get("Severity") == group["value"]]
        assert group["count"] == len(tasks)
        for part in group["groups"]:
            meant = [
                h for h in tasks
                if (part["value"] in h["Areas"] if part["value"] else not h["Areas"])
            ]  # fmt: skip
            assert part["count"] == len(meant)
    query = 'group:field.tester order:field."Story points" field.Launch:any'
    by_person = (await desk.owner.get("/tasks/counts", query=query)).json()
    assert {g["value"] for g in by_person["groups"]} == {
        None, str(desk.owner.id), str(desk.colleague.id),
    }  # fmt: skip
    refused = await desk.owner.get("/tasks/counts", group="field.Launch")
    assert refused.json()["errors"][0]["field"] == "group"


async def test_what_nobody_sees_is_named_with_its_place(desk: Desk) -> None:
    error = await desk.refused("status:open field.Nothing:5")
    assert error["data"] == {"position": 13, "length": 13}

    # The colleague is in one project: the other's option is none of theirs.
    error = await desk.refused("field.Severity:odd", desk.colleague)
    assert error["message"].endswith("expected low, very high")
    assert await desk.titles("field.Severity:odd") == []
    member = await desk.owner.colleague("member")
    assert (
        "there is no custom field" in (await desk.refused("field.Severity:low", member))["message"]
    )
    assert await desk.titles('field."Story points":any', member) == []


async def test_another_workspaces_fields_are_unknown(desk: Desk, stranger: Person) -> None:
    error = await desk.refused('field."Story points">1', stranger)
    assert "there is no custom field “story points”" in error["message"]


async def test_a_view_is_grouped_and_sorted_by_fields(desk: Desk) -> None:
    body = {
        "name": "Mine", "query": "field.Severity:low", "group_by": "field.Severity",
        "sub_group_by": "field.Areas", "sort": 'field."Story points"-desc,due',
    }  # fmt: skip
    assert (await desk.owner.post("/views", body)).status_code == 201
    for field, value in (
        ("query", "field.Nothing:1"), ("group_by", "field.Launch"), ("sort", "field.Areas"),
    ):  # fmt: skip
        answer = await desk.owner.post("/views", {**body, field: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


async def test_deleted_options_and_fields_are_not_found(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        desk = Desk(owner)
        project = await owner.project(key="WEB")
        task = await owner.task(project, "Task")
        body: Fields = {
            "name": "Level",
            "kind": "select",
            "options": [{"name": "a"}, {"name": "b"}],
        }
        field = (await owner.post("/fields", body)).json()
        option = field["options"][0]["id"]
        path = f"/tasks/{task['id']}/fields/{field['id']}"
        assert (await owner.client.put(path, json={"value": option})).status_code == 200
        assert await desk.titles("field.Level:a order:field.Level") == ["Task"]

        await owner.delete(f"/fields/{field['id']}/options/{option}")
        assert await desk.titles("field.Level:none order:field.Level group:field.Level") == ["Task"]
        assert await desk.titles("field.Level:any") == []
        assert "expected b" in (await desk.refused("field.Level:a"))["message"]
        counts = (await owner.get("/tasks/counts", group="field.Level")).json()
        assert counts["groups"] == [{"value": None, "count": 1, "groups": []}]

        await owner.delete(f"/fields/{field['id']}")
        assert "no custom field" in (await desk.refused("field.Level:none"))["message"]


async def test_archived_and_number_and_category_are_fields(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        desk = Desk(owner)
        project = await owner.project(key="WEB")
        for n in (1, 2, 3):
            task = await owner.task(project, f"Task {n}", status=["pending", "in_progress"][n % 2])
            if n == 3:
                await owner.patch(f"/tasks/{task['id']}", {"archived": True})

        assert await desk.titles("number>=2") == ["Task 2"]
        assert await desk.titles("archived:today") == ["Task 3"]
        assert len(await desk.titles("archived:any OR archived:none")) == 3
        assert await desk.titles("category:started") == ["Task 1"]
        assert await desk.titles("category:unstarted,completed") == ["Task 2"]


async def test_what_a_task_is_and_has(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        desk = Desk(owner)
        project = await owner.project(key="WEB")
        first, second, third = [await owner.task(project, f"Task {n}") for n in (1, 2, 3)]
        await owner.task(project, "Below", parent_id=third["id"], assignee_id=str(owner.id))
        depends = {"depends_on_task_id": first["id"]}
        assert (await owner.post(f"/tasks/{second['id']}/dependencies", depends)).is_success
        related = f"/tasks/{second['id']}/relations/{third['id']}"
        assert (await owner.client.put(related, json={"kind": "relates"})).is_success
        body = {"started_at": "2024-01-05T09:00:00Z", "minutes": 30}
        assert (await owner.post(f"/tasks/{third['id']}/time-entries", body)).is_success

        for query, meant in {
            "is:blocking": ["Task 1"], "is:blocked": ["Task 2"], "is:subtask": ["Below"],
            "-is:unassigned": ["Below"], "has:subtask": ["Task 3"], "has:comment,attachment": [],
            "has:dependencies": ["Task 1", "Task 2"], "has:relations": ["Task 2", "Task 3"],
            "has:time": ["Task 3"], "has:actual": ["Task 3"], "is:recurring": [],
        }.items():  # fmt: skip
            assert await desk.titles(f"{query} order:title") == meant, query
        await owner.patch(f"/tasks/{first['id']}", {"status": "completed"})
        assert await desk.titles("is:blocking") == []
