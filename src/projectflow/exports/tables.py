"""How a table's rows are taken out and brought in; catalog.py says it of each table."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, LiteralString

from msgspec import Struct

Names = Literal["thing", "person"]
"""What an id in a column names: something of the export itself, or somebody."""
PLACES: Final[tuple[LiteralString, ...]] = ("$3", "$4", "$5", "$6", "$7", "$8")
Column = tuple[LiteralString, LiteralString]
"""An expression and its type."""


class Rows(Struct, frozen=True):
    """Where rows `t` of a table are read from, and the order of the pages."""

    source: LiteralString
    """What follows FROM. $1 is the tenant, $3 the project where one is exported."""
    order: tuple[Column, ...]


class Table(Struct, frozen=True):
    """How a table's rows are taken out and brought in."""

    name: LiteralString
    of_workspace: Rows
    of_project: Rows | None = None
    """None for what is not a project's."""
    ids: Mapping[str, Names] = {}
    """The columns that hold ids, where it can be a project's."""
    documents: Mapping[str, Callable[[bytes], object]] = {}
    """Columns of JSON, which can hold ids too, with what reads them: it raises where it cannot."""
    texts: tuple[str, ...] = ()
    """Columns of Markdown, which can mention people."""
    check: Callable[[dict[str, Any]], object] | None = None
    """Raises where a row's columns do not go together."""
    of_money: tuple[str, ...] = ()
    """Columns that are empty in the export of somebody who may not see rates and costs."""
    without: tuple[str, ...] = ()
    """Columns that leave the workspace with nobody."""
    given: Mapping[str, Any] = {}
    """What stands in their place when it is brought in."""
    at_the_end: tuple[LiteralString, ...] = ()
    """Columns that name rows of the same table, and wait until all of them are there."""
    skip_known: bool = False
    """Whether a row that is there already stays as it is."""


def of_workspace(table: LiteralString, *order: Column) -> Rows:
    """All rows of a tenant, by their primary key."""
    return Rows(f"{table} t WHERE t.tenant_id = $1", order)


def of_project(table: LiteralString, *order: Column) -> Rows:
    """The rows that say their project."""
    return Rows(f"{table} t WHERE t.tenant_id = $1 AND t.project_id = $3", order)


def of_tasks(table: LiteralString, *order: Column, task: LiteralString = "t.task_id") -> Rows:
    """The rows that hang on a project's tasks, task by task."""
    return Rows(
        f"tasks k JOIN {table} t ON t.tenant_id = $1 AND {task} = k.id"
        " WHERE k.tenant_id = $1 AND k.project_id = $3",
        (("k.number", "int"), *order),
    )


def of_comments(table: LiteralString, *order: Column) -> Rows:
    """The rows that hang on comments on a project's tasks."""
    return Rows(
        "tasks k JOIN comments c ON c.tenant_id = $1 AND c.task_id = k.id"
        f" JOIN {table} t ON t.tenant_id = $1 AND t.comment_id = c.id"
        " WHERE k.tenant_id = $1 AND k.project_id = $3",
        (("k.number", "int"), ("t.comment_id", "uuid"), *order),
    )


def between_tasks(table: LiteralString, other: LiteralString, *order: Column) -> Rows:
    """The rows between two tasks of a project: what leads to another one is not its own."""
    return Rows(
        f"tasks k JOIN {table} t ON t.tenant_id = $1 AND t.task_id = k.id"
        f" JOIN tasks o ON o.tenant_id = $1 AND o.id = {other} AND o.project_id = $3"
        " WHERE k.tenant_id = $1 AND k.project_id = $3",
        (("k.number", "int"), *order),
    )


ID: Final[Column] = ("t.id", "uuid")
USER: Final[Column] = ("t.user_id", "uuid")
TASK: Final[Column] = ("t.task_id", "uuid")
PROJECT: Final[Column] = ("t.project_id", "uuid")
NAME: Final[Column] = ("t.name", "text")


class PageSql(Struct, frozen=True):
    """The two texts that read a table: its first page, and the one after a row."""

    first: LiteralString
    following: LiteralString


def page_sql(rows: Rows, *, in_project: bool) -> PageSql:
    """Read `rows` as JSON, each behind the values that it is ordered by.

    $1 is the tenant, $2 how many; then the project, where there is one; then the last row's values.
    """
    order = ", ".join([expression for expression, _ in rows.order])
    places = PLACES[1 if in_project else 0 :]
    last = ", ".join(
        [f"{place}::{kind}" for place, (_, kind) in zip(places, rows.order, strict=False)]
    )
    reads: LiteralString = f"SELECT {order}, to_jsonb(t)::text AS row FROM {rows.source}"
    # For the index, which a comparison of rows over two tables does not use.
    ahead: LiteralString = f"{rows.order[0][0]} >= {places[0]}::{rows.order[0][1]}"
    return PageSql(
        f"{reads} ORDER BY {order} LIMIT $2",
        f"{reads} AND {ahead} AND ({order}) > ({last}) ORDER BY {order} LIMIT $2",
    )
