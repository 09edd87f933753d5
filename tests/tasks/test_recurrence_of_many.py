"""Series of tasks that are completed together, or moved to another project."""

from tests.tasks.test_recurrence import NOW, Desk, desk

__all__ = ["desk"]


async def test_tasks_completed_together_each_have_their_next(desk: Desk) -> None:
    tasks = [await desk.task(due_date=NOW.isoformat()) for _ in range(3)]
    for task in tasks[:2]:
        await desk.repeat(task, "FREQ=DAILY")

    body = {"tasks": [{"id": t["id"]} for t in tasks], "change": {"status": "completed"}}
    answer = await desk.owner.post("/tasks/bulk", body)

    assert answer.status_code == 200, answer.text
    assert len([t for t in await desk.tasks() if t["status"] != "completed"]) == 2


async def test_a_series_goes_with_its_task_to_another_project(desk: Desk) -> None:
    task = await desk.task(due_date=NOW.isoformat())
    await desk.repeat(task, "FREQ=DAILY")
    other = await desk.owner.project("Another", key="OTHER")

    moved = await desk.owner.post(
        f"/tasks/{task['id']}/move-to-project", {"project_id": other["id"]}
    )
    assert moved.status_code == 200, moved.text
    await desk.complete(task)

    there = (await desk.owner.get(f"/projects/{other['id']}/tasks")).json()["items"]
    assert [t["status"] for t in there].count("completed") == 1
    assert len(there) == 2
    assert await desk.tasks() == []
