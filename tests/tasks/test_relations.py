"""Relations that nothing waits for."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks import relations

TaskJson = dict[str, Any]


async def relate(who: Person, task: TaskJson, other: TaskJson, kind: str) -> httpx.Response:
    path = f"/tasks/{task['id']}/relations/{other['id']}"
    return await who.client.put(path, json={"kind": kind})


async def listed(who: Person, task: TaskJson) -> list[tuple[str, str]]:
    items = (await who.get(f"/tasks/{task['id']}/relations")).json()["items"]
    return [(item["kind"], item["task"]["key"]) for item in items]


@pytest.fixture
async def pair(owner: Person) -> list[TaskJson]:
    project = await owner.project()
    return [await owner.task(project, title) for title in ("This", "That")]


async def test_a_relation_is_seen_from_both_sides(owner: Person, pair: list[TaskJson]) -> None:
    this, that = pair

    answer = await relate(owner, this, that, "relates")

    assert answer.status_code == 200
    assert answer.json()["task"]["title"] == "That"
    assert await listed(owner, this) == [("relates", that["key"])]
    assert await listed(owner, that) == [("relates", this["key"])]


async def test_a_duplicate_says_which_of_the_two_it_is(owner: Person, pair: list[TaskJson]) -> None:
    this, that = pair

    await relate(owner, this, that, "duplicates")
    assert await listed(owner, this) == [("duplicates", that["key"])]
    assert await listed(owner, that) == [("duplicated_by", this["key"])]

    turned = await relate(owner, that, this, "duplicates")
    assert turned.json()["kind"] == "duplicates"
    assert await listed(owner, this) == [("duplicated_by", that["key"])]


async def test_two_tasks_have_one_relation_whoever_set_it_and_how_often(
    owner: Person, pair: list[TaskJson]
) -> None:
    this, that = pair

    for task, other, kind in (
        (this, that, "relates"), (this, that, "relates"), (that, this, "relates"),
        (that, this, "duplicates"),
    ):  # fmt: skip
        assert (await relate(owner, task, other, kind)).status_code == 200
    removed = await owner.delete(f"/tasks/{this['id']}/relations/{that['id']}")
    again = await owner.delete(f"/tasks/{this['id']}/relations/{that['id']}")

    assert (removed.status_code, again.status_code) == (204, 404)
    assert await listed(owner, this) == await listed(owner, that) == []
    events = [
        (e["type"], e["payload"].get("before"), e["payload"].get("after"))
        for task in (this, that)
        for e in reversed((await owner.get(f"/tasks/{task['id']}/activity")).json()["items"])
        if e["type"].startswith("relation")
    ]
    assert events == [
        ("relation.added", None, {"kind": "relates"}),
        ("relation.removed", {"kind": "duplicated_by"}, None),
        ("relation.removed", {"kind": "relates"}, None),
        ("relation.added", None, {"kind": "duplicates"}),
    ]


async def test_both_sides_set_at_once_leave_one_relation(
    owner: Person, pair: list[TaskJson]
) -> None:
    this, that = pair

    answers = await asyncio.gather(
        *(relate(owner, *order, "duplicates") for order in ((this, that), (that, this)) * 4)
    )

    assert {a.status_code for a in answers} == {200}
    assert len(await listed(owner, this)) == len(await listed(owner, that)) == 1


async def test_what_cannot_be_related_is_refused(
    owner: Person, stranger: Person, pair: list[TaskJson]
) -> None:
    this, that = pair
    theirs = await stranger.task(await stranger.project(), "Theirs")

    itself = await relate(owner, this, this, "relates")
    answers = [
        await relate(owner, this, other, "relates") for other in (theirs, {"id": str(uuid7())})
    ]
    blocks = await relate(owner, this, that, "blocks")

    assert itself.json()["errors"][0]["field"] == "other_id"
    assert [a.status_code for a in answers] == [404, 404]
    assert blocks.status_code == 422
    assert "kind" in blocks.text


async def test_a_relation_to_what_somebody_cannot_see_is_only_counted(
    owner: Person, pair: list[TaskJson]
) -> None:
    this, that = pair
    secret = await owner.task(await owner.project("Secret"), "Secret")
    await relate(owner, this, secret, "relates")
    await relate(owner, this, that, "relates")
    member = await owner.colleague("member")
    await owner.join({"id": this["project_id"]}, member, "manager")

    answer = (await member.get(f"/tasks/{this['id']}/relations")).json()

    assert [item["task"]["title"] for item in answer["items"]] == ["That"]
    assert answer["hidden"] == 1
    unseen = await member.delete(f"/tasks/{this['id']}/relations/{secret['id']}")
    assert unseen.status_code == 404


async def test_a_relation_comes_back_with_its_task(owner: Person, pair: list[TaskJson]) -> None:
    this, that = pair
    await relate(owner, this, that, "duplicates")

    await owner.delete(f"/tasks/{that['id']}")
    assert await listed(owner, this) == []
    await owner.post(f"/tasks/{that['id']}/restore")

    assert await listed(owner, this) == [("duplicates", that["key"])]


async def test_a_task_has_a_bound_of_relations_from_either_side(
    owner: Person, pair: list[TaskJson], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relations.MAX_RELATIONS == 500
    monkeypatch.setattr(relations, "MAX_RELATIONS", 1)
    this, that = pair
    third = await owner.task({"id": this["project_id"]}, "Third")
    await relate(owner, this, that, "relates")

    answers = [
        await relate(owner, third, that, "relates"), await relate(owner, that, third, "relates"),
    ]  # fmt: skip
    assert [a.status_code for a in answers] == [422, 422]
    assert (await relate(owner, that, this, "duplicates")).status_code == 200
