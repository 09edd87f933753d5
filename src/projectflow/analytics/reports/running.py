"""Running a report: one statement, in so much time, over so many tasks, into so many groups."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, LiteralString
from uuid import UUID

import asyncpg

from projectflow.analytics.reports import costing
from projectflow.analytics.reports.dimensions import (
    OF_PEOPLE,
    Dimension,
    dimensions_of,
    group_names,
)
from projectflow.analytics.reports.measures import COLUMNS, JOINS, MEASURES, OF_FACTS
from projectflow.analytics.reports.types import Configuration, Key, ReportColumn, Result, Row
from projectflow.analytics.scopes import freshness
from projectflow.analytics.store import AnalyticsStore
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput, Problem
from projectflow.tasks.find import Question, ask, check_query
from projectflow.users.types import check_time_zone

MAX_TASKS: Final = 50_000
"""That a report counts: the newest."""
MAX_GROUPS: Final = 500
MILLISECONDS: Final = 10_000
"""That a report may take."""
_NAMES: Final[tuple[LiteralString, ...]] = ("first", "second")
_PARTED: Final = (
    "id, project_id, status, assignee_id, reporter_id, priority, parent_id, milestone_id, tags,"
    " created_at, completed_at, due_date, estimated_hours, actual_hours"
)


class ReportTooCostly(Problem):
    """This report takes too long: have it count fewer tasks."""

    status = 422


async def check_configuration(db: Db, actor: Actor, wanted: Configuration) -> None:
    """Refuse a report that could not be run.

    Raises:
        InvalidQuery, InvalidInput: name the field that is wrong.
    """
    if len(set(wanted.measures)) < len(wanted.measures):
        raise InvalidInput.of("measures", "names one twice")
    if "cost" in wanted.measures and wanted.currency is None:
        raise InvalidInput.of("currency", "is needed for costs, which are not converted")
    if wanted.chart == "line" and not wanted.dimensions:
        raise InvalidInput.of("chart", "a line needs a dimension")
    if wanted.time_zone is not None:
        check_time_zone(wanted.time_zone)
    asked = await check_query(db, actor, wanted.query, group_names(wanted.dimensions))
    dimensions_of(wanted.dimensions, asked, "UTC")


async def run_report(
    db: Db, actor: Actor, store: AnalyticsStore, wanted: Configuration, project_id: UUID | None
) -> Result:
    """Count what a report wants of the tasks that somebody sees, as of now.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidQuery, InvalidInput: the report names what is no longer there.
        ReportTooCostly: it takes over ten seconds.
    """
    await check_configuration(db, actor, wanted)
    zone = wanted.time_zone or await _own_zone(db, actor)
    asked = await ask(db, actor, wanted.query, group_names(wanted.dimensions))
    dimensions = dimensions_of(wanted.dimensions, asked, zone)
    fresh = await freshness(db, actor, store)
    total, groups = await _count(db, actor, wanted, asked, dimensions, project_id)
    shown = groups[:MAX_GROUPS]
    if dimensions and dimensions[0].is_time:
        shown.sort(key=lambda row: row["first"] or "~")
    places = range(len(wanted.measures))
    labels = await _labels(db, actor, dimensions, shown)
    return Result(
        dimensions=[ReportColumn(each.name, each.label) for each in dimensions],
        measures=[
            ReportColumn(name, MEASURES[name].label, MEASURES[name].unit)
            for name in wanted.measures
        ],
        rows=[
            Row(
                [
                    _key(row[name], each, labels)
                    for name, each in zip(_NAMES, dimensions, strict=False)
                ],
                [_decimal(row[f"m{n}"]) for n in places],
            )
            for row in shown
        ],
        totals=[_decimal(total[f"m{n}"]) for n in places],
        tasks=min(total["found"], MAX_TASKS),
        tasks_truncated=total["found"] > MAX_TASKS,
        groups_truncated=len(groups) > MAX_GROUPS,
        notes=_notes(wanted, total, len(groups), fresh.behind, dimensions),
        chart=wanted.chart,
        currency=wanted.currency if "cost" in wanted.measures else None,
        time_zone=zone,
        as_of=datetime.now(UTC),
        behind=fresh.behind,
    )


async def _own_zone(db: Db, actor: Actor) -> str:
    zone: str | None = await db.fetchval(
        "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        actor.user_id,
    )
    return zone or "UTC"


async def _count(
    db: Db,
    actor: Actor,
    wanted: Configuration,
    asked: Question,
    dimensions: Sequence[Dimension],
    project_id: UUID | None,
) -> tuple[asyncpg.Record, list[asyncpg.Record]]:
    """The row of all tasks, and those of the groups; the latest first, else the largest."""
    parameters = asked.parameters
    condition = asked.condition
    if project_id is not None:
        condition += f" AND t.project_id = {parameters.add(project_id)}"
    cost: LiteralString = ""
    cost_columns: LiteralString = costing.NONE
    if wanted.currency is not None and "cost" in wanted.measures:
        cost = await costing.cost_joins(db, actor, wanted.currency, parameters)
        cost_columns = costing.COLUMNS
    counted: LiteralString = ", ".join(
        [f"{MEASURES[m].sql} AS m{_DIGITS[n]}" for n, m in enumerate(wanted.measures)]
    )
    most, above = parameters.add(MAX_TASKS), parameters.add(MAX_TASKS + 1)
    groups: LiteralString = ""
    if dimensions:
        names = _NAMES[: len(dimensions)]
        parts: LiteralString = ", ".join(
            [f"{each.grouping.sql} AS {n}" for n, each in zip(names, dimensions, strict=True)]
        )
        joins: LiteralString = "".join([each.grouping.join for each in dimensions])
        second: LiteralString = "x.second" if len(dimensions) > 1 else "NULL::text AS second"
        by: LiteralString = ", ".join([f"x.{name}" for name in names])
        order: LiteralString = (
            "first DESC NULLS LAST, m0 DESC NULLS LAST, second"
            if dimensions[0].is_time
            else "m0 DESC NULLS LAST, first, second"
        )
        groups = f"""
            UNION ALL (
                SELECT 1 AS level, x.first, {second}, 0, 0, 0, {counted}
                FROM (SELECT {parts}, m.* FROM chosen t JOIN measured m ON m.id = t.id{joins}) x
                GROUP BY {by} ORDER BY {order} LIMIT {parameters.add(MAX_GROUPS + 1)}
            )
        """
    try:
        await db.execute("SELECT set_config('statement_timeout', $1, true)", str(MILLISECONDS))
        rows = await db.fetch(
            f"""
            WITH chosen AS MATERIALIZED (
                SELECT {_PARTED}, row_number() OVER () AS nth FROM (
                    SELECT {_PARTED} FROM tasks t WHERE {condition}
                    ORDER BY t.created_at DESC, t.id DESC LIMIT {above}
                ) t
            ), measured AS MATERIALIZED (
                SELECT {COLUMNS}{cost_columns} FROM chosen t {JOINS}{cost} WHERE t.nth <= {most}
            )
            SELECT 0 AS level, NULL::text AS first, NULL::text AS second,
                   (SELECT count(*) FROM chosen) AS found,
                   count(*) FILTER (WHERE x.is_withheld) AS withheld,
                   coalesce(sum(x.unpriced), 0) AS unpriced, {counted}
            FROM measured x
            {groups}
            """,
            *parameters.values,
        )
    except asyncpg.QueryCanceledError:
        raise ReportTooCostly from None
    (total,) = (row for row in rows if row["level"] == 0)
    return total, [row for row in rows if row["level"]]


_DIGITS: Final[tuple[LiteralString, ...]] = ("0", "1", "2", "3", "4", "5", "6", "7")


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _key(value: str | None, dimension: Dimension, labels: dict[str, str]) -> Key:
    if value is None:
        return Key(None, "None")
    if dimension.name in _NAMED:
        return Key(value, labels.get(value, "Unknown"))
    return Key(value, labels.get(value, value))


_NAMED: Final = OF_PEOPLE | {"milestone", "parent"}


async def _labels(
    db: Db, actor: Actor, dimensions: Sequence[Dimension], rows: Sequence[asyncpg.Record]
) -> dict[str, str]:
    """What people, milestones and tasks are called that are groups."""
    ids: set[UUID] = set()
    for name, dimension in zip(_NAMES, dimensions, strict=False):
        if dimension.name in _NAMED or dimension.name.startswith("field."):
            ids |= {found for row in rows if (found := _uuid(row[name])) is not None}
    if not ids:
        return {}
    found = await db.fetch(
        """
        SELECT id, first_name || ' ' || last_name AS name FROM users
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        UNION ALL
        SELECT id, name FROM milestones WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        UNION ALL
        SELECT t.id, p.key || '-' || t.number
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[])
        """,
        actor.tenant_id,
        list(ids),
    )
    return {str(row["id"]): row["name"] for row in found}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text is not None and len(text) == 36 else None
    except ValueError:
        return None


def _notes(
    wanted: Configuration,
    total: asyncpg.Record,
    groups: int,
    behind: int,
    dimensions: Sequence[Dimension],
) -> list[str]:
    """Whatever a reader must know who believes the numbers."""
    notes: list[str] = []
    if total["found"] > MAX_TASKS:
        notes.append(f"More tasks match: the newest {MAX_TASKS:,} are counted.")
    if groups > MAX_GROUPS:
        which = "latest" if dimensions[0].is_time else "largest"
        notes.append(f"There are more groups: the {which} {MAX_GROUPS:,} are shown.")
    if any(each.grouping.repeats for each in dimensions):
        notes.append("A task counts in each of its groups, and once in the total.")
    if total["withheld"]:
        notes.append(
            f"Cost leaves out {total['withheld']:,} tasks: of projects with other currencies, or"
            " whose rates you may not see."
        )
    if total["unpriced"]:
        hours = (Decimal(total["unpriced"]) / 3600).quantize(Decimal("0.01"))
        notes.append(f"{hours} tracked hours have no rate in {wanted.currency}: they cost nothing.")
    if behind and any(name.startswith(OF_FACTS) for name in wanted.measures):
        notes.append(f"Cycle times and ages do not know the last {behind:,} changes yet.")
    return notes
