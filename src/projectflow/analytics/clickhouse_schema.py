"""The tables of facts in ClickHouse: copies of PostgreSQL's rows, as far as dashboards ask them.

A row is replaced by one with the same key and a later version, and taken away by one that is
marked as removed; whoever reads says FINAL. Moments are microseconds since 1970 and days are days
since then, because ClickHouse's own types end before the year 9999 that a due date may have.
"""

from typing import Final, LiteralString
from uuid import UUID

from msgspec import Struct

REMOVED: Final = 1


class Table(Struct, frozen=True):
    """A table, and what PostgreSQL is asked for its rows."""

    name: LiteralString
    columns: tuple[tuple[LiteralString, LiteralString], ...]
    """Names and types of ClickHouse; the key first."""
    key: int
    """How many of the columns, after tenant_id, tell rows apart and order them."""
    rows: LiteralString
    """All of a workspace ($1), in the columns' order."""
    some: LiteralString
    """What makes `rows` those that may have changed ($2, …)."""

    @property
    def names(self) -> list[str]:
        """All columns."""
        return ["tenant_id", *(name for name, _ in self.columns), "version", "is_removed"]

    @property
    def types(self) -> list[str]:
        """Their types."""
        return ["UUID", *(kind for _, kind in self.columns), "UInt64", "UInt8"]

    def made(self) -> str:
        """The statement that makes it where there is none."""
        columns = ", ".join(f"{n} {k}" for n, k in zip(self.names, self.types, strict=True))
        key = ", ".join(["tenant_id", *(name for name, _ in self.columns[: self.key])])
        return (
            f"CREATE TABLE IF NOT EXISTS {self.name} ({columns})"
            f" ENGINE = ReplacingMergeTree(version, is_removed) ORDER BY ({key})"
        )

    def nothing(self) -> list[object]:
        """What a removed row has after its key."""
        return [_NOTHING[kind.partition("(")[0]] for _, kind in self.columns[self.key :]]


_NOTHING: Final[dict[str, object]] = {
    "Nullable": None, "LowCardinality": "", "Int32": 0, "Int64": 0, "Decimal": 0,
    "UUID": UUID(int=0),
}  # fmt: skip

TASKS: Final = Table(
    "analytics_tasks",
    (
        ("project_id", "UUID"), ("task_id", "UUID"), ("status", "LowCardinality(String)"),
        ("category", "LowCardinality(String)"), ("assignee_id", "Nullable(UUID)"),
        ("estimate", "Nullable(Decimal(9, 2))"), ("start_day", "Nullable(Int32)"),
        ("due", "Nullable(Int64)"), ("started", "Nullable(Int64)"),
        ("completed", "Nullable(Int64)"), ("entered", "Int64"),
    ),
    2,
    """
    SELECT t.project_id, t.task_id, t.status, t.category, t.assignee_id, t.estimate,
           t.start_date - date '1970-01-01', (extract(epoch FROM t.due_at) * 1000000)::bigint,
           (extract(epoch FROM t.started_at) * 1000000)::bigint,
           (extract(epoch FROM t.completed_at) * 1000000)::bigint,
           (extract(epoch FROM t.entered_at) * 1000000)::bigint
    FROM analytics_tasks t WHERE t.tenant_id = $1 AND t.is_live
    """,
    " AND t.task_id = ANY ($2::uuid[])",
)  # fmt: skip

COMPLETIONS: Final = Table(
    "analytics_completions",
    (
        ("project_id", "UUID"), ("completed", "Int64"), ("task_id", "UUID"), ("place", "Int32"),
        ("assignee_id", "Nullable(UUID)"), ("estimate", "Nullable(Decimal(9, 2))"),
        ("due", "Nullable(Int64)"), ("created", "Int64"), ("started", "Nullable(Int64)"),
        ("active", "Int64"),
    ),
    4,
    """
    SELECT s.project_id, (extract(epoch FROM s.starts_at) * 1000000)::bigint, s.task_id, s.place,
           s.assignee_id, s.estimate, (extract(epoch FROM s.due_at) * 1000000)::bigint,
           (extract(epoch FROM s.created_at) * 1000000)::bigint,
           (extract(epoch FROM s.started_at) * 1000000)::bigint, s.active_us
    FROM analytics_spans s WHERE s.tenant_id = $1 AND s.completes
    """,
    " AND s.task_id = ANY ($2::uuid[])",
)  # fmt: skip

BLOCKED: Final = Table(
    "analytics_blocked",
    (
        ("project_id", "UUID"), ("task_id", "UUID"), ("place", "Int32"),
        ("category", "LowCardinality(String)"), ("starts", "Int64"), ("ends", "Nullable(Int64)"),
    ),
    3,
    """
    SELECT b.project_id, b.task_id, b.place, b.category,
           (extract(epoch FROM b.starts_at) * 1000000)::bigint,
           (extract(epoch FROM b.ends_at) * 1000000)::bigint
    FROM analytics_blocked b WHERE b.tenant_id = $1
    """,
    " AND b.task_id = ANY ($2::uuid[])",
)  # fmt: skip

TIME: Final = Table(
    "analytics_time",
    (
        ("entry_id", "UUID"), ("project_id", "UUID"), ("user_id", "UUID"), ("started", "Int64"),
        ("stopped", "Int64"),
    ),
    1,
    """
    SELECT e.entry_id, e.project_id, e.user_id,
           (extract(epoch FROM e.started_at) * 1000000)::bigint,
           (extract(epoch FROM e.stopped_at) * 1000000)::bigint
    FROM analytics_time e
    WHERE e.tenant_id = $1 AND NOT e.is_deleted AND e.stopped_at IS NOT NULL
    """,
    " AND (e.entry_id = ANY ($2::uuid[]) OR e.task_id = ANY ($3::uuid[]))",
)  # fmt: skip

FLOW: Final = Table(
    "analytics_flow",
    (
        ("project_id", "UUID"), ("at", "Int64"), ("backlog", "Int32"), ("unstarted", "Int32"),
        ("started", "Int32"), ("completed", "Int32"), ("cancelled", "Int32"),
        ("backlog_hours", "Decimal(12, 2)"), ("unstarted_hours", "Decimal(12, 2)"),
        ("started_hours", "Decimal(12, 2)"), ("completed_hours", "Decimal(12, 2)"),
        ("cancelled_hours", "Decimal(12, 2)"), ("entries", "Int32"), ("exits", "Int32"),
        ("completions", "Int32"), ("reopenings", "Int32"),
    ),
    2,
    # The quarters alone: a column of them is summed faster than a day's row is found.
    """
    SELECT f.project_id, (extract(epoch FROM f.at) * 1000000)::bigint, f.backlog, f.unstarted,
           f.started, f.completed, f.cancelled, f.backlog_hours, f.unstarted_hours,
           f.started_hours, f.completed_hours, f.cancelled_hours, f.entries, f.exits,
           f.completions, f.reopenings
    FROM analytics_flow f WHERE f.tenant_id = $1 AND f.grain = 900
    """,
    " AND (f.project_id, f.at) IN (SELECT * FROM unnest($2::uuid[], $3::timestamptz[]))",
)  # fmt: skip

USAGE: Final = Table(
    "analytics_usage",
    (("at", "Int64"), ("user_id", "UUID"), ("kind", "LowCardinality(String)"), ("events", "Int32")),
    3,
    """
    SELECT (extract(epoch FROM u.at) * 1000000)::bigint, u.user_id, u.kind, u.events
    FROM analytics_usage u WHERE u.tenant_id = $1
    """,
    " AND (u.at, u.user_id, u.kind) IN"
    " (SELECT * FROM unnest($2::timestamptz[], $3::uuid[], $4::text[]))",
)

POSITIONS: Final = Table(
    "analytics_positions",
    (("seq", "Int64"),),
    0,
    "SELECT p.seq FROM analytics_positions p WHERE p.tenant_id = $1",
    "",
)
"""Whose facts are here as a whole, and up to which event; written last."""

FACTS: Final = (TASKS, COMPLETIONS, BLOCKED, TIME, FLOW, USAGE)
