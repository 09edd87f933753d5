"""HTTP for calendars to subscribe to; exports/routes.py takes these in."""

from email.utils import format_datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.openapi import operation_with_files
from projectflow.core.settings import Settings
from projectflow.exports import calendar_feeds
from projectflow.exports.calendar_feeds import Feeds, MadeFeed, NewFeed
from projectflow.exports.calendar_file import read_calendar

CALENDAR: Final = "text/calendar"
KNOWN = {304: ResponseSpec(None, description="What you have is still the calendar.")}
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]


@get("/me/calendar-feeds", tags=["Calendars"], operation_id="listCalendarFeeds")
@reads
async def list_feeds(db: Db, actor: Actor) -> Feeds:
    """Your calendars, newest first. Their addresses are not known any more."""
    return await calendar_feeds.list_feeds(db, actor)


@post("/me/calendar-feeds", tags=["Calendars"], operation_id="createCalendarFeed")
@writes
async def create_feed(db: Db, actor: Actor, state: State, data: JSONBody[NewFeed]) -> MadeFeed:
    """Make a calendar. Whoever has its address sees what you see of it: keep it secret."""
    settings: Settings = state.settings
    return await calendar_feeds.create_feed(db, actor, data, settings.url)


@post(
    "/me/calendar-feeds/{feed_id:uuid}/renew",
    tags=["Calendars"],
    operation_id="renewCalendarFeed",
    status_code=200,
)
@writes
async def renew_feed(db: Db, actor: Actor, state: State, feed_id: FromPath[UUID]) -> MadeFeed:
    """Give a calendar another secret address. The one that it had leads nowhere from now on."""
    settings: Settings = state.settings
    return await calendar_feeds.renew_feed(db, actor, feed_id, settings.url)


@delete("/me/calendar-feeds/{feed_id:uuid}", tags=["Calendars"], operation_id="revokeCalendarFeed")
@writes
async def revoke_feed(db: Db, actor: Actor, feed_id: FromPath[UUID]) -> None:
    """Have a calendar's address lead nowhere from now on."""
    await calendar_feeds.revoke_feed(db, actor, feed_id)


@get(
    "/calendar/{address:str}",
    tags=["Calendars"],
    operation_id="readCalendar",
    operation_class=operation_with_files(given=[CALENDAR]),
    responses=KNOWN,
    security=[],
)
async def read_feed(
    request: Request[Any, Any, State], address: FromPath[str], if_none_match: IfNoneMatch = None
) -> Response[bytes]:
    """A calendar's file (RFC 5545), for whoever has its secret address, which ends in `.ics`."""
    state = request.app.state
    settings: Settings = state.settings
    found = await read_calendar(state.database, address, settings.url)
    sent = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    known = found.entity_tag in sent or "*" in sent
    headers = {
        "ETag": found.entity_tag,
        "Last-Modified": format_datetime(found.modified_at, usegmt=True),
        "Cache-Control": "private, max-age=300",
        "Referrer-Policy": "no-referrer",
    }
    if known:
        return Response(b"", status_code=304, headers=headers)
    return Response(found.content, media_type=CALENDAR, headers=headers, status_code=200)


handlers: list[ControllerRouterHandler] = [
    list_feeds, create_feed, renew_feed, revoke_feed, read_feed,
]  # fmt: skip
