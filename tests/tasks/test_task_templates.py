"""Task templates: kept, checked, and made into tasks with all that is in them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from tests.people import Person, found_workspace
from uuid_utils.compat import uuid7

Fields = dict[str, Any]


class Desk:
    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.project: Fields = {}
        self.points: Fields = {}
        self.level: Fields = {}

    def blueprint(self, **more: Any) -> Fields:
        return {
            "title": "Release",
            "description": "How we release",
            "priority": "high",
            "estimated_hours": "2.50",
            "tags": ["release", "team"],
            "checklist": [{"title": "Tag it"}, {"title": "Tell them", "checklist": "After"}],
            "fields": [
                {"field_id": self.points["id"], "value": "3.5"},
                {"field_id": self.level["id"], "value": self.level["options"][0]["id"]},
            ],
            "subtasks": [
                {"title": "Test", "checklist": [{"title": "On a phone"}], "tags": ["qa"]},
                {"title": "Write", "fields": [{"field_id": self.points["id"], "value": 1}]},
            ],
            **more,
        }

    async def template(self, **more: Any) -> Fields:
        body = {"name": "Release", "project_id": self.project["id"], "task": self.blueprint()}
        answer = await self.owner.post("/task-templates", {**body, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def make(self, template: Fields, **more: Any) -> Any:
        path = f"/projects/{self.project['id']}/tasks/from-template"
        return await self.owner.post(path, {"template_id": template["id"], **more})

    async def tasks(self) -> list[Fields]:
        answer = await self.owner.get(f"/projects/{self.project['id']}/tasks", limit=200)
        return answer.json()["items"]

    async def values(self, task: Fields) -> list[Any]:
        fields = (await self.owner.get(f"/tasks/{task['id']}/fields")).json()["items"]
        return [field["value"] for field in fields]


@pytest.fixture
async def desk(app: Litestar) -> AsyncIterator[Desk]:
    async with await found_workspace(app) as owner:
        made = Desk(owner)
        made.project = await owner.project(key="WEB")
        body: Fields = {"name": "Points", "kind": "number"}
        made.points = (await owner.post("/fields", body)).json()
        body = {"name": "Level", "kind": "select", "options": [{"name": "a"}, {"name": "b"}]}
        path = f"/projects/{made.project['id']}/fields"
        made.level = (await owner.post(path, body)).json()
        yield made


async def test_a_task_is_made_with_all_that_its_template_says(desk: Desk) -> None:
    template = await desk.template()
    answer = await desk.make(
        template, due_date="2026-05-01T12:00:00Z", assignee_id=str(desk.owner.id)
    )
    assert answer.status_code == 201, answer.text

    task, test, write = await desk.tasks()
    assert task == answer.json()
    assert (task["title"], task["description"], task["priority"]) == (
        "Release", "How we release", "high",
    )  # fmt: skip
    assert (task["estimated_hours"], task["tags"]) == ("2.50", ["release", "team"])
    assert task["due_date"].startswith("2026-05-01T12:00:00")
    assert [(t["title"], t["parent_id"]) for t in (test, write)] == [
        ("Test", task["id"]), ("Write", task["id"]),
    ]  # fmt: skip
    steps = (await desk.owner.get(f"/tasks/{task['id']}/checklist")).json()["items"]
    assert [(s["title"], s["checklist"], s["is_done"]) for s in steps] == [
        ("Tag it", "", False), ("Tell them", "After", False),
    ]  # fmt: skip
    steps = (await desk.owner.get(f"/tasks/{test['id']}/checklist")).json()["items"]
    assert [s["title"] for s in steps] == ["On a phone"]
    assert await desk.values(task) == ["3.5", desk.level["options"][0]["id"]]
    assert await desk.values(write) == ["1", None]
    tags = {tag["name"] for tag in (await desk.owner.get("/tags")).json()["items"]}
    assert tags == {"release", "team", "qa"}


async def test_each_part_is_an_event(desk: Desk) -> None:
    template = await desk.template()
    await desk.make(template)

    async with desk.owner.app.state.database.tenant(desk.owner.tenant_id) as db:
        rows = await db.fetch(
            "SELECT type FROM events WHERE tenant_id = $1 ORDER BY seq", desk.owner.tenant_id
        )
    told = [row["type"] for row in rows]
    assert told[told.index("task_template.created") :] == [
        "task_template.created", *["task.created"] * 3, *["checklist_item.created"] * 3,
        *["task.field_set"] * 3,
    ]  # fmt: skip


async def test_what_goes_wrong_makes_nothing(desk: Desk) -> None:
    template = await desk.template()
    for more in (
        {"status": "nonsense"}, {"parent_id": str(uuid7())}, {"assignee_id": str(uuid7())},
        {"title": " "}, {"due_date": "2026-05-01"}, {"unknown": 1},
    ):  # fmt: skip
        answer = await desk.make(template, **more)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"] == next(iter(more))
    first = await desk.make(template, id=str(uuid7()), title="Mine")
    again = await desk.make(template, id=first.json()["id"])
    assert (first.json()["title"], again.status_code) == ("Mine", 409)
    assert len(await desk.tasks()) == 3


async def test_what_is_gone_by_now_is_left_out(desk: Desk) -> None:
    template = await desk.template()
    level = desk.level
    await desk.owner.delete(f"/fields/{level['id']}/options/{level['options'][0]['id']}")
    await desk.owner.delete(f"/fields/{desk.points['id']}")

    task = (await desk.make(template)).json()

    assert await desk.values(task) == [None]


async def test_a_template_serves_its_project_or_all(desk: Desk) -> None:
    other = await desk.owner.project(key="API")
    fields = {"fields": [{"field_id": desk.points["id"], "value": 1}], "subtasks": []}
    own, everywhere = (
        await desk.template(),
        await desk.template(name="All", project_id=None, task=desk.blueprint(**fields)),
    )
    path = f"/projects/{other['id']}/tasks/from-template"
    refused = await desk.owner.post(path, {"template_id": own["id"]})
    assert refused.json()["errors"][0]["field"] == "template_id"
    assert (await desk.owner.post(path, {"template_id": everywhere["id"]})).status_code == 201

    async def names(**more: Any) -> list[str]:
        items = (await desk.owner.get("/task-templates", **more)).json()["items"]
        return [item["name"] for item in items]

    assert await names() == ["All", "Release"]
    assert await names(project_id=other["id"]) == ["All"]
    first = (await desk.owner.get("/task-templates", limit=1)).json()
    assert await names(limit=1, cursor=first["next_cursor"]) == ["Release"]


REFUSED: dict[str, tuple[Fields, str]] = {
    "hours": ({"estimated_hours": "1000"}, "task.estimated_hours"),
    "hours that are none": ({"estimated_hours": "NaN"}, "task.estimated_hours"),
    "hours of a sub-task": (
        {"subtasks": [{"title": "x", "estimated_hours": "0.001"}]},
        "task.subtasks.0.estimated_hours",
    ),
    "no title": ({"title": " "}, "task.title"),
    "an unknown field": (
        {"fields": [{"field_id": str(uuid7()), "value": 1}]},
        "task.fields.0.field_id",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_no_task_can_be_made_of_is_refused(desk: Desk, name: str) -> None:
    fields, field = REFUSED[name]
    body = {"name": "x", "task": desk.blueprint(**fields), "project_id": desk.project["id"]}

    answer = await desk.owner.post("/task-templates", body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    wrong = desk.blueprint(fields=[{"field_id": desk.points["id"], "value": "many"}])
    answer = await desk.owner.post("/task-templates", {**body, "task": wrong})
    assert answer.json()["errors"][0] == {
        "field": "task.fields.0.value", "message": "“Points” must be a number",
    }  # fmt: skip


async def test_a_change_is_of_a_version_and_can_be_seen_in_its_event(desk: Desk) -> None:
    template = await desk.template()
    path = f"/task-templates/{template['id']}"
    changed = await desk.owner.patch(path, {"name": "New", "version": 1})
    assert (changed.json()["version"], changed.json()["task"]) == (2, template["task"])
    assert (await desk.owner.patch(path, {"name": "x", "version": 1})).status_code == 409
    assert (await desk.owner.patch(path, {"name": "New"})).json()["version"] == 2
    assert (await desk.owner.delete(path, **{"If-Match": '"1"'})).status_code == 409
    assert (await desk.owner.delete(path)).status_code == 204
    assert (await desk.owner.get(path)).status_code == 404
    assert (await desk.make(template)).status_code == 422


async def test_a_member_keeps_their_projects_templates_and_no_workspaces(desk: Desk) -> None:
    member = await desk.owner.colleague("member")
    await desk.owner.join(desk.project, member)
    body: Fields = {"name": "Mine", "task": {"title": "x"}}

    assert (await member.post("/task-templates", body)).status_code == 403
    body["project_id"] = desk.project["id"]
    assert (await member.post("/task-templates", body)).status_code == 201
    await desk.owner.signed_in_by("password")
    key = await desk.owner.key("task:*", project_ids=[desk.project["id"]])
    del body["project_id"]
    assert (await key.ask("POST", "/task-templates", body)).status_code == 403


async def test_many_who_use_one_template_at_once_all_get_their_tasks(desk: Desk) -> None:
    template = await desk.template()

    answers = await asyncio.gather(*(desk.make(template) for _ in range(6)))

    assert [answer.status_code for answer in answers] == [201] * 6
    assert sorted(t["number"] for t in await desk.tasks()) == list(range(1, 19))
