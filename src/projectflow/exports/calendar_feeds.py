"""Calendars that programs fetch by a secret address: made, listed and revoked by their person.

The address is shown once; the database keeps its hash.
"""

import secrets
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct
from uuid_utils.compat import uuid7

from projectflow.auth.links import Link
from projectflow.auth.types import Actor, Name
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import Conflict, InvalidInput, NotFound
from projectflow.projects.service import ProjectNotFound, read_visible
from projectflow.tasks.find import ask
from projectflow.tasks.views import ViewNotFound, read_view

MAX_FEEDS: Final = 50
"""Calendars that a person may have at a time."""
Shows = Literal["mine", "project", "view", "query"]
Entries = Literal["events", "todos"]


class FeedNotFound(NotFound):
    """There is no such calendar."""


class TooManyFeeds(Conflict):
    """Nobody needs more than 50 calendars: revoke some first."""


class NewFeed(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar to make: of one's own tasks, or of what its project, view or query has."""

    name: Name
    shows: Shows = "mine"
    project_id: UUID | None = None
    view_id: UUID | None = None
    query: Annotated[str, Meta(max_length=2_000)] | None = None
    entries: Entries = "events"
    """Due dates as all-day events, which every calendar shows, or as to-dos."""


class Feed(Struct, frozen=True):
    """What can be known of a calendar after it was made."""

    id: UUID
    name: str
    shows: Shows
    project_id: UUID | None
    view_id: UUID | None
    query: str | None
    entries: Entries
    created_at: datetime


class Feeds(Struct, frozen=True):
    """Somebody's calendars, the newest first."""

    items: list[Feed]


class MadeFeed(Struct, frozen=True):
    """A calendar just made: the only time that its address is shown."""

    url: str
    feed: Feed


FEED_COLUMNS: Final = (
    "f.id, f.name, f.shows, f.project_id, f.view_id, f.query, f.entries, f.created_at"
)


async def create_feed(db: Db, actor: Actor, new: NewFeed, address: str) -> MadeFeed:
    """Make a calendar; `address` is the service's own, before the API's path.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: names the field that is missing, too many, or names nothing to be seen.
        TooManyFeeds: the person has 50.
    """
    await _check(db, actor, new)
    # Two made at once would both be the fiftieth.
    await db.execute(
        "SELECT FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        actor.user_id,
    )
    count: int = await db.fetchval(
        "SELECT count(*) FROM calendar_feeds WHERE tenant_id = $1 AND user_id = $2",
        actor.tenant_id,
        actor.user_id,
    )
    if count >= MAX_FEEDS:
        raise TooManyFeeds
    link = Link(actor.tenant_id, uuid7(), secrets.token_urlsafe(32))
    row = await db.fetchrow(
        f"""
        INSERT INTO calendar_feeds AS f (tenant_id, id, user_id, name, token_hash, shows,
                                         project_id, view_id, query, entries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {FEED_COLUMNS}
        """,
        actor.tenant_id,
        link.row_id,
        actor.user_id,
        new.name.strip(),
        link.hash,
        new.shows,
        new.project_id,
        new.view_id,
        new.query,
        new.entries,
    )
    feed = Feed(*only(row))
    made = Change("calendar_feed.created", "calendar_feed", feed.id, payload={"after": feed})
    await record(db, actor.tenant_id, actor.user_id, made)
    return MadeFeed(_url(address, link), feed)


async def _check(db: Db, actor: Actor, new: NewFeed) -> None:
    given = {"project_id": new.project_id, "view_id": new.view_id, "query": new.query}
    needed = {"project": "project_id", "view": "view_id", "query": "query"}.get(new.shows)
    for name, value in given.items():
        if name == needed and value is None:
            raise InvalidInput.of(name, f"is what a calendar of a {new.shows} needs")
        if name != needed and value is not None:
            raise InvalidInput.of(name, f"is not for a calendar that shows “{new.shows}”")
    try:
        if new.project_id is not None:
            await read_visible(db, actor, new.project_id)
        if new.view_id is not None:
            await read_view(db, actor, new.view_id)
    except (ProjectNotFound, ViewNotFound):
        raise InvalidInput.of(needed or "shows", "names nothing that you see") from None
    await ask(db, actor, new.query or "")


async def list_feeds(db: Db, actor: Actor) -> Feeds:
    """The actor's calendars; a person has at most 50."""
    rows = await db.fetch(
        f"""
        SELECT {FEED_COLUMNS} FROM calendar_feeds f
        WHERE f.tenant_id = $1 AND f.user_id = $2 ORDER BY f.created_at DESC, f.id DESC LIMIT $3
        """,
        actor.tenant_id,
        actor.user_id,
        MAX_FEEDS,
    )
    return Feeds([Feed(*row) for row in rows])


async def renew_feed(db: Db, actor: Actor, feed_id: UUID, address: str) -> MadeFeed:
    """Give a calendar another address; the one that it had leads nowhere from now on.

    Raises:
        FeedNotFound: it does not exist, or is somebody else's.
    """
    link = Link(actor.tenant_id, feed_id, secrets.token_urlsafe(32))
    row = await db.fetchrow(
        f"""
        UPDATE calendar_feeds f SET token_hash = $4
        WHERE f.tenant_id = $1 AND f.id = $2 AND f.user_id = $3 RETURNING {FEED_COLUMNS}
        """,
        actor.tenant_id,
        feed_id,
        actor.user_id,
        link.hash,
    )
    if row is None:
        raise FeedNotFound
    feed = Feed(*row)
    change = Change("calendar_feed.renewed", "calendar_feed", feed_id, payload={"after": feed})
    await record(db, actor.tenant_id, actor.user_id, change)
    return MadeFeed(_url(address, link), feed)


async def revoke_feed(db: Db, actor: Actor, feed_id: UUID) -> None:
    """Have a calendar's address lead nowhere from now on.

    Raises:
        FeedNotFound: it does not exist, or is somebody else's.
    """
    row = await db.fetchrow(
        f"""
        DELETE FROM calendar_feeds f
        WHERE f.tenant_id = $1 AND f.id = $2 AND f.user_id = $3 RETURNING {FEED_COLUMNS}
        """,
        actor.tenant_id,
        feed_id,
        actor.user_id,
    )
    if row is None:
        raise FeedNotFound
    payload = {"before": Feed(*row)}
    change = Change("calendar_feed.revoked", "calendar_feed", feed_id, payload=payload)
    await record(db, actor.tenant_id, actor.user_id, change)


def _url(address: str, link: Link) -> str:
    return f"{address}/api/v1/calendar/{link}.ics"
