"""What a project costs: its estimates and its tracked time, at the rates of those who do it."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Conflict, FieldError
from projectflow.planning.calendars import midnight, moment_of
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import read_visible
from projectflow.projects.types import Project
from projectflow.tasks.service import LAST_MOMENT

MAX_PEOPLE: Final = 500
COLUMNS: Final = 7
CENT: Final = Decimal("0.01")


class RatesInOtherCurrencies(Conflict):
    """Some who work in this project have rates in other currencies alone; none is converted."""


class Costs(Struct, frozen=True, kw_only=True):
    """Amounts in the project's currency, each rounded to two decimals by itself."""

    planned_minutes: int
    """Estimated."""
    planned: Decimal
    """What the estimates cost, at the rates of the day on which the tasks begin."""
    actual_minutes: int
    """Tracked; timers that run do not count."""
    actual: Decimal
    """What the tracked time costs, at the rates of the day on which each entry began."""
    billable: Decimal
    """What of the tracked time can be billed."""
    unpriced_planned_minutes: int
    """Of the estimates, those of tasks without an assignee, or with one who had no rate then."""
    unpriced_actual_minutes: int
    """Of the tracked time, that of people who had no rate then."""


class PersonCosts(Costs, frozen=True, kw_only=True):
    """What somebody's part of a project costs; null is what is assigned to nobody."""

    user_id: UUID | None


class TaskCosts(Costs, frozen=True, kw_only=True):
    """What a task costs."""

    task_id: UUID
    key: str
    title: str


class ProjectCosts(Costs, frozen=True, kw_only=True):
    """What a project costs, against its budget."""

    project_id: UUID
    currency: str
    budget: Decimal | None
    remaining: Decimal | None
    """Of the budget, after the actual costs; below zero where it is overspent."""
    used_percent: Decimal | None
    """How much of the budget the actual costs are; null without a budget."""
    planned_percent: Decimal | None
    people: list[PersonCosts]
    """The costliest first, at most 500; the sums count everybody."""


SPANS: Final = """
    spans AS (
        SELECT * FROM unnest($3::uuid[], $4::date[], $5::date[], $6::timestamptz[],
                             $7::timestamptz[], $8::numeric[], $9::numeric[])
            AS s (user_id, first_day, next_day, starts, ends, cost, bill)
    )
"""
"""What `spans_of` gives, beside $1, the tenant, and $2, the project."""
ESTIMATES: Final = """
    SELECT t.id AS task_id, t.assignee_id AS user_id, t.estimated_hours * 60 AS minutes,
           t.estimated_hours * s.cost AS cost
    FROM tasks t
    JOIN workflow_states w ON w.tenant_id = $1 AND w.project_id = $2 AND w.key = t.status
        AND w.category <> 'cancelled'
    LEFT JOIN spans s ON s.user_id = t.assignee_id AND CASE
        WHEN t.start_date IS NOT NULL THEN t.start_date >= s.first_day AND t.start_date < s.next_day
        ELSE coalesce(t.due_date, now()) >= s.starts AND coalesce(t.due_date, now()) < s.ends END
    WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
      AND t.estimated_hours > 0
"""
WORKED: Final = """
    SELECT e.task_id, e.user_id, extract(epoch FROM e.stopped_at - e.started_at) AS seconds,
           s.cost, CASE WHEN e.is_billable THEN s.bill END AS bill
    FROM time_entries e
    LEFT JOIN spans s ON s.user_id = e.user_id AND e.started_at >= s.starts
        AND e.started_at < s.ends
    WHERE e.tenant_id = $1 AND e.project_id = $2 AND e.stopped_at IS NOT NULL
"""
SUMS: Final = (
    "coalesce(sum(minutes), 0), coalesce(sum(cost), 0), coalesce(sum(seconds), 0),"
    " coalesce(sum(seconds * hourly), 0), coalesce(sum(seconds * bill), 0),"
    " coalesce(sum(minutes) FILTER (WHERE cost IS NULL), 0),"
    " coalesce(sum(seconds) FILTER (WHERE hourly IS NULL), 0)"
)
LINES: Final = """
    lines AS (
        SELECT task_id, user_id, minutes, cost, NULL::numeric AS seconds, NULL::numeric AS hourly,
               NULL::numeric AS bill
        FROM estimates
        UNION ALL
        SELECT task_id, user_id, NULL, NULL, seconds, cost, bill FROM worked
    )
"""


async def read_costs(db: Db, actor: Actor, project_id: UUID) -> ProjectCosts:
    """What a project costs: as planned and until now, by person, against its budget.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        Forbidden: they may not see its costs.
        RatesInOtherCurrencies: names the people.
    """
    project, spans = await _open(db, actor, project_id)
    rows = await db.fetch(
        f"""
        WITH {SPANS}, estimates AS ({ESTIMATES}), worked AS ({WORKED}), {LINES}
        SELECT user_id, {SUMS} FROM lines GROUP BY user_id
        """,
        actor.tenant_id,
        project_id,
        *spans,
    )
    people = [(row[0], _Exact.of(*tuple(row)[1:])) for row in rows]
    people.sort(key=lambda p: (p[1].cost_seconds + p[1].planned, str(p[0])), reverse=True)
    total = _Exact.of(*(0,) * 7)
    for _, each in people:
        total = total.plus(each)
    actual, budget = total.actual, project.budget_amount
    return ProjectCosts(
        project_id=project_id,
        currency=project.budget_currency,
        budget=budget,
        remaining=None if budget is None else budget - _money(actual),
        used_percent=_percent(actual, budget),
        planned_percent=_percent(total.planned, budget),
        people=[PersonCosts(user_id=who, **each.shown()) for who, each in people[:MAX_PEOPLE]],
        **total.shown(),
    )


async def list_task_costs(
    db: Db, actor: Actor, project_id: UUID, *, limit: int, cursor: str | None
) -> Page[TaskCosts]:
    """What each of a project's tasks costs, by their numbers.

    Raises:
        ProjectNotFound, Forbidden, RatesInOtherCurrencies: as for `read_costs`.
        InvalidInput: the cursor is not one of this list's.
    """
    project, spans = await _open(db, actor, project_id)
    after = decode_cursor(cursor, tuple[int]) or (0,)
    tasks = await db.fetch(
        """
        SELECT t.id, t.number, t.title FROM tasks t
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL AND t.number > $3
        ORDER BY t.number LIMIT $4
        """,
        actor.tenant_id,
        project_id,
        *after,
        limit + 1,
    )
    ids = [row["id"] for row in tasks[:limit]]
    rows = await db.fetch(
        f"""
        WITH {SPANS}, estimates AS ({ESTIMATES} AND t.id = ANY ($10::uuid[])),
            worked AS ({WORKED} AND e.task_id = ANY ($10::uuid[])), {LINES}
        SELECT task_id, {SUMS} FROM lines GROUP BY task_id
        """,
        actor.tenant_id,
        project_id,
        *spans,
        ids,
    )
    sums = {row[0]: _Exact.of(*tuple(row)[1:]) for row in rows}
    nothing = _Exact.of(*(0,) * 7)
    page = page_of(tasks, limit, lambda row: encode_cursor(row["number"]))
    return Page(
        [
            TaskCosts(
                task_id=row["id"],
                key=f"{project.key}-{row['number']}",
                title=row["title"],
                **sums.get(row["id"], nothing).shown(),
            )
            for row in page.items
        ],
        page.next_cursor,
    )


async def _open(db: Db, actor: Actor, project_id: UUID) -> tuple[Project, list[list[Any]]]:
    """The project, and the rates of those who have a part in it."""
    project = await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "rate", "read")
    rows = await db.fetch(
        """
        WITH people AS (
            SELECT t.assignee_id AS id FROM tasks t
            WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
              AND t.estimated_hours > 0
            UNION
            SELECT e.user_id FROM time_entries e
            WHERE e.tenant_id = $1 AND e.project_id = $2 AND e.stopped_at IS NOT NULL
        )
        SELECT r.user_id, u.time_zone, r.currency, r.valid_from, r.cost, r.bill
        FROM people JOIN users u ON u.tenant_id = $1 AND u.id = people.id
        JOIN rates r ON r.tenant_id = $1 AND r.user_id = people.id
        ORDER BY r.user_id, r.valid_from
        """,
        actor.tenant_id,
        project_id,
    )
    priced = [row for row in rows if row["currency"] == project.budget_currency]
    others = {row["user_id"] for row in rows} - {row["user_id"] for row in priced}
    if others:
        lacking = [f"{who} has no rate in {project.budget_currency}" for who in sorted(others)]
        raise RatesInOtherCurrencies(errors=[FieldError("currency", m) for m in lacking[:20]])
    return project, spans_of(priced)


def spans_of(rates: Sequence[asyncpg.Record]) -> list[list[Any]]:
    """From which day to which each rate counts, and when those days begin where its person is.

    `rates` are by person and day: user_id, time_zone, valid_from, cost, bill.
    """
    spans: list[list[Any]] = [[] for _ in range(COLUMNS)]
    for user_id, of_person in groupby(rates, lambda rate: rate["user_id"]):
        theirs = list(of_person)
        zone = ZoneInfo(theirs[0]["time_zone"])
        days = [rate["valid_from"] for rate in theirs]
        starts = [moment_of(midnight(zone, day)) for day in days]
        ends = zip([*days[1:], date.max], [*starts[1:], LAST_MOMENT], strict=True)
        for rate, start, (next_day, end) in zip(theirs, starts, ends, strict=True):
            row = (user_id, rate["valid_from"], next_day, start, end, rate["cost"], rate["bill"])
            for column, value in zip(spans, row, strict=True):
                column.append(value)
    return spans


class _Exact(Struct, frozen=True):
    """Sums before they are rounded: minutes, amounts, seconds, amounts times seconds."""

    minutes: Decimal
    planned: Decimal
    seconds: Decimal
    cost_seconds: Decimal
    bill_seconds: Decimal
    unpriced_minutes: Decimal
    unpriced_seconds: Decimal

    @classmethod
    def of(cls, *sums: Decimal | int) -> "_Exact":
        return cls(*map(Decimal, sums))

    def plus(self, other: "_Exact") -> "_Exact":
        fields = self.__struct_fields__
        return _Exact(*(getattr(self, f) + getattr(other, f) for f in fields))

    @property
    def actual(self) -> Decimal:
        return self.cost_seconds / 3600

    def shown(self) -> dict[str, Any]:
        return {
            "planned_minutes": _whole(self.minutes),
            "planned": _money(self.planned),
            "actual_minutes": _whole(self.seconds / 60),
            "actual": _money(self.actual),
            "billable": _money(self.bill_seconds / 3600),
            "unpriced_planned_minutes": _whole(self.unpriced_minutes),
            "unpriced_actual_minutes": _whole(self.unpriced_seconds / 60),
        }


def _whole(minutes: Decimal) -> int:
    return int(minutes.quantize(Decimal(1), ROUND_HALF_UP))


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _percent(amount: Decimal, budget: Decimal | None) -> Decimal | None:
    return None if not budget else _money(amount * 100 / budget)
