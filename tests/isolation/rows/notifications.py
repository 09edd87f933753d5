"""Notifications, their rules, and presence."""

from typing import Final
from uuid import UUID

from tests.isolation.sample import Sample
from tests.people import Person
from uuid_utils.compat import uuid7

SAMPLES: Final = {
    "GET /notifications": Sample("/notifications"),
    "GET /notifications/unread-count": Sample("/notifications/unread-count"),
    "POST /notifications/read-all": Sample("/notifications/read-all", {}),
    "GET /notifications/{notification_id}": Sample("/notifications/{notification}"),
    "PATCH /notifications/{notification_id}": Sample(
        "/notifications/{notification}", {"is_read": True}
    ),
    "GET /me/notification-rules": Sample("/me/notification-rules"),
    "PUT /me/notification-rules": Sample(
        "/me/notification-rules", {"digest": {"every": "week", "at": "09:30"}}
    ),
    "PUT /presence": Sample("/presence", {"place": "task", "id": "{task}"}),
    "DELETE /presence": Sample("/presence"),
    # A query names nothing of a world here: who sees whom is in tests/notifications/test_presence.
    "GET /presence": Sample("/presence", query={"place": "task", "id": str(UUID(int=1))}),
}
EXPECTED: Final = {
    # route                                  own adm man far-m asg mem far viw far-v
    "GET /notifications":                   "200 200 200 200 200 200 200 200 200",
    "GET /notifications/unread-count":      "200 200 200 200 200 200 200 200 200",
    "POST /notifications/read-all":         "200 200 200 200 200 200 200 200 200",
    "GET /notifications/{notification_id}": "200 404 404 404 404 404 404 404 404",
    "PATCH /notifications/{notification_id}": "200 404 404 404 404 404 404 404 404",
    "GET /me/notification-rules":           "200 200 200 200 200 200 200 200 200",
    "PUT /me/notification-rules":           "200 200 200 200 200 200 200 200 200",
    "PUT /presence":                        "204 204 204 404 204 204 404 204 404",
    "DELETE /presence":                     "204 204 204 204 204 204 204 204 204",
    "GET /presence":                        "404 404 404 404 404 404 404 404 404",
}  # fmt: skip
NOT_WHOLE: Final = {"PUT /presence": {404}, "GET /presence": {404}}
"""Those of other roles are not in the project."""


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A notification of the owner's, about the task."""
    del mark
    notification_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await db.execute(
            """
            INSERT INTO notifications (tenant_id, id, user_id, kind, kinds, project_id, task_id,
                                       comment_id, last_seq, in_app, shown_at)
            VALUES ($1, $2, $3, 'commented', '{commented}', $4, $5, $6, 1, true, now())
            """,
            owner.tenant_id,
            notification_id,
            owner.id,
            UUID(ids["project"]),
            UUID(ids["task"]),
            UUID(ids["comment"]),
        )
    return {"notification": str(notification_id)}
