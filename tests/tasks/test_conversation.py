"""What hangs on a task: comments, checklist, tags, activity."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.paging import encode_cursor

NUL = "a\x00b"
HUGE = encode_cursor(10**20)


@pytest.fixture
async def task(owner: Person) -> dict[str, Any]:
    return await owner.task(await owner.project(), "Task")


async def commented(owner: Person, task: dict[str, Any], body: str = "Hello") -> dict[str, Any]:
    answer = await owner.post(f"/tasks/{task['id']}/comments", {"body": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_comments_are_read_oldest_first_and_paged(
    owner: Person, task: dict[str, Any]
) -> None:
    written = [await commented(owner, task, f"Comment {n}") for n in range(5)]
    path = f"/tasks/{task['id']}/comments"

    first = (await owner.get(path, limit=3)).json()
    second = (await owner.get(path, limit=3, cursor=first["next_cursor"])).json()

    assert first["items"] + second["items"] == written
    assert second["next_cursor"] is None
    assert written[0]["author_id"] == str(owner.id)
    assert written[0]["edited_at"] is None


async def test_an_edited_comment_says_so_and_a_late_edit_is_told(
    owner: Person, task: dict[str, Any]
) -> None:
    comment = await commented(owner, task)
    path = f"/comments/{comment['id']}"

    edited = (await owner.patch(path, {"body": "Better", "version": 1})).json()
    late = await owner.patch(path, {"body": "Late"}, **{"If-Match": '"1"'})
    same = (await owner.patch(path, {"body": "Better"})).json()

    assert (edited["body"], edited["version"]) == ("Better", 2)
    assert edited["edited_at"] is not None
    assert (late.status_code, late.json()["current"]) == (409, edited)
    assert same == edited


async def test_only_the_author_edits_and_a_manager_may_remove(
    owner: Person, task: dict[str, Any]
) -> None:
    project = {"id": task["project_id"]}
    author, peer = await owner.colleague("member"), await owner.colleague("member")
    manager = await owner.colleague("manager")
    for person in (author, peer, manager):
        await owner.join(project, person)
    comment = await commented(author, task, "Mine")
    path = f"/comments/{comment['id']}"

    assert (await peer.patch(path, {"body": "x"})).status_code == 403
    assert (await peer.delete(path)).status_code == 403
    assert (await manager.patch(path, {"body": "x"})).status_code == 403
    assert (await author.patch(path, {"body": "Still mine"})).status_code == 200
    assert (await manager.delete(path)).status_code == 204
    assert (await author.patch(path, {"body": "x"})).status_code == 404


@pytest.mark.parametrize("body", ["", " \n", "x" * 50_001, None, 5, [], NUL])
async def test_a_bad_comment_is_refused_by_name(
    owner: Person, task: dict[str, Any], body: Any
) -> None:
    comment = await commented(owner, task)

    for answer in (
        await owner.post(f"/tasks/{task['id']}/comments", {"body": body}),
        await owner.patch(f"/comments/{comment['id']}", {"body": body}),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body"
    listed = (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"]
    assert listed == [comment]


@pytest.mark.parametrize("kind", ["comments", "checklist"])
async def test_a_client_made_id_is_used_once(
    owner: Person, task: dict[str, Any], kind: str
) -> None:
    made = str(uuid7())
    body = {"id": made, "body" if kind == "comments" else "title": "x"}

    answers = [await owner.post(f"/tasks/{task['id']}/{kind}", body) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 409]
    assert answers[0].json()["id"] == made


async def test_steps_are_added_ticked_renamed_and_removed(
    owner: Person, task: dict[str, Any]
) -> None:
    path = f"/tasks/{task['id']}/checklist"
    one = (await owner.post(path, {"title": " One "})).json()
    two = (await owner.post(path, {"title": "Two", "checklist": "Later"})).json()
    item = f"/checklist-items/{one['id']}"

    ticked = (await owner.patch(item, {"is_done": True, "version": 1})).json()
    late = await owner.patch(item, {"title": "x", "version": 1})
    renamed = (await owner.patch(item, {"title": "First"})).json()

    assert (one["title"], one["position"], two["position"]) == ("One", 1, 2)
    assert (ticked["is_done"], ticked["version"]) == (True, 2)
    assert (late.status_code, late.json()["current"]) == (409, ticked)
    assert renamed == {**ticked, "title": "First", "version": 3}
    assert (await owner.get(path)).json()["items"] == [renamed, two]
    assert (await owner.delete(item)).status_code == 204
    assert (await owner.get(path)).json()["items"] == [two]


async def test_steps_added_at_once_get_places_of_their_own(
    owner: Person, task: dict[str, Any]
) -> None:
    path = f"/tasks/{task['id']}/checklist"

    answers = await asyncio.gather(*(owner.post(path, {"title": f"{n}"}) for n in range(20)))

    assert sorted(a.json()["position"] for a in answers) == list(range(1, 21))


BAD_ITEMS = [
    ("title", ""), ("title", " "), ("title", "x" * 1001), ("title", None), ("title", NUL),
    ("checklist", "x" * 201), ("checklist", None), ("checklist", NUL), ("position", 5),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD_ITEMS)
async def test_a_bad_step_is_refused_by_name(
    owner: Person, task: dict[str, Any], field: str, value: Any
) -> None:
    path = f"/tasks/{task['id']}/checklist"

    answer = await owner.post(path, {"title": "Step", field: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(path)).json()["items"] == []


async def test_the_words_that_tasks_use_are_the_workspaces_tags(
    owner: Person, task: dict[str, Any]
) -> None:
    await owner.patch(f"/tasks/{task['id']}", {"tags": ["web", "api"]})
    await owner.client.put("/tags/web", json={"color": "#aabbcc"})
    await owner.client.put("/tags/%20new%20", json={"color": None})

    tags = (await owner.get("/tags")).json()["items"]

    assert tags == [
        {"name": "api", "color": None},
        {"name": "new", "color": None},
        {"name": "web", "color": "#aabbcc"},
    ]


@pytest.mark.parametrize("color", ["", "red", "#AABBCC", "#abc", "#aabbcc\n", "#aabbccdd", 5])
async def test_a_bad_color_is_refused_by_name(owner: Person, color: Any) -> None:
    answer = await owner.client.put("/tags/web", json={"color": color})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "color"
    assert (await owner.get("/tags")).json()["items"] == []


@pytest.mark.parametrize("name", ["%00", "%20", "%0A", "x" * 51])
async def test_a_bad_tag_is_refused(owner: Person, name: str) -> None:
    answer = await owner.client.put(f"/tags/{name}", json={"color": None})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"


async def test_activity_shows_what_each_field_was_and_is(
    owner: Person, task: dict[str, Any]
) -> None:
    await owner.patch(
        f"/tasks/{task['id']}",
        {"title": "New", "due_date": "2026-02-01T00:00:00Z", "estimated_hours": "1.50"},
    )

    page = (await owner.get(f"/tasks/{task['id']}/activity", limit=1)).json()
    changed = page["items"][0]
    rest = await owner.get(f"/tasks/{task['id']}/activity", cursor=page["next_cursor"])

    assert changed["type"] == "task.updated"
    assert changed["actor_id"] == str(owner.id)
    assert changed["entity_version"] == 2
    assert changed["payload"] == {
        "before": {"title": "Task", "due_date": None, "estimated_hours": None},
        "after": {
            "title": "New",
            "due_date": "2026-02-01T00:00:00Z",
            "estimated_hours": "1.50",
        },
    }
    created = rest.json()["items"]
    assert [e["type"] for e in created] == ["task.created"]
    assert created[0]["payload"]["after"]["title"] == "Task"
    assert "tenant_id" not in created[0]["payload"]["after"]


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFlOTld", "WyJhIl0", HUGE])
@pytest.mark.parametrize("list_of", ["activity", "comments"])
async def test_a_tampered_cursor_is_refused(
    owner: Person, task: dict[str, Any], list_of: str, cursor: str
) -> None:
    answer = await owner.get(f"/tasks/{task['id']}/{list_of}", cursor=cursor)

    assert answer.status_code == 422
