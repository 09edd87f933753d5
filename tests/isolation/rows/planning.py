"""Calendars, absences, assignments, rates."""

from tests.isolation.sample import Sample
from tests.people import Person

DAYS = {"since": "2026-01-01", "until": "2026-12-31"}
SAMPLES = {
    "GET /calendar": Sample("/calendar"),
    "PUT /calendar": Sample("/calendar", {"exceptions": [], "time_zone": "Europe/Berlin"}),
    "GET /projects/{project_id}/calendar": Sample("/projects/{project}/calendar"),
    "PUT /projects/{project_id}/calendar": Sample(
        "/projects/{project}/calendar", {"country": "DE"}
    ),
    "GET /working-time": Sample("/working-time", query=DAYS),
    "GET /absences": Sample("/absences", query=DAYS),
    "POST /users/{user_id}/absences": Sample(
        "/users/{person}/absences", {"first_day": "2026-08-03"}
    ),
    "GET /absences/{absence_id}": Sample("/absences/{absence}"),
    "PATCH /absences/{absence_id}": Sample("/absences/{absence}", {"note": "{random}"}),
    "DELETE /absences/{absence_id}": Sample("/absences/{absence}"),
}
EXPECTED = {
    # route                                 own adm man far-m asg mem far viw far-v
    "GET /calendar":                       "200 200 200 200 200 200 200 200 200",
    "PUT /calendar":                       "200 200 403 403 403 403 403 403 403",
    "GET /projects/{project_id}/calendar": "200 200 200 200 200 200 404 200 404",
    "PUT /projects/{project_id}/calendar": "200 200 200 403 403 403 404 403 404",
    "GET /working-time":                   "200 200 200 200 200 200 200 200 200",
    "GET /absences":                       "200 200 200 200 200 200 200 403 403",
    "POST /users/{user_id}/absences":      "201 201 201 201 403 403 403 403 403",
    "GET /absences/{absence_id}":          "200 200 200 200 200 200 200 404 404",
    "PATCH /absences/{absence_id}":        "200 200 200 200 403 403 403 404 404",
    "DELETE /absences/{absence_id}":       "204 204 204 204 403 403 403 404 404",
}  # fmt: skip
UNSEEN_BY_VIEWER = {"POST /users/{user_id}/absences"}
UNSEEN_BY_MEMBER = {"POST /users/{user_id}/absences"}


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """An absence of the person."""
    absence = await owner.post(
        f"/users/{ids['person']}/absences",
        {"first_day": "2026-05-04", "last_day": "2026-05-08", "note": mark},
    )
    assert absence.status_code == 201, absence.text
    return {"absence": absence.json()["id"]}
