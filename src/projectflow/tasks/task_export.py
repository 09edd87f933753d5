"""What a query means as CSV or as an Excel workbook, for whoever reads tables."""

import csv
import io
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Final, Literal
from uuid import UUID

import anyio
from msgspec import Struct
from openpyxl import Workbook

from projectflow.audit.export import FORMULA
from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.tasks.find import ask, find_tasks
from projectflow.tasks.types import Task

Format = Literal["csv", "xlsx"]
BATCH: Final = 500
MOST: Final[dict[Format, int]] = {"csv": 100_000, "xlsx": 20_000}
"""Tasks that an export holds; a workbook is made as a whole before it is sent."""
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS: Final = (
    "key", "title", "status", "priority", "assignee", "reporter", "parent", "milestone",
    "start_date", "due_date", "estimated_hours", "actual_hours", "tags", "created_at",
    "updated_at", "completed_at", "archived_at", "description", "id", "project_id",
)  # fmt: skip


class Names(Struct, frozen=True):
    """What the people, parents and milestones of some tasks are called."""

    people: dict[UUID, str]
    parents: dict[UUID, str]
    milestones: dict[UUID, str]


async def record_export(db: Db, actor: Actor, text: str, chosen: Format) -> None:
    """Write down that tasks are taken away.

    Raises:
        Forbidden, InvalidQuery: as for a list of what the query means.
    """
    await ask(db, actor, text)
    payload = {"format": chosen, "query": text}
    change = Change("tasks.exported", "workspace", actor.tenant_id, payload=payload)
    await record(db, actor.tenant_id, actor.user_id, change)


async def exported(
    database: Database, actor: Actor, text: str, chosen: Format
) -> AsyncGenerator[bytes]:
    """The tasks in the query's order; what a spreadsheet would run begins with an apostrophe.

    No transaction is open while somebody slow takes a batch in.
    """
    if chosen == "csv":
        yield _csv([COLUMNS])
        async for rows in _batches(database, actor, text, MOST[chosen]):
            yield _csv(rows)
        return
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Tasks")
    sheet.append(COLUMNS)
    async for rows in _batches(database, actor, text, MOST[chosen]):
        for row in rows:
            sheet.append(row)
    packed = io.BytesIO()
    await anyio.to_thread.run_sync(book.save, packed)
    yield packed.getvalue()


async def _batches(
    database: Database, actor: Actor, text: str, most: int
) -> AsyncGenerator[list[list[Any]]]:
    cursor: str | None = None
    for _ in range(most // BATCH):
        async with database.tenant(
            actor.tenant_id, read_only=True, projects=actor.project_ids
        ) as db:
            page = await find_tasks(
                db, actor, text, limit=BATCH, cursor=cursor, include_total=False
            )
            names = await _names(db, actor, page.items)
        yield [_cells(task, names) for task in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return


async def _names(db: Db, actor: Actor, tasks: Iterable[Task]) -> Names:
    tasks = list(tasks)
    people = {p for t in tasks for p in (t.assignee_id, t.reporter_id) if p}
    rows = await db.fetch(
        """
        SELECT 'person' AS kind, id, first_name || ' ' || last_name AS name FROM users
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        UNION ALL
        SELECT 'parent', t.id, p.key || '-' || t.number
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($3::uuid[])
        UNION ALL
        SELECT 'milestone', id, name FROM milestones
        WHERE tenant_id = $1 AND id = ANY ($4::uuid[])
        """,
        actor.tenant_id,
        list(people),
        list({t.parent_id for t in tasks if t.parent_id}),
        list({t.milestone_id for t in tasks if t.milestone_id}),
    )
    called: dict[str, dict[UUID, str]] = {"person": {}, "parent": {}, "milestone": {}}
    for row in rows:
        called[row["kind"]][row["id"]] = row["name"]
    return Names(called["person"], called["parent"], called["milestone"])


def _cells(task: Task, names: Names) -> list[Any]:
    def moment(value: Any) -> str:
        return value.isoformat() if value else ""

    return [
        task.key,
        _harmless(task.title),
        task.status,
        task.priority,
        _harmless(names.people.get(task.assignee_id, "") if task.assignee_id else ""),
        _harmless(names.people.get(task.reporter_id, "")),
        names.parents.get(task.parent_id, "") if task.parent_id else "",
        _harmless(names.milestones.get(task.milestone_id, "") if task.milestone_id else ""),
        moment(task.start_date),
        moment(task.due_date),
        task.estimated_hours,
        task.actual_hours,
        _harmless(", ".join(task.tags)),
        moment(task.created_at),
        moment(task.updated_at),
        moment(task.completed_at),
        moment(task.archived_at),
        _harmless(task.description or ""),
        str(task.id),
        str(task.project_id),
    ]


def _harmless(text: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; after an apostrophe it shows it.

    A workbook's cell holds 32,767 characters, and no control characters.
    """
    plain = "".join(c for c in text[:32_000] if c >= " " or c in "\t\n\r")
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _csv(rows: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
