"""What each event touches: a closed table of all that the code records.

The table says which rows may have changed, never how: the rows are read as they are now. An event
that is not here makes a client start anew, so nothing is ever lost by forgetting it; a test walks
the code for those that are missing.
"""

from typing import Final, Literal

from msgspec import Struct

Source = Literal[
    "entity",  # the event's own entity
    "task",  # the task that the event is about
    "task_ids",  # all tasks that the payload names
    "tags",  # the tags that the payload names
    "name",  # the tag of this name
    "dependency",  # the dependency that the payload names
    "relation",  # the event's task and the other one of the payload
    "member",  # the person whom the payload names, in the event's project
    "within",  # all rows of the event's project, or of no project
    "links",  # all rows with the event's task at either end
    "timer",  # the asker's timer
    "mine",  # the asker's own rows, if it was they who did it
    "all",  # all rows
]
Audience = Literal["project", "tasks", "comments", "people", "teams", "everyone", "own", "audit"]
"""Who is told of an event: who sees the project, its tasks or comments, people, …; and auditors."""
Access = Literal["opens", "opens_for_member", "opens_by_key", "closes", "closes_for_member"]
"""What a project may have become: visible with all that is in it, or no longer."""


class Effect(Struct, frozen=True):
    """What an event touches: rows by model and source, and parts of its task's panel."""

    puts: tuple[tuple[str, Source], ...] = ()
    parts: tuple[str, ...] = ()
    to: Audience = "tasks"
    access: Access | None = None


def _of(
    *puts: tuple[str, Source],
    parts: tuple[str, ...] = (),
    to: Audience = "tasks",
    access: Access | None = None,
) -> Effect:
    return Effect(puts, parts, to, access)


_TASK: Final = ("task", "entity")
_ITS_TASK: Final = ("task", "task")
_TAGS: Final = ("tag", "tags")
_TIMER: Final = ("timer", "timer")
_LINKS: Final[tuple[tuple[str, Source], ...]] = (("dependency", "links"), ("relation", "links"))
_PROJECT: Final = ("project", "entity")
_STATES: Final[tuple[tuple[str, Source], ...]] = (
    ("state", "entity"), ("state", "within"), ("task", "task_ids"),
)  # fmt: skip
_FIELDS: Final[tuple[tuple[str, Source], ...]] = (
    ("custom_field", "entity"), ("custom_field", "within"),
)  # fmt: skip
_CHECKLIST: Final = _of(_ITS_TASK, parts=("checklist",))
_COMMENTS: Final = _of(_ITS_TASK, parts=("comments",), to="comments")
_ATTACHMENTS: Final = _of(parts=("attachments",))
_TIME: Final = _of(_ITS_TASK, _TIMER, parts=("time_entries",), to="own")
_RECURRENCE: Final = _of(parts=("recurrence",))
_DEPENDENCY: Final = _of(("dependency", "dependency"))
_RELATION: Final = _of(("relation", "relation"))
_MILESTONE: Final = _of(("milestone", "entity"), to="project")
_USER: Final = _of(("user", "entity"), to="people")
_TEAM: Final = _of(("team", "entity"), to="teams")
_VIEW: Final = _of(("view", "entity"))
_NOTED: Final = _of(to="audit")
_PLANNED: Final = _of(to="tasks")

EFFECTS: Final[dict[str, Effect]] = {
    "task.created": _of(_TASK, _TAGS, *_LINKS),
    "task.updated": _of(_TASK, _TAGS),
    "task.moved": _of(_TASK),
    "task.field_set": _of(_TASK, parts=("fields",)),
    "task.deleted": _of(_TASK),
    "task.restored": _of(_TASK, *_LINKS),
    "task.purged": _of(_TASK, _TIMER),
    "task.transferred": _of(_TASK, _TIMER, *_LINKS),
    "task.recurred": _of(_TASK, _ITS_TASK, parts=("recurrence",)),
    "task.scheduled": _of(_TASK, parts=("schedule",)),
    "task.people_mentioned": _of(parts=("mentions",)),
    "task.watched": _of(parts=("watchers",)),
    "task.unwatched": _of(parts=("watchers",)),
    "task_series.created": _RECURRENCE,
    "task_series.updated": _RECURRENCE,
    "task_series.skipped": _RECURRENCE,
    "task_series.ended": _RECURRENCE,
    "task_template.created": _PLANNED,
    "task_template.updated": _PLANNED,
    "task_template.deleted": _PLANNED,
    "tasks.exported": _NOTED,
    "checklist_item.created": _CHECKLIST,
    "checklist_item.updated": _CHECKLIST,
    "checklist_item.deleted": _CHECKLIST,
    "comment.created": _COMMENTS,
    "comment.updated": _COMMENTS,
    "comment.edited": _COMMENTS,
    "comment.deleted": _COMMENTS,
    "comment.restored": _COMMENTS,
    "reaction.added": _COMMENTS,
    "reaction.removed": _COMMENTS,
    "attachment.created": _ATTACHMENTS,
    "attachment.updated": _ATTACHMENTS,
    "attachment.renamed": _ATTACHMENTS,
    "attachment.deleted": _ATTACHMENTS,
    "attachment.restored": _ATTACHMENTS,
    "attachment.previewed": _ATTACHMENTS,
    "attachment.purged": _ATTACHMENTS,
    "time_entry.created": _TIME,
    "time_entry.started": _TIME,
    "time_entry.stopped": _TIME,
    "time_entry.updated": _TIME,
    "time_entry.deleted": _TIME,
    "time_entry.restored": _TIME,
    "time_entry.resumed": _TIME,
    "dependency.added": _DEPENDENCY,
    "dependency.changed": _DEPENDENCY,
    "dependency.removed": _DEPENDENCY,
    "dependencies.imported": _of(("dependency", "within"), ("relation", "within")),
    "relation.added": _RELATION,
    "relation.removed": _RELATION,
    "tag.colored": _of(("tag", "name")),
    "view.created": _VIEW,
    "view.updated": _VIEW,
    "view.deleted": _VIEW,
    "report.created": _NOTED,
    "report.updated": _NOTED,
    "report.deleted": _NOTED,
    "report.exported": _NOTED,
    "custom_field.created": _of(*_FIELDS),
    "custom_field.updated": _of(*_FIELDS),
    "custom_field.deleted": _of(*_FIELDS),
    "custom_field.restored": _of(*_FIELDS),
    "field_option.added": _of(*_FIELDS),
    "field_option.updated": _of(*_FIELDS),
    "field_option.deleted": _of(*_FIELDS),
    "field_option.restored": _of(*_FIELDS),
    "project.created": _of(_PROJECT, to="project", access="opens"),
    "project.updated": _of(_PROJECT, to="project", access="opens_by_key"),
    "project.settings_changed": _of(_PROJECT, to="project"),
    "project.calendar_changed": _of(_PROJECT, to="project"),
    "project.owner_changed": _of(_PROJECT, ("project_member", "within"), to="project"),
    "project.archived": _of(_PROJECT, to="project"),
    "project.unarchived": _of(_PROJECT, to="project"),
    "project.deleted": _of(_PROJECT, _TIMER, to="project", access="closes"),
    "project.restored": _of(_PROJECT, _TIMER, to="project", access="opens"),
    "project.member_set": _of(
        ("project_member", "member"), _TIMER, to="project", access="opens_for_member"
    ),
    "project.member_removed": _of(
        ("project_member", "member"), _TIMER, to="project", access="closes_for_member"
    ),
    "project.workflow_ordered": _of(("state", "within"), to="project"),
    "project.resources_assigned": _of(to="project"),
    "project.exported": _of(to="project"),
    "project.purged": _NOTED,
    "export.requested": _NOTED,
    "export.finished": _NOTED,
    "export.downloaded": _NOTED,
    "export.deleted": _NOTED,
    "calendar_feed.created": _of(to="own"),
    "calendar_feed.renewed": _of(to="own"),
    "calendar_feed.revoked": _of(to="own"),
    "workflow_state.created": _of(*_STATES, to="project"),
    "workflow_state.updated": _of(*_STATES, to="project"),
    "workflow_state.deleted": _of(*_STATES, to="project"),
    "milestone.created": _MILESTONE,
    "milestone.updated": _MILESTONE,
    "milestone.completed": _MILESTONE,
    "milestone.reopened": _MILESTONE,
    "milestone.restored": _of(("milestone", "entity"), ("task", "task_ids"), to="project"),
    "milestone.deleted": _of(("milestone", "entity"), ("task", "task_ids"), to="project"),
    "favourite.added": _of(("favourite", "mine"), to="own"),
    "favourite.removed": _of(("favourite", "mine"), to="own"),
    "favourites.ordered": _of(("favourite", "mine"), to="own"),
    "assignment.created": _PLANNED,
    "assignment.updated": _PLANNED,
    "assignment.deleted": _PLANNED,
    "baseline.saved": _PLANNED,
    "baseline.deleted": _PLANNED,
    "baseline.restored": _PLANNED,
    "scenario.created": _PLANNED,
    "scenario.updated": _PLANNED,
    "scenario.merged": _PLANNED,
    "scenario.dropped": _PLANNED,
    "absence.created": _of(to="own"),
    "absence.updated": _of(to="own"),
    "absence.deleted": _of(to="own"),
    "rate.created": _NOTED,
    "rate.updated": _NOTED,
    "rate.deleted": _NOTED,
    # Read from the inbox's own routes, which ask what may be seen: a client asks there again.
    "notification.created": _of(to="own"),
    "notification.updated": _of(to="own"),
    "notification.read": _of(to="own"),
    "notification.unread": _of(to="own"),
    "notification.archived": _of(to="own"),
    "notification.unarchived": _of(to="own"),
    "notification.snoozed": _of(to="own"),
    "notification.unsnoozed": _of(to="own"),
    "notification_rules.changed": _of(to="own"),
    "task.due_soon": _PLANNED,
    "task.overdue": _PLANNED,
    "workspace.imported": _of(("workspace", "entity"), to="everyone"),
    "workspace.created": _of(("workspace", "entity"), to="everyone"),
    "workspace.settings_changed": _of(("workspace", "entity"), to="everyone"),
    "workspace.calendar_changed": _of(to="everyone"),
    "user.invited": _USER,
    "user.joined": _USER,
    "user.updated": _USER,
    "user.role_changed": _USER,
    "user.activated": _USER,
    "user.deactivated": _USER,
    "user.deleted": _of(("user", "entity"), ("team", "all"), to="people"),
    "user.signed_in": _NOTED,
    "user.signed_out": _NOTED,
    "user.sign_in_failed": _NOTED,
    "user.sessions_ended": _NOTED,
    "user.password_changed": _of(("user", "entity"), to="audit"),
    "user.password_reset": _of(("user", "entity"), to="audit"),
    "user.password_reset_requested": _NOTED,
    "user.passkey_added": _NOTED,
    "user.passkey_removed": _NOTED,
    "user.passkey_renamed": _NOTED,
    "user.recovery_codes_made": _NOTED,
    "user.totp_enabled": _NOTED,
    "user.totp_disabled": _NOTED,
    "session.reuse_detected": _NOTED,
    "team.created": _TEAM,
    "team.updated": _TEAM,
    "team.renamed": _TEAM,
    "team.deleted": _TEAM,
    "team.member_added": _TEAM,
    "team.member_removed": _TEAM,
    "role.created": _NOTED,
    "role.updated": _NOTED,
    "role.deleted": _NOTED,
    "api_key.created": _NOTED,
    "api_key.revoked": _NOTED,
    "scim_token.created": _NOTED,
    "scim_token.revoked": _NOTED,
    "identity_provider.changed": _NOTED,
    "identity_provider.deleted": _NOTED,
    "webhook.created": _NOTED,
    "webhook.updated": _NOTED,
    "webhook.secret_rotated": _NOTED,
    "webhook.deleted": _NOTED,
    "webhook.disabled": _NOTED,
    "audit.exported": _NOTED,
    "import.requested": _of(to="own"),
    "import.succeeded": _of(("tag", "all"), to="own", access="opens"),
    "import.failed": _of(to="own"),
}
