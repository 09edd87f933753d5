"""Bulk changes, copies, moves to other projects, the trash for good, undo, progress."""

from secrets import randbelow
from typing import Final

from tests.isolation.sample import Sample
from tests.people import Person

SAMPLES: Final = {
    "POST /tasks/bulk": Sample(
        "/tasks/bulk", {"tasks": [{"id": "{task}"}], "change": {"add_tags": ["{random}"]}}
    ),
    "POST /tasks/{task_id}/duplicate": Sample("/tasks/{task}/duplicate", {}),
    "POST /tasks/{task_id}/move-to-project": Sample(
        "/tasks/{child}/move-to-project", {"project_id": "{other_project}"}
    ),
    "GET /tasks/{task_id}/subtasks": Sample("/tasks/{parent}/subtasks"),
    "GET /tasks/progress": Sample("/tasks/progress"),
    "GET /trash": Sample("/trash"),
    "DELETE /trash/{task_id}": Sample("/trash/{trashed}", query={"confirm": "true"}),
    "POST /undo": Sample("/undo", {"project_id": "{project}"}),
    "POST /events/{seq}/undo": Sample("/events/{seq}/undo"),
}
EXPECTED: Final = {
    # route                                own adm man far-m asg mem far viw far-v
    "POST /tasks/bulk":                   "200 200 200 422 200 422 422 422 422",
    "POST /tasks/{task_id}/duplicate":    "201 201 201 404 201 201 404 403 404",
    "POST /tasks/{task_id}/move-to-project": "200 200 403 404 422 422 404 422 404",
    "GET /tasks/{task_id}/subtasks":      "200 200 200 404 200 200 404 200 404",
    "GET /tasks/progress":                "200 200 200 200 200 200 200 200 200",
    "GET /trash":                         "200 200 200 200 200 200 200 200 200",
    "DELETE /trash/{task_id}":            "204 204 204 404 403 403 404 403 404",
    "POST /undo":                         "200 409 409 409 409 409 409 409 409",
    "POST /events/{seq}/undo":            "200 404 404 404 404 404 404 404 404",
}  # fmt: skip
USES_UP: Final = {
    "POST /undo", "POST /events/{seq}/undo", "POST /tasks/{task_id}/move-to-project",
}  # fmt: skip
OURS_BY_NAME: Final = {"POST /events/{seq}/undo"}
"""A number of the workspace's own log: another's is one of ours."""
NOT_WHOLE: Final = {"POST /tasks/bulk": {422}, "POST /undo": {409}}
SPENDING: Final = {
    "POST /tasks/{task_id}/move-to-project", "POST /events/{seq}/undo", "POST /undo",
}  # fmt: skip


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A second project, a parent with a sub-task, and a change that can be undone."""
    project = {"id": ids["project"]}
    other = await owner.project(f"{mark} too")
    parent = await owner.task(project, mark)
    child = await owner.task(project, mark, parent_id=parent["id"])
    await _count_on(owner)
    changed = await owner.patch(f"/tasks/{parent['id']}", {"description": mark})
    assert changed.status_code == 200, changed.text
    events = (await owner.get(f"/tasks/{parent['id']}/activity")).json()["items"]
    return {
        "other_project": other["id"],
        "parent": parent["id"],
        "child": child["id"],
        "seq": str(events[0]["seq"]),
    }


async def _count_on(owner: Person) -> None:
    """Let the log go on from a number that stands in no other text by chance."""
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            "UPDATE event_counters SET last_seq = last_seq + $2 WHERE tenant_id = $1",
            owner.tenant_id,
            700_000_000 + randbelow(100_000_000),
        )
