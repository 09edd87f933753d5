"""HTTP for calendars and absences."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.core.paging import Limit, Page
from projectflow.planning import absences, working_calendars, working_time
from projectflow.planning.absences import Absence, AbsencePatch, NewAbsence
from projectflow.planning.ranges import days_between
from projectflow.planning.types import VersionedProjectCalendar, VersionedWorkspaceCalendar
from projectflow.planning.working_calendars import NewProjectCalendar, NewWorkspaceCalendar
from projectflow.planning.working_time import WorkingTime

Since = Annotated[date | None, QueryParameter(description="the first day: today, unless said")]
Until = Annotated[
    date | None, QueryParameter(description="the last day: four weeks in all, unless said")
]


@get("/calendar", tags=["Planning"], operation_id="getCalendar")
@reads
@scope("calendar", "read", everywhere=True)
async def get_calendar(db: Db, actor: Actor) -> VersionedWorkspaceCalendar:
    """When the workspace works."""
    return await working_calendars.read_calendar(db, actor)


@put("/calendar", tags=["Planning"], operation_id="setCalendar")
@writes
@scope("calendar", "update", everywhere=True)
async def set_calendar(
    db: Db, actor: Actor, data: JSONBody[NewWorkspaceCalendar], if_match: IfMatch = None
) -> VersionedWorkspaceCalendar:
    """Say when the workspace works: all of it, absent fields are as in a new workspace."""
    expected = expected_version(if_match, data.version)
    return await working_calendars.set_calendar(db, actor, data, expected)


@get("/projects/{project_id:uuid}/calendar", tags=["Planning"], operation_id="getProjectCalendar")
@reads
@scope("project", "read")
async def get_project_calendar(
    db: Db, actor: Actor, project_id: FromPath[UUID]
) -> VersionedProjectCalendar:
    """What of the workspace's calendar is different in a project."""
    return await working_calendars.read_project_calendar(db, actor, project_id)


@put("/projects/{project_id:uuid}/calendar", tags=["Planning"], operation_id="setProjectCalendar")
@writes
@scope("project", "update")
async def set_project_calendar(
    db: Db,
    actor: Actor,
    project_id: FromPath[UUID],
    data: JSONBody[NewProjectCalendar],
    if_match: IfMatch = None,
) -> VersionedProjectCalendar:
    """Say what is different in a project: all of it, `{}` changes nothing of the workspace's."""
    expected = expected_version(if_match, data.version)
    return await working_calendars.set_project_calendar(db, actor, project_id, data, expected)


@get("/working-time", tags=["Planning"], operation_id="getWorkingTime")
@reads
@scope("calendar", "read", everywhere=True)
async def get_working_time(
    db: Db,
    actor: Actor,
    since: Since = None,
    until: Until = None,
    user_id: FromQuery[UUID | None] = None,
    project_id: FromQuery[UUID | None] = None,
) -> WorkingTime:
    """When somebody works, in a project or in general: at most 366 days."""
    return await working_time.read_working_time(db, actor, user_id, project_id, since, until)


@get("/absences", tags=["Planning"], operation_id="listAbsences")
@reads
@scope("absence", "read", everywhere=True)
async def list_absences(
    db: Db,
    actor: Actor,
    since: Since = None,
    until: Until = None,
    user_id: FromQuery[UUID | None] = None,
    limit: Limit = 50,
    cursor: FromQuery[str | None] = None,
) -> Page[Absence]:
    """The absences that touch a range of at most three years, by their first day."""
    asked = days_between(since, until, absences.LONGEST.days)
    return await absences.list_absences(db, actor, user_id, asked, limit=limit, cursor=cursor)


@post("/users/{user_id:uuid}/absences", tags=["Planning"], operation_id="addAbsence")
@writes
@scope("absence", "create", everywhere=True)
async def add_absence(
    db: Db, actor: Actor, user_id: FromPath[UUID], data: JSONBody[NewAbsence]
) -> Absence:
    """Write down when you are away, or when somebody else is: days, halves of them, or moments."""
    return await absences.add_absence(db, actor, user_id, data)


@get("/absences/{absence_id:uuid}", tags=["Planning"], operation_id="getAbsence")
@reads
@scope("absence", "read", everywhere=True)
async def get_absence(db: Db, actor: Actor, absence_id: FromPath[UUID]) -> Absence:
    """One absence; why, only for those whom it concerns."""
    return await absences.read_absence(db, actor, absence_id)


@patch("/absences/{absence_id:uuid}", tags=["Planning"], operation_id="updateAbsence")
@writes
@scope("absence", "update", everywhere=True)
async def update_absence(
    db: Db,
    actor: Actor,
    absence_id: FromPath[UUID],
    data: JSONBody[AbsencePatch],
    if_match: IfMatch = None,
) -> Absence:
    """Change an absence."""
    expected = expected_version(if_match, data.version)
    return await absences.update_absence(db, actor, absence_id, data, expected)


@delete("/absences/{absence_id:uuid}", tags=["Planning"], operation_id="deleteAbsence")
@writes
@scope("absence", "delete", everywhere=True)
async def delete_absence(
    db: Db, actor: Actor, absence_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take an absence away."""
    await absences.delete_absence(db, actor, absence_id, expected_version(if_match))


handlers: list[ControllerRouterHandler] = [
    get_calendar, set_calendar, get_project_calendar, set_project_calendar, get_working_time,
    list_absences, add_absence, get_absence, update_absence, delete_absence,
]  # fmt: skip
