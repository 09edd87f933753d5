"""HTTP for tasks that come again."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.tasks import recurrence
from projectflow.tasks.recurrence import NewRecurrence, Preview, Recurrence

Count = Annotated[int, QueryParameter(ge=1, le=100, description="how many days")]
RuleQuery = Annotated[
    str | None, QueryParameter(name="rule", max_length=500, description="instead of the task's own")
]


@get("/tasks/{task_id:uuid}/recurrence", tags=["Recurrence"], operation_id="getRecurrence")
@reads
@scope("task", "read")
async def get_recurrence(db: Db, actor: Actor, task_id: FromPath[UUID]) -> Recurrence:
    """How a task comes again; asked of any task of its series."""
    return await recurrence.read_recurrence(db, actor, task_id)


@put("/tasks/{task_id:uuid}/recurrence", tags=["Recurrence"], operation_id="setRecurrence")
@writes
@scope("task", "update")
async def set_recurrence(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    data: JSONBody[NewRecurrence],
    if_match: IfMatch = None,
) -> Recurrence:
    """Let a task come again, or change how; an ended series goes on."""
    expected = expected_version(if_match, data.version)
    return await recurrence.set_recurrence(db, actor, task_id, data, expected)


@delete("/tasks/{task_id:uuid}/recurrence", tags=["Recurrence"], operation_id="endRecurrence")
@writes
@scope("task", "update")
async def end_recurrence(
    db: Db, actor: Actor, task_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Let a task no longer come again; those that there are stay."""
    await recurrence.end_recurrence(db, actor, task_id, expected_version(if_match))


@post(
    "/tasks/{task_id:uuid}/recurrence/skip",
    tags=["Recurrence"],
    operation_id="skipNextOccurrence",
    status_code=200,
)
@writes
@scope("task", "update")
async def skip_next(
    db: Db, actor: Actor, task_id: FromPath[UUID], if_match: IfMatch = None
) -> Recurrence:
    """Leave out the next day of a task's series."""
    return await recurrence.skip_next(db, actor, task_id, expected_version(if_match))


@get(
    "/tasks/{task_id:uuid}/recurrence/preview",
    tags=["Recurrence"],
    operation_id="previewRecurrence",
)
@reads
@scope("task", "read")
async def preview_recurrence(
    db: Db,
    actor: Actor,
    task_id: FromPath[UUID],
    count: Count = 10,
    rule: RuleQuery = None,
    time_zone: FromQuery[str | None] = None,
    starts_on: FromQuery[date | None] = None,
) -> Preview:
    """The next days of a task's series, or of a rule before it is set."""
    return await recurrence.preview(
        db, actor, task_id, count=count, rule=rule, time_zone=time_zone, starts_on=starts_on
    )


handlers: list[ControllerRouterHandler] = [
    get_recurrence, set_recurrence, end_recurrence, skip_next, preview_recurrence,
]  # fmt: skip
