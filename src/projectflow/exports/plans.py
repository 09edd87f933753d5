"""A project as a plan: its tasks in outline order, with the dates that a schedule gives them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.projects.types import Project
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.engine import schedule
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import (
    Activity,
    Constraint,
    Link,
    LinkType,
    Network,
    Planned,
    Schedule,
)

MOST_TASKS: Final = 20_000
DAY: Final = 8 * 60
MORNING: Final = time(8)
SHIFTS: Final = ((480, 720), (780, 1020))
"""Minutes of the day: 8 to 12, and 13 to 17."""
EARLIEST: Final = date(1950, 1, 1)
LATEST: Final = date(2150, 1, 1)
"""Between them a plan can begin; the schedule's calendar ends 1900 and 2200."""


class PlanTooLarge(InvalidInput):
    """A plan has at most 20,000 tasks."""


class PlanTask(Struct, frozen=True):
    """A task as a plan needs it. The description is its first 4,000 characters."""

    id: UUID
    number: int
    parent_id: UUID | None
    title: str
    description: str | None
    priority: str
    category: str
    assignee_id: UUID | None
    start_date: date | None
    due_date: datetime | None
    estimated_hours: Decimal | None
    actual_hours: Decimal | None
    completed_at: datetime | None
    created_at: datetime

    @property
    def minutes(self) -> int:
        """How long it takes: as estimated, else from its start to its end, else a day."""
        if self.estimated_hours:
            return round(self.estimated_hours * 60)
        if self.start_date and self.due_date and self.due_date.date() >= self.start_date:
            days = range(min((self.due_date.date() - self.start_date).days + 1, 5_000))
            working = sum((self.start_date.weekday() + day) % 7 < 5 for day in days)
            return max(1, working) * DAY
        return DAY


PLAN_COLUMNS: Final = (
    "t.id, t.number, t.parent_id, t.title, left(t.description, 4000), t.priority, s.category,"
    " t.assignee_id, t.start_date, t.due_date, t.estimated_hours, t.actual_hours, t.completed_at,"
    " t.created_at"
)


class PlanPerson(Struct, frozen=True):
    """Somebody who works in the plan; without an address for those who may not look people up."""

    id: UUID
    name: str
    email: str | None


class Placed(Struct, frozen=True):
    """A task where it stands in the outline."""

    task: PlanTask
    outline: tuple[int, ...]
    """1, 2, 1 for 1.2.1."""
    is_summary: bool


class Plan(Struct, frozen=True):
    """A project's tasks and links, ready to be scheduled and written."""

    project: Project
    tasks: Sequence[Placed]
    links: Sequence[Link]
    people: Sequence[PlanPerson]


EXISTING: Final[LiteralString] = "t.deleted_at IS NULL AND t.archived_at IS NULL"


async def read_plan(db: Db, actor: Actor, project: Project) -> Plan:
    """A project's plan, for somebody who may read its tasks.

    Raises:
        PlanTooLarge: it has more than 20,000 tasks.
    """
    rows = await db.fetch(
        f"""
        SELECT {PLAN_COLUMNS}
        FROM tasks t JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = t.status
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND {EXISTING}
        ORDER BY t.position LIMIT $3
        """,
        actor.tenant_id,
        project.id,
        MOST_TASKS + 1,
    )
    if len(rows) > MOST_TASKS:
        raise PlanTooLarge
    tasks = [PlanTask(*row) for row in rows]
    known = {task.id for task in tasks}
    links = await db.fetch(
        f"""
        SELECT d.task_id, d.depends_on_task_id, d.dependency_type, d.lag_minutes, d.lag_is_elapsed
        FROM tasks t JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = t.id
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND {EXISTING}
        ORDER BY t.number, d.created_at, d.id
        """,
        actor.tenant_id,
        project.id,
    )
    people = await db.fetch(
        """
        SELECT id, first_name || ' ' || last_name, CASE WHEN $3 THEN email END FROM users
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY last_name, first_name, id
        """,
        actor.tenant_id,
        list({task.assignee_id for task in tasks if task.assignee_id}),
        actor.may_always("user", "read"),
    )
    return Plan(
        project,
        outlined(tasks),
        [
            Link(
                row["depends_on_task_id"],
                row["task_id"],
                LinkType[row["dependency_type"].upper()],
                row["lag_minutes"],
                row["lag_is_elapsed"],
            )
            for row in links
            if row["depends_on_task_id"] in known
        ],
        [PlanPerson(*row) for row in people],
    )


def outlined(tasks: Sequence[PlanTask]) -> list[Placed]:
    """The tasks in outline order: each before what is below it, those beside each other by rank."""
    known = {task.id for task in tasks}
    below: dict[UUID | None, list[PlanTask]] = {}
    for task in tasks:
        above = task.parent_id if task.parent_id in known else None
        below.setdefault(above, []).append(task)
    placed: list[Placed] = []
    waiting = [(task, (n,)) for n, task in enumerate(below.get(None, []), start=1)][::-1]
    while waiting:
        task, outline = waiting.pop()
        children = below.get(task.id, [])
        placed.append(Placed(task, outline, bool(children)))
        numbered = [(child, (*outline, n)) for n, child in enumerate(children, start=1)]
        waiting += numbered[::-1]
    return placed


def week() -> WorkingCalendar:
    """Monday to Friday, eight hours a day: what Project calls Standard."""
    return WorkingCalendar((SHIFTS,) * 5 + ((),) * 2)


def scheduled(plan: Plan) -> tuple[Schedule, dict[UUID, Planned]]:
    """When each task can start and finish. Times have no zone, as in Project's files.

    Raises:
        InvalidInput: the links or the estimates leave no time; says which task.
    """
    parents = {placed.task.id: placed.task.parent_id for placed in plan.tasks}
    activities = [
        Activity(
            id=placed.task.id,
            duration=placed.task.minutes,
            parent_id=placed.task.parent_id if placed.task.parent_id in parents else None,
            constraint=Constraint.START_NO_EARLIER_THAN
            if (start := wanted_start(placed))
            else Constraint.AS_SOON_AS_POSSIBLE,
            constraint_date=start,
        )
        for placed in plan.tasks
    ]
    network = Network(
        start=_beginning(plan),
        calendar=Timetable(week()),
        activities=tuple(activities),
        links=tuple(plan.links),
    )
    found = schedule(network)
    return found, found.activities


def wanted_start(placed: Placed) -> datetime | None:
    """The morning before which a task is not to start; a summary starts with what is below it."""
    day = placed.task.start_date
    if day is None or placed.is_summary or not EARLIEST <= day <= LATEST:
        return None
    return datetime.combine(day, MORNING)


def _beginning(plan: Plan) -> datetime:
    """The project's start, else the first that a task has, else the day when the first was made."""
    starts = [start for placed in plan.tasks if (start := wanted_start(placed))]
    day = plan.project.start_date
    if day is None or not EARLIEST <= day <= LATEST:
        made = min((p.task.created_at for p in plan.tasks), default=datetime.now(UTC)).date()
        day = min(starts).date() if starts else min(max(made, EARLIEST), LATEST)
    return datetime.combine(day, MORNING)


def dates_of(placed: Placed, planned: Planned) -> tuple[datetime, datetime]:
    """When a task starts and finishes: as people have said, else as it is planned."""
    task = placed.task
    start, finish = planned.start, planned.finish
    if task.start_date is not None:
        start = datetime.combine(task.start_date, MORNING)
    if task.due_date is not None:
        finish = task.due_date.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    elif finish < start:
        finish = start + timedelta(minutes=task.minutes)
    return min(start, finish), finish
