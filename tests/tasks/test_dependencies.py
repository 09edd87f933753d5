"""Dependencies: added, changed and removed, and never in a circle."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.core.db import Database, Db
from projectflow.tasks import dependencies
from projectflow.tasks.dependencies import NewDependency

TaskJson = dict[str, Any]


async def tasks(owner: Person, names: str, **project: Any) -> list[TaskJson]:
    made = await owner.project(**project)
    return [await owner.task(made, name) for name in names]


async def ask(who: Person, task: TaskJson, on: TaskJson, **more: Any) -> httpx.Response:
    body = {"depends_on_task_id": on["id"], **more}
    return await who.post(f"/tasks/{task['id']}/dependencies", body)


async def depend(who: Person, task: TaskJson, on: TaskJson, **more: Any) -> dict[str, Any]:
    answer = await ask(who, task, on, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(who: Person, task: TaskJson) -> dict[str, Any]:
    answer = await who.get(f"/tasks/{task['id']}/dependencies")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def below(owner: Person, parent: TaskJson, *children: TaskJson) -> None:
    for child in children:
        answer = await owner.patch(f"/tasks/{child['id']}", {"parent_id": parent["id"]})
        assert answer.status_code == 200, answer.text


async def test_a_dependency_stands_on_both_of_its_tasks(owner: Person) -> None:
    roof, walls = await tasks(owner, "RW")
    dependency_id = str(uuid7())

    made = await depend(
        owner, roof, walls,
        id=dependency_id, type="start_to_start", lag_minutes=-90, lag_is_elapsed=True,
    )  # fmt: skip

    assert made == {
        "id": dependency_id,
        "task_id": roof["id"],
        "depends_on_task_id": walls["id"],
        "type": "start_to_start",
        "lag_minutes": -90,
        "lag_is_elapsed": True,
        "created_at": made["created_at"],
    }
    other = {k: walls[k] for k in ("id", "project_id", "key", "title", "status")}
    waits, awaited = await listed(owner, roof), await listed(owner, walls)
    assert waits["blocks"] == awaited["blocked_by"] == []
    assert waits["blocked_by"][0].items() >= made.items()
    assert waits["blocked_by"][0]["task"].items() >= other.items()
    assert waits["blocked_by"][0]["task"]["category"] == "unstarted"
    assert awaited["blocks"][0]["task"]["key"] == roof["key"]


async def test_a_dependency_that_says_nothing_else_is_finish_to_start(owner: Person) -> None:
    roof, walls = await tasks(owner, "RW")

    made = await depend(owner, roof, walls)

    assert (made["type"], made["lag_minutes"], made["lag_is_elapsed"]) == (
        "finish_to_start", 0, False,
    )  # fmt: skip


@pytest.mark.parametrize("by", ["its id", "its tasks"])
async def test_a_dependency_is_changed_and_removed(owner: Person, by: str) -> None:
    roof, walls = await tasks(owner, "RW")
    path = f"/dependencies/{(await depend(owner, roof, walls))['id']}"

    changed = await owner.patch(path, {"type": "finish_to_finish", "lag_minutes": 60})
    same = await owner.patch(path, {"lag_minutes": 60})
    if by == "its tasks":
        path = f"/tasks/{roof['id']}/dependencies/{walls['id']}"
    removed, again = await owner.delete(path), await owner.delete(path)

    assert changed.json()["type"] == "finish_to_finish"
    assert same.json() == changed.json()
    assert (removed.status_code, again.status_code) == (204, 404)
    assert await listed(owner, roof) == {"blocked_by": [], "blocks": [], "hidden": 0}
    activity = (await owner.get(f"/tasks/{roof['id']}/activity")).json()["items"]
    events = {e["type"]: e for e in activity}
    assert [e["type"] for e in activity] == [
        "dependency.removed", "dependency.changed", "dependency.added", "task.created",
    ]  # fmt: skip
    assert {e["payload"]["depends_on_task_id"] for e in activity[:3]} == {walls["id"]}
    assert events["dependency.added"]["payload"]["after"]["type"] == "finish_to_start"
    assert events["dependency.changed"]["payload"]["before"] == {
        "type": "finish_to_start", "lag_minutes": 0,
    }  # fmt: skip
    assert events["dependency.removed"]["payload"]["before"]["type"] == "finish_to_finish"
    assert events["dependency.removed"]["entity_type"] == "task"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "whenever"), ("lag_minutes", 5_256_001), ("lag_minutes", -5_256_001),
        ("lag_minutes", 1.5), ("lag_is_elapsed", "yes"), ("depends_on_task_id", "x"),
        ("id", "x"), ("nonsense", 1),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named_and_nothing_is_added(
    owner: Person, field: str, value: Any
) -> None:
    roof, walls = await tasks(owner, "RW")

    answer = await ask(owner, roof, walls, **{field: value})

    assert answer.status_code == 422
    assert field in answer.text
    assert (await listed(owner, roof))["blocked_by"] == []


async def test_a_task_depends_on_another_only_once(owner: Person) -> None:
    roof, walls, floor = await tasks(owner, "RWF")
    made = await depend(owner, roof, walls)

    twice = await ask(owner, roof, walls, type="start_to_start")
    same_id = await ask(owner, roof, floor, id=made["id"])

    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/already-dependent")
    assert (same_id.status_code, same_id.json()["type"]) == (409, "/problems/dependency-exists")


async def test_what_cannot_be_seen_cannot_be_depended_on(owner: Person, stranger: Person) -> None:
    (task,) = await tasks(owner, "T")
    (theirs,) = await tasks(stranger, "X")
    unseen, trashed = await tasks(owner, "UT", name="Secret")
    await owner.delete(f"/tasks/{trashed['id']}")
    member = await owner.colleague("member")
    await owner.join({"id": task["project_id"]}, member, "manager")

    answers = [
        await ask(member, task, {"id": other})
        for other in (theirs["id"], unseen["id"], trashed["id"], str(uuid7()))
    ]

    assert {a.status_code for a in answers} == {422}
    assert answers[0].json()["errors"][0]["field"] == "depends_on_task_id"
    assert len({a.text for a in answers}) == 1
    assert (await ask(owner, task, unseen)).status_code == 201


async def test_a_dependency_on_what_somebody_cannot_see_is_counted_and_not_shown(
    owner: Person,
) -> None:
    task, seen = await tasks(owner, "TS")
    (secret,) = await tasks(owner, "X", name="Secret")
    hidden, shown = await depend(owner, task, secret), await depend(owner, task, seen)
    member = await owner.colleague("member")
    await owner.join({"id": task["project_id"]}, member, "manager")

    seen_by_member = await listed(member, task)
    answers = [
        await member.patch(f"/dependencies/{hidden['id']}", {"lag_minutes": 5}),
        await member.delete(f"/dependencies/{hidden['id']}"),
        await member.delete(f"/tasks/{task['id']}/dependencies/{secret['id']}"),
    ]

    assert [d["id"] for d in seen_by_member["blocked_by"]] == [shown["id"]]
    assert seen_by_member["hidden"] == 1
    assert secret["id"] not in str(seen_by_member)
    assert [a.status_code for a in answers] == [404, 404, 404]


async def test_a_key_for_one_project_sees_no_task_of_another(owner: Person) -> None:
    (task,), (other,) = await tasks(owner, "T"), await tasks(owner, "O", name="Other")
    await depend(owner, task, other)
    await owner.signed_in_by("password")
    key = await owner.key("task:*", project_ids=[task["project_id"]])

    for path in (f"/tasks/{task['id']}/dependencies", f"/tasks/{task['id']}/dependency-graph",
                 f"/projects/{task['project_id']}/dependency-graph"):  # fmt: skip
        answer = await key.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["hidden"] == 1
        assert other["key"] not in answer.text


async def test_dependencies_of_a_deleted_task_come_back_with_it(owner: Person) -> None:
    a, b, c = await tasks(owner, "ABC")
    await depend(owner, a, b)
    await depend(owner, b, c)
    before = [await listed(owner, each) for each in (a, b, c)]

    await owner.delete(f"/tasks/{b['id']}")
    for each in (a, c):
        assert await listed(owner, each) == {"blocked_by": [], "blocks": [], "hidden": 0}
    closing = await ask(owner, c, a)
    await owner.post(f"/tasks/{b['id']}/restore")

    assert closing.status_code == 409
    assert closing.json()["cycle"] == [c["key"], a["key"], b["key"], c["key"]]
    assert f"{b['key']} (in the trash)" in closing.json()["detail"]
    assert [await listed(owner, each) for each in (a, b, c)] == before


async def test_a_cycle_is_refused_and_named(owner: Person) -> None:
    a, b, c, d = await tasks(owner, "ABCD", key="WAY")
    for task, on in ((a, b), (b, c), (a, d), (d, b)):
        await depend(owner, task, on)

    answer = await ask(owner, c, a)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/dependency-cycle")
    assert problem["cycle"] == ["WAY-3", "WAY-1", "WAY-2", "WAY-3"]
    assert "WAY-3 → WAY-1 → WAY-2 → WAY-3" in problem["detail"]
    assert (await listed(owner, c))["blocked_by"] == []
    itself = await ask(owner, a, a)
    assert itself.json()["errors"][0]["field"] == "depends_on_task_id"


async def test_a_cycle_through_what_somebody_cannot_see_does_not_name_it(owner: Person) -> None:
    a, b = await tasks(owner, "AB", key="SEEN")
    (secret,) = await tasks(owner, "X", name="Secret", key="SECRET")
    await depend(owner, a, secret)
    await depend(owner, secret, b)
    member = await owner.colleague("member")
    await owner.join({"id": a["project_id"]}, member, "manager")

    answer = await ask(member, b, a)

    assert answer.json()["cycle"] == ["SEEN-2", "SEEN-1", None, "SEEN-2"]
    assert "SECRET" not in answer.text


async def test_a_task_neither_waits_for_its_sub_tasks_nor_they_for_it(owner: Person) -> None:
    parent, child, grandchild = await tasks(owner, "PCG", key="TREE")
    await below(owner, parent, child)
    await below(owner, child, grandchild)

    answers = [await ask(owner, parent, grandchild), await ask(owner, grandchild, parent)]

    assert [a.status_code for a in answers] == [409, 409]
    assert answers[0].json()["cycle"] == ["TREE-1", "TREE-3", "TREE-2", "TREE-1"]
    assert answers[1].json()["cycle"] == ["TREE-3", "TREE-1", "TREE-2", "TREE-3"]


async def test_sub_tasks_wait_with_their_parent_and_not_for_each_other(owner: Person) -> None:
    parent, one, two, outside = await tasks(owner, "PABX")
    await below(owner, parent, one, two)

    await depend(owner, two, one)  # siblings
    await depend(owner, outside, parent)  # so it waits for both
    through_the_parent = await ask(owner, one, outside)

    assert through_the_parent.status_code == 409


async def test_the_second_of_two_that_would_close_a_cycle_waits_and_is_refused(
    owner: Person, database: Database
) -> None:
    a, b = await tasks(owner, "AB")
    async with database.tenant(owner.tenant_id) as db:
        first = NewDependency(UUID(b["id"]))
        await dependencies.add_dependency(db, owner.actor, UUID(a["id"]), first)
        second = asyncio.create_task(ask(owner, b, a))
        while not second.done() and not await _somebody_waits(db):
            pass
    answer = await second

    assert answer.status_code == 409
    assert answer.json()["cycle"] == [b["key"], a["key"], b["key"]]


async def _somebody_waits(db: Db) -> bool:
    return await db.fetchval(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    )


async def test_a_task_has_at_most_500_dependencies_either_way(
    owner: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dependencies.MAX_DEPENDENCIES == 500
    monkeypatch.setattr(dependencies, "MAX_DEPENDENCIES", 2)
    a, b, c, d, e = await tasks(owner, "ABCDE")
    for task, on in ((a, b), (a, c), (d, c)):
        await depend(owner, task, on)

    for task, on in ((a, d), (e, c)):
        answer = await ask(owner, task, on)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "depends_on_task_id"


async def test_a_walk_that_is_too_long_is_refused_rather_than_believed(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projectflow.tasks.cycles.MAX_STEPS", 3)
    a, b, c, d, e = await tasks(owner, "ABCDE")
    await depend(owner, b, a)
    await depend(owner, c, b)

    assert (await ask(owner, d, e)).status_code == 201
    answer = await ask(owner, a, e)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/dependencies-too-many")


async def test_a_new_parent_that_would_make_a_task_wait_for_itself_is_refused(
    owner: Person,
) -> None:
    project = await owner.project()
    parent, child = await owner.task(project, "Parent"), await owner.task(project, "Child")
    waits = {"depends_on_task_id": child["id"]}
    added = await owner.post(f"/tasks/{parent['id']}/dependencies", waits)
    assert added.status_code == 201, added.text

    answer = await owner.patch(f"/tasks/{child['id']}", {"parent_id": parent["id"]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "parent_id"
    assert (await owner.get(f"/tasks/{child['id']}")).json()["parent_id"] is None
