"""How many tasks a query means, by group and sub-group, in one query."""

from typing import Final, LiteralString

import asyncpg
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.tasks.find import Question, ask
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.groups import Grouping, groupings_of, values_of
from projectflow.tasks.query.syntax import Value

MAX_GROUPS: Final = 1000
"""Groups and sub-groups together."""


class SubGroup(Struct, frozen=True):
    """A value and how many tasks have it; null counts those that have none."""

    value: str | None
    count: int


class Group(Struct, frozen=True):
    """A value, how many tasks have it, and what they are parted into."""

    value: str | None
    count: int
    groups: list[SubGroup]


class TaskCounts(Struct, frozen=True):
    """Tasks by group, the largest group first.

    With tags a task counts in each of its groups, and once in `total`.
    """

    total: int
    group_by: list[str]
    groups: list[Group]
    truncated: bool
    """Whether there are more than 1,000 groups and sub-groups; the smallest are left out."""


async def count_tasks(db: Db, actor: Actor, text: str, group: str | None) -> TaskCounts:
    """Count what a query means by `group`, such as `status,assignee`, or by its own `group:`.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidQuery: says where the query is wrong.
        InvalidInput: `group` names what cannot be grouped by.
    """
    by = values_of(group) if group else []
    asked = await ask(db, actor, text, by)
    groupings = _groupings(asked, by)
    columns: list[LiteralString] = [
        f"{each.sql} AS {name}" for each, name in zip(groupings, _NAMES, strict=False)
    ]
    joins: LiteralString = "".join([each.join for each in groupings])
    level = _LEVELS[len(groupings)]
    # A task that is in several groups is still one.
    repeats = any(each.repeats for each in groupings)
    count: LiteralString = "count(DISTINCT x.id)" if repeats else "count(*)"
    rows = await db.fetch(
        f"""
        SELECT {level.shown}, {count} AS tasks
        FROM (
            SELECT {", ".join([*columns, "t.id"])} FROM tasks t{joins} WHERE {asked.condition}
        ) x
        GROUP BY GROUPING SETS ({level.sets})
        ORDER BY grouped, parted, tasks DESC, first, second
        LIMIT {asked.parameters.add(MAX_GROUPS + 2)}
        """,
        *asked.parameters.values,
    )
    return _counts([each.name for each in groupings], rows)


class _Level(Struct, frozen=True):
    """How the rows are counted: all, by one column, by two."""

    sets: LiteralString
    shown: LiteralString


_NAMES: Final[tuple[LiteralString, ...]] = ("first", "second")
_LEVELS: Final = (
    _Level("()", "false AS grouped, false AS parted, NULL::text AS first, NULL::text AS second"),
    _Level(
        "(), (x.first)",
        "GROUPING(x.first) = 0 AS grouped, false AS parted, x.first, NULL::text AS second",
    ),
    _Level(
        "(), (x.first), (x.first, x.second)",
        "GROUPING(x.first) = 0 AS grouped, GROUPING(x.second) = 0 AS parted, x.first, x.second",
    ),
)


def _groupings(asked: Question, by: list[Value]) -> list[Grouping]:
    if not by:
        return groupings_of(asked.query.group, asked.named, asked.parameters)
    try:
        return groupings_of(by, asked.named, asked.parameters)
    except InvalidQuery as error:
        raise InvalidInput.of("group", error.errors[0].message) from None


def _counts(group_by: list[str], rows: list[asyncpg.Record]) -> TaskCounts:
    """The rows come as the total, then the groups, then the sub-groups."""
    total = sum(row["tasks"] for row in rows if not row["grouped"])
    shown = [row for row in rows if row["grouped"]]
    groups: dict[str | None, Group] = {}
    for row in shown[:MAX_GROUPS]:
        if row["parted"]:
            group = groups[row["first"]]
            group.groups.append(SubGroup(row["second"], row["tasks"]))
        else:
            groups[row["first"]] = Group(row["first"], row["tasks"], [])
    return TaskCounts(total, group_by, list(groups.values()), len(shown) > MAX_GROUPS)
