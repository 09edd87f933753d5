"""Watchers: who hears of a task without being asked, who chose to, and who chose not to."""

from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.tasks import watchers

TaskJson = dict[str, Any]


@pytest.fixture
async def task(owner: Person) -> TaskJson:
    return await owner.task(await owner.project(), "Task")


async def member(owner: Person, task: TaskJson) -> Person:
    person = await owner.colleague("member")
    await owner.join({"id": task["project_id"]}, person)
    return person


async def watch(who: Person, task: TaskJson, whom: Person) -> Any:
    return await who.client.put(f"/tasks/{task['id']}/watchers/{whom.id}")


async def unwatch(who: Person, task: TaskJson, whom: Person) -> Any:
    return await who.delete(f"/tasks/{task['id']}/watchers/{whom.id}")


async def listed(who: Person, task: TaskJson) -> dict[str, str]:
    found = (await who.get(f"/tasks/{task['id']}/watchers")).json()
    names = {str(who.id) for _ in range(1)}
    assert found["is_watching"] is any(each["user_id"] in names for each in found["items"])
    return {each["user_id"]: each["reason"] for each in found["items"]}


async def chosen_events(owner: Person, task: TaskJson) -> list[str]:
    items = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"]
    return [e["type"] for e in items if "watched" in e["type"]]


async def test_reporter_assignee_commenters_and_mentioned_people_watch_by_themselves(
    owner: Person, task: TaskJson
) -> None:
    people = [await member(owner, task) for _ in range(3)]
    assignee, commenter, mentioned = people
    await owner.patch(f"/tasks/{task['id']}", {"assignee_id": str(assignee.id)})
    await commenter.post(
        f"/tasks/{task['id']}/comments", {"body": f"@[Ada](user:{mentioned.id}) look"}
    )

    assert await listed(owner, task) == {
        str(owner.id): "reporter",
        str(assignee.id): "assignee",
        str(commenter.id): "commenter",
        str(mentioned.id): "mentioned",
    }
    assert await chosen_events(owner, task) == []

    await owner.patch(f"/tasks/{task['id']}", {"assignee_id": None})
    assert str(assignee.id) not in await listed(owner, task)


async def test_choosing_not_to_watch_wins_whatever_comes(owner: Person, task: TaskJson) -> None:
    person = await member(owner, task)
    await owner.patch(f"/tasks/{task['id']}", {"assignee_id": str(person.id)})

    answer = await unwatch(person, task, person)
    await person.post(f"/tasks/{task['id']}/comments", {"body": f"I, @[me](user:{person.id})"})
    asked = await watch(owner, task, person)

    assert answer.status_code == 200
    assert answer.json()["is_watching"] is False
    assert asked.status_code == 409
    assert str(person.id) not in await listed(owner, task)
    assert (await watch(person, task, person)).json()["is_watching"] is True
    assert (await listed(owner, task))[str(person.id)] == "chosen"
    assert await chosen_events(owner, task) == ["task.watched", "task.unwatched"]


async def test_doing_it_again_changes_nothing(owner: Person, task: TaskJson) -> None:
    person = await member(owner, task)

    for _ in range(2):
        assert (await watch(person, task, person)).status_code == 200
    for _ in range(2):
        assert (await unwatch(person, task, person)).status_code == 200

    assert await chosen_events(owner, task) == ["task.unwatched", "task.watched"]


async def test_others_are_added_by_whoever_may_change_the_task(
    owner: Person, task: TaskJson
) -> None:
    viewer, peer = await owner.colleague("viewer"), await member(owner, task)
    await owner.join({"id": task["project_id"]}, viewer, "viewer")

    assert (await watch(peer, task, viewer)).status_code == 403
    assert (await watch(viewer, task, peer)).status_code == 403
    assert (await unwatch(peer, task, owner)).status_code == 403
    assert (await watch(viewer, task, viewer)).status_code == 200
    added = (await watch(owner, task, peer)).json()

    chosen_by = {each["user_id"]: each["chosen_by"] for each in added["items"]}
    assert chosen_by[str(peer.id)] == str(owner.id)
    assert added["items"][0]["user_id"] == str(owner.id)
    # One that somebody else took off may be put on again; it was not their own wish.
    assert (await unwatch(owner, task, peer)).status_code == 200
    assert (await watch(owner, task, peer)).status_code == 200


async def test_only_who_may_see_the_task_can_watch_it(
    owner: Person, task: TaskJson, stranger: Person
) -> None:
    outside = await owner.colleague("member")
    manager = await owner.colleague("manager")
    admin = await owner.colleague("admin")

    for nobody in (outside, manager, stranger):
        refused = await watch(owner, task, nobody)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "user_id"
    invented = await owner.client.put(f"/tasks/{task['id']}/watchers/{uuid7()}")
    assert (invented.status_code, invented.json()["errors"]) == (422, refused.json()["errors"])
    assert (await watch(outside, task, outside)).status_code == 404
    assert (await unwatch(owner, task, stranger)).status_code == 422
    assert (await watch(owner, task, admin)).status_code == 200


async def test_who_leaves_the_project_watches_no_longer(owner: Person, task: TaskJson) -> None:
    person = await member(owner, task)
    await watch(person, task, person)
    await owner.delete(f"/projects/{task['project_id']}/members/{person.id}")
    gone = await member(owner, task)
    await watch(gone, task, gone)
    await owner.post(f"/users/{gone.id}/deactivate")

    assert await listed(owner, task) == {str(owner.id): "reporter"}


async def test_a_task_has_room_for_so_many_choices(
    owner: Person, task: TaskJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "MAX_WATCHERS", 1)
    one, other = await member(owner, task), await member(owner, task)

    assert (await watch(one, task, one)).status_code == 200
    assert (await watch(other, task, other)).status_code == 422
    assert (await unwatch(one, task, one)).status_code == 200
