"""HTTP for presence. It writes nothing to the database, so it takes no transaction that would."""

from typing import cast
from uuid import UUID

from litestar import Request, delete, get, put
from litestar.datastructures import State
from litestar.params import FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.browser import AnyRequest
from projectflow.auth.edge import identify
from projectflow.auth.permissions import Permission
from projectflow.auth.scopes import Scope
from projectflow.core.http import decode_body
from projectflow.core.problems import InvalidInput
from projectflow.notifications.presence import NewPresence, People, Place, PresenceBoard

READING = Scope(Permission("task", "read"), everywhere=False)


@put("/presence", tags=["Presence"], operation_id="enterPlace", status_code=204)
async def enter(request: AnyRequest, data: JSONBody[NewPresence]) -> None:
    """Say where you are and what you do there; it counts for 45 seconds."""
    del data  # read anew, strictly; the declaration is for the OpenAPI document
    actor = await identify(request, None)
    await _board(request).enter(actor, await decode_body(request, NewPresence))


@delete("/presence", tags=["Presence"], operation_id="leavePlace")
async def leave(
    request: AnyRequest,
    place: FromQuery[Place | None] = None,
    id: FromQuery[UUID | None] = None,  # noqa: A002 - as bodies call it
) -> None:
    """Say that you are gone: from a place, or from all."""
    if (place is None) != (id is None):
        raise InvalidInput.of("id", "and place go together")
    actor = await identify(request, None)
    await _board(request).leave(actor, place, id)


@get("/presence", tags=["Presence"], operation_id="listPresence")
async def list_people(
    request: AnyRequest,
    place: FromQuery[Place | None] = None,
    id: FromQuery[UUID | None] = None,  # noqa: A002 - as bodies call it
) -> People:
    """Who looks at a task or a board right now, and who is typing."""
    # Who asks comes first: whoever is not signed in hears that, whatever else is missing.
    actor = await identify(request, READING)
    if place is None or id is None:
        raise InvalidInput.of("place" if place is None else "id", "is missing")
    return await _board(request).list_people(actor, place, id)


def _board(request: Request[object, object, State]) -> PresenceBoard:
    return cast("PresenceBoard", request.app.state.presence)


for handler in (enter, leave, list_people):
    # They count by who asks, as in auth/edge.py: an office behind one address is many people.
    handler.fn.counts_people = True  # pyright: ignore[reportFunctionMemberAccess]

handlers: list[ControllerRouterHandler] = [enter, leave, list_people]
