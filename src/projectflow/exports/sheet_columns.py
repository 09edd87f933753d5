"""The columns that a sheet of tasks can have, and what stands in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.audit.export import harmless
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.tasks.types import Task

Cell = str | int | Decimal | date | datetime | None


class Names(Struct, frozen=True):
    """What the ids of a page of tasks are called."""

    people: Mapping[UUID, str]
    projects: Mapping[UUID, str]
    states: Mapping[tuple[UUID, str], str]
    parents: Mapping[UUID, str]


async def names_of(db: Db, actor: Actor, tasks: Sequence[Task]) -> Names:
    """Look up what a page's people, projects, states and parents are called, in four queries."""
    tenant_id = actor.tenant_id
    people = await db.fetch(
        """
        SELECT id, first_name || ' ' || last_name FROM users
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        """,
        tenant_id,
        list({who for t in tasks for who in (t.assignee_id, t.reporter_id) if who}),
    )
    projects = list({task.project_id for task in tasks})
    named = await db.fetch(
        "SELECT id, name FROM projects WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        tenant_id,
        projects,
    )
    states = await db.fetch(
        """
        SELECT project_id, key, name FROM workflow_states
        WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[])
        """,
        tenant_id,
        projects,
    )
    parents = await db.fetch(
        """
        SELECT t.id, p.key || '-' || t.number
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[])
        """,
        tenant_id,
        list({task.parent_id for task in tasks if task.parent_id}),
    )
    return Names(
        dict(map(tuple, people)),
        dict(map(tuple, named)),
        {(row["project_id"], row["key"]): row["name"] for row in states},
        dict(map(tuple, parents)),
    )


Reading = Callable[[Task, Names], Cell]
COLUMNS: Final[Mapping[str, Reading]] = {
    "key": lambda t, _: t.key,
    "title": lambda t, _: t.title,
    "project": lambda t, n: n.projects.get(t.project_id),
    "status": lambda t, n: n.states.get((t.project_id, t.status), t.status),
    "priority": lambda t, _: t.priority,
    "assignee": lambda t, n: n.people.get(t.assignee_id) if t.assignee_id else None,
    "reporter": lambda t, n: n.people.get(t.reporter_id),
    "parent": lambda t, n: n.parents.get(t.parent_id) if t.parent_id else None,
    "tags": lambda t, _: ", ".join(t.tags),
    "start_date": lambda t, _: t.start_date,
    "due_date": lambda t, _: t.due_date,
    "estimated_hours": lambda t, _: t.estimated_hours,
    "actual_hours": lambda t, _: t.actual_hours,
    "description": lambda t, _: t.description,
    "created_at": lambda t, _: t.created_at,
    "updated_at": lambda t, _: t.updated_at,
    "completed_at": lambda t, _: t.completed_at,
    "archived_at": lambda t, _: t.archived_at,
    "id": lambda t, _: str(t.id),
}
USUAL: Final = (
    "key", "title", "project", "status", "priority", "assignee", "parent", "tags", "start_date",
    "due_date", "estimated_hours", "actual_hours", "completed_at", "created_at", "updated_at",
)  # fmt: skip


def columns_of(text: str | None) -> tuple[str, ...]:
    """The columns that `key,title` names, in its order; the usual ones without it.

    Raises:
        InvalidInput: one is unknown, or stands there twice.
    """
    if text is None:
        return USUAL
    chosen = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in chosen if name not in COLUMNS]
    if unknown:
        known = ", ".join(COLUMNS)
        raise InvalidInput.of("columns", f"“{unknown[0][:50]}” is none: there are {known}")
    if len(set(chosen)) < len(chosen):
        raise InvalidInput.of("columns", "names a column twice")
    return chosen


def cells_of(task: Task, names: Names, columns: Sequence[str]) -> list[Cell]:
    """A task's row. No text begins like a formula."""
    cells = [COLUMNS[column](task, names) for column in columns]
    return [harmless(cell) if isinstance(cell, str) else cell for cell in cells]


LONGEST_CELL: Final = 32_767
"""Characters that Excel takes in a cell."""
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
FIRST_OF_EXCEL: Final = date(1900, 3, 1)
"""Excel counts days from 1900, and takes that for a leap year."""


def for_excel(cell: Cell) -> Cell:
    """The same as Excel takes it: times without a zone, in UTC; text that fits into a cell."""
    match cell:
        case str():
            return CONTROL.sub("", cell)[:LONGEST_CELL]
        case datetime():
            naive = cell.replace(tzinfo=None, microsecond=0)
            return naive if naive.date() >= FIRST_OF_EXCEL else cell.isoformat()
        case date():
            return cell if cell >= FIRST_OF_EXCEL else cell.isoformat()
        case _:
            return cell


def for_csv(cell: Cell) -> str | int | Decimal | None:
    """The same as text that every spreadsheet and program reads."""
    return cell.isoformat() if isinstance(cell, date) else cell
