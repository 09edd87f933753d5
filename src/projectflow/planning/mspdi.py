"""A project as Microsoft Project's XML (MSPDI): outline, dates, links with their lag, and people.

The schema: https://learn.microsoft.com/en-us/office-project/xml-data-interchange/
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

import asyncpg

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.project_plan import ProjectTooLarge
from projectflow.projects.access import require_project
from projectflow.projects.service import read_visible

MOST: Final = 10_000
NAMESPACE: Final = "http://schemas.microsoft.com/project"
TYPES: Final[Mapping[str, int]] = {
    "finish_to_finish": 0, "finish_to_start": 1, "start_to_finish": 2, "start_to_start": 3,
}  # fmt: skip
MINUTES, ELAPSED_MINUTES = 3, 4
"""Of LagFormat: whose minutes a lag is counted in. LinkLag itself is tenths of minutes."""
PRIORITIES: Final[Mapping[str, int]] = {"low": 300, "medium": 500, "high": 700, "urgent": 900}
NOT_IN_XML: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


async def export_project(db: Db, actor: Actor, project_id: UUID) -> bytes:
    """The project's tasks that are neither archived nor deleted, in the order of its outline.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        ProjectTooLarge: it has more than 10,000.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    project = await read_visible(db, actor, project_id)
    tasks = await _tasks(db, actor, project_id)
    if len(tasks) > MOST:
        raise ProjectTooLarge(f"The project has more than {MOST:,} tasks.")
    links = await _links(db, actor, project_id)
    root = Element("Project", xmlns=NAMESPACE)
    _say(root, Name=project.name, Title=project.name, GUID=str(project.id).upper())
    _say(root, ScheduleFromStart=1, MinutesPerDay=480, CurrencyCode=project.budget_currency)
    outline = list(_outline(tasks))
    uids = {task["id"]: place + 1 for place, (task, _) in enumerate(outline)}
    people = {p: place + 1 for place, p in enumerate(dict.fromkeys(_assignees(tasks)))}
    written = SubElement(root, "Tasks")
    for task, level in outline:
        _write_task(written, task, level, uids, links.get(task["id"], ()))
    resources = SubElement(root, "Resources")
    for (_, name, email), uid in people.items():
        resource = SubElement(resources, "Resource")
        _say(resource, UID=uid, ID=uid, Name=name, Type=1)
        if actor.may_always("user", "read"):
            _say(resource, EmailAddress=email)
    assignments = SubElement(root, "Assignments")
    for task, _ in outline:
        if task["assignee_id"] is not None:
            uid = people[task["assignee_id"], task["person"], task["email"]]
            _say(
                SubElement(assignments, "Assignment"),
                UID=uids[task["id"]],
                TaskUID=uids[task["id"]],
                ResourceUID=uid,
            )
    return tostring(root, encoding="utf-8", xml_declaration=True)


async def _tasks(db: Db, actor: Actor, project_id: UUID) -> list[asyncpg.Record]:
    return await db.fetch(
        """
        SELECT t.id, t.parent_id, t.title, t.description, t.priority, t.start_date, t.due_date,
               t.estimated_hours, t.created_at, t.completed_at, t.assignee_id, s.category,
               u.first_name || ' ' || u.last_name AS person, u.email
        FROM tasks t
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = $2 AND s.key = t.status
        LEFT JOIN users u ON u.tenant_id = $1 AND u.id = t.assignee_id
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
          AND t.archived_at IS NULL
        ORDER BY t.position LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MOST + 1,
    )


async def _links(db: Db, actor: Actor, project_id: UUID) -> dict[UUID, list[asyncpg.Record]]:
    rows = await db.fetch(
        """
        SELECT d.task_id, d.depends_on_task_id, d.dependency_type, d.lag_minutes, d.lag_is_elapsed
        FROM tasks t JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = t.id
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
          AND t.archived_at IS NULL
        ORDER BY d.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        5 * MOST,
    )
    links: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        links.setdefault(row["task_id"], []).append(row)
    return links


def _outline(tasks: Sequence[asyncpg.Record]) -> Iterator[tuple[asyncpg.Record, int]]:
    """Each task with its level, the parents before what stands below them."""
    here = {task["id"] for task in tasks}
    below: dict[UUID | None, list[asyncpg.Record]] = {}
    for task in tasks:
        parent = task["parent_id"] if task["parent_id"] in here else None
        below.setdefault(parent, []).append(task)
    waiting = [(task, 1) for task in reversed(below.get(None, []))]
    while waiting:
        task, level = waiting.pop()
        yield task, level
        waiting += [(child, level + 1) for child in reversed(below.get(task["id"], []))]


def _write_task(
    written: Element,
    task: asyncpg.Record,
    level: int,
    uids: Mapping[UUID, int],
    links: Sequence[asyncpg.Record],
) -> None:
    element = SubElement(written, "Task")
    uid = uids[task["id"]]
    start: datetime | None = None
    if task["start_date"] is not None:
        start = datetime.combine(task["start_date"], time(8), UTC)
    done = task["category"] in {"completed", "cancelled"}
    _say(
        element, UID=uid, ID=uid, Name=task["title"], OutlineLevel=level,
        Priority=PRIORITIES[task["priority"]], CreateDate=_moment(task["created_at"]),
        Start=_moment(start), Finish=_moment(task["due_date"]),
        Duration=_duration(task["estimated_hours"]), DurationFormat=7,
        PercentComplete=100 if done else 0, ActualFinish=_moment(task["completed_at"]),
        Notes=task["description"],
    )  # fmt: skip
    for link in links:
        predecessor = uids.get(link["depends_on_task_id"])
        if predecessor is not None:  # of another project, it has no number in this file
            _say(
                SubElement(element, "PredecessorLink"),
                PredecessorUID=predecessor,
                Type=TYPES[link["dependency_type"]],
                CrossProject=0,
                LinkLag=link["lag_minutes"] * 10,
                LagFormat=ELAPSED_MINUTES if link["lag_is_elapsed"] else MINUTES,
            )


def _assignees(tasks: Sequence[asyncpg.Record]) -> Iterator[tuple[UUID, str, str]]:
    for task in tasks:
        if task["assignee_id"] is not None:
            yield task["assignee_id"], task["person"], task["email"]


def _say(element: Element, **values: Any) -> None:
    """Add what is there, as text that XML can hold."""
    for name, value in values.items():
        if value is not None:
            SubElement(element, name).text = str(value).translate(NOT_IN_XML)


def _moment(value: datetime | None) -> str | None:
    """Project knows no zones: the moment in UTC, without one."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _duration(hours: Decimal | None) -> str | None:
    if hours is None:
        return None
    minutes = int(hours * 60)
    return f"PT{minutes // 60}H{minutes % 60}M0S"
