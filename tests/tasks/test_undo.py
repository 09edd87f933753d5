"""Undo: a change is taken back by another one, which can be taken back too."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks.undo.registry import INVERSES

TaskJson = dict[str, Any]


async def read(who: Person, task: TaskJson) -> TaskJson:
    return (await who.get(f"/tasks/{task['id']}")).json()


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


def same(now: TaskJson, then: TaskJson, *but: str) -> None:
    ignored = {"version", "updated_at", *but}
    assert {f: v for f, v in now.items() if f not in ignored} == {
        f: v for f, v in then.items() if f not in ignored
    }


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(key="WEB"), "Task", tags=["a"])


FIELDS = {
    "title": "Other", "description": "d", "status": "completed", "priority": "urgent",
    "start_date": "2026-01-05", "due_date": "2026-02-01T12:00:00.5Z", "estimated_hours": "2.50",
    "tags": ["b"], "archived": True,
}  # fmt: skip


async def test_a_change_is_undone_and_redone_as_often_as_one_likes(
    owner: Person, task: TaskJson
) -> None:
    changed = (await owner.patch(f"/tasks/{task['id']}", FIELDS)).json()

    for _ in range(3):
        what = await undone(owner)
        assert what["type"] == "task.updated"
        same(await read(owner, task), task)
        await redo(owner, what)
        same(await read(owner, task), changed)


async def test_the_log_keeps_all_and_says_what_undid_what(owner: Person, task: TaskJson) -> None:
    await owner.patch(f"/tasks/{task['id']}", {"title": "Other"})
    what = await undone(owner)

    log = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    assert [e["type"] for e in log] == ["task.updated", "task.updated", "task.created"]
    assert log[0]["seq"] == what["undone_by"]
    assert log[0]["payload"] == {
        "before": {"title": "Other"}, "after": {"title": "Task"}, "undoes": log[1]["seq"],
    }  # fmt: skip


async def test_once_more_goes_one_further_back(owner: Person, task: TaskJson) -> None:
    for title in ("One", "Two", "Three"):
        await owner.patch(f"/tasks/{task['id']}", {"title": title})

    titles: list[str] = []
    for _ in range(3):
        await undone(owner)
        titles.append((await read(owner, task))["title"])
    await undone(owner)

    assert titles == ["Two", "One", "Task"]
    assert (await owner.get(f"/tasks/{task['id']}")).status_code == 404
    assert (await undone(owner))["type"] == "project.created", "what was made first goes last"
    nothing = await undo(owner)
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-to-undo")


async def test_what_others_changed_since_is_named_and_left(owner: Person, task: TaskJson) -> None:
    colleague = await owner.colleague("admin")
    await owner.patch(f"/tasks/{task['id']}", {"title": "Mine", "priority": "high"})
    await colleague.patch(f"/tasks/{task['id']}", {"description": "beside it"})
    await colleague.patch(f"/tasks/{task['id']}", {"title": "Theirs"})

    refused = await undo(owner)

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/changed-since"
    assert [e["field"] for e in refused.json()["errors"]] == ["title"]
    now = await read(owner, task)
    assert (now["title"], now["priority"]) == ("Theirs", "high")
    await undone(colleague)
    await undone(owner)
    now = await read(owner, task)
    assert (now["title"], now["priority"], now["description"]) == ("Task", "medium", "beside it")


async def test_only_ones_own_changes_and_only_for_a_day(owner: Person, task: TaskJson) -> None:
    await owner.patch(f"/tasks/{task['id']}", {"title": "Mine"})
    log = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    seq = log[0]["seq"]
    admin = await owner.colleague("admin")

    others = await admin.post(f"/events/{seq}/undo")
    missing = await owner.post("/events/999999/undo")
    assert (others.status_code, missing.status_code) == (404, 404)
    for wrong in ("0", "-1", "x", str(2**63), "9" * 40):
        assert (await owner.post(f"/events/{wrong}/undo")).status_code in {404, 422}

    assert (await owner.post(f"/events/{seq}/undo")).status_code == 200
    again = await owner.post(f"/events/{seq}/undo")
    assert again.json()["type"] == "/problems/undone-already"


async def test_a_day_later_it_is_too_late(
    owner: Person, task: TaskJson, superuser_url: str
) -> None:
    connection = await asyncpg.connect(superuser_url)
    await connection.execute(
        "UPDATE events SET created_at = created_at - interval '25 hours' WHERE tenant_id = $1",
        owner.tenant_id,
    )
    await connection.close()
    seq = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"][0]["seq"]

    assert (await undo(owner)).json()["type"] == "/problems/nothing-to-undo"
    late = await owner.post(f"/events/{seq}/undo")
    assert late.json()["type"] == "/problems/too-late-to-undo"


async def test_two_clicks_at_once_undo_two_changes(owner: Person, task: TaskJson) -> None:
    for title in ("One", "Two"):
        await owner.patch(f"/tasks/{task['id']}", {"title": title})

    answers = await asyncio.gather(undo(owner), undo(owner))

    assert [a.status_code for a in answers] == [200, 200]
    assert (await read(owner, task))["title"] == "Task"


async def test_undo_in_one_project_leaves_the_others(owner: Person, task: TaskJson) -> None:
    other = await owner.task(await owner.project("Other"), "Other")
    await owner.patch(f"/tasks/{task['id']}", {"title": "Changed"})
    await owner.patch(f"/tasks/{other['id']}", {"title": "Changed"})

    assert (await undo(owner, task["project_id"])).status_code == 200

    assert (await read(owner, task))["title"] == "Task"
    assert (await read(owner, other))["title"] == "Changed"
    assert (await undo(owner, str(uuid7()))).status_code == 409


async def test_a_moved_card_goes_back_to_its_place_or_beside_whoever_is_there(
    owner: Person, task: TaskJson
) -> None:
    project = {"id": task["project_id"]}
    b, c = [await owner.task(project, title) for title in "bc"]

    async def order() -> list[str]:
        items = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
        return [item["title"] for item in items]

    await owner.post(f"/tasks/{b['id']}/move", {"before_id": task["id"], "status": "in_progress"})
    assert await order() == ["b", "Task", "c"]
    what = await undone(owner)
    assert await order() == ["Task", "b", "c"]
    same(await read(owner, b), b)
    await redo(owner, what)
    assert await order() == ["b", "Task", "c"]

    # Somebody else takes the very rank that the card had.
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE tasks SET position = $3 WHERE tenant_id = $1 AND id = $2",
            owner.tenant_id,
            c["id"],
            b["position"],
        )
    await undone(owner)
    assert await order() == ["Task", "c", "b"]


async def test_what_went_to_the_trash_comes_back_with_all_below(
    owner: Person, task: TaskJson
) -> None:
    child = await owner.task({"id": task["project_id"]}, "Child", parent_id=task["id"])
    await owner.delete(f"/tasks/{task['id']}")
    assert (await owner.get(f"/tasks/{child['id']}")).status_code == 404

    what = await undone(owner)
    assert what["events"] == 2
    same(await read(owner, child), child)
    await redo(owner, what)
    assert (await owner.get(f"/tasks/{child['id']}")).status_code == 404

    await owner.post(f"/tasks/{task['id']}/restore")
    await undone(owner)
    assert (await owner.get(f"/tasks/{task['id']}")).status_code == 404


async def test_a_new_task_that_somebody_changed_stays(owner: Person, task: TaskJson) -> None:
    await (await owner.colleague("admin")).patch(f"/tasks/{task['id']}", {"priority": "low"})

    refused = await undo(owner)

    assert refused.status_code == 409
    assert [e["field"] for e in refused.json()["errors"]] == ["priority"]


async def test_a_former_parent_that_is_gone_is_not_taken_again(
    owner: Person, task: TaskJson
) -> None:
    project = {"id": task["project_id"]}
    child = await owner.task(project, "Child", parent_id=task["id"])
    await owner.patch(f"/tasks/{child['id']}", {"parent_id": None})
    what = (await owner.get(f"/tasks/{child['id']}/activity")).json()["items"][0]["seq"]
    await owner.patch(f"/tasks/{task['id']}", {"parent_id": child["id"]})

    circle = await owner.post(f"/events/{what}/undo")
    await owner.patch(f"/tasks/{task['id']}", {"parent_id": None})
    await owner.delete(f"/tasks/{task['id']}")
    gone = await owner.post(f"/events/{what}/undo")
    await owner.post(f"/tasks/{task['id']}/restore")
    fine = await owner.post(f"/events/{what}/undo")

    assert [a.status_code for a in (circle, gone, fine)] == [422, 422, 200]
    assert (await read(owner, child))["parent_id"] == task["id"]


async def test_a_bulk_change_is_undone_whole_each_task_to_what_it_was(
    owner: Person, task: TaskJson
) -> None:
    project = {"id": task["project_id"]}
    others = [await owner.task(project, p, priority=p) for p in ("low", "high", "urgent")]
    tasks = [task, *others]
    body = {"tasks": [{"id": t["id"]} for t in tasks], "change": {
        "priority": "high", "status": "completed", "add_tags": ["x"], "archived": True,
    }}  # fmt: skip
    await owner.post("/tasks/bulk", body)
    seq = (await owner.get(f"/tasks/{others[1]['id']}/activity")).json()["items"][0]["seq"]

    what = (await owner.post(f"/events/{seq}/undo")).json()

    assert what["events"] == 4
    for each in tasks:
        same(await read(owner, each), each)
    await redo(owner, what)
    assert {(await read(owner, each))["priority"] for each in tasks} == {"high"}
    await owner.patch(f"/tasks/{others[0]['id']}", {"priority": "low"})
    refused = await owner.post(f"/events/{seq}/undo")
    assert refused.status_code == 409
    assert others[0]["key"] in refused.json()["errors"][0]["message"]
    assert (await read(owner, task))["priority"] == "high"


async def test_an_undo_needs_the_right_to_what_it_does(owner: Person, task: TaskJson) -> None:
    member = await owner.colleague("member")
    await owner.join({"id": task["project_id"]}, member)
    await owner.patch(f"/tasks/{task['id']}", {"assignee_id": str(member.id)})
    await member.patch(f"/tasks/{task['id']}", {"title": "Mine"})
    await owner.patch(f"/tasks/{task['id']}", {"assignee_id": None})

    assert (await undo(member)).status_code == 403
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "DELETE FROM project_members WHERE tenant_id = $1 AND user_id = $2",
            owner.tenant_id,
            member.id,
        )
    gone = await undo(member)
    assert gone.status_code == 409
    assert (await read(owner, task))["title"] == "Mine"


def test_every_file_of_undo_says_what_it_undoes() -> None:
    assert set(INVERSES) >= {
        "task.created", "task.updated", "task.moved", "task.deleted", "task.restored",
        "task.transferred", "comment.created", "comment.edited", "comment.deleted",
        "comment.restored", "checklist_item.created", "checklist_item.updated",
        "checklist_item.deleted", "dependency.added", "dependency.removed", "dependency.changed",
        "relation.added", "relation.removed", "tag.colored",
    }  # fmt: skip
