"""HTTP for the search."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.datastructures import State
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.search import service
from projectflow.search.types import KINDS, Kind, SearchPage

SearchText = Annotated[str, QueryParameter(max_length=200, description="words, or a key")]
SearchLimit = Annotated[int, QueryParameter(ge=1, le=50)]
Kinds = Annotated[
    str | None,
    QueryParameter(max_length=100, description="task,project,comment,attachment; all without it"),
]


@get("/search", tags=["Search"], operation_id="search")
@reads
@scope("task", "read")
async def search(
    db: Db,
    actor: Actor,
    state: State,
    q: SearchText = "",
    type: Kinds = None,  # noqa: A002 - the parameter's name
    project_id: FromQuery[UUID | None] = None,
    archived: FromQuery[bool] = False,
    limit: SearchLimit = 20,
    cursor: FromQuery[str | None] = None,
) -> SearchPage:
    """What a text finds among all that you may see, the best first; the last word may go on."""
    by: service.Search = state.search
    return await service.search(
        db,
        actor,
        by,
        q,
        kinds=_kinds(type),
        project_id=project_id,
        archived=archived,
        limit=limit,
        cursor=cursor,
    )


def _kinds(listed: str | None) -> tuple[Kind, ...]:
    if listed is None:
        return KINDS
    wanted = {name.strip() for name in listed.split(",")}
    if not wanted or not wanted <= set(KINDS):
        raise InvalidInput.of("type", f"is a list of {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in wanted)


handlers: list[ControllerRouterHandler] = [search]
