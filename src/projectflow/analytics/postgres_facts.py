"""Reading and writing facts in PostgreSQL: what the feed needs of its store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

from projectflow.analytics.facts import (
    CATEGORIES,
    DAY,
    QUARTER,
    Blocked,
    Head,
    Link,
    Span,
    Step,
    TaskFacts,
    TimeFact,
)
from projectflow.core.db import Db
from projectflow.tasks.schedule.calendars import EPOCH_UTC

HEAD: Final = (
    "task_id, project_id, status, category, assignee_id, estimate, start_date, due_at, is_live,"
    " created_at, started_at, completed_at, entered_at, touched_at, first_seq, seq"
)
SPAN: Final = (
    "task_id, place, project_id, status, category, assignee_id, estimate, due_at, starts_at,"
    " ends_at, actor_id, seq, enters, completes, reopens, leaves, created_at, started_at, active_us"
)
LINK: Final = "task_id, place, dependency_id, depends_on_task_id, type, starts_at, ends_at"
BLOCKED: Final = "task_id, place, project_id, category, starts_at, ends_at"
TIME: Final = (
    "entry_id, task_id, project_id, user_id, started_at, stopped_at, is_deleted, first_seq, seq"
)
Usage = Mapping[tuple[datetime, UUID, str], int]


async def read_tasks(db: Db, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, TaskFacts]:
    """All facts of tasks; those without any are not in the answer."""
    heads = await db.fetch(
        f"SELECT {HEAD} FROM analytics_tasks WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])",
        tenant_id,
        ids,
    )
    known = [row["task_id"] for row in heads]
    spans = await db.fetch(
        f"SELECT {SPAN} FROM analytics_spans WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])"
        " ORDER BY task_id, place",
        tenant_id,
        known,
    )
    links = await db.fetch(
        f"SELECT {LINK} FROM analytics_links WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])"
        " ORDER BY task_id, place",
        tenant_id,
        known,
    )
    spans_of: defaultdict[UUID, list[Span]] = defaultdict(list)
    links_of: defaultdict[UUID, list[Link]] = defaultdict(list)
    for row in spans:
        spans_of[row["task_id"]].append(Span(*row))
    for row in links:
        links_of[row["task_id"]].append(Link(*row))
    return {
        (task := row["task_id"]): TaskFacts(
            Head(*row), tuple(spans_of[task]), tuple(links_of[task])
        )
        for row in heads
    }


async def read_blocked(
    db: Db, tenant_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, tuple[Blocked, ...]]:
    """When tasks waited, as it is written down."""
    rows = await db.fetch(
        f"SELECT {BLOCKED} FROM analytics_blocked WHERE tenant_id = $1"
        " AND task_id = ANY ($2::uuid[]) ORDER BY task_id, place",
        tenant_id,
        ids,
    )
    found: defaultdict[UUID, list[Blocked]] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(Blocked(*row))
    return {task: tuple(each) for task, each in found.items()}


async def read_waiting(db: Db, tenant_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Which tasks ever waited for one of these."""
    rows = await db.fetch(
        "SELECT DISTINCT task_id FROM analytics_links"
        " WHERE tenant_id = $1 AND depends_on_task_id = ANY ($2::uuid[])",
        tenant_id,
        ids,
    )
    return [row["task_id"] for row in rows]


async def read_in_state(
    db: Db, tenant_id: UUID, project_id: UUID, status: str, *, ever: bool
) -> list[UUID]:
    """Which tasks are in a state, or `ever` were."""
    rows = await db.fetch(
        """
        SELECT task_id FROM analytics_tasks
        WHERE tenant_id = $1 AND project_id = $2 AND status = $3
        UNION
        SELECT task_id FROM analytics_spans
        WHERE $4 AND tenant_id = $1 AND project_id = $2 AND status = $3
        """,
        tenant_id,
        project_id,
        status,
        ever,
    )
    return sorted(row["task_id"] for row in rows)


async def write_heads(db: Db, tenant_id: UUID, heads: Sequence[Head]) -> None:
    """Write how tasks are now."""
    await db.execute(
        f"""
        INSERT INTO analytics_tasks (tenant_id, {HEAD})
        SELECT $1, n.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[],
            $7::numeric[], $8::date[], $9::timestamptz[], $10::bool[], $11::timestamptz[],
            $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
            $16::bigint[], $17::bigint[]) n
        ON CONFLICT (tenant_id, task_id) DO UPDATE SET
            project_id = excluded.project_id, status = excluded.status,
            category = excluded.category, assignee_id = excluded.assignee_id,
            estimate = excluded.estimate, start_date = excluded.start_date,
            due_at = excluded.due_at, is_live = excluded.is_live,
            created_at = excluded.created_at, started_at = excluded.started_at,
            completed_at = excluded.completed_at, entered_at = excluded.entered_at,
            touched_at = excluded.touched_at, first_seq = excluded.first_seq, seq = excluded.seq
        """,
        tenant_id,
        *_columns(heads, Head),
    )


async def write_spans(db: Db, tenant_id: UUID, gone: Sequence[Span], made: Sequence[Span]) -> None:
    """Put spans in the place of others."""
    await db.execute(
        "DELETE FROM analytics_spans s USING unnest($2::uuid[], $3::int[]) AS n (task_id, place)"
        " WHERE s.tenant_id = $1 AND s.task_id = n.task_id AND s.place = n.place",
        tenant_id,
        [span.task_id for span in gone],
        [span.place for span in gone],
    )
    await db.execute(
        f"""
        INSERT INTO analytics_spans (tenant_id, {SPAN})
        SELECT $1, n.* FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[], $6::text[],
            $7::uuid[], $8::numeric[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[],
            $12::uuid[], $13::bigint[], $14::bool[], $15::bool[], $16::bool[], $17::bool[],
            $18::timestamptz[], $19::timestamptz[], $20::bigint[]) n
        """,
        tenant_id,
        *_columns(made, Span),
    )


async def write_links(db: Db, tenant_id: UUID, gone: Sequence[Link], made: Sequence[Link]) -> None:
    """Put dependencies in the place of others."""
    await db.execute(
        "DELETE FROM analytics_links s USING unnest($2::uuid[], $3::int[]) AS n (task_id, place)"
        " WHERE s.tenant_id = $1 AND s.task_id = n.task_id AND s.place = n.place",
        tenant_id,
        [link.task_id for link in gone],
        [link.place for link in gone],
    )
    await db.execute(
        f"""
        INSERT INTO analytics_links (tenant_id, {LINK})
        SELECT $1, n.* FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::text[],
            $7::timestamptz[], $8::timestamptz[]) n
        """,
        tenant_id,
        *_columns(made, Link),
    )


async def write_blocked(
    db: Db, tenant_id: UUID, task_ids: Sequence[UUID], made: Sequence[Blocked]
) -> None:
    """Say anew when these tasks waited."""
    await db.execute(
        "DELETE FROM analytics_blocked WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])",
        tenant_id,
        task_ids,
    )
    await db.execute(
        f"""
        INSERT INTO analytics_blocked (tenant_id, {BLOCKED})
        SELECT $1, n.* FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::text[],
            $6::timestamptz[], $7::timestamptz[]) n
        """,
        tenant_id,
        *_columns(made, Blocked),
    )


async def read_time(db: Db, tenant_id: UUID, ids: Sequence[UUID]) -> dict[UUID, TimeFact]:
    """What is known of time entries."""
    rows = await db.fetch(
        f"SELECT {TIME} FROM analytics_time WHERE tenant_id = $1 AND entry_id = ANY ($2::uuid[])",
        tenant_id,
        ids,
    )
    return {row["entry_id"]: TimeFact(*row) for row in rows}


async def write_time(db: Db, tenant_id: UUID, facts: Sequence[TimeFact]) -> None:
    """Write how time entries are now."""
    await db.execute(
        f"""
        INSERT INTO analytics_time (tenant_id, {TIME})
        SELECT $1, n.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
            $6::timestamptz[], $7::timestamptz[], $8::bool[], $9::bigint[], $10::bigint[]) n
        ON CONFLICT (tenant_id, entry_id) DO UPDATE SET
            task_id = excluded.task_id, project_id = excluded.project_id,
            started_at = excluded.started_at, stopped_at = excluded.stopped_at,
            is_deleted = excluded.is_deleted, seq = excluded.seq
        """,
        tenant_id,
        *_columns(facts, TimeFact),
    )


async def settle_time(db: Db, tenant_id: UUID, task_ids: Sequence[UUID]) -> None:
    """Tracked time is where its task is."""
    await db.execute(
        """
        UPDATE analytics_time e SET project_id = t.project_id FROM analytics_tasks t
        WHERE e.tenant_id = $1 AND e.task_id = ANY ($2::uuid[])
          AND t.tenant_id = $1 AND t.task_id = e.task_id AND e.project_id <> t.project_id
        """,
        tenant_id,
        task_ids,
    )


async def add_steps(db: Db, tenant_id: UUID, steps: Iterable[Step]) -> None:
    """Roll changes up, by quarters of an hour and by days."""
    sums: defaultdict[tuple[UUID, int, datetime], list[Any]] = defaultdict(
        lambda: [0] * 5 + [Decimal(0)] * 5 + [0] * 4
    )
    for step in steps:
        column = CATEGORIES.index(step.category)
        for grain in (QUARTER, DAY):
            row = sums[step.project_id, grain, _floor(step.at, grain)]
            row[column] += step.tasks
            row[5 + column] += step.hours
            row[10] += step.entries
            row[11] += step.exits
            row[12] += step.completions
            row[13] += step.reopenings
    rows = [(*key, *row) for key, row in sorted(sums.items()) if any(row)]
    if not rows:
        return
    await db.execute(
        """
        INSERT INTO analytics_flow AS f (tenant_id, project_id, grain, at, backlog, unstarted,
            started, completed, cancelled, backlog_hours, unstarted_hours, started_hours,
            completed_hours, cancelled_hours, entries, exits, completions, reopenings)
        SELECT $1, n.* FROM unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::int[], $6::int[],
            $7::int[], $8::int[], $9::int[], $10::numeric[], $11::numeric[], $12::numeric[],
            $13::numeric[], $14::numeric[], $15::int[], $16::int[], $17::int[], $18::int[]) n
        ON CONFLICT (tenant_id, project_id, grain, at) DO UPDATE SET
            backlog = f.backlog + excluded.backlog, unstarted = f.unstarted + excluded.unstarted,
            started = f.started + excluded.started, completed = f.completed + excluded.completed,
            cancelled = f.cancelled + excluded.cancelled,
            backlog_hours = f.backlog_hours + excluded.backlog_hours,
            unstarted_hours = f.unstarted_hours + excluded.unstarted_hours,
            started_hours = f.started_hours + excluded.started_hours,
            completed_hours = f.completed_hours + excluded.completed_hours,
            cancelled_hours = f.cancelled_hours + excluded.cancelled_hours,
            entries = f.entries + excluded.entries, exits = f.exits + excluded.exits,
            completions = f.completions + excluded.completions,
            reopenings = f.reopenings + excluded.reopenings
        """,
        tenant_id,
        *map(list, zip(*rows, strict=True)),
    )


async def add_usage(db: Db, tenant_id: UUID, usage: Usage) -> None:
    """Count what people did."""
    rows = [(*key, count) for key, count in sorted(usage.items())]
    if not rows:
        return
    await db.execute(
        """
        INSERT INTO analytics_usage AS u (tenant_id, at, user_id, kind, events)
        SELECT $1, n.* FROM unnest($2::timestamptz[], $3::uuid[], $4::text[], $5::int[]) n
        ON CONFLICT (tenant_id, at, user_id, kind) DO UPDATE SET events = u.events + excluded.events
        """,
        tenant_id,
        *map(list, zip(*rows, strict=True)),
    )


async def forget(db: Db, tenant_id: UUID) -> None:
    """Take away all facts of a workspace."""
    await db.execute("DELETE FROM analytics_tasks WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_spans WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_links WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_blocked WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_time WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_flow WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_usage WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_gaps WHERE tenant_id = $1", tenant_id)
    await db.execute("DELETE FROM analytics_positions WHERE tenant_id = $1", tenant_id)


def quarter_of(moment: datetime) -> datetime:
    """The quarter of an hour in which a moment is."""
    return _floor(moment, QUARTER)


def _floor(moment: datetime, grain: int) -> datetime:
    return moment - (moment - EPOCH_UTC) % timedelta(seconds=grain)


def _columns(rows: Sequence[Struct], shape: type[Struct]) -> list[list[Any]]:
    """The rows' fields, one list each."""
    if not rows:
        return [[] for _ in shape.__struct_fields__]
    return [list(column) for column in zip(*map(astuple, rows), strict=True)]
