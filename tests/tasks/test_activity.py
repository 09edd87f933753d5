"""Activity: a task with all that hangs on it in one order, and a project's."""

from typing import Any

import pytest
from tests.people import Person

TaskJson = dict[str, Any]


@pytest.fixture
async def busy(owner: Person) -> TaskJson:
    """A task to which everything has happened once."""
    task = await owner.task(await owner.project(), "Task")
    path = f"/tasks/{task['id']}"
    comment = (await owner.post(f"{path}/comments", {"body": "Secret word"})).json()
    await owner.client.put(f"/comments/{comment['id']}/reactions/%F0%9F%91%8D")
    item = (await owner.post(f"{path}/checklist", {"title": "Step"})).json()
    await owner.patch(f"/checklist-items/{item['id']}", {"is_done": True})
    await owner.post(f"{path}/attachments", {"url": "https://example.org"})
    await owner.client.put(f"{path}/watchers/{owner.id}")
    await owner.post(f"{path}/timer", {})
    return {**task, "comment": comment["id"]}


HAPPENED = [
    "task.created", "comment.created", "reaction.added", "checklist_item.created",
    "checklist_item.updated", "attachment.created", "task.watched",
]  # fmt: skip


async def types(who: Person, path: str, **params: Any) -> list[str]:
    answer = await who.get(path, **params)
    assert answer.status_code == 200, answer.text
    return [e["type"] for e in reversed(answer.json()["items"])]


async def test_a_task_tells_all_that_happened_in_one_order(owner: Person, busy: TaskJson) -> None:
    path = f"/tasks/{busy['id']}/activity"

    items = (await owner.get(path)).json()["items"]

    assert [e["type"] for e in reversed(items)] == HAPPENED
    assert {e["task_id"] for e in items} == {busy["id"]}
    said = ["comment.created", "reaction.added"]
    assert await types(owner, path, show="comments") == said
    assert await types(owner, path, show="changes") == [t for t in HAPPENED if t not in said]
    assert (await owner.get(path, show="nothing")).status_code == 422


async def test_a_projects_feed_holds_its_tasks_and_pages(owner: Person, busy: TaskJson) -> None:
    path = f"/projects/{busy['project_id']}/activity"
    await owner.task({"id": busy["project_id"]}, "Another")

    whole = (await owner.get(path)).json()
    pages: list[Any] = []
    cursor = None
    while True:
        page = (await owner.get(path, limit=2, **({"cursor": cursor} if cursor else {}))).json()
        pages += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert pages == whole["items"]
    assert [e["type"] for e in reversed(pages)] == ["project.created", *HAPPENED, "task.created"]
    assert await types(owner, path, show="comments") == ["comment.created", "reaction.added"]
    assert (await owner.get(path, cursor="W10")).status_code == 422


async def test_what_a_deleted_comment_said_is_told_no_more(owner: Person, busy: TaskJson) -> None:
    await owner.patch(f"/comments/{busy['comment']}", {"body": "Secret word!"})
    for path in (f"/tasks/{busy['id']}/activity", f"/projects/{busy['project_id']}/activity"):
        assert "Secret word" in (await owner.get(path)).text
    await owner.delete(f"/comments/{busy['comment']}")

    for path in (f"/tasks/{busy['id']}/activity", f"/projects/{busy['project_id']}/activity"):
        answer = await owner.get(path)
        assert "Secret word" not in answer.text
        assert "comment.edited" in answer.text


async def test_the_feed_is_for_the_projects_people(owner: Person, busy: TaskJson) -> None:
    project = {"id": busy["project_id"]}
    path = f"/projects/{project['id']}/activity"
    member, outside = await owner.colleague("member"), await owner.colleague("member")
    await owner.join(project, member)
    other = await owner.project("Other")

    assert await types(member, path) == ["project.created", *HAPPENED]
    assert (await outside.get(path)).status_code == 404
    assert await types(owner, f"/projects/{other['id']}/activity") == ["project.created"]


async def test_a_key_for_one_project_reads_its_feed_alone(owner: Person, busy: TaskJson) -> None:
    other = await owner.project("Other")
    await owner.signed_in_by("password")
    key = await owner.key("task:read", project_ids=[other["id"]])

    mine = await key.get(f"/projects/{other['id']}/activity")
    elsewhere = await key.get(f"/projects/{busy['project_id']}/activity")

    assert (mine.status_code, elsewhere.status_code) == (200, 404)


async def test_a_key_that_may_not_read_comments_sees_none_in_the_feed(
    owner: Person, busy: TaskJson
) -> None:
    await owner.signed_in_by("password")
    key = await owner.key("task:read")

    for path in (f"/tasks/{busy['id']}/activity", f"/projects/{busy['project_id']}/activity"):
        answer = await key.get(path)
        assert answer.status_code == 200
        assert not [e for e in answer.json()["items"] if e["entity_type"] == "comment"]
