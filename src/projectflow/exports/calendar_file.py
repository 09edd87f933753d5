"""A calendar's file (RFC 5545): the tasks of a feed that are due, as its person sees them."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio
from icalendar import Calendar, Event, Todo
from msgspec import Struct

from projectflow.auth.links import Link
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.problems import Problem, Unavailable
from projectflow.exports.calendar_feeds import FEED_COLUMNS, Feed, FeedNotFound
from projectflow.projects.service import read_visible
from projectflow.tasks.find import ask
from projectflow.tasks.query.asker import Asker
from projectflow.tasks.types import TASK_COLUMNS, Priority, Task
from projectflow.tasks.views import read_view

MOST_TASKS: Final = 2_000
"""Of those that are due after a year ago, the earliest."""
LONGEST_NOTE: Final = 2_000
SUFFIX: Final = ".ics"
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
PRIORITIES: Final[dict[Priority, int]] = {"urgent": 1, "high": 3, "medium": 5, "low": 9}
TODO_STATUS: Final = {
    "backlog": "NEEDS-ACTION",
    "unstarted": "NEEDS-ACTION",
    "started": "IN-PROCESS",
    "completed": "COMPLETED",
    "cancelled": "CANCELLED",
}


class Subscriber(Struct, frozen=True):
    """Whose calendar it is."""

    actor: Actor
    zone: ZoneInfo
    slug: str
    feed: Feed


class Due(Struct, frozen=True):
    """A task with the category of its state."""

    task: Task
    category: str


class CalendarFile(Struct, frozen=True):
    """What a program gets."""

    content: bytes
    entity_tag: str
    modified_at: datetime


async def read_calendar(database: Database, token: str, address: str) -> CalendarFile:
    """The file of a calendar's secret address.

    Raises:
        FeedNotFound: whatever is wrong with it: malformed, revoked, its person gone, its project
            or view not to be seen any more.
    """
    link = _link(token)
    async with database.tenant(link.tenant_id, read_only=True) as db:
        subscriber = await _subscriber(db, link)
        try:
            found = await _due(db, subscriber)
        except Problem as problem:
            if isinstance(problem, Unavailable):
                raise
            raise FeedNotFound from problem
    return await anyio.to_thread.run_sync(write_calendar, subscriber, found, address)


def _link(token: str) -> Link:
    if not token.endswith(SUFFIX):
        raise FeedNotFound
    try:
        tenant, feed, secret = token.removesuffix(SUFFIX).split(".")
        # One feed has one spelling of its address: what is hashed is put together again.
        return Link(UUID(hex=tenant), UUID(hex=feed), secret)
    except ValueError:
        raise FeedNotFound from None


async def _subscriber(db: Db, link: Link) -> Subscriber:
    row = await db.fetchrow(
        f"""
        SELECT u.id, u.role, r.permissions, u.time_zone, w.subdomain, {FEED_COLUMNS}
        FROM calendar_feeds f
        JOIN tenants w ON w.id = $1
        JOIN users u ON u.tenant_id = $1 AND u.id = f.user_id AND u.is_active
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        WHERE f.tenant_id = $1 AND f.id = $2 AND f.token_hash = $3
        """,
        link.tenant_id,
        link.row_id,
        link.hash,
    )
    if row is None:
        raise FeedNotFound
    user_id, role, permissions, time_zone, slug, *feed = tuple(row)
    actor = Actor(
        user_id,
        link.tenant_id,
        role,
        link.row_id,
        permissions=None if permissions is None else tuple(permissions),
    )
    return Subscriber(actor, Asker.of(actor, time_zone).zone, slug, Feed(*feed))


async def _due(db: Db, subscriber: Subscriber) -> list[Due]:
    actor, feed = subscriber.actor, subscriber.feed
    asked = await ask(db, actor, await _query(db, subscriber))
    project = asked.parameters.add(feed.project_id)
    most = asked.parameters.add(MOST_TASKS)
    rows = await db.fetch(
        f"""
        SELECT s.category, {TASK_COLUMNS}
        FROM (
            SELECT * FROM tasks t
            WHERE {asked.condition} AND t.due_date > now() - interval '1 year'
              AND ({project}::uuid IS NULL OR t.project_id = {project})
            ORDER BY t.due_date, t.id LIMIT {most}
        ) t
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = t.status
        ORDER BY t.due_date, t.id
        """,
        *asked.parameters.values,
    )
    return [Due(Task(*row[1:]), row[0]) for row in map(tuple, rows)]


async def _query(db: Db, subscriber: Subscriber) -> str:
    actor, feed = subscriber.actor, subscriber.feed
    match feed.shows:
        case "mine":
            return "assignee:me"
        case "project":
            if feed.project_id is not None:
                await read_visible(db, actor, feed.project_id)
            return ""
        case "view":
            if feed.view_id is None:
                raise FeedNotFound
            return (await read_view(db, actor, feed.view_id)).query
        case "query":
            return feed.query or ""


def write_calendar(subscriber: Subscriber, found: Sequence[Due], address: str) -> CalendarFile:
    """Write the file. The same tasks make the same bytes."""
    feed = subscriber.feed
    calendar = Calendar()
    calendar.add("prodid", "-//ProjectFlow//Tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(feed.name))
    calendar.add("x-wr-timezone", subscriber.zone.key)
    for due in found:
        calendar.add_component(_entry(subscriber, due, address))
    content = calendar.to_ical()
    digest = blake2b(content, digest_size=16).hexdigest()
    modified = max([feed.created_at, *(due.task.updated_at for due in found)])
    return CalendarFile(content, f'"{digest}"', modified)


def _entry(subscriber: Subscriber, due: Due, address: str) -> Event | Todo:
    task = due.task
    day = _day(task.due_date or datetime.now(UTC), subscriber.zone)
    if subscriber.feed.entries == "todos":
        entry = Todo()
        entry.add("due", day)
        entry.add("status", TODO_STATUS[due.category])
        entry.add("priority", PRIORITIES[task.priority])
        if task.completed_at is not None:
            entry.add("completed", task.completed_at)
        summary = f"{task.key} {task.title}"
    else:
        entry = Event()
        # A day without an end is that one day (RFC 5545 §3.6.1).
        entry.add("dtstart", day)
        entry.add("transp", "TRANSPARENT")
        entry.add("status", "CANCELLED" if due.category == "cancelled" else "CONFIRMED")
        done = "✓ " if due.category == "completed" else ""
        summary = f"{done}{task.key} {task.title}"
    entry.add("uid", f"{task.id}@projectflow")
    entry.add("sequence", task.version)
    # What was made without a request has the time of its last change there (RFC 5545 §3.8.7.2).
    entry.add("dtstamp", task.updated_at)
    entry.add("created", task.created_at)
    entry.add("last-modified", task.updated_at)
    entry.add("summary", _plain(summary))
    if task.description:
        entry.add("description", _plain(task.description)[:LONGEST_NOTE])
    if task.tags:
        entry.add("categories", [_plain(tag) for tag in task.tags])
    where = f"{address}/w/{subscriber.slug}/projects/{task.project_id}/board?task={task.id}"
    entry.add("url", where)
    return entry


def _day(moment: datetime, zone: ZoneInfo) -> date:
    try:
        return moment.astimezone(zone).date()
    except (OverflowError, ValueError):
        return moment.date()


def _plain(text: str) -> str:
    """Text as iCalendar can hold it: line breaks and tabs are the only control characters."""
    return UNPRINTABLE.sub("", text)
