"""Custom fields, their options and values."""

from typing import Final

from tests.isolation.sample import Sample
from tests.people import Person

Ids = dict[str, str]
CHOICES: Final = [{"name": "{random}", "color": "#aabbcc"}]

SAMPLES: Final = {
    "GET /fields": Sample("/fields"),
    "POST /fields": Sample("/fields", {"name": "{random}", "kind": "select", "options": CHOICES}),
    "GET /projects/{project_id}/fields": Sample("/projects/{project}/fields"),
    "POST /projects/{project_id}/fields": Sample(
        "/projects/{project}/fields", {"name": "{random}", "kind": "number"}
    ),
    "GET /fields/{field_id}": Sample("/fields/{field}"),
    "PATCH /fields/{field_id}": Sample("/fields/{field}", {"name": "{random}"}),
    "DELETE /fields/{field_id}": Sample("/fields/{field}"),
    "POST /fields/{field_id}/restore": Sample("/fields/{deleted_field}/restore"),
    "POST /fields/{field_id}/options": Sample("/fields/{field}/options", {"name": "{random}"}),
    "PATCH /fields/{field_id}/options/{option_id}": Sample(
        "/fields/{field}/options/{option}", {"name": "{random}"}
    ),
    "DELETE /fields/{field_id}/options/{option_id}": Sample("/fields/{field}/options/{option}"),
    "POST /fields/{field_id}/options/{option_id}/restore": Sample(
        "/fields/{field}/options/{deleted_option}/restore"
    ),
    "GET /tasks/{task_id}/fields": Sample("/tasks/{task}/fields"),
    "PATCH /tasks/{task_id}/fields": Sample(
        "/tasks/{task}/fields", {"values": [{"field_id": "{text_field}", "value": "{random}"}]}
    ),
    "PUT /tasks/{task_id}/fields/{field_id}": Sample(
        "/tasks/{task}/fields/{text_field}", {"value": "{random}"}
    ),
}
EXPECTED: Final = {
    "GET /fields":                        "200 200 200 200 200 200 200 200 200",
    "POST /fields":                       "201 201 403 403 403 403 403 403 403",
    "GET /projects/{project_id}/fields":  "200 200 200 403 200 200 404 200 404",
    "POST /projects/{project_id}/fields": "201 201 201 403 403 403 404 403 404",
    "GET /fields/{field_id}":             "200 200 200 404 200 200 404 200 404",
    "PATCH /fields/{field_id}":           "200 200 200 404 403 403 404 403 404",
    "DELETE /fields/{field_id}":          "204 204 204 404 403 403 404 403 404",
    "POST /fields/{field_id}/restore":    "200 200 200 404 403 403 404 403 404",
    "POST /fields/{field_id}/options":    "201 201 201 404 403 403 404 403 404",
    "PATCH /fields/{field_id}/options/{option_id}": "200 200 200 404 403 403 404 403 404",
    "DELETE /fields/{field_id}/options/{option_id}": "200 200 200 404 403 403 404 403 404",
    "POST /fields/{field_id}/options/{option_id}/restore":
        "200 200 200 404 403 403 404 403 404",
    "GET /tasks/{task_id}/fields":        "200 200 200 404 200 200 404 200 404",
    "PATCH /tasks/{task_id}/fields":      "200 200 200 404 200 403 404 403 404",
    "PUT /tasks/{task_id}/fields/{field_id}": "200 200 200 404 200 403 404 403 404",
}  # fmt: skip
SPENDING: Final = {
    "POST /fields/{field_id}/restore", "POST /fields/{field_id}/options/{option_id}/restore",
}  # fmt: skip
"""Fields and options are counted; what is restored is there already."""


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """A project's fields: one with options, of which one is deleted, one with text, one deleted."""
    path = f"/projects/{ids['project']}/fields"
    options = [{"name": mark}, {"name": f"{mark} deleted"}]
    field = (await owner.post(path, {"name": mark, "kind": "select", "options": options})).json()
    kept, gone = (option["id"] for option in field["options"])
    text = (await owner.post(path, {"name": f"{mark} text", "kind": "text"})).json()
    deleted = (await owner.post(path, {"name": f"{mark} deleted", "kind": "url"})).json()
    for away in (f"/fields/{field['id']}/options/{gone}", f"/fields/{deleted['id']}"):
        assert (await owner.delete(away)).status_code in {200, 204}
    values = [{"field_id": field["id"], "value": kept}, {"field_id": text["id"], "value": mark}]
    answer = await owner.patch(f"/tasks/{ids['task']}/fields", {"values": values})
    assert answer.status_code == 200, answer.text
    return {
        "field": field["id"], "option": kept, "deleted_option": gone, "text_field": text["id"],
        "deleted_field": deleted["id"],
    }  # fmt: skip
