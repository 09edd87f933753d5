"""What-if scenarios: forks of plans, compared, merged, dropped."""

from typing import Final

from tests.isolation.rows import Ids
from tests.isolation.sample import Sample
from tests.people import Person

SAMPLES: Final = {
    "GET /projects/{project_id}/scenarios": Sample("/projects/{project}/scenarios"),
    "POST /projects/{project_id}/scenarios": Sample(
        "/projects/{project}/scenarios",
        {"name": "Without it", "changes": {"tasks": [{"task_id": "{task}", "left_out": True}]}},
    ),
    "GET /scenarios/{scenario_id}": Sample("/scenarios/{scenario}"),
    "PATCH /scenarios/{scenario_id}": Sample("/scenarios/{scenario}", {"name": "Another"}),
    "DELETE /scenarios/{scenario_id}": Sample("/scenarios/{scenario}"),
    "GET /scenarios/{scenario_id}/comparison": Sample("/scenarios/{scenario}/comparison"),
    "POST /scenarios/{scenario_id}/merge": Sample("/scenarios/{scenario}/merge"),
}
EXPECTED: Final = {
    # route                                   own adm man far-m asg mem far viw far-v
    "GET /projects/{project_id}/scenarios":  "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/scenarios": "201 201 201 403 403 403 404 403 404",
    "GET /scenarios/{scenario_id}":          "200 200 200 404 200 200 404 200 404",
    "PATCH /scenarios/{scenario_id}":        "200 200 200 404 403 403 404 403 404",
    "DELETE /scenarios/{scenario_id}":       "204 204 204 404 403 403 404 403 404",
    "GET /scenarios/{scenario_id}/comparison": "200 200 200 404 200 200 404 200 404",
    "POST /scenarios/{scenario_id}/merge":   "200 200 200 404 403 403 404 403 404",
}  # fmt: skip
USES_UP: Final = {"POST /scenarios/{scenario_id}/merge"}


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """A scenario in which somebody is away."""
    changes = {"absences": [
        {"user_id": str(owner.id), "first_day": "2031-03-03", "last_day": "2031-03-04"}
    ]}  # fmt: skip
    made = await owner.post(
        f"/projects/{ids['project']}/scenarios", {"name": mark, "changes": changes}
    )
    assert made.status_code == 201, made.text
    return {"scenario": made.json()["id"]}
