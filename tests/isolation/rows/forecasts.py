"""Forecasts, bottlenecks and priorities."""

from typing import Final

from tests.isolation.sample import Sample

PRIORITIES: Final = {"tasks": [{"task_id": "{task}", "priority": "high"}]}
SAMPLES: Final = {
    "GET /projects/{project_id}/forecast": Sample("/projects/{project}/forecast"),
    "GET /projects/{project_id}/forecast/backtest": Sample("/projects/{project}/forecast/backtest"),
    "GET /projects/{project_id}/bottlenecks": Sample("/projects/{project}/bottlenecks"),
    "GET /projects/{project_id}/priorities": Sample("/projects/{project}/priorities"),
    "POST /tasks/prioritise": Sample("/tasks/prioritise", PRIORITIES),
}
EXPECTED: Final = {
    # route                                          own adm man far-m asg mem far viw far-v
    "GET /projects/{project_id}/forecast":          "200 200 200 403 200 200 404 200 404",
    "GET /projects/{project_id}/forecast/backtest": "200 200 200 403 200 200 404 200 404",
    "GET /projects/{project_id}/bottlenecks":       "200 200 200 403 200 200 404 200 404",
    "GET /projects/{project_id}/priorities":        "200 200 200 403 200 200 404 200 404",
    "POST /tasks/prioritise":                       "200 200 200 422 200 422 422 422 422",
}  # fmt: skip
NOT_WHOLE: Final = {"POST /tasks/prioritise": {422}}
