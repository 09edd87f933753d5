"""Projects with tasks and dependencies, as tests of planning want them."""

from typing import Any

import httpx
from tests.people import Person

Json = dict[str, Any]
MONDAY = "2026-03-02"


async def project(owner: Person, **fields: Any) -> Json:
    """Starts on a Monday."""
    return await owner.project(**{"start_date": MONDAY, **fields})


async def task(owner: Person, made: Json, title: str, **schedule: Any) -> Json:
    """A task of a project; fields of its schedule, and those of a task, by their names."""
    own = {"start_date", "due_date", "estimated_hours", "parent_id", "assignee_id", "status"}
    fields = {name: value for name, value in schedule.items() if name in own}
    created = await owner.task(made, title, **fields)
    rest = {name: value for name, value in schedule.items() if name not in own}
    if rest:
        answer = await owner.patch(f"/tasks/{created['id']}/schedule", rest)
        assert answer.status_code == 200, answer.text
    return created


async def depend(owner: Person, then: Json, first: Json, **more: Any) -> Json:
    answer = await owner.post(
        f"/tasks/{then['id']}/dependencies", {"depends_on_task_id": first["id"], **more}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def timeline(who: Person, made: Json) -> Json:
    answer = await who.get(f"/projects/{made['id']}/timeline")
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_title(shown: Json) -> dict[str, Json]:
    return {each["title"]: each for each in shown["tasks"]}


async def preview(who: Person, made: Json, *changes: Json) -> Json:
    answer = await who.post(f"/projects/{made['id']}/reschedule/preview", {"changes": changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def move(who: Person, made: Json, *changes: Json, **more: Any) -> httpx.Response:
    return await who.post(f"/projects/{made['id']}/reschedule", {"changes": changes, **more})


async def apply(who: Person, made: Json) -> Json:
    answer = await who.post(f"/projects/{made['id']}/schedule/apply")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def dates(who: Person, item: Json) -> tuple[str | None, str | None]:
    """The stored plan of a task."""
    found = (await who.get(f"/tasks/{item['id']}")).json()
    return found["start_date"], found["due_date"]
