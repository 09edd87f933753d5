"""Moving cards: a total order, whoever drops what where at the same time."""

import asyncio
import random
from typing import Any

import pytest
from tests.people import Person
from uuid_utils.compat import uuid7


async def titles(owner: Person, project: dict[str, Any]) -> list[str]:
    page = await owner.get(f"/projects/{project['id']}/tasks", limit=200)
    return [task["title"] for task in page.json()["items"]]


async def move(owner: Person, task: dict[str, Any], **where: Any) -> dict[str, Any]:
    answer = await owner.post(f"/tasks/{task['id']}/move", where)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_card_goes_after_before_and_to_the_end(owner: Person) -> None:
    project = await owner.project()
    a, b, c, d = [await owner.task(project, title) for title in "abcd"]

    await move(owner, a, after_id=b["id"])
    assert await titles(owner, project) == ["b", "a", "c", "d"]
    await move(owner, d, before_id=b["id"])
    assert await titles(owner, project) == ["d", "b", "a", "c"]
    await move(owner, b)
    assert await titles(owner, project) == ["d", "a", "c", "b"]
    await move(owner, c, after_id=b["id"])
    assert await titles(owner, project) == ["d", "a", "b", "c"]
    await owner.task(project, "e")
    assert await titles(owner, project) == ["d", "a", "b", "c", "e"]


async def test_a_card_dropped_where_it_lies_stays_in_its_place(owner: Person) -> None:
    project = await owner.project()
    a, b, c = [await owner.task(project, title) for title in "abc"]

    for where in ({"after_id": a["id"]}, {"before_id": c["id"]}):
        await move(owner, b, **where)
        assert await titles(owner, project) == ["a", "b", "c"]


async def test_moving_into_a_finished_state_sets_the_time_of_completion(owner: Person) -> None:
    task = await owner.task(await owner.project(), "Work")

    done = await move(owner, task, status="completed")
    again = await move(owner, done, status="completed")
    reopened = await move(owner, done, status="in_progress")

    assert (done["status"], done["version"]) == ("completed", 2)
    assert done["completed_at"] is not None
    assert again["completed_at"] == done["completed_at"]
    assert reopened["completed_at"] is None


async def test_a_move_is_in_the_tasks_activity_with_before_and_after(owner: Person) -> None:
    project = await owner.project()
    task, _ = await owner.task(project, "Work"), await owner.task(project, "More")

    moved = await move(owner, task, status="in_review")

    event = (await owner.get(f"/tasks/{task['id']}/activity")).json()["items"][0]
    assert event["type"] == "task.moved"
    assert event["actor_id"] == str(owner.id)
    assert event["entity_version"] == moved["version"]
    assert event["payload"]["before"] == {"status": "pending", "position": task["position"]}
    assert event["payload"]["after"] == {"status": "in_review", "position": moved["position"]}


@pytest.mark.parametrize("field", ["after_id", "before_id"])
async def test_a_neighbour_must_be_another_task_of_the_project(owner: Person, field: str) -> None:
    project, elsewhere = await owner.project("Here"), await owner.project("There")
    task, other = await owner.task(project, "Task"), await owner.task(elsewhere, "Other")

    for neighbour in (task["id"], other["id"], str(uuid7()), "x", 5):
        answer = await owner.post(f"/tasks/{task['id']}/move", {field: neighbour})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field
    assert (await owner.get(f"/tasks/{task['id']}")).json() == task


async def test_an_unknown_state_is_refused_and_nothing_moves(owner: Person) -> None:
    project = await owner.project()
    a, b = await owner.task(project, "a"), await owner.task(project, "b")

    answer = await owner.post(f"/tasks/{a['id']}/move", {"status": "nowhere", "after_id": b["id"]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "status"
    assert (await owner.get(f"/tasks/{a['id']}")).json() == a


async def test_cards_dropped_at_the_same_place_at_once_get_different_ranks(owner: Person) -> None:
    project = await owner.project()
    anchor = await owner.task(project, "anchor")
    cards = [await owner.task(project, f"{n}") for n in range(24)]

    moved = await asyncio.gather(
        *(
            move(owner, card, **{["after_id", "before_id"][n % 2]: anchor["id"]})
            for n, card in enumerate(cards)
        ),
        *(owner.task(project, f"new {n}") for n in range(6)),
    )

    ranks = [task["position"] for task in moved] + [anchor["position"]]
    assert len(set(ranks)) == len(ranks)
    order = await titles(owner, project)
    at = order.index("anchor")
    assert {int(t) % 2 for t in order[:at]} == {1}
    assert {int(t) % 2 for t in order[at + 1 : -6]} == {0}
    assert all(t.startswith("new") for t in order[-6:])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_moves_keep_the_order_that_people_made(owner: Person, seed: int) -> None:
    rng = random.Random(seed)
    project = await owner.project()
    cards = {f"{n}": await owner.task(project, f"{n}") for n in range(8)}
    wanted = list(cards)
    for step in range(40):
        title = rng.choice(wanted)
        wanted.remove(title)
        neighbour, kind = rng.choice(wanted), rng.choice(["after_id", "before_id", "end", "new"])
        if kind == "new":
            name = f"new {step}"
            cards[name] = await owner.task(project, name)
            wanted.insert((await titles(owner, project)).index(title), title)
            wanted.append(name)
            continue
        if kind == "end":
            await move(owner, cards[title])
            wanted.append(title)
            continue
        await move(owner, cards[title], **{kind: cards[neighbour]["id"]})
        wanted.insert(wanted.index(neighbour) + (kind == "after_id"), title)
    assert await titles(owner, project) == wanted


async def test_a_card_between_the_same_two_again_and_again_finds_room(owner: Person) -> None:
    project = await owner.project()
    a, b, c = [await owner.task(project, title) for title in "abc"]

    for _ in range(60):
        await move(owner, b, after_id=a["id"])
        b, c = c, b
    assert (await titles(owner, project))[0] == "a"


async def test_people_who_move_and_edit_the_same_cards_at_once_never_fail(owner: Person) -> None:
    project = await owner.project()
    cards = [await owner.task(project, f"{n}") for n in range(6)]
    rng = random.Random(7)

    async def act(n: int) -> int:
        card, other = rng.sample(cards, 2)
        path = f"/tasks/{card['id']}"
        match n % 4:
            case 0:
                answer = await owner.post(f"{path}/move", {"after_id": other["id"]})
            case 1:
                answer = await owner.patch(path, {"title": f"Edit {n}", "tags": [f"t{n % 5}"]})
            case 2:
                answer = await owner.post(f"{path}/checklist", {"title": f"Step {n}"})
            case _:
                answer = await owner.patch(path, {"parent_id": other["id"]})
        return answer.status_code

    statuses = await asyncio.gather(*(act(n) for n in range(60)))

    assert set(statuses) <= {200, 201, 422}
    ranks = [t["position"] for t in await every(owner, project)]
    assert len(set(ranks)) == len(ranks)


async def every(owner: Person, project: dict[str, Any]) -> list[dict[str, Any]]:
    return (await owner.get(f"/projects/{project['id']}/tasks", limit=200)).json()["items"]
