"""The trash: a deleted task is gone everywhere, and comes back as it was."""

from tests.people import Person
from uuid_utils.compat import uuid7


async def test_a_deleted_task_is_found_nowhere(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Gone", tags=["t"])
    comment = (await owner.post(f"/tasks/{task['id']}/comments", {"body": "c"})).json()
    item = (await owner.post(f"/tasks/{task['id']}/checklist", {"title": "i"})).json()

    deleted = await owner.delete(f"/tasks/{task['id']}")

    assert deleted.status_code == 204
    assert deleted.content == b""
    for path in (
        f"/tasks/{task['id']}", f"/tasks/by-key/{task['key']}", f"/tasks/{task['id']}/comments",
        f"/tasks/{task['id']}/checklist", f"/tasks/{task['id']}/activity",
        f"/tasks/{task['id']}/attachments",
    ):  # fmt: skip
        assert (await owner.get(path)).status_code == 404, path
    for answer in (
        await owner.patch(f"/tasks/{task['id']}", {"title": "x"}),
        await owner.post(f"/tasks/{task['id']}/move", {}),
        await owner.delete(f"/tasks/{task['id']}"),
        await owner.post(f"/tasks/{task['id']}/comments", {"body": "x"}),
        await owner.patch(f"/comments/{comment['id']}", {"body": "x"}),
        await owner.patch(f"/checklist-items/{item['id']}", {"is_done": True}),
    ):
        assert answer.status_code == 404
    listed = await owner.get(f"/projects/{project['id']}/tasks", include_total=True)
    assert listed.json() == {"items": [], "next_cursor": None, "total": 0}
    board = (await owner.get(f"/projects/{project['id']}/board")).json()
    assert all(c["count"] == 0 and c["items"] == [] for c in board["columns"])
    assert (await owner.get(f"/projects/{project['id']}")).json()["task_counts"]["pending"] == 0


async def test_a_restored_task_is_as_it_was_with_all_that_hung_on_it(owner: Person) -> None:
    project = await owner.project()
    before, task = await owner.task(project, "Before"), await owner.task(project, "Back")
    after = await owner.task(project, "After")
    await owner.post(f"/tasks/{task['id']}/comments", {"body": "still here"})
    await owner.delete(f"/tasks/{task['id']}")

    restored = (await owner.post(f"/tasks/{task['id']}/restore")).json()

    for field in task.keys() - {"version", "updated_at"}:
        assert restored[field] == task[field]
    assert restored["version"] == 3
    comments = (await owner.get(f"/tasks/{task['id']}/comments")).json()["items"]
    assert [c["body"] for c in comments] == ["still here"]
    listed = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert [t["id"] for t in listed] == [before["id"], task["id"], after["id"]]
    activity = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert [e["type"] for e in activity][:2] == ["task.restored", "task.deleted"]


async def test_only_what_is_in_the_trash_comes_back(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Here")

    for task_id in (task["id"], str(uuid7())):
        assert (await owner.post(f"/tasks/{task_id}/restore")).status_code == 404


async def test_a_refused_restore_leaves_the_task_in_the_trash(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Gone")
    member = await owner.colleague("member")
    await owner.join(project, member)
    await owner.delete(f"/tasks/{task['id']}")

    assert (await member.post(f"/tasks/{task['id']}/restore")).status_code == 403
    assert (await owner.get(f"/tasks/{task['id']}")).status_code == 404


async def test_a_card_can_be_dropped_next_to_where_a_deleted_one_was(owner: Person) -> None:
    project = await owner.project()
    a, b, c = [await owner.task(project, t) for t in "abc"]
    await owner.delete(f"/tasks/{b['id']}")

    moved = await owner.post(f"/tasks/{c['id']}/move", {"after_id": a["id"]})
    restored = await owner.post(f"/tasks/{b['id']}/restore")

    assert (moved.status_code, restored.status_code) == (200, 200)
    listed = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert [t["title"] for t in listed] == ["a", "c", "b"]
