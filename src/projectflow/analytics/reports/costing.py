"""What tasks cost: tracked time at people's rates, in projects where the reader may see these."""

from typing import Final, LiteralString
from uuid import UUID

import asyncpg

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.planning.costs import spans_of
from projectflow.tasks.query.parameters import Parameters

COLUMNS: Final = (
    ", CASE WHEN k.id IS NOT NULL THEN coalesce(c.cost, 0) END AS cost,"
    " k.id IS NULL AS is_withheld, coalesce(c.unpriced, 0) AS unpriced"
)
NONE: Final = ", NULL::numeric AS cost, false AS is_withheld, 0 AS unpriced"


async def cost_joins(db: Db, actor: Actor, currency: str, parameters: Parameters) -> LiteralString:
    """What adds to a task `t` its cost `c`, where its project is one of `k`."""
    projects = parameters.add(await _projects(db, actor, currency))
    rates = await _rates(db, actor, currency)
    people, _, _, starts, ends, costs, _ = spans_of(rates) if rates else [[]] * 7
    bound = ", ".join(
        [
            f"{parameters.add(people)}::uuid[]",
            f"{parameters.add(starts)}::timestamptz[]",
            f"{parameters.add(ends)}::timestamptz[]",
            f"{parameters.add(costs)}::numeric[]",
        ]
    )
    return (
        f" LEFT JOIN unnest({projects}::uuid[]) AS k (id) ON k.id = t.project_id"
        " LEFT JOIN LATERAL ("
        " SELECT sum(extract(epoch FROM e.stopped_at - e.started_at) * s.cost) / 3600 AS cost,"
        " sum(extract(epoch FROM e.stopped_at - e.started_at)) FILTER (WHERE s.cost IS NULL)"
        " AS unpriced FROM time_entries e"
        f" LEFT JOIN unnest({bound}) AS s (user_id, starts, ends, cost)"
        " ON s.user_id = e.user_id AND e.started_at >= s.starts AND e.started_at < s.ends"
        " WHERE e.tenant_id = $1 AND e.task_id = t.id AND e.stopped_at IS NOT NULL"
        ") c ON k.id IS NOT NULL"
    )


async def _projects(db: Db, actor: Actor, currency: str) -> list[UUID]:
    """Those with budgets in a currency in which the actor may see what is paid."""
    rows = await db.fetch(
        """
        SELECT p.id, m.role FROM projects p
        LEFT JOIN project_members m
            ON m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $2
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL AND p.budget_currency = $3
          AND ($4 OR m.role IS NOT NULL)
        """,
        actor.tenant_id,
        actor.user_id,
        currency,
        actor.may_always("rate", "read"),
    )
    return [row["id"] for row in rows if _may_see_rates(actor, row)]


def _may_see_rates(actor: Actor, row: asyncpg.Record) -> bool:
    if actor.may_always("rate", "read"):
        return True
    try:
        actor.within(row["role"]).must_be_allowed("rate", "read", "in_project", "is_member")
    except Forbidden:
        return False
    return True


async def _rates(db: Db, actor: Actor, currency: str) -> list[asyncpg.Record]:
    return await db.fetch(
        """
        SELECT r.user_id, u.time_zone, r.valid_from, r.cost, r.bill
        FROM rates r JOIN users u ON u.tenant_id = $1 AND u.id = r.user_id
        WHERE r.tenant_id = $1 AND r.currency = $2
        ORDER BY r.user_id, r.valid_from
        """,
        actor.tenant_id,
        currency,
    )
