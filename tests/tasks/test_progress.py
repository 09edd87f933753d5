"""How far a task is, by what stands below it."""

from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks import progress

TaskJson = dict[str, Any]


async def of(who: Person, *tasks: TaskJson) -> list[dict[str, Any]]:
    answer = await who.client.get("/tasks/progress", params=[("id", t["id"]) for t in tasks])
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


@pytest.fixture
async def tree(owner: Person) -> dict[str, TaskJson]:
    """A root with a and b; below a: a1, completed, and a2, cancelled; one more in the trash."""
    project = await owner.project()

    async def add(title: str, parent: TaskJson | None = None, **fields: Any) -> TaskJson:
        more = {} if parent is None else {"parent_id": parent["id"]}
        return await owner.task(project, title, **more, **fields)

    root = await add("root", estimated_hours="1.50")
    a, b = await add("a", root), await add("b", root, status="completed")
    a1 = await add("a1", a, status="completed", estimated_hours="2.25")
    a2 = await add("a2", a, status="cancelled")
    gone = await add("gone", a, estimated_hours="100")
    await owner.delete(f"/tasks/{gone['id']}")
    return {"root": root, "a": a, "b": b, "a1": a1, "a2": a2}


async def test_progress_counts_all_depths_and_leaves_out_what_does_not_count(
    owner: Person, tree: dict[str, TaskJson]
) -> None:
    root, a, b = await of(owner, tree["root"], tree["a"], tree["b"])

    assert root == {
        "task_id": tree["root"]["id"], "total": 3, "done": 2, "estimated_hours": "3.75",
        "actual_hours": None,
    }  # fmt: skip
    assert (a["total"], a["done"], a["estimated_hours"]) == (1, 1, "2.25")
    assert (b["total"], b["done"], b["estimated_hours"]) == (0, 0, None)


async def test_time_adds_up(owner: Person, tree: dict[str, TaskJson]) -> None:
    for day, name in enumerate(("root", "a1"), 1):
        worked = {"started_at": f"2024-01-0{day}T09:00:00Z", "minutes": 30}
        await owner.post(f"/tasks/{tree[name]['id']}/time-entries", worked)

    assert (await of(owner, tree["root"]))[0]["actual_hours"] == "1.00"


async def test_the_tree_has_each_with_its_progress(
    owner: Person, tree: dict[str, TaskJson]
) -> None:
    answer = (await owner.get(f"/tasks/{tree['root']['id']}/subtasks")).json()

    assert [(i["title"], i["depth"], i["category"]) for i in answer["items"]] == [
        ("a", 1, "unstarted"), ("a1", 2, "completed"), ("a2", 2, "cancelled"),
        ("b", 1, "completed"),
    ]  # fmt: skip
    assert answer["progress"] == (await of(owner, tree["root"]))[0]
    assert [i["progress"]["total"] for i in answer["items"]] == [1, 0, 0, 0]
    assert answer["more"] == 0


async def test_a_large_tree_is_cut_and_still_counted_whole(
    owner: Person, tree: dict[str, TaskJson], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "MAX_SUBTASKS", 2)

    answer = (await owner.get(f"/tasks/{tree['root']['id']}/subtasks")).json()

    assert [i["title"] for i in answer["items"]] == ["a", "a1"]
    assert (answer["more"], answer["progress"]["total"]) == (2, 3)


async def test_what_one_may_not_see_is_left_out(
    owner: Person, stranger: Person, tree: dict[str, TaskJson]
) -> None:
    theirs = await stranger.task(await stranger.project(), "Theirs")
    viewer = await owner.colleague("viewer")
    nobody = {"id": str(uuid7())}

    assert await of(viewer, tree["root"]) == []
    await owner.join({"id": tree["root"]["project_id"]}, viewer)
    assert len(await of(viewer, tree["root"], theirs, nobody, tree["root"])) == 1
    assert await of(owner) == []
    assert (await owner.get("/tasks/progress", id="x")).status_code == 422
    many = await owner.client.get(
        "/tasks/progress", params=[("id", str(uuid7())) for _ in range(201)]
    )
    assert many.status_code == 422
