"""Tasks found by a query, over all projects that somebody may see."""

from collections.abc import Sequence
from typing import Final, LiteralString

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import Page, encode_cursor, page_of
from projectflow.tasks.field_names import find_named
from projectflow.tasks.query.asker import Asker
from projectflow.tasks.query.compiler import compile_query, is_narrow, needs_time_zone
from projectflow.tasks.query.custom import Named
from projectflow.tasks.query.groups import groupings_of
from projectflow.tasks.query.orders import order_of
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.parser import parse
from projectflow.tasks.query.syntax import Query, Value
from projectflow.tasks.service import VISIBLE
from projectflow.tasks.types import TASK_COLUMNS, Task

SEEN: Final = (
    "((t.project_id IN (SELECT p.id FROM projects p"
    f" WHERE p.tenant_id = $1 AND NOT p.is_template AND {VISIBLE})) IS TRUE)"
)
"""Whether task `t` is of a visible project; what a template holds is nobody's work.

As a test of a truth it is no join: the planner, who knows the average workspace alone, would go
through its few projects and look for the same tasks in each.
"""


class Question(Struct):
    """A query, ready to be sent."""

    query: Query
    named: Named
    """The custom fields that it names."""
    condition: LiteralString
    """On task `t`, of this tenant and visible; more may be added."""
    parameters: Parameters


async def find_tasks(
    db: Db, actor: Actor, text: str, *, limit: int, cursor: str | None, include_total: bool
) -> Page[Task]:
    """A page of the tasks that a query means, in its order; without one, the newest first.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidQuery: says where the query is wrong.
        InvalidInput: the cursor is not one of this list's.
    """
    asked = await ask(db, actor, text)
    counting = (
        f"SELECT count(*) FROM tasks t WHERE {asked.condition}",
        tuple(asked.parameters.values),
    )
    order = order_of(asked.query.order, asked.named, asked.parameters)
    following = order.after(cursor, asked.parameters)
    most = asked.parameters.add(limit + 1)
    apart = "OFFSET 0" if is_narrow(asked.query) else ""
    meant: LiteralString = f"(SELECT * FROM tasks t WHERE {asked.condition} {apart}) t"
    rows = await db.fetch(
        f"""
        SELECT {order.columns}, {TASK_COLUMNS}
        FROM (
            SELECT * FROM {meant} WHERE {following}
            ORDER BY {order.sql} LIMIT {most}
        ) t CROSS JOIN LATERAL (
            SELECT key FROM projects WHERE tenant_id = $1 AND id = t.project_id OFFSET 0
        ) p
        ORDER BY {order.sql}
        """,
        *asked.parameters.values,
    )
    width = len(order.sorts)
    found = [(tuple(row)[:width], Task(*tuple(row)[width:])) for row in rows]
    total: int | None = await db.fetchval(counting[0], *counting[1]) if include_total else None
    page = page_of(found, limit, lambda f: encode_cursor(order.name, *f[0], f[1].id), total)
    return Page([task for _, task in page.items], page.next_cursor, page.total)


async def ask(db: Db, actor: Actor, text: str, also: Sequence[Value] = ()) -> Question:
    """Read a query for somebody, in their time zone where that matters.

    `also` are names that stand outside of the query and may be custom fields too.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidQuery: says where the query is wrong.
    """
    actor.must_be_allowed("task", "read", "in_project")
    query = parse(text)
    named = await find_named(db, actor, query, also)
    asker = Asker.of(actor)
    if needs_time_zone(query, named):
        zone = await db.fetchval(
            "SELECT time_zone FROM users WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            actor.user_id,
        )
        asker = Asker.of(actor, zone or "UTC")
    return _question(actor, query, asker, named)


async def check_query(db: Db, actor: Actor, text: str, also: Sequence[Value] = ()) -> Question:
    """Refuse a query that could not be asked.

    Raises:
        InvalidQuery: says where it is wrong.
    """
    query = parse(text)
    return _question(actor, query, Asker.of(actor), await find_named(db, actor, query, also))


def _question(actor: Actor, query: Query, asker: Asker, named: Named) -> Question:
    parameters = Parameters(actor.tenant_id, actor.sees_all_projects, actor.user_id)
    condition = compile_query(query, asker, parameters, named)
    # What is wrong with them is told now; what they bind is bound where they are used.
    order_of(query.order, named, Parameters())
    groupings_of(query.group, named, Parameters())
    return Question(query, named, f"t.tenant_id = $1 AND {SEEN} AND {condition}", parameters)
