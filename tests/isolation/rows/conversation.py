"""What people say about tasks, what they attach, who listens, and what happened."""

from typing import Final
from uuid import UUID

from tests.isolation.sample import Sample
from tests.people import Person

from projectflow.tasks.attachment_types import AttachmentJob
from projectflow.tasks.previews import make_preview

SAMPLES: Final = {
    "POST /tasks/{task_id}/attachments": Sample(
        "/tasks/{task}/attachments", {"url": "https://example.org/{random}"}
    ),
    "POST /tasks/{task_id}/files": Sample("/tasks/{task}/files", {"any": "bytes"}),
    "PATCH /attachments/{attachment_id}": Sample("/attachments/{attachment}", {"name": "{random}"}),
    "DELETE /attachments/{attachment_id}": Sample("/attachments/{attachment}"),
    "POST /attachments/{attachment_id}/restore": Sample("/attachments/{detached}/restore"),
    "PUT /comments/{comment_id}/reactions/{emoji}": Sample("/comments/{comment}/reactions/{emoji}"),
    "DELETE /comments/{comment_id}/reactions/{emoji}": Sample(
        "/comments/{comment}/reactions/{emoji}"
    ),
    "GET /tasks/{task_id}/watchers": Sample("/tasks/{task}/watchers"),
    "PUT /tasks/{task_id}/watchers/{user_id}": Sample("/tasks/{task}/watchers/{person}"),
    "DELETE /tasks/{task_id}/watchers/{user_id}": Sample("/tasks/{task}/watchers/{person}"),
    "GET /projects/{project_id}/activity": Sample("/projects/{project}/activity"),
}

EXPECTED: Final = {
    # route, variant                                    own adm man far-m asg mem far viw far-v
    "POST /tasks/{task_id}/attachments":               "201 201 201 404 201 201 404 403 404",
    "POST /tasks/{task_id}/files":                     "201 201 201 404 201 201 404 403 403",
    "PATCH /attachments/{attachment_id}":              "200 200 200 404 403 403 404 403 404",
    "DELETE /attachments/{attachment_id}":             "204 204 204 404 403 403 404 403 404",
    "POST /attachments/{attachment_id}/restore":       "200 200 200 404 403 403 404 403 404",
    "PUT /comments/{comment_id}/reactions/{emoji}":    "200 200 200 404 200 200 404 403 404",
    "DELETE /comments/{comment_id}/reactions/{emoji}": "200 200 200 404 200 200 404 403 404",
    "GET /tasks/{task_id}/watchers":                   "200 200 200 404 200 200 404 200 404",
    "PUT /tasks/{task_id}/watchers/{user_id}":         "200 200 200 404 200 403 404 403 404",
    "DELETE /tasks/{task_id}/watchers/{user_id}":      "200 200 200 404 200 403 404 403 404",
    "GET /projects/{project_id}/activity":             "200 200 200 403 200 200 404 200 404",
}  # fmt: skip
"""Attaching is refused to who may comment nowhere before their upload is counted."""

UNSEEN_BY_VIEWER: Final = {"POST /tasks/{task_id}/files"}
SPENDING: Final = {"POST /attachments/{attachment_id}/restore"}


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A picture with its preview, a deleted file, and a comment with all that it may have."""
    path = f"/tasks/{ids['task']}"
    body = {"body": f"{mark} @[{mark}](user:{ids['person']})", "parent_id": ids["comment"]}
    answer = await owner.post(f"{path}/comments", body)
    assert answer.status_code == 201, answer.text
    emoji = "👍" if mark == "ours" else "🔒"
    reacted = await owner.client.put(f"/comments/{ids['comment']}/reactions/{emoji}")
    assert reacted.status_code == 200, reacted.text
    watched = await owner.client.put(f"{path}/watchers/{owner.id}")
    assert watched.status_code == 200, watched.text
    described = await owner.patch(path, {"description": f"{mark} @[x](user:{owner.id})"})
    assert described.status_code == 200, described.text
    attached = await _attach(owner, path, mark)
    detached = await _attach(owner, path, f"{mark} deleted")
    assert (await owner.delete(f"/attachments/{detached}")).status_code == 204
    state = owner.app.state
    job = AttachmentJob(owner.tenant_id, UUID(attached))
    await make_preview(state.database, state.files, job)
    return {"attachment": attached, "detached": detached, "emoji": emoji}


async def _attach(owner: Person, path: str, mark: str) -> str:
    answer = await owner.client.post(
        f"{path}/files",
        content=PIXEL,
        headers={"Content-Type": "image/gif"},
        params={"name": f"{mark}.gif"},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


PIXEL: Final = bytes.fromhex(
    "47494638376101000100810000000000000000000000000000002c000000000100010000080400010404003b"
)
"""A GIF."""
