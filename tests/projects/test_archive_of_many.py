"""What changes many tasks at once leaves those of an archived project alone too."""

from typing import Any

import pytest
from tests.people import Person

CHANGES: dict[str, Any] = {
    "priority": {"priority": "high"},
    "deletion": {"deleted": True},
    "archive": {"archived": True},
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_of_many_names_the_tasks_that_do_not_change(
    owner: Person, change: str
) -> None:
    closed, open_ = await owner.project("Old", key="OLD"), await owner.project("New", key="NEW")
    tasks = [await owner.task(closed, "Kept"), await owner.task(open_, "Free")]
    assert (await owner.post(f"/projects/{closed['id']}/archive")).status_code == 200

    body = {"tasks": [{"id": t["id"]} for t in tasks], "change": CHANGES[change]}
    answer = await owner.post("/tasks/bulk", body)

    assert answer.status_code == 422, answer.text
    (failure,) = answer.json()["failures"]
    assert (failure["id"], failure["reason"]) == (tasks[0]["id"], "invalid")
    assert "archived" in failure["detail"]
    assert (await owner.get(f"/tasks/{tasks[1]['id']}")).json()["version"] == 1


async def test_nothing_moves_into_an_archived_project_or_out_of_it(owner: Person) -> None:
    closed, open_ = await owner.project("Old", key="OLD"), await owner.project("New", key="NEW")
    kept, free = await owner.task(closed, "Kept"), await owner.task(open_, "Free")
    assert (await owner.post(f"/projects/{closed['id']}/archive")).status_code == 200

    into = await owner.post(f"/tasks/{free['id']}/move-to-project", {"project_id": closed["id"]})
    out = await owner.post(f"/tasks/{kept['id']}/move-to-project", {"project_id": open_["id"]})

    assert [into.json()["type"], out.json()["type"]] == ["/problems/project-archived"] * 2


async def test_a_milestone_stays_in_its_project_when_its_task_leaves(owner: Person) -> None:
    here, there = await owner.project("Here", key="HERE"), await owner.project("There", key="THERE")
    made = await owner.post(f"/projects/{here['id']}/milestones", {"name": "Launch"})
    task = await owner.task(here, "Bake", milestone_id=made.json()["id"])

    answer = await owner.post(f"/tasks/{task['id']}/move-to-project", {"project_id": there["id"]})

    assert (answer.status_code, answer.json()["milestone_id"]) == (200, None), answer.text
