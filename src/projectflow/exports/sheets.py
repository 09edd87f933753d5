"""Tasks as a sheet: CSV in a stream, or an Excel workbook."""

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, Literal

import anyio
from msgspec import Struct
from openpyxl import Workbook

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db
from projectflow.core.events import Change, record
from projectflow.exports.sheet_columns import (
    Cell,
    cells_of,
    columns_of,
    for_csv,
    for_excel,
    names_of,
)
from projectflow.projects.types import Project
from projectflow.tasks.find import find_tasks

Format = Literal["csv", "xlsx"]
MAX_ROWS: Final[dict[Format, int]] = {"csv": 100_000, "xlsx": 50_000}
BATCH: Final = 1_000
PIECE: Final = 256 * 1024
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Sheet(Struct, frozen=True):
    """Which tasks, and what of them."""

    query: str
    columns: tuple[str, ...]
    format: Format


async def record_sheet(
    db: Db, actor: Actor, query: str, columns: str | None, chosen: Format, project: Project | None
) -> Sheet:
    """See that a sheet can be made, and write down that tasks are taken away.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidQuery: says where the query is wrong.
        InvalidInput: a column is unknown.
    """
    asked = Sheet(query, columns_of(columns), chosen)
    await find_tasks(db, actor, query, limit=1, cursor=None, include_total=False)
    payload = {"format": chosen, "query": query, "columns": asked.columns}
    entity, entity_id = ("workspace", actor.tenant_id)
    if project is not None:
        entity, entity_id = ("project", project.id)
    change = Change(
        "tasks.exported", entity, entity_id, payload=payload, project_id=project and project.id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return asked


async def as_csv(database: Database, actor: Actor, sheet: Sheet) -> AsyncGenerator[bytes]:
    """The tasks in the query's order, at most 100,000, a batch at a time.

    No transaction is open while somebody slow takes a batch in.
    """
    yield _csv([sheet.columns])
    async for rows in _rows(database, actor, sheet):
        yield _csv([[for_csv(cell) for cell in row] for row in rows])


async def as_excel(database: Database, actor: Actor, sheet: Sheet) -> AsyncGenerator[bytes]:
    """The same as a workbook, at most 50,000 tasks; written to disk, then given out."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet("Tasks")
    page.freeze_panes = "A2"
    page.append(list(sheet.columns))

    def append(rows: Sequence[Sequence[Cell]]) -> None:
        for row in rows:
            page.append([for_excel(cell) for cell in row])

    async for rows in _rows(database, actor, sheet):
        await anyio.to_thread.run_sync(append, rows)
    with NamedTemporaryFile(prefix="projectflow-", suffix=".xlsx") as file:
        await anyio.to_thread.run_sync(book.save, file.name)
        async with await anyio.open_file(Path(file.name), "rb") as written:
            while piece := await written.read(PIECE):
                yield piece


async def _rows(database: Database, actor: Actor, sheet: Sheet) -> AsyncIterator[list[list[Cell]]]:
    left, cursor = MAX_ROWS[sheet.format], None
    while left > 0:
        async with database.tenant(
            actor.tenant_id, read_only=True, projects=actor.project_ids
        ) as db:
            page = await find_tasks(
                db,
                actor,
                sheet.query,
                limit=min(BATCH, left),
                cursor=cursor,
                include_total=False,
            )
            names = await names_of(db, actor, page.items)
        yield [cells_of(task, names, sheet.columns) for task in page.items]
        left, cursor = left - len(page.items), page.next_cursor
        if cursor is None:
            return


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
