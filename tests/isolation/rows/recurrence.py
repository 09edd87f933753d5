"""Tasks that come again."""

from typing import Final

from tests.isolation.sample import Sample
from tests.people import Person

Ids = dict[str, str]
DAILY: Final = {"rule": "FREQ=DAILY", "mode": "on_schedule", "time_zone": "Europe/Berlin"}

SAMPLES: Final = {
    "GET /tasks/{task_id}/recurrence": Sample("/tasks/{task}/recurrence"),
    "PUT /tasks/{task_id}/recurrence": Sample("/tasks/{task}/recurrence", DAILY),
    "DELETE /tasks/{task_id}/recurrence": Sample("/tasks/{task}/recurrence"),
    "POST /tasks/{task_id}/recurrence/skip": Sample("/tasks/{task}/recurrence/skip"),
    "GET /tasks/{task_id}/recurrence/preview": Sample(
        "/tasks/{task}/recurrence/preview", query={"rule": "FREQ=WEEKLY", "time_zone": "UTC"}
    ),
}
EXPECTED: Final = {
    "GET /tasks/{task_id}/recurrence":         "200 200 200 404 200 200 404 200 404",
    "PUT /tasks/{task_id}/recurrence":         "200 200 200 404 200 403 404 403 404",
    "DELETE /tasks/{task_id}/recurrence":      "204 204 204 404 204 403 404 403 404",
    "POST /tasks/{task_id}/recurrence/skip":   "200 200 200 404 200 403 404 403 404",
    "GET /tasks/{task_id}/recurrence/preview": "200 200 200 404 200 200 404 200 404",
}  # fmt: skip


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """The task comes again."""
    del mark
    path = f"/tasks/{ids['task']}/recurrence"
    answer = await owner.client.put(path, json={"rule": "FREQ=WEEKLY;BYDAY=MO"})
    assert answer.status_code == 200, answer.text
    return {}
