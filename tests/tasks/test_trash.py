"""The trash: a deleted task is gone everywhere, and comes back as it was."""

import asyncpg
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks.purge import empty_trash


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


async def trash(who: Person, **params: str) -> list[str]:
    return [t["title"] for t in (await who.get("/trash", **params)).json()["items"]]


async def test_what_stands_below_goes_along_and_comes_back(owner: Person) -> None:
    project = await owner.project()
    parent = await owner.task(project, "Parent")
    child = await owner.task(project, "Child", parent_id=parent["id"])
    below = await owner.task(project, "Below", parent_id=child["id"])
    before = await owner.task(project, "Gone before", parent_id=parent["id"])
    await owner.delete(f"/tasks/{before['id']}")
    await owner.delete(f"/tasks/{parent['id']}")

    for task in (parent, child, below, before):
        assert (await owner.get(f"/tasks/{task['id']}")).status_code == 404
    assert await trash(owner) == ["Parent", "Gone before"]

    await owner.post(f"/tasks/{parent['id']}/restore")
    for task in (parent, child, below):
        now = (await owner.get(f"/tasks/{task['id']}")).json()
        assert (now["parent_id"], now["version"]) == (task["parent_id"], 3)
    assert await trash(owner) == ["Gone before"]


async def test_a_sub_task_can_come_back_alone_and_keeps_its_parent(owner: Person) -> None:
    project = await owner.project()
    parent = await owner.task(project, "Parent")
    child = await owner.task(project, "Child", parent_id=parent["id"])
    await owner.delete(f"/tasks/{parent['id']}")

    restored = (await owner.post(f"/tasks/{child['id']}/restore")).json()

    assert restored["parent_id"] == parent["id"]
    assert await trash(owner) == ["Parent"]
    gone = await owner.client.delete(f"/trash/{parent['id']}", params={"confirm": "true"})
    assert gone.status_code == 204
    assert (await owner.get(f"/tasks/{child['id']}")).json()["parent_id"] is None


async def test_the_trash_is_paged_and_shows_what_one_may_see(owner: Person) -> None:
    projects = [await owner.project("One"), await owner.project("Two")]
    for n in range(6):
        task = await owner.task(projects[n % 2], str(n))
        await owner.delete(f"/tasks/{task['id']}")
    member = await owner.colleague("member")
    await owner.join(projects[0], member)

    pages: list[str] = []
    cursor = None
    while True:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await owner.get("/trash", **params)).json()
        pages += [t["title"] for t in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == ["5", "4", "3", "2", "1", "0"]
    assert await trash(member) == ["4", "2", "0"]
    assert await trash(owner, project_id=projects[1]["id"]) == ["5", "3", "1"]
    assert (await member.get("/trash", project_id=projects[1]["id"])).status_code == 404
    assert (await owner.get("/trash", cursor="nonsense")).status_code == 422


async def test_for_good_is_only_what_is_in_the_trash_and_was_confirmed(owner: Person) -> None:
    project = await owner.project()
    task = await owner.task(project, "Task")
    path = f"/trash/{task['id']}"

    assert (await owner.client.delete(path, params={"confirm": "true"})).status_code == 404
    await owner.delete(f"/tasks/{task['id']}")
    unconfirmed = await owner.delete(path)
    assert unconfirmed.status_code == 422
    assert unconfirmed.json()["errors"][0]["field"] == "confirm"
    assert (await owner.client.delete(path, params={"confirm": "true"})).status_code == 204
    assert (await owner.post(f"/tasks/{task['id']}/restore")).status_code == 404
    assert await trash(owner) == []
    undone = await owner.post("/undo", {})
    assert undone.json()["type"] in {"/problems/changed-since", "/problems/nothing-to-undo"}


async def test_the_worker_deletes_what_has_been_there_for_long_with_its_files(
    owner: Person, stranger: Person, superuser_url: str
) -> None:
    project = await owner.project()
    old = await owner.task(project, "Old")
    child = await owner.task(project, "Child", parent_id=old["id"])
    young = await owner.task(project, "Young")
    theirs = await stranger.task(await stranger.project(), "Theirs")
    database = owner.app.state.database
    async with database.tenant(owner.tenant_id) as db:
        await db.execute(
            "INSERT INTO attachments (tenant_id, id, task_id, name, object_key)"
            " VALUES ($1, $2, $3, 'file', 'attachments/x')",
            owner.tenant_id,
            uuid7(),
            child["id"],
        )
    for task in (old, young):
        await owner.delete(f"/tasks/{task['id']}")
    await stranger.delete(f"/tasks/{theirs['id']}")
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE tasks SET deleted_at = now() - interval '31 days' WHERE id = ANY ($1::uuid[])",
        [old["id"], child["id"], theirs["id"]],
    )

    assert await empty_trash(database, 30) >= 3

    assert await trash(owner) == ["Young"]
    assert await trash(stranger) == []
    left = await connection.fetch(
        "SELECT id FROM tasks WHERE id = ANY ($1::uuid[])", [old["id"], child["id"], theirs["id"]]
    )
    jobs = await connection.fetch(
        "SELECT payload FROM jobs.pgqueuer WHERE entrypoint = 'delete_file'"
    )
    await connection.close()
    assert left == []
    assert any(b"attachments/x" in job["payload"] for job in jobs)
    log = (await owner.get("/audit", category="all")).json()["items"]
    assert [e["type"] for e in log[:2]] == ["task.purged", "task.purged"]
