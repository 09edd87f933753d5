"""What tasks are planned to cost, for baselines and for those alone who may see rates."""

from decimal import Decimal
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.planning.costs import RatesInOtherCurrencies, list_task_costs
from projectflow.planning.project_plan import MAX_TASKS
from projectflow.projects.membership import must_be_allowed_in


async def planned_costs(db: Db, actor: Actor, project_id: UUID) -> dict[UUID, Decimal]:
    """By task, where its whole estimate has a price; nothing for who may not see rates.

    Nothing either where people have rates in other currencies alone.
    """
    if not await sees_costs(db, actor, project_id):
        return {}
    costs: dict[UUID, Decimal] = {}
    cursor: str | None = None
    while True:
        try:
            page = await list_task_costs(db, actor, project_id, limit=MAX_TASKS, cursor=cursor)
        except RatesInOtherCurrencies:
            return {}
        costs |= {
            each.task_id: each.planned
            for each in page.items
            if each.planned_minutes and not each.unpriced_planned_minutes
        }
        cursor = page.next_cursor
        if cursor is None:
            return costs


async def sees_costs(db: Db, actor: Actor, project_id: UUID) -> bool:
    """Whether the actor may see what is paid in a project."""
    try:
        await must_be_allowed_in(db, actor, project_id, "rate", "read")
    except Forbidden:
        return False
    return True
