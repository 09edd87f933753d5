"""Milestones, workflows, and what happens to whole projects."""

from typing import Final

from tests.isolation.rows import Ids
from tests.isolation.sample import Sample
from tests.people import Person

SAMPLES: Final = {
    "GET /projects/{project_id}/milestones": Sample("/projects/{project}/milestones"),
    "POST /projects/{project_id}/milestones": Sample(
        "/projects/{project}/milestones", {"name": "New"}
    ),
    "GET /milestones/{milestone_id}": Sample("/milestones/{milestone}"),
    "PATCH /milestones/{milestone_id}": Sample("/milestones/{milestone}", {"name": "{random}"}),
    "POST /milestones/{milestone_id}/complete": Sample("/milestones/{milestone}/complete"),
    "POST /milestones/{milestone_id}/reopen": Sample("/milestones/{milestone}/reopen"),
    "DELETE /milestones/{milestone_id}": Sample("/milestones/{milestone}"),
    "GET /projects/{project_id}/states": Sample("/projects/{project}/states"),
    "POST /projects/{project_id}/states": Sample(
        "/projects/{project}/states", {"name": "{random}", "category": "started"}
    ),
    "PUT /projects/{project_id}/states/order": Sample(
        "/projects/{project}/states/order",
        {"state_ids": ["{state}", "{state_1}", "{state_2}", "{state_3}", "{state_4}", "{state_5}"]},
    ),
    "PATCH /states/{state_id}": Sample("/states/{state}", {"name": "{random}"}),
    "DELETE /states/{state_id}": Sample("/states/{state}"),
    "POST /projects/{project_id}/archive": Sample("/projects/{project}/archive"),
    "POST /projects/{project_id}/unarchive": Sample("/projects/{project}/unarchive"),
    "GET /projects/trash": Sample("/projects/trash"),
    "POST /projects/{project_id}/restore": Sample("/projects/{deleted_project}/restore"),
    "POST /projects/{project_id}/template": Sample(
        "/projects/{project}/template", {"name": "Template"}
    ),
    "POST /projects/{project_id}/copy": Sample(
        "/projects/{project}/copy", {"name": "Copy", "start_date": "2027-01-04"}
    ),
    "PUT /projects/{project_id}/owner": Sample(
        "/projects/{project}/owner", {"user_id": "{person}"}
    ),
    "GET /projects/{project_id}/settings": Sample("/projects/{project}/settings"),
    "PATCH /projects/{project_id}/settings": Sample(
        "/projects/{project}/settings", {"default_priority": "high"}
    ),
    "GET /projects/{project_id}/metrics": Sample("/projects/{project}/metrics"),
    "GET /me/favourites": Sample("/me/favourites"),
    "PUT /me/favourites": Sample("/me/favourites", {"project_ids": ["{project}"]}),
    "PUT /me/favourites/{project_id}": Sample("/me/favourites/{project}"),
    "DELETE /me/favourites/{project_id}": Sample("/me/favourites/{project}"),
}

EXPECTED: Final = {
    # route                                    own adm man far-m asg mem far viw far-v
    "GET /projects/{project_id}/milestones":   "200 200 200 200 200 200 404 200 404",
    "POST /projects/{project_id}/milestones":  "201 201 201 403 403 403 404 403 404",
    "GET /milestones/{milestone_id}":          "200 200 200 200 200 200 404 200 404",
    "PATCH /milestones/{milestone_id}":        "200 200 200 403 403 403 404 403 404",
    "POST /milestones/{milestone_id}/complete": "200 200 200 403 403 403 404 403 404",
    "POST /milestones/{milestone_id}/reopen":  "200 200 200 403 403 403 404 403 404",
    "DELETE /milestones/{milestone_id}":       "204 204 204 403 403 403 404 403 404",
    "GET /projects/{project_id}/states":       "200 200 200 200 200 200 404 200 404",
    "POST /projects/{project_id}/states":      "201 201 201 403 403 403 404 403 404",
    "PUT /projects/{project_id}/states/order": "200 200 200 403 403 403 404 403 404",
    "PATCH /states/{state_id}":                "200 200 200 403 403 403 404 403 404",
    "DELETE /states/{state_id}":               "204 204 204 403 403 403 404 403 404",
    "POST /projects/{project_id}/archive":     "200 200 200 403 403 403 404 403 404",
    "POST /projects/{project_id}/unarchive":   "200 200 200 403 403 403 404 403 404",
    "GET /projects/trash":                     "200 200 403 403 403 403 403 403 403",
    # In the trash nobody of these has joined it; tests/projects/test_project_trash.py has those.
    "POST /projects/{project_id}/restore":     "200 200 403 403 404 404 404 404 404",
    "POST /projects/{project_id}/template":    "201 201 201 403 403 403 404 403 404",
    "POST /projects/{project_id}/copy":        "201 201 201 403 403 403 404 403 404",
    "PUT /projects/{project_id}/owner":        "200 200 403 403 403 403 404 403 404",
    "GET /projects/{project_id}/settings":     "200 200 200 200 200 200 404 200 404",
    "PATCH /projects/{project_id}/settings":   "200 200 200 403 403 403 404 403 404",
    "GET /projects/{project_id}/metrics":      "200 200 200 403 200 200 404 200 404",
    "GET /me/favourites":                      "200 200 200 200 200 200 200 200 200",
    # It is the owner's favourite, and nobody else's.
    "PUT /me/favourites":                      "200 422 422 422 422 422 422 422 422",
    "PUT /me/favourites/{project_id}":         "200 200 200 200 200 200 404 200 404",
    "DELETE /me/favourites/{project_id}":      "204 404 404 404 404 404 404 404 404",
}  # fmt: skip

USES_UP: Final = {"PUT /projects/{project_id}/owner"}
SPENDING: Final = {
    "POST /projects/{project_id}/archive", "POST /projects/{project_id}/restore",
    "PUT /projects/{project_id}/owner", "PUT /me/favourites/{project_id}",
}  # fmt: skip
NOT_WHOLE: Final = {"PUT /me/favourites": {422}}
"""Only the owner of a world has a favourite."""


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """A milestone, an empty state, a favourite, and a project in the trash."""
    project = ids["project"]
    milestone = await owner.post(
        f"/projects/{project}/milestones", {"name": mark, "description": mark}
    )
    assert milestone.status_code == 201, milestone.text
    present = (await owner.get(f"/projects/{project}/states")).json()["items"]
    state = await owner.post(
        f"/projects/{project}/states", {"name": f"{mark} state", "category": "backlog"}
    )
    assert state.status_code == 201, state.text
    deleted = await owner.project(mark)
    for favourite in (await owner.get("/me/favourites")).json()["items"]:
        await owner.delete(f"/me/favourites/{favourite['id']}")
    assert (await owner.client.put(f"/me/favourites/{project}")).status_code == 200
    assert (await owner.delete(f"/projects/{deleted['id']}")).status_code == 204
    return {
        "milestone": milestone.json()["id"],
        "state": state.json()["id"],
        **{f"state_{n}": each["id"] for n, each in enumerate(present, 1)},
        "deleted_project": deleted["id"],
    }
