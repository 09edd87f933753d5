"""What is counted: each measure as SQL over the rows `x` of the tasks that a report is about.

Percentiles are by nearest rank, as those of docs/metrics.md.
"""

from collections.abc import Mapping
from typing import Final, LiteralString

from msgspec import Struct

from projectflow.analytics.reports.types import Measure, Unit


class Counted(Struct, frozen=True):
    """A measure."""

    label: str
    unit: Unit
    sql: LiteralString


OPEN: Final = "x.category IN ('backlog', 'unstarted', 'started')"
COLUMNS: Final = (
    "t.id, t.due_date, t.completed_at, t.estimated_hours, t.actual_hours, w.category,"
    " floor(extract(epoch FROM t.completed_at - t.created_at)) AS lead,"
    " floor(extract(epoch FROM f.completed_at - f.started_at)) AS cycle,"
    " floor(extract(epoch FROM now() - f.started_at)) AS age"
)
"""Of a task `t` in a state `w`, with its facts `f`."""
JOINS: Final = (
    " JOIN workflow_states w ON w.tenant_id = $1 AND w.project_id = t.project_id"
    " AND w.key = t.status"
    " LEFT JOIN analytics_tasks f ON f.tenant_id = $1 AND f.task_id = t.id"
)
_DONE: Final = "x.category = 'completed'"
_BEGUN: Final = "x.category = 'started'"


def _rank(share: LiteralString, seconds: LiteralString, which: LiteralString) -> LiteralString:
    """So many days exceed no larger share of these."""
    return (
        f"round((percentile_disc({share}) WITHIN GROUP (ORDER BY {seconds})"
        f" FILTER (WHERE {which}) / 86400)::numeric, 2)"
    )


MEASURES: Final[Mapping[Measure, Counted]] = {
    "tasks": Counted("Tasks", "tasks", "count(*)"),
    "open": Counted("Open", "tasks", f"count(*) FILTER (WHERE {OPEN})"),
    "in_progress": Counted("In progress", "tasks", f"count(*) FILTER (WHERE {_BEGUN})"),
    "completed": Counted("Completed", "tasks", f"count(*) FILTER (WHERE {_DONE})"),
    "overdue": Counted(
        "Overdue", "tasks", f"count(*) FILTER (WHERE {OPEN} AND x.due_date < now())"
    ),
    "throughput": Counted(
        "Completed a week, of four",
        "a_week",
        f"count(*) FILTER (WHERE {_DONE} AND x.completed_at > now() - interval '28 days') / 4.0",
    ),
    "unestimated": Counted(
        "Without an estimate", "tasks", "count(*) FILTER (WHERE x.estimated_hours IS NULL)"
    ),
    "hours_estimated": Counted(
        "Hours estimated", "hours", "coalesce(sum(x.estimated_hours), 0.00)"
    ),
    "hours_tracked": Counted("Hours tracked", "hours", "coalesce(sum(x.actual_hours), 0.00)"),
    "cost": Counted("Cost", "money", "round(sum(x.cost), 2)"),
    "on_time_percent": Counted(
        "Completed on time",
        "percent",
        f"round(100.0 * count(*) FILTER (WHERE {_DONE} AND x.completed_at <= x.due_date)"
        f" / nullif(count(*) FILTER (WHERE {_DONE} AND x.due_date IS NOT NULL), 0), 1)",
    ),
    "lead_days_p50": Counted("Lead time, median", "days", _rank("0.5", "x.lead", _DONE)),
    "lead_days_p85": Counted("Lead time, 85 %", "days", _rank("0.85", "x.lead", _DONE)),
    "lead_days_p95": Counted("Lead time, 95 %", "days", _rank("0.95", "x.lead", _DONE)),
    "cycle_days_p50": Counted("Cycle time, median", "days", _rank("0.5", "x.cycle", _DONE)),
    "cycle_days_p85": Counted("Cycle time, 85 %", "days", _rank("0.85", "x.cycle", _DONE)),
    "cycle_days_p95": Counted("Cycle time, 95 %", "days", _rank("0.95", "x.cycle", _DONE)),
    "age_days_p50": Counted("Age, median", "days", _rank("0.5", "x.age", _BEGUN)),
    "age_days_p85": Counted("Age, 85 %", "days", _rank("0.85", "x.age", _BEGUN)),
}
OF_FACTS: Final = ("cycle_", "age_")
"""Measures whose names begin so follow the event log."""
