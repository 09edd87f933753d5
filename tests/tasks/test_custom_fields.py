"""Custom fields: who shapes them, what stands in them, and what is refused by name."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

from projectflow.tasks.field_kinds import NotThisKind, read_value
from projectflow.tasks.field_types import CustomField

Fields = dict[str, Any]
KINDS = ("text", "number", "select", "multi_select", "date", "person", "url")


class Desk:
    """A project with a field of each kind, a task, and people."""

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.project: Fields = {}
        self.task: Fields = {}
        self.fields: dict[str, Fields] = {}

    def options(self, kind: str) -> list[str]:
        return [option["id"] for option in self.fields[kind]["options"]]

    async def values(self, task_id: str | None = None) -> Fields:
        answer = await self.owner.get(f"/tasks/{task_id or self.task['id']}/fields")
        assert answer.status_code == 200, answer.text
        return {field["kind"]: field["value"] for field in answer.json()["items"]}

    async def put(self, kind: str, value: Any, task_id: str | None = None) -> Any:
        path = f"/tasks/{task_id or self.task['id']}/fields/{self.fields[kind]['id']}"
        return await self.owner.client.put(path, json={"value": value})


async def add_field(owner: Person, path: str, name: str, kind: str = "text") -> Fields:
    options = [{"name": f"{name} {n}", "color": "#aabbcc"} for n in range(3)]
    body = {"name": name, "kind": kind, "options": options if "select" in kind else []}
    answer = await owner.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def events_of(owner: Person, entity_id: str) -> list[tuple[str, Fields]]:
    async with owner.app.state.database.tenant(owner.tenant_id, read_only=True) as db:
        rows = await db.fetch(
            "SELECT type, payload::text FROM events WHERE tenant_id = $1 AND entity_id = $2"
            " ORDER BY seq",
            owner.tenant_id,
            UUID(entity_id),
        )
    return [(row["type"], msgspec.json.decode(row["payload"])) for row in rows]


@pytest.fixture
async def desk(app: Litestar) -> AsyncIterator[Desk]:
    async with await found_workspace(app) as owner:
        made = Desk(owner)
        made.project = await owner.project(key="WEB")
        made.task = await owner.task(made.project, "A task")
        path = f"/projects/{made.project['id']}/fields"
        for kind in KINDS:
            made.fields[kind] = await add_field(owner, path, f"The {kind}", kind)
        yield made


async def test_a_field_of_each_kind_keeps_what_is_put_into_it(desk: Desk) -> None:
    assert await desk.values() == dict.fromkeys(KINDS)
    one, two, three = desk.options("multi_select")
    given: Fields = {
        "text": " Words  ", "number": "12.50", "select": desk.options("select")[1],
        "multi_select": [three, one], "date": "2028-02-29", "person": str(desk.owner.id),
        "url": "https://example.org/a?b=c#d",
    }  # fmt: skip
    for kind, value in given.items():
        answer = await desk.put(kind, value)
        assert answer.status_code == 200, answer.text

    assert await desk.values() == {**given, "text": "Words", "multi_select": [one, three]}
    assert (await desk.put("multi_select", [two])).status_code == 200
    for kind in KINDS:
        assert (await desk.put(kind, None)).status_code == 200
    assert await desk.values() == dict.fromkeys(KINDS)


async def test_numbers_are_exact(desk: Desk) -> None:
    for value, kept in (
        (0.1, "0.1"), (3, "3"), (-2.0, "-2"), ("0.30", "0.30"), ("999999999999999.999999",) * 2,
        ("-0", "0"), (1e14, "100000000000000"),
    ):  # fmt: skip
        assert (await desk.put("number", value)).status_code == 200, value
        assert (await desk.values())["number"] == kept


REFUSED: list[tuple[str, Any, str]] = [
    ("text", 5, "must be text"),
    ("text", "x" * 2001, "at most 2000"),
    ("number", "twelve", "must be a number"),
    ("number", "1e5", "must be a number"),
    ("number", "NaN", "must be a number"),
    ("number", "1" * 16, "15 digits"),
    ("number", 1e300, "15 digits"),
    ("number", "0.0000001", "6 decimals"),
    ("number", ["1"], "must be a number"),
    ("select", "nothing", "the id of an option"),
    ("select", str(UUID(int=7)), "one of the field's options"),
    ("select", [], ""),
    ("multi_select", "one", "a list of ids"),
    ("multi_select", [str(UUID(int=7))], "one of the field's options"),
    ("date", "2026-02-30", "a day that exists"),
    ("date", "tomorrow", "a day, such as"),
    ("date", "0000-01-01", "a day that exists"),
    ("date", 2026, "a day, such as"),
    ("person", "me", "the id of a person"),
    ("person", str(UUID(int=7)), "nobody in this workspace"),
    ("url", "ftp://example.org", "http://"),
    ("url", "javascript:alert(1)", "http://"),
    ("url", "https://", "http://"),
    ("url", "https://exa mple.org", "http://"),
    ("url", "http://[::1", "http://"),
    ("url", "http://a:99999", "http://"),
]


@pytest.mark.parametrize(("kind", "value", "message"), REFUSED)
async def test_a_value_of_another_kind_is_refused_with_the_fields_name(
    desk: Desk, kind: str, value: Any, message: str
) -> None:
    answer = await desk.put(kind, value)

    if value == []:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == "value"
    assert message in error["message"]
    if "nobody" not in message:
        assert f"“The {kind}”" in error["message"]
    assert await desk.values() == dict.fromkeys(KINDS)


async def test_several_are_set_at_once_or_none(desk: Desk) -> None:
    path = f"/tasks/{desk.task['id']}/fields"
    ids = {kind: field["id"] for kind, field in desk.fields.items()}
    wrong = await desk.owner.patch(
        path,
        {
            "values": [
                {"field_id": ids["text"], "value": "x"},
                {"field_id": ids["number"], "value": "many"},
                {"field_id": str(UUID(int=7)), "value": "x"},
                {"field_id": ids["text"], "value": "again"},
                {"field_id": ids["person"], "value": str(UUID(int=7))},
            ]
        },
    )
    assert wrong.status_code == 422
    assert {error["field"] for error in wrong.json()["errors"]} == {
        "values.1.value", "values.2.field_id", "values.3.field_id", "values.4.value",
    }  # fmt: skip
    assert await desk.values() == dict.fromkeys(KINDS)

    right = await desk.owner.patch(
        path,
        {
            "values": [
                {"field_id": ids["text"], "value": "x"},
                {"field_id": ids["number"], "value": 5},
            ]
        },
    )
    assert right.status_code == 200
    assert (await desk.values())["number"] == "5"


async def test_each_change_is_an_event_with_before_and_after(desk: Desk) -> None:
    for value in (5, 5, "5.0", 7, None):
        await desk.put("number", value)

    field_id = desk.fields["number"]["id"]
    told = [p for kind, p in await events_of(desk.owner, desk.task["id"]) if "field" in kind]
    assert told == [
        {"field_id": field_id, "before": None, "after": "5"},
        {"field_id": field_id, "before": "5", "after": "7"},
        {"field_id": field_id, "before": "7", "after": None},
    ]


async def test_an_option_keeps_its_tasks_when_it_is_renamed(desk: Desk) -> None:
    field, option = desk.fields["select"], desk.options("select")[0]
    await desk.put("select", option)

    path = f"/fields/{field['id']}/options/{option}"
    answer = await desk.owner.patch(path, {"name": "New name", "color": "#000000", "position": 2})

    assert answer.status_code == 200
    options = answer.json()["options"]
    assert [o["id"] for o in options] == [*desk.options("select")[1:], option]
    assert [o["position"] for o in options] == [0, 1, 2]
    assert (options[2]["name"], options[2]["color"]) == ("New name", "#000000")
    assert (await desk.values())["select"] == option
    taken = await desk.owner.patch(path, {"name": options[0]["name"].upper()})
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/option-exists")


async def test_a_deleted_option_leaves_its_tasks_and_comes_back(desk: Desk) -> None:
    field, chosen = desk.fields["multi_select"], desk.options("multi_select")
    await desk.put("multi_select", chosen)
    path = f"/fields/{field['id']}/options/{chosen[1]}"

    gone = await desk.owner.delete(path)
    assert (gone.status_code, gone.json()["task_count"]) == (200, 1)
    assert (await desk.values())["multi_select"] == [chosen[0], chosen[2]]
    assert (await desk.put("multi_select", [chosen[1]])).status_code == 422
    assert (await desk.owner.delete(path)).status_code == 404

    back = await desk.owner.post(f"{path}/restore")
    assert back.status_code == 200
    assert (await desk.values())["multi_select"] == [chosen[0], chosen[2], chosen[1]]
    assert (await desk.owner.post(f"{path}/restore")).status_code == 404


async def test_a_field_that_is_archived_is_shown_where_it_is_filled(desk: Desk) -> None:
    await desk.put("text", "kept")
    for kind in ("text", "number"):
        path = f"/fields/{desk.fields[kind]['id']}"
        assert (await desk.owner.patch(path, {"archived": True})).json()["archived_at"]

    shown = await desk.values()
    assert shown["text"] == "kept"
    assert "number" not in shown
    assert (await desk.put("text", "new")).status_code == 422
    assert (await desk.put("text", None)).status_code == 200


async def test_a_deleted_field_comes_back_with_its_values(desk: Desk) -> None:
    await desk.put("text", "kept")
    path = f"/fields/{desk.fields['text']['id']}"
    assert (await desk.owner.delete(path, **{"If-Match": '"9"'})).status_code == 409
    assert (await desk.owner.delete(path)).status_code == 204
    assert "text" not in await desk.values()
    assert (await desk.put("text", "x")).status_code == 404
    assert (await desk.owner.get(path)).status_code == 404

    assert (await desk.owner.post(f"{path}/restore")).status_code == 200
    assert (await desk.values())["text"] == "kept"
    told = [kind for kind, _ in await events_of(desk.owner, desk.fields["text"]["id"])]
    assert told == ["custom_field.created", "custom_field.deleted", "custom_field.restored"]


async def test_fields_are_put_in_order(desk: Desk) -> None:
    path = f"/projects/{desk.project['id']}/fields"

    async def names() -> list[str]:
        items = (await desk.owner.get(path)).json()["items"]
        assert [item["position"] for item in items] == list(range(len(items)))
        return [item["name"] for item in items]

    before = await names()
    for place in (3, 0, 6, 1000, 5):
        moved = await desk.owner.patch(
            f"/fields/{desk.fields['select']['id']}", {"position": place}
        )
        assert moved.status_code == 200
        rest = [name for name in before if name != "The select"]
        rest.insert(place, "The select")
        assert await names() == rest


async def test_a_name_is_once_on_a_task(desk: Desk) -> None:
    owner = desk.owner
    other = await owner.project(key="API")
    own = f"/projects/{desk.project['id']}/fields"
    for path, status in (
        (own, 409), ("/fields", 409), (f"/projects/{other['id']}/fields", 201),
    ):  # fmt: skip
        answer = await owner.post(path, {"name": "tHE Text ", "kind": "number"})
        assert answer.status_code == status
    await add_field(owner, "/fields", "Everywhere")
    assert (await owner.post(own, {"name": "everywhere", "kind": "text"})).status_code == 409
    field = desk.fields["url"]["id"]
    assert (await owner.patch(f"/fields/{field}", {"name": "Everywhere"})).status_code == 409
    assert (await owner.delete(f"/fields/{desk.fields['text']['id']}")).status_code == 204
    assert (await owner.patch(f"/fields/{field}", {"name": "The text"})).status_code == 200
    restored = await owner.post(f"/fields/{desk.fields['text']['id']}/restore")
    assert (restored.status_code, restored.json()["type"]) == (409, "/problems/field-exists")


async def test_two_people_who_add_the_same_name_add_one(desk: Desk) -> None:
    path = f"/projects/{desk.project['id']}/fields"
    answers = await asyncio.gather(
        *(desk.owner.post(p, {"name": "Same", "kind": "text"}) for p in (path, "/fields") * 3)
    )
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409, 409]


async def test_a_project_has_at_most_fifty_fields_of_its_own(app: Litestar) -> None:
    async with await found_workspace(app) as owner:
        project = await owner.project()
        async with app.state.database.tenant(owner.tenant_id) as db:
            await db.execute(
                "INSERT INTO custom_fields (tenant_id, id, project_id, name, kind, position)"
                " SELECT $1, gen_random_uuid(), $2, 'Field ' || n, 'text', n"
                " FROM generate_series(0, 48) n",
                owner.tenant_id,
                UUID(project["id"]),
            )
        path = f"/projects/{project['id']}/fields"
        await add_field(owner, path, "The last")
        answer = await owner.post(path, {"name": "One more", "kind": "text"})
        assert answer.status_code == 422
        assert (await owner.post("/fields", {"name": "One more", "kind": "text"})).is_success


async def test_a_task_does_not_have_another_projects_fields(desk: Desk) -> None:
    other = await desk.owner.project(key="API")
    task = await desk.owner.task(other, "Elsewhere")

    assert (await desk.put("text", "x", task["id"])).status_code == 404
    assert await desk.values(task["id"]) == {}


async def test_a_workspaces_field_is_on_every_task(desk: Desk) -> None:
    desk.fields["everywhere"] = await add_field(desk.owner, "/fields", "Everywhere")
    other = await desk.owner.project(key="API")
    task = await desk.owner.task(other, "Elsewhere")

    assert (await desk.put("everywhere", "x", task["id"])).status_code == 200
    assert await desk.values(task["id"]) == {"text": "x"}


async def test_a_managers_fields_are_those_of_their_projects(desk: Desk) -> None:
    manager = await desk.owner.colleague("manager")
    await desk.owner.join(desk.project, manager)
    path = f"/projects/{desk.project['id']}/fields"

    assert (await manager.post(path, {"name": "Mine", "kind": "text"})).status_code == 201
    assert (await manager.post("/fields", {"name": "Ours", "kind": "text"})).status_code == 403


async def test_a_limited_key_sees_its_projects_fields_alone(desk: Desk) -> None:
    await desk.owner.signed_in_by("password")
    other = await desk.owner.project(key="API")
    elsewhere = await add_field(desk.owner, f"/projects/{other['id']}/fields", "Elsewhere")
    everywhere = await add_field(desk.owner, "/fields", "Everywhere")
    key = await desk.owner.key("*:*", project_ids=[desk.project["id"]])

    for field, seen, changed in (
        (desk.fields["text"], 200, 200), (everywhere, 200, 403), (elsewhere, 404, 404),
    ):  # fmt: skip
        path = f"/fields/{field['id']}"
        assert (await key.get(path)).status_code == seen
        patched = await key.ask("PATCH", path, {"name": f"New {uuid7().hex}"})
        assert patched.status_code == changed


async def test_options_are_refused_where_there_are_none(desk: Desk) -> None:
    path = f"/projects/{desk.project['id']}/fields"
    body: Fields = {"name": "New", "kind": "text", "options": [{"name": "One"}]}
    assert (await desk.owner.post(path, body)).json()["errors"][0]["field"] == "options"
    body = {"name": "New", "kind": "select", "options": [{"name": "One"}, {"name": "one "}]}
    assert (await desk.owner.post(path, body)).json()["errors"][0]["field"] == "options.1.name"
    answer = await desk.owner.post(f"/fields/{desk.fields['url']['id']}/options", {"name": "x"})
    assert answer.status_code == 422


DAY = datetime(2026, 1, 1, tzinfo=UTC)
FIELD = CustomField(UUID(int=1), None, "Field", "number", 0, 1, None, DAY, DAY)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.decimals().map(str)))
def test_a_number_is_kept_exactly_or_refused(value: Any) -> None:
    try:
        kept = read_value(FIELD, value)
    except NotThisKind:
        return
    if kept is not None:
        assert float(str(kept)) == pytest.approx(float(value))
