"""Undo of what hangs on tasks: comments, checklists, dependencies, relations, tags."""

from typing import Any

import httpx
import pytest
from tests.people import Person

TaskJson = dict[str, Any]


async def undo(who: Person, project_id: str | None = None) -> httpx.Response:
    return await who.post("/undo", {"project_id": project_id})


async def undone(who: Person) -> dict[str, Any]:
    answer = await undo(who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def redo(who: Person, what: dict[str, Any]) -> dict[str, Any]:
    answer = await who.post(f"/events/{what['undone_by']}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task", tags=["a"])


async def test_comments_come_back_and_get_their_words_back(owner: Person, task: TaskJson) -> None:
    path = f"/tasks/{task['id']}/comments"

    async def bodies() -> list[str]:
        return [c["body"] for c in (await owner.get(path)).json()["items"]]

    comment = (await owner.post(path, {"body": "first"})).json()
    await owner.patch(f"/comments/{comment['id']}", {"body": "second"})
    await owner.delete(f"/comments/{comment['id']}")

    deleted = await undone(owner)
    assert await bodies() == ["second"]
    await redo(owner, deleted)
    assert await bodies() == []
    await undone(owner)
    edited = await undone(owner)
    assert await bodies() == ["first"]
    await redo(owner, edited)
    assert await bodies() == ["second"]
    await undone(owner)
    await undone(owner)
    assert await bodies() == []


async def test_a_comment_that_was_edited_since_keeps_its_words(
    owner: Person, task: TaskJson
) -> None:
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "first"})).json()
    await owner.patch(f"/comments/{comment['id']}", {"body": "second"})
    admin = await owner.colleague("admin")
    await admin.patch(f"/comments/{comment['id']}", {"body": "third"})

    refused = await undo(owner)

    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "body"


async def test_checklists_go_back(owner: Person, task: TaskJson) -> None:
    path = f"/tasks/{task['id']}/checklist"

    async def items() -> list[tuple[str, bool]]:
        return [(i["title"], i["is_done"]) for i in (await owner.get(path)).json()["items"]]

    first = (await owner.post(path, {"title": "first"})).json()
    await owner.post(path, {"title": "second"})
    await owner.patch(f"/checklist-items/{first['id']}", {"is_done": True, "title": "done"})
    await owner.delete(f"/checklist-items/{first['id']}")

    what = await undone(owner)
    assert await items() == [("done", True), ("second", False)]
    await redo(owner, what)
    assert await items() == [("second", False)]
    await undone(owner)
    await undone(owner)
    assert await items() == [("first", False), ("second", False)]
    await undone(owner)
    assert await items() == [("first", False)]


async def test_dependencies_relations_and_colours_go_back(owner: Person, task: TaskJson) -> None:
    other = await owner.task({"id": task["project_id"]}, "Other")
    tied = f"/tasks/{task['id']}/dependencies"
    related = f"/tasks/{task['id']}/relations"

    async def state() -> tuple[Any, ...]:
        waits = (await owner.get(tied)).json()["blocked_by"]
        relations = (await owner.get(related)).json()["items"]
        tags = (await owner.get("/tags")).json()["items"]
        return (
            [(d["id"], d["type"], d["lag_minutes"]) for d in waits],
            [r["kind"] for r in relations],
            tags,
        )

    states = [await state()]
    added = await owner.post(tied, {"depends_on_task_id": other["id"], "lag_minutes": 5})
    states.append(await state())
    await owner.patch(f"/dependencies/{added.json()['id']}", {"type": "start_to_start"})
    states.append(await state())
    await owner.delete(f"/dependencies/{added.json()['id']}")
    states.append(await state())
    for who, to, kind in ((task, other, "relates"), (other, task, "duplicates")):
        await owner.client.put(f"/tasks/{who['id']}/relations/{to['id']}", json={"kind": kind})
        states.append(await state())
    await owner.delete(f"{related}/{other['id']}")
    states.append(await state())
    for color in ("#aabbcc", "#000000"):
        await owner.client.put("/tags/a", json={"color": color})
        states.append(await state())

    done: list[dict[str, Any]] = []
    for expected in reversed(states[:-1]):
        done.append(await undone(owner))
        assert await state() == expected
    for expected in states[1:]:
        await redo(owner, done.pop())
        assert await state() == expected


async def test_a_dependency_does_not_come_back_where_it_would_close_a_circle(
    owner: Person, task: TaskJson
) -> None:
    other = await owner.task({"id": task["project_id"]}, "Other")
    path = f"/tasks/{task['id']}/dependencies"
    added = (await owner.post(path, {"depends_on_task_id": other["id"]})).json()
    await owner.delete(f"/dependencies/{added['id']}")
    admin = await owner.colleague("admin")
    await admin.post(f"/tasks/{other['id']}/dependencies", {"depends_on_task_id": task["id"]})

    refused = await undo(owner)

    assert refused.json()["type"] == "/problems/dependency-cycle"
