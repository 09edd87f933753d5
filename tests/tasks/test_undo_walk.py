"""Whatever was done, all of it can be undone, and redone."""

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.people import Person

TaskJson = dict[str, Any]
Request = tuple[str, str, Any]
STEPS: list[Callable[[str, str, str], Request]] = [
    lambda a, b, _: ("PATCH", f"/tasks/{a}", {"title": f"after {b}", "priority": "high"}),
    lambda a, b, _: ("PATCH", f"/tasks/{a}", {"parent_id": b}),
    lambda a, b, _: ("POST", f"/tasks/{a}/move", {"after_id": b, "status": "in_progress"}),
    lambda a, b, _: ("POST", f"/tasks/{a}/checklist", {"title": b}),
    lambda a, _, to: ("POST", f"/tasks/{a}/move-to-project", {"project_id": to}),
    lambda a, b, _: (
        "POST", "/tasks/bulk",
        {"tasks": [{"id": a}, {"id": b}], "change": {"status": "completed", "add_tags": [a]}},
    ),
    lambda a, _, __: ("DELETE", f"/tasks/{a}", None),
]  # fmt: skip


async def state_of(who: Person, tasks: list[TaskJson]) -> list[Any]:
    found: list[Any] = []
    for task in tasks:
        answer = (await who.get(f"/tasks/{task['id']}")).json()
        kept = {k: v for k, v in answer.items() if k not in {"version", "updated_at"}}
        steps = (await who.get(f"/tasks/{task['id']}/checklist")).json().get("items", [])
        found.append((kept, [step["id"] for step in steps]))
    return found


async def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("seed", range(4))
async def test_after_n_undos_all_is_as_before_and_after_n_redos_as_after(
    owner: Person, seed: int
) -> None:
    chance = random.Random(seed)
    projects = [await owner.project("One"), await owner.project("Two")]
    tasks = [await owner.task(projects[0], title) for title in "abcd"]
    states = [await state_of(owner, tasks)]
    for _ in range(14):
        a, b = chance.sample([task["id"] for task in tasks], 2)
        method, path, body = chance.choice(STEPS)(a, b, chance.choice(projects)["id"])
        answer = await owner.client.request(method, path, json=body)
        assert answer.status_code < 500, answer.text
        now = await state_of(owner, tasks)
        if now != states[-1]:
            states.append(now)

    undos: list[dict[str, Any]] = []
    for before in reversed(states[:-1]):
        undos.append(await done(await owner.post("/undo", {})))
        assert await state_of(owner, tasks) == before
    for after in states[1:]:
        what = undos.pop()
        await done(await owner.post(f"/events/{what['undone_by']}/undo"))
        assert await state_of(owner, tasks) == after
