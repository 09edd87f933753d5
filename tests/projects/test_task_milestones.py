"""A task's milestone: one of its own project, in all that is said of tasks, and to find them by."""

import asyncio
from typing import Any

import pytest
from tests.people import Person
from tests.projects.test_milestones import events_of, milestone
from uuid_utils.compat import uuid7

Fields = dict[str, Any]


async def test_a_task_gets_changes_and_loses_its_milestone(owner: Person) -> None:
    project = await owner.project()
    one, two = await milestone(owner, project, "One"), await milestone(owner, project, "Two")
    task = await owner.task(project, "Task", milestone_id=one["id"])
    path = f"/tasks/{task['id']}"

    assert task["milestone_id"] == one["id"]
    assert (await owner.patch(path, {"milestone_id": two["id"]})).json()["version"] == 2
    assert (await owner.patch(path, {"title": "x"})).json()["milestone_id"] == two["id"]
    moved = await owner.post(f"{path}/move", {"status": "in_progress"})
    assert moved.json()["milestone_id"] == two["id"]
    assert (await owner.patch(path, {"milestone_id": None})).json()["milestone_id"] is None
    told = [payload for _, _, payload in await events_of(owner, task["id"])]
    assert one["id"] in told[0]
    assert one["id"] in told[1]
    assert two["id"] in told[1]
    assert two["id"] in told[-1]


async def test_a_milestone_of_another_project_is_none(owner: Person, stranger: Person) -> None:
    project = await owner.project()
    others = [
        (await milestone(owner, await owner.project("Other")))["id"],
        (await milestone(stranger, await stranger.project()))["id"],
        str(uuid7()),
    ]
    task = await owner.task(project, "Task")

    for other in others:
        for answer in (
            await owner.post(
                f"/projects/{project['id']}/tasks", {"title": "x", "milestone_id": other}
            ),
            await owner.patch(f"/tasks/{task['id']}", {"milestone_id": other}),
        ):
            assert answer.status_code == 422
            assert answer.json()["errors"] == [
                {"field": "milestone_id", "message": "is not a milestone of this project"}
            ]
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task
    assert (await owner.task(project, "Next"))["number"] == 2


async def test_lists_and_boards_are_filtered_by_milestone(owner: Person) -> None:
    project = await owner.project()
    one, two = await milestone(owner, project, "One"), await milestone(owner, project, "Two")
    for title, stone in (("a", one), ("b", two), ("c", None)):
        await owner.task(project, title, milestone_id=stone and stone["id"])

    async def found(*values: str) -> tuple[list[str], list[str]]:
        params = {"milestone_id": list(values)}
        listed = (await owner.get(f"/projects/{project['id']}/tasks", **params)).json()["items"]
        board = (await owner.get(f"/projects/{project['id']}/board", **params)).json()["columns"]
        cards = [card["title"] for column in board for card in column["items"]]
        return [t["title"] for t in listed], cards

    assert await found(one["id"]) == (["a"], ["a"])
    assert await found(one["id"], two["id"]) == (["a", "b"], ["a", "b"])
    assert await found("none") == (["c"], ["c"])
    assert await found("none", two["id"]) == (["b", "c"], ["b", "c"])
    assert await found() == (["a", "b", "c"], ["a", "b", "c"])
    bad = await owner.get(f"/projects/{project['id']}/tasks", milestone_id="soon")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "milestone_id")
    paged = await owner.get(
        f"/projects/{project['id']}/tasks", milestone_id=["none", one["id"]], limit=1,
        include_total=True,
    )  # fmt: skip
    rest = await owner.get(
        f"/projects/{project['id']}/tasks", milestone_id=["none", one["id"]],
        cursor=paged.json()["next_cursor"],
    )  # fmt: skip
    assert paged.json()["total"] == 2
    assert [t["title"] for t in rest.json()["items"]] == ["c"]


QUERIES = {
    'milestone:"First release"': ["a"],
    'milestone:"FIRST RELEASE",two': ["a", "b"],
    "milestone:none": ["c"],
    "milestone:any": ["a", "b"],
    "milestone_id:any": ["a", "b"],
    "-milestone:two": ["a", "c"],
    "milestone:none,two": ["b", "c"],
    "has:milestone": ["a", "b"],
    "-has:milestone": ["c"],
    "milestone:nothing": [],
    "milestone:{two}": ["b"],
}


async def test_a_query_finds_tasks_by_milestone_and_counts_them(owner: Person) -> None:
    project = await owner.project()
    one = await milestone(owner, project, "First release")
    two = await milestone(owner, project, "Two")
    for title, stone in (("a", one), ("b", two), ("c", None)):
        await owner.task(project, title, milestone_id=stone and stone["id"])

    for query, titles in QUERIES.items():
        text = query.replace("{two}", two["id"])
        answer = await owner.get("/tasks", query=text)
        assert answer.status_code == 200, f"{query}: {answer.text}"
        assert sorted(t["title"] for t in answer.json()["items"]) == titles, query
    refused = await owner.get("/tasks", query="milestone<two")
    assert refused.json()["type"] == "/problems/invalid-query"
    counts = (await owner.get("/tasks/counts", query="group:milestone")).json()["groups"]
    assert {g["value"]: g["count"] for g in counts} == {one["id"]: 1, two["id"]: 1, None: 1}


@pytest.mark.parametrize("turn", range(4))
async def test_a_task_that_comes_as_its_milestone_goes_is_refused_or_cleared(
    owner: Person, turn: int
) -> None:
    project = await owner.project()
    beta = await milestone(owner, project)
    task = await owner.task(project, "Task")
    joining = [
        owner.patch(f"/tasks/{task['id']}", {"milestone_id": beta["id"]}),
        owner.post(f"/projects/{project['id']}/tasks", {"title": "x", "milestone_id": beta["id"]}),
    ]

    gone = owner.delete(f"/milestones/{beta['id']}")
    answers = await asyncio.gather(*joining[: turn % 3], gone, *joining[turn % 3 :])

    assert {a.status_code for a in answers} <= {200, 201, 204, 422}, [a.text for a in answers]
    left = (await owner.get(f"/projects/{project['id']}/tasks")).json()["items"]
    assert {t["milestone_id"] for t in left} == {None}
