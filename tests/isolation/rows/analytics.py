"""Projects, teams and the workspace in numbers."""

from typing import Final

from tests.isolation.sample import Sample

MAY: Final = {"since": "2026-05-01", "until": "2026-05-31", "bucket": "week"}
SAMPLES: Final = {
    "GET /analytics/projects/{project_id}": Sample("/analytics/projects/{project}", query=MAY),
    "GET /analytics/projects/{project_id}/trends": Sample("/analytics/projects/{project}/trends"),
    "GET /analytics/teams/{team_id}": Sample("/analytics/teams/{team}", query=MAY),
    "GET /analytics/workspace": Sample("/analytics/workspace", query=MAY),
    "GET /analytics/usage": Sample("/analytics/usage", query=MAY),
}
EXPECTED: Final = {
    # route                                       own adm man far-m asg mem far viw far-v
    "GET /analytics/projects/{project_id}":      "200 200 200 403 200 200 404 200 404",
    "GET /analytics/projects/{project_id}/trends":
        "200 200 200 403 200 200 404 200 404",
    "GET /analytics/teams/{team_id}":            "200 200 200 200 200 200 200 403 403",
    "GET /analytics/workspace":                  "200 200 403 403 403 403 403 403 403",
    "GET /analytics/usage":                      "200 200 403 403 403 403 403 403 403",
}  # fmt: skip
UNSEEN_BY_VIEWER: Final = {"GET /analytics/teams/{team_id}"}
