"""What an export holds: each table of a workspace, in the order in which it can be brought in.

A new table gets an entry here, or a reason in `LEFT_OUT`; tests/exports/test_catalog.py fails until
it has one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, LiteralString

from msgspec import Struct

from projectflow.auth.passwords import UNUSABLE

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

TABLES: Final[Sequence[Table]] = (
    Table("tenants", Rows("tenants t WHERE t.id = $1", (ID,))),
    Table(
        "event_counters",
        of_workspace("event_counters", ("t.last_seq", "bigint")),
    ),
    Table("roles", of_workspace("roles", ID)),
    Table(
        "users",
        of_workspace("users", ID),
        without=("password_hash",),
        given={"password_hash": UNUSABLE},
    ),
    Table("teams", of_workspace("teams", ID)),
    Table("team_members", of_workspace("team_members", ("t.team_id", "uuid"), USER)),
    Table(
        "tags",
        of_workspace("tags", NAME),
        Rows(
            "tags t WHERE t.tenant_id = $1 AND t.name IN (SELECT unnest(k.tags) FROM tasks k"
            " WHERE k.tenant_id = $1 AND k.project_id = $3)",
            (NAME,),
        ),
        skip_known=True,
    ),
    Table(
        "projects",
        of_workspace("projects", ID),
        Rows("projects t WHERE t.tenant_id = $1 AND t.id = $3", (ID,)),
        {"id": "thing", "owner_id": "person"},
    ),
    Table(
        "project_counters",
        of_workspace("project_counters", PROJECT),
        of_project("project_counters", PROJECT),
        {"project_id": "thing"},
    ),
    Table(
        "project_members",
        of_workspace("project_members", PROJECT, USER),
        of_project("project_members", USER),
        {"project_id": "thing", "user_id": "person"},
        skip_known=True,  # two people of the export can be one here
    ),
    Table(
        "workflow_states",
        of_workspace("workflow_states", ID),
        of_project("workflow_states", ID),
        {"id": "thing", "project_id": "thing"},
    ),
    Table(
        "milestones",
        of_workspace("milestones", ID),
        of_project("milestones", ID),
        {"id": "thing", "project_id": "thing"},
    ),
    Table(
        "resource_assignments",
        of_workspace("resource_assignments", ID),
        of_project("resource_assignments", ID),
        {"id": "thing", "project_id": "thing", "user_id": "person"},
    ),
    Table(
        "saved_views",
        of_workspace("saved_views", ID),
        # Those that others do not see are no part of the project.
        Rows("saved_views t WHERE t.tenant_id = $1 AND t.project_id = $3 AND t.is_shared", (ID,)),
        {"id": "thing", "project_id": "thing", "owner_id": "person"},
    ),
    Table(
        "tasks",
        of_workspace("tasks", ID),
        of_project("tasks", ("t.number", "int")),
        {
            "id": "thing",
            "project_id": "thing",
            "parent_id": "thing",
            "assignee_id": "person",
            "reporter_id": "person",
        },
        at_the_end=("parent_id",),
    ),
    Table(
        "task_dependencies",
        of_workspace("task_dependencies", ID),
        between_tasks("task_dependencies", "t.depends_on_task_id", ID),
        {"id": "thing", "task_id": "thing", "depends_on_task_id": "thing", "created_by": "person"},
    ),
    Table(
        "task_relations",
        of_workspace("task_relations", TASK, ("t.other_task_id", "uuid")),
        between_tasks("task_relations", "t.other_task_id", ("t.other_task_id", "uuid")),
        {"task_id": "thing", "other_task_id": "thing", "created_by": "person"},
    ),
    Table(
        "checklist_items",
        of_workspace("checklist_items", ID),
        of_tasks("checklist_items", ID),
        {"id": "thing", "task_id": "thing"},
    ),
    Table(
        "comments",
        of_workspace("comments", ID),
        of_tasks("comments", ID),
        {"id": "thing", "task_id": "thing", "author_id": "person"},
    ),
    Table(
        "attachments",
        of_workspace("attachments", ID),
        of_tasks("attachments", ID),
        {"id": "thing", "task_id": "thing", "uploader_id": "person"},
    ),
    Table(
        "time_entries",
        of_workspace("time_entries", ID),
        of_tasks("time_entries", ID),
        {"id": "thing", "task_id": "thing", "project_id": "thing", "user_id": "person"},
    ),
    Table("imports", of_workspace("imports", ID)),
    Table(
        "import_links",
        of_workspace(
            "import_links",
            ("t.source", "text"),
            ("t.scope_id", "uuid"),
            ("t.entity_type", "text"),
            ("t.external_id", "text"),
        ),
        Rows(
            "import_links t WHERE t.tenant_id = $1 AND t.scope_id = $3",
            (("t.source", "text"), ("t.entity_type", "text"), ("t.external_id", "text")),
        ),
        {"scope_id": "thing", "entity_id": "thing"},
    ),
    Table("events", of_workspace("events", ("t.seq", "bigint"))),
    Table("notifications", of_workspace("notifications", ID)),
)
EXPORTED: Final[Mapping[str, Table]] = {table.name: table for table in TABLES}

LEFT_OUT: Final[Mapping[str, str]] = {
    "api_key_projects": "belongs to API keys",
    "api_keys": "secrets: whoever holds one is not moved with the workspace",
    "calendar_feeds": "secrets: an address that was given out for this workspace",
    "challenges": "under way for ten minutes at most",
    "exports": "what was taken out before; its files are not kept",
    "identity_providers": "secrets: the provider knows this installation's address",
    "invitations": "secrets: links that were mailed from here",
    "passkeys": "bound to this installation's address",
    "password_resets": "secrets: links that were mailed from here",
    "recovery_codes": "secrets",
    "scim_tokens": "secrets",
    "sessions": "secrets: signed in here, not there",
    "task_tallies": "derived: counted by a trigger of tasks",
    "totp_factors": "secrets, sealed with this installation's keys",
    "user_identities": "belongs to the identity provider",
    "webhooks": "secrets: each signs with one, sealed with this installation's keys",
}
"""Tables that no export holds, and why."""


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
