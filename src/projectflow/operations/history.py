"""`projectflow import history`: any table of `id, created, started, resolved` as a project.

The tasks and their events are dated as in the file, so that metrics and forecasts see a past that
this workspace did not have. Events go past the HTTP API for that: nobody dates one there.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, Literal, get_args
from uuid import UUID

import anyio
import msgspec
from msgspec import Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Database, Db, connect
from projectflow.core.events import Change, note_events, record, to_json
from projectflow.core.problems import Problem
from projectflow.core.settings import Settings
from projectflow.embedded.refusal import Refusal
from projectflow.imports import rows
from projectflow.imports.incoming import MAX_TASKS
from projectflow.imports.rows import TaskRow
from projectflow.imports.values import text
from projectflow.projects.service import insert_project, project_created
from projectflow.projects.types import DEFAULT_WORKFLOW, NewProject

Field = Literal["id", "title", "created", "started", "resolved"]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
OPTIONAL: Final = frozenset({"title", "started"})
MAX_BYTES: Final = 100 * 1024 * 1024
EVENTS_AT_ONCE: Final = 2_000
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""As metrics go back."""


class HistoryRefused(Refusal):
    """There is no such workspace or person, they may not, or the file is no such table."""


class Past(Struct, frozen=True):
    """What became of one thing."""

    id: str
    title: str
    created: datetime
    started: datetime | None
    resolved: datetime | None


class History(Struct, frozen=True):
    """What a file holds, and what of it was refused: the line, and why."""

    tasks: list[Past]
    refused: list[tuple[int, str]]


class Loaded(Struct, frozen=True):
    """What came of a file."""

    project_id: UUID
    project_key: str
    tasks: int
    events: int
    refused: list[tuple[int, str]]

    def report(self) -> str:
        """In words, a line for each line that was refused."""
        said = [f"Project {self.project_key}: {self.tasks} tasks, {self.events} events."]
        said += [f"line {line}: {why}" for line, why in self.refused]
        return "\n".join(said)


async def import_history(
    settings: Settings,
    path: Path,
    slug: str,
    email: str | None,
    name: str | None,
    mapping: str | None,
) -> Loaded:
    """Make a project of a file, in one transaction, in the name of a person of a workspace.

    Args:
        settings: of the installation.
        path: the file.
        slug: the workspace's address.
        email: the person's.
        name: what the project is called: as the file, unless said.
        mapping: how the file calls its columns, as JSON: `{"resolved": "closed_at"}`.

    Raises:
        HistoryRefused: as its name says; nothing was written.
        OSError, asyncpg.PostgresError: the database cannot be reached.
    """
    if email is None:
        raise HistoryRefused("--email is needed: in whose name")
    try:
        columns = msgspec.json.decode(mapping or "{}", type=dict[Field, str])
    except msgspec.DecodeError as error:
        fields = ", ".join(FIELDS)
        raise HistoryRefused(f"the mapping is JSON that names columns for {fields}") from error
    if (await anyio.Path(path).stat()).st_size > MAX_BYTES:
        raise HistoryRefused("the file is larger than 100 MB")
    content = await anyio.Path(path).read_bytes()
    history = await anyio.to_thread.run_sync(read_history, content, columns)
    database = await connect(settings)
    try:
        return await load_history(database, history, slug, email, name or path.stem)
    finally:
        await database.close()


def read_history(content: bytes, columns: Mapping[Field, str]) -> History:
    """Read a CSV file with a line of headings; commas, semicolons or tabs.

    Args:
        content: in UTF-8.
        columns: how the columns are called in the file, by how they are called here: `id`,
            `created`, `resolved`, and if there are such `started` and `title`.

    Raises:
        HistoryRefused: it is no such table.
    """
    try:
        lines = io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise HistoryRefused("the file is not in UTF-8") from error
    first = lines.readline()
    lines.seek(0)
    table = csv.reader(lines, delimiter=max(",;\t", key=first.count))
    try:
        headings = [cell.strip().casefold() for line in islice(table, 1) for cell in line]
        places: dict[str, int] = {}
        for field in FIELDS:
            called = columns.get(field, field).strip().casefold()
            if called in headings:
                places[field] = headings.index(called)
            elif field not in OPTIONAL or field in columns:
                raise HistoryRefused(f"there is no column {called!r}: --mapping names it")
        return _read(((table.line_num, cells) for cells in table), places)
    except csv.Error as error:
        raise HistoryRefused(f"line {table.line_num}: {error}") from error


def _read(lines: Iterator[tuple[int, list[str]]], places: dict[str, int]) -> History:
    now = datetime.now(UTC)
    tasks: dict[str, Past] = {}
    refused: list[tuple[int, str]] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        said = {f: cells[p].strip() if p < len(cells) else "" for f, p in places.items()}
        past = _past(said, now)
        if isinstance(past, Past) and past.id in tasks:
            past = f"{past.id!r} is there already"
        if isinstance(past, Past):
            if len(tasks) == MAX_TASKS:
                raise HistoryRefused(f"there are more than {MAX_TASKS} tasks")
            tasks[past.id] = past
        else:
            refused.append((number, past))
    return History(list(tasks.values()), refused)


def _past(said: dict[str, str], now: datetime) -> Past | str:
    """One line; what is wrong with it in words."""
    key = text(said["id"], 100)
    if not key:
        return "there is no id"
    moments: dict[str, datetime | None] = {}
    before = EARLIEST
    for field in ("created", "started", "resolved"):
        value = said.get(field, "")
        moment = _moment(value)
        if moment is None and (value or field == "created"):
            return f"{field}: {value!r} is no ISO date" if value else f"there is no {field} date"
        if moment is not None and not EARLIEST <= moment <= now:
            return f"{field}: {value} is before 2000 or in the future"
        if moment is not None and moment < before:
            return f"{field}: {value} is before what comes before it"
        moments[field], before = moment, moment or before
    created = moments["created"]
    assert created is not None
    title = text(said.get("title"), 255) or f"Task {key}"
    return Past(key, title, created, moments["started"], moments["resolved"])


def _moment(value: str) -> datetime | None:
    """Without a zone it is UTC, without a time midnight."""
    try:
        found = datetime.fromisoformat(value)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


async def load_history(
    database: Database, history: History, slug: str, email: str, name: str
) -> Loaded:
    """Make a project of a history.

    Raises:
        HistoryRefused: there is no such workspace or person, they may not, or it has no tasks.
    """
    if not history.tasks:
        why = "".join(f"\nline {line}: {why}" for line, why in history.refused[:20])
        raise HistoryRefused(f"the file holds no task{why}")
    async with database.without_tenant() as db:
        tenant_id: UUID | None = await db.fetchval("SELECT id FROM find_workspace($1)", slug)
    if tenant_id is None:
        raise HistoryRefused(f"there is no workspace {slug}")
    async with database.tenant(tenant_id) as db:
        actor = await _person(db, tenant_id, email)
        try:
            actor.must_be_allowed("import", "create")
            actor.must_be_allowed("project", "create")
            new = NewProject(name=text(name, 200) or "History")
            project = await insert_project(db, actor, new, DEFAULT_WORKFLOW)
        except Problem as problem:
            raise HistoryRefused(problem.detail) from problem
        tasks = await _write_tasks(db, actor, project.id, history.tasks)
        # Nobody is notified of what was long before.
        await note_events(db, imported=True)
        await record(db, tenant_id, actor.user_id, project_created(project))
        dated = _events(project.id, history.tasks, tasks)
        for start in range(0, len(dated), EVENTS_AT_ONCE):
            await _record_dated(db, actor, dated[start : start + EVENTS_AT_ONCE])
    return Loaded(project.id, project.key, len(tasks), len(dated), history.refused)


async def _person(db: Db, tenant_id: UUID, email: str) -> Actor:
    row = await db.fetchrow(
        """
        SELECT u.id, u.role, r.permissions FROM users u
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        WHERE u.tenant_id = $1 AND lower(u.email) = lower($2) AND u.is_active
          AND u.deleted_at IS NULL
        """,
        tenant_id,
        email,
    )
    if row is None:
        raise HistoryRefused(f"nobody in this workspace has the address {email}")
    permissions = None if row["permissions"] is None else tuple(row["permissions"])
    return Actor(row["id"], tenant_id, row["role"], row["id"], permissions=permissions)


async def _write_tasks(
    db: Db, actor: Actor, project_id: UUID, pasts: Sequence[Past]
) -> list[TaskRow]:
    first = await rows.reserve_numbers(db, actor.tenant_id, project_id, len(pasts))
    by_age = sorted(range(len(pasts)), key=lambda n: (pasts[n].created, n))
    numbers = {place: first + n for n, place in enumerate(by_age)}
    tasks = [
        TaskRow(
            id=uuid7(), title=past.title, description=None, status=_steps(past)[-1][1],
            assignee_id=None, priority=None, reporter_id=None, estimated_hours=None, due_date=None,
            start_date=None, tags=[], completed_at=past.resolved, archived_at=None,
            created_at=past.created, updated_at=_steps(past)[-1][0],
            number=numbers[place], rank=first + place,
        )
        for place, past in enumerate(pasts)
    ]  # fmt: skip
    for batch in rows.batches(tasks):
        await rows.insert_tasks(db, actor.tenant_id, project_id, actor.user_id, batch)
    await db.execute(
        """
        UPDATE tasks t SET version = n.version
        FROM unnest($3::uuid[], $4::int[]) AS n (id, version)
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.id = n.id AND n.version > 1
        """,
        actor.tenant_id,
        project_id,
        [task.id for task in tasks],
        [len(_steps(past)) for past in pasts],
    )
    return tasks


def _steps(past: Past) -> list[tuple[datetime, str]]:
    """When it came into which state."""
    steps = [(past.created, "pending")]
    if past.started is not None:
        steps.append((past.started, "in_progress"))
    if past.resolved is not None:
        steps.append((past.resolved, "completed"))
    return steps


def _events(
    project_id: UUID, pasts: Sequence[Past], tasks: Sequence[TaskRow]
) -> list[tuple[datetime, Change]]:
    """What happened, in its order."""
    events: list[tuple[datetime, int, Change]] = []
    for past, task in zip(pasts, tasks, strict=True):
        begun = replace(task, status="pending", completed_at=None, updated_at=past.created)
        payload: dict[str, Any] = {"after": begun}
        steps = _steps(past)
        made = Change("task.created", "task", task.id, 1, payload, project_id)
        events.append((past.created, 1, made))
        for version, ((_, before), (at, after)) in enumerate(pairwise(steps), 2):
            done = at if after == "completed" else None
            payload = {
                "before": {"status": before, "completed_at": None},
                "after": {"status": after, "completed_at": done},
            }
            change = Change("task.updated", "task", task.id, version, payload, project_id)
            events.append((at, version, change))
    # Of what is at one moment, what comes first in a task stays first.
    return [(at, change) for at, _, change in sorted(events, key=lambda e: (e[0], e[1]))]


async def _record_dated(db: Db, actor: Actor, events: Sequence[tuple[datetime, Change]]) -> None:
    """As `core.events.record_all`, at moments of their own."""
    await db.execute(
        """
        WITH counted AS (
            UPDATE event_counters
            SET last_seq = last_seq + cardinality($3::timestamptz[]), is_unsettled = true
            WHERE tenant_id = $1 RETURNING last_seq - cardinality($3::timestamptz[]) AS base
        )
        INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                            entity_version, payload, created_at)
        SELECT $1, counted.base + c.place, c.type, $2, 'task', c.entity_id, $8, c.version,
               c.payload || event_note(), c.at
        FROM counted,
            unnest($3::timestamptz[], $4::text[], $5::uuid[], $6::int[], $7::jsonb[])
            WITH ORDINALITY AS c (at, type, entity_id, version, payload, place)
        """,
        actor.tenant_id,
        actor.user_id,
        [at for at, _ in events],
        [change.type for _, change in events],
        [change.entity_id for _, change in events],
        [change.version for _, change in events],
        [to_json(change.payload) for _, change in events],
        events[0][1].project_id,
    )
