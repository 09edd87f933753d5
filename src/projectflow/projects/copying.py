"""Templates and copies: a project with its workflow, milestones and tasks, made from another.

What is copied has not happened yet: its tasks stand where work begins, belong to nobody and took
no time; their steps are undone. Custom fields with their values, files, and how tasks are scheduled
go along. What was archived or deleted, comments, tracked time and members stay behind.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
from projectflow.core.problems import Conflict, InvalidInput
from projectflow.projects import copied_parts, copied_rows
from projectflow.projects.access import require_project
from projectflow.projects.copied_rows import Copy, Pairs, SourceTask
from projectflow.projects.service import insert_project, list_states, read_visible
from projectflow.projects.types import (
    PROJECT_COLUMNS,
    NewProject,
    NewState,
    Project,
    ProjectKey,
    ProjectName,
    State,
)

MAX_TASKS: Final = 2_000
MAX_PARTS: Final = 10_000
"""Checklist items, dependencies, and attachments."""
BEGINNINGS: Final = ("unstarted", "backlog", "started", "cancelled", "completed")
FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 28)
FIRST_SCHEDULED, LAST_SCHEDULED = date(1970, 1, 1), date(2199, 12, 31)


class NewTemplate(Struct, frozen=True, forbid_unknown_fields=True):
    """A template to make of a project; `id` may be made by the client (UUIDv7)."""

    name: ProjectName
    id: UUID | UnsetType = UNSET
    key: ProjectKey | UnsetType = UNSET


class ProjectCopy(Struct, frozen=True, forbid_unknown_fields=True):
    """A project to make of a template, or of any other project.

    All dates move as far as the project's start moves, which without one of its own is its first
    date. Without a start date they stay.
    """

    name: ProjectName
    id: UUID | UnsetType = UNSET
    key: ProjectKey | UnsetType = UNSET
    start_date: date | None = None


class TooLargeToCopy(Conflict):
    """The project has too much to copy at once.

    That is over 2,000 tasks, 10,000 checklist items, dependencies or attachments, or 50,000 values
    of custom fields.
    """


async def save_as_template(
    db: Db, actor: Actor, project_id: UUID, new: NewTemplate, quota: int
) -> Project:
    """Make a template of a project; it starts at the project's first date.

    `quota` is how many bytes of attachments the workspace may have.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read the project's tasks or create projects.
        ProjectKeyTaken, ProjectExists: the key or id is used by another project.
        TooLargeToCopy, StorageFull: as their names say.
    """
    copy = ProjectCopy(new.name, new.id, new.key)
    return await _copy(db, actor, project_id, copy, quota, is_template=True)


async def copy_project(
    db: Db, actor: Actor, project_id: UUID, new: ProjectCopy, quota: int
) -> Project:
    """Make a project of a template, or of another project.

    Raises:
        ProjectNotFound, Forbidden, ProjectKeyTaken, ProjectExists, TooLargeToCopy,
            StorageFull: as for `save_as_template`.
        InvalidInput: a date would leave the years 1 to 9999.
    """
    return await _copy(db, actor, project_id, new, quota, is_template=False)


async def _copy(
    db: Db, actor: Actor, project_id: UUID, new: ProjectCopy, quota: int, *, is_template: bool
) -> Project:
    source = await read_visible(db, actor, project_id)
    await require_project(db, actor, project_id)
    actor.must_be_allowed("project", "create")
    await copied_rows.hold_tasks(db, actor, project_id)
    tasks = await copied_rows.read_tasks(db, actor, project_id, MAX_TASKS + 1)
    ids = [task.id for task in tasks]
    if (
        len(tasks) > MAX_TASKS
        or await copied_rows.has_more_parts(db, actor, ids, MAX_PARTS)
        or await copied_parts.has_too_much(db, actor, ids, MAX_PARTS)
    ):
        raise TooLargeToCopy
    extent = await copied_parts.read_extent(db, actor, ids)
    milestones = await copied_rows.read_milestones(db, actor, project_id)
    zone = await copied_rows.time_zone(db, actor)
    dates = sorted(_dates(source, tasks, [due for _, due in milestones], ZoneInfo(zone)))
    origin = source.start_date or (dates[0] if dates else None)
    others = [day for day in (extent.first_day, extent.last_day) if day is not None]
    days = _shift(sorted([*dates, *others]), origin, new.start_date)
    _check_schedules(extent, days)
    states = await list_states(db, actor, project_id)
    made = await insert_project(
        db, actor, _project(source, new, origin, days), [_state(state) for state in states]
    )
    copy = Copy(project_id, made.id, days, zone)
    project = await _finish(db, actor, copy, is_template=is_template)
    paired = Pairs([old for old, _ in milestones], [uuid7() for _ in milestones])
    pairs = Pairs([task.id for task in tasks], [uuid7() for _ in tasks])
    await copied_rows.copy_milestones(db, actor, copy, paired)
    await copied_rows.copy_tasks(db, actor, copy, pairs, paired, _beginning(states))
    await copied_rows.copy_checklists(db, actor, pairs)
    await copied_rows.copy_dependencies(db, actor, pairs)
    await copied_parts.copy_schedules(db, actor, copy, pairs)
    await copied_parts.copy_fields(db, actor, copy, pairs)
    await copied_parts.copy_attachments(db, actor, pairs, quota)
    created = Change(
        "project.created",
        "project",
        project.id,
        payload={"after": project, "copied_from": project_id},
        project_id=project.id,
    )
    seq = await record(db, actor.tenant_id, actor.user_id, created)
    await copied_rows.log_copies(db, actor, project.id, seq)
    await copied_parts.log_parts(db, actor, project.id, seq)
    return project


def _dates(
    source: Project, tasks: list[SourceTask], due: list[date | None], zone: ZoneInfo
) -> Iterator[date]:
    """Every date of a project, as its owner would read it."""
    yield from (d for d in (source.start_date, source.end_date, *due) if d is not None)
    for task in tasks:
        if task.start_date is not None:
            yield task.start_date
        if task.due_date is not None:
            yield _day(task.due_date, zone)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def _shift(dates: list[date], origin: date | None, start: date | None) -> int:
    """By how many days everything moves.

    Raises:
        InvalidInput: something would move out of the calendar.
    """
    if start is None or origin is None or start == origin:
        return 0
    by = start - origin
    try:
        ends = (dates[0] + by, dates[-1] + by)
    except OverflowError:
        ends = (date.min, date.max)
    if min(dates[0], ends[0]) < FIRST_DAY or max(dates[-1], ends[1]) > LAST_DAY:
        raise InvalidInput.of("start_date", "would move a date out of the years 1 to 9999")
    return by.days


def _check_schedules(extent: copied_parts.Extent, days: int) -> None:
    """Constraints and deadlines stay in the years that are scheduled.

    Raises:
        InvalidInput: one would leave them.
    """
    if extent.first_moment is None or extent.last_moment is None or not days:
        return
    first, last = extent.first_moment.toordinal() + days, extent.last_moment.toordinal() + days
    if first <= FIRST_SCHEDULED.toordinal() or last >= LAST_SCHEDULED.toordinal():
        raise InvalidInput.of("start_date", "would move a constraint out of the years 1970 to 2199")


def _project(source: Project, new: ProjectCopy, origin: date | None, days: int) -> NewProject:
    end = source.end_date and source.end_date + timedelta(days=days)
    return NewProject(
        name=new.name,
        id=new.id,
        key=new.key,
        description=source.description,
        start_date=new.start_date or origin,
        end_date=end,
        budget_amount=source.budget_amount,
        budget_currency=source.budget_currency,
    )


def _state(state: State) -> NewState:
    return NewState(state.key, state.name, state.category, state.color)


def _beginning(states: list[State]) -> State:
    """Where a task goes whose work has begun or is over."""
    return min(states, key=lambda s: (BEGINNINGS.index(s.category), s.position))


async def _finish(db: Db, actor: Actor, copy: Copy, *, is_template: bool) -> Project:
    """Settings go along, but for a person who may have nothing to do with the new project."""
    row = await db.fetchrow(
        f"""
        UPDATE projects p SET is_template = $4, settings = (
            SELECT s.settings - 'default_assignee_id' FROM projects s
            WHERE s.tenant_id = $1 AND s.id = $3)
        WHERE p.tenant_id = $1 AND p.id = $2 RETURNING {PROJECT_COLUMNS}
        """,
        actor.tenant_id,
        copy.project_id,
        copy.source_id,
        is_template,
    )
    return Project(*only(row))
