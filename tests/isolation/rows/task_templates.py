"""Task templates."""

from typing import Final

from tests.isolation.sample import Sample
from tests.people import Person

Ids = dict[str, str]

SAMPLES: Final = {
    "GET /task-templates": Sample("/task-templates"),
    "POST /task-templates": Sample(
        "/task-templates", {"name": "New", "task": {"title": "New"}, "project_id": "{project}"}
    ),
    "GET /task-templates/{template_id}": Sample("/task-templates/{template}"),
    "PATCH /task-templates/{template_id}": Sample(
        "/task-templates/{template}", {"name": "{random}"}
    ),
    "DELETE /task-templates/{template_id}": Sample("/task-templates/{template}"),
    "POST /projects/{project_id}/tasks/from-template": Sample(
        "/projects/{project}/tasks/from-template", {"template_id": "{template}"}
    ),
}
EXPECTED: Final = {
    "GET /task-templates":                  "200 200 200 200 200 200 200 200 200",
    "POST /task-templates":                 "201 201 201 403 201 201 404 403 404",
    "GET /task-templates/{template_id}":    "200 200 200 404 200 200 404 200 404",
    "PATCH /task-templates/{template_id}":  "200 200 200 404 200 200 404 403 404",
    "DELETE /task-templates/{template_id}": "204 204 204 404 204 204 404 403 404",
    "POST /projects/{project_id}/tasks/from-template": "201 201 201 403 201 201 404 403 404",
}  # fmt: skip


async def furnish(owner: Person, ids: Ids, mark: str) -> Ids:
    """A template of the project."""
    task = {"title": mark, "description": mark, "checklist": [{"title": mark}]}
    body = {"name": mark, "project_id": ids["project"], "task": task}
    answer = await owner.post("/task-templates", body)
    assert answer.status_code == 201, answer.text
    return {"template": answer.json()["id"]}
