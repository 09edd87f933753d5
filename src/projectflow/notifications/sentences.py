"""Notifications in words, for mails: one sentence each, in the time zone of their reader."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from projectflow.notifications.types import Details, Kind, Notification

SENTENCES: Final[dict[Kind, str]] = {
    "mentioned": "{who} mentioned you",
    "assigned": "{who} assigned this to you",
    "overdue": "This was due {due} and is still open",
    "due_soon": "This is due {due}",
    "commented": "{who} commented",
    "unblocked": "Nothing holds this up any more: {who} completed what it waited for",
    "state_changed": "{who} moved this from {old} to {new}",
    "unassigned": "{who} took this from you",
    "project_added": "{who} added you to the project",
    "reacted": "{who} reacted with {emoji} to your comment",
}


class Item(Struct, frozen=True):
    """A notification as a mail shows it."""

    title: str
    sentences: list[str]
    excerpt: str | None
    link: str
    at: str


def item_of(notification: Notification, zone: ZoneInfo, url: str, slug: str) -> Item:
    """A notification in words; `url` is the address of ProjectFlow, `slug` the workspace's."""
    project = f"{url}/w/{slug}/projects/{notification.project_id}/board"
    task = notification.task
    return Item(
        f"{task.key} {task.title}" if task else notification.project_name,
        [
            _sentence(kind, notification.actor_name, notification.details, zone)
            for kind in notification.kinds
        ],
        notification.excerpt,
        f"{project}?task={task.id}" if task else project,
        in_words(notification.shown_at, zone),
    )


def _sentence(kind: Kind, who: str | None, details: Details, zone: ZoneInfo) -> str:
    return SENTENCES[kind].format(
        who=who or "ProjectFlow",
        due="" if details.due_date is None else in_words(details.due_date, zone),
        old=details.old_state or "its state",
        new=details.new_state or "another",
        emoji=details.emoji or "an emoji",
    )


def in_words(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as the reader's clock shows it: `Tue 24 March 2026, 09:30 CET`."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M %Z}"


def subject_of(items: list[Item], *, is_digest: bool, workspace: str) -> str:
    """What a mail is called: by the one thing that it tells, or by how many."""
    if len(items) == 1 and not is_digest:
        return " ".join(f"{items[0].sentences[0]}: {items[0].title}".split())
    things = "1 notification" if len(items) == 1 else f"{len(items)} notifications"
    return " ".join(f"{things} in {workspace}".split())
