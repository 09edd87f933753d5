"""Schedules of tasks, timelines, moves and baselines."""

from typing import Final

from tests.isolation.rows import Ids
from tests.isolation.sample import Sample
from tests.people import Person

CHANGES: Final = {"changes": [{"task_id": "{task}", "start_date": "2031-03-05"}]}
SAMPLES: Final = {
    "GET /projects/{project_id}/timeline": Sample("/projects/{project}/timeline"),
    "GET /tasks/{task_id}/schedule": Sample("/tasks/{task}/schedule"),
    "PATCH /tasks/{task_id}/schedule": Sample("/tasks/{task}/schedule", {"progress": 40}),
    "POST /projects/{project_id}/reschedule/preview": Sample(
        "/projects/{project}/reschedule/preview", CHANGES
    ),
    "POST /projects/{project_id}/reschedule": Sample("/projects/{project}/reschedule", CHANGES),
    "POST /projects/{project_id}/schedule/apply": Sample("/projects/{project}/schedule/apply"),
    "GET /projects/{project_id}/baselines": Sample("/projects/{project}/baselines"),
    "POST /projects/{project_id}/baselines": Sample(
        "/projects/{project}/baselines", {"name": "New"}
    ),
    "GET /baselines/{baseline_id}": Sample("/baselines/{baseline}"),
    "GET /baselines/{baseline_id}/comparison": Sample("/baselines/{baseline}/comparison"),
    "DELETE /baselines/{baseline_id}": Sample("/baselines/{baseline}"),
    "POST /baselines/{baseline_id}/restore": Sample("/baselines/{deleted_baseline}/restore"),
}
EXPECTED: Final = {
    # route                                   own adm man far-m asg mem far viw far-v
    "GET /projects/{project_id}/timeline":   "200 200 200 403 200 200 404 200 404",
    "GET /tasks/{task_id}/schedule":         "200 200 200 404 200 200 404 200 404",
    "PATCH /tasks/{task_id}/schedule":       "200 200 200 404 200 403 404 403 404",
    "POST /projects/{project_id}/reschedule/preview":
        "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/reschedule": "200 200 200 403 403 403 404 403 404",
    "POST /projects/{project_id}/schedule/apply": "200 200 200 403 403 403 404 403 404",
    "GET /projects/{project_id}/baselines":  "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/baselines": "201 201 201 403 403 403 404 403 404",
    "GET /baselines/{baseline_id}":          "200 200 200 404 200 200 404 200 404",
    "GET /baselines/{baseline_id}/comparison": "200 200 200 404 200 200 404 200 404",
    "DELETE /baselines/{baseline_id}":       "204 204 204 404 403 403 404 403 404",
    "POST /baselines/{baseline_id}/restore": "200 200 200 404 403 403 404 403 404",
}  # fmt: skip


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """A schedule, a baseline, and a deleted one."""
    schedule = await owner.patch(f"/tasks/{ids['task']}/schedule", {"progress": 20})
    assert schedule.status_code == 200, schedule.text
    made: Ids = {}
    for name in ("baseline", "deleted_baseline"):
        saved = await owner.post(f"/projects/{ids['project']}/baselines", {"name": mark})
        assert saved.status_code == 201, saved.text
        made[name] = saved.json()["id"]
    deleted = await owner.delete(f"/baselines/{made['deleted_baseline']}")
    assert deleted.status_code == 204, deleted.text
    return made
