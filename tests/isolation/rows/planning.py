"""Calendars, absences, assignments, rates."""

from tests.isolation.sample import Sample
from tests.people import Person

DAYS = {"since": "2026-01-01", "until": "2026-12-31"}
MAY = {"since": "2026-05-01", "until": "2026-05-31"}
SOMEBODY = {"user_id": "{person}", "start_date": "2026-06-01", "end_date": "2026-06-30"}
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
    "GET /projects/{project_id}/resources": Sample("/projects/{project}/resources"),
    "PUT /projects/{project_id}/resources": Sample(
        "/projects/{project}/resources", {"items": [{**SOMEBODY, "id": "{assignment}"}]}
    ),
    "POST /projects/{project_id}/resources": Sample("/projects/{project}/resources", SOMEBODY),
    "PATCH /resource-assignments/{assignment_id}": Sample(
        "/resource-assignments/{assignment}", {"units": "25"}
    ),
    "DELETE /resource-assignments/{assignment_id}": Sample("/resource-assignments/{assignment}"),
    "GET /projects/{project_id}/utilisation": Sample("/projects/{project}/utilisation"),
    "GET /utilisation": Sample("/utilisation", query={"since": "2021-W01", "until": "2021-W02"}),
    "GET /users/{user_id}/load": Sample("/users/{person}/load", query=MAY),
    "GET /users/{user_id}/rates": Sample("/users/{person}/rates"),
    "POST /users/{user_id}/rates": Sample(
        "/users/{person}/rates", {"valid_from": "2026-01-01", "cost": "50", "currency": "EUR"}
    ),
    "PATCH /rates/{rate_id}": Sample("/rates/{rate}", {"cost": "51.5"}),
    "DELETE /rates/{rate_id}": Sample("/rates/{rate}"),
    "GET /projects/{project_id}/costs": Sample("/projects/{project}/costs"),
    "GET /projects/{project_id}/costs/tasks": Sample("/projects/{project}/costs/tasks"),
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
    "GET /projects/{project_id}/resources": "200 200 200 200 200 200 404 200 404",
    "PUT /projects/{project_id}/resources": "200 200 200 403 403 403 404 403 404",
    "POST /projects/{project_id}/resources": "201 201 201 403 403 403 404 403 404",
    "PATCH /resource-assignments/{assignment_id}": "200 200 200 403 403 403 404 403 404",
    "DELETE /resource-assignments/{assignment_id}": "204 204 204 403 403 403 404 403 404",
    "GET /projects/{project_id}/utilisation": "200 200 200 403 200 200 404 200 404",
    "GET /utilisation":                    "200 200 200 200 200 200 200 200 200",
    "GET /users/{user_id}/load":           "200 200 200 404 404 404 404 404 404",
    "GET /users/{user_id}/rates":          "200 200 403 403 403 403 403 403 403",
    "POST /users/{user_id}/rates":         "201 409 403 403 403 403 403 403 403",
    "PATCH /rates/{rate_id}":              "200 200 403 403 403 403 403 403 403",
    "DELETE /rates/{rate_id}":             "204 204 403 403 403 403 403 403 403",
    "GET /projects/{project_id}/costs":    "200 200 200 403 403 403 404 403 404",
    "GET /projects/{project_id}/costs/tasks": "200 200 200 403 403 403 404 403 404",
}  # fmt: skip
RATES = {
    "GET /users/{user_id}/rates", "POST /users/{user_id}/rates", "PATCH /rates/{rate_id}",
    "DELETE /rates/{rate_id}",
}  # fmt: skip
UNSEEN_BY_MANAGER = RATES
UNSEEN_BY_VIEWER = {"POST /users/{user_id}/absences", *RATES}
UNSEEN_BY_MEMBER = {"POST /users/{user_id}/absences", *RATES}


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """An absence of the person."""
    absence = await owner.post(
        f"/users/{ids['person']}/absences",
        {"first_day": "2026-05-04", "last_day": "2026-05-08", "note": mark},
    )
    assert absence.status_code == 201, absence.text
    assignment = await owner.post(
        f"/projects/{ids['project']}/resources",
        {"user_id": ids["person"], "start_date": "2026-05-04", "end_date": "2026-05-08"},
    )
    assert assignment.status_code == 201, assignment.text
    rate = await owner.post(
        f"/users/{ids['person']}/rates", {"valid_from": "2025-01-01", "cost": "40", "bill": "90"}
    )
    assert rate.status_code == 201, rate.text
    return {
        "absence": absence.json()["id"],
        "assignment": assignment.json()["id"],
        "rate": rate.json()["id"],
    }
