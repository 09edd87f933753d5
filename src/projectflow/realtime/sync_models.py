"""The models that clients keep: whose rows there are, who sees them, how they are found.

Each query has the same parameters: $1 the tenant, $2 whether the asker sees all projects (or all
people), $3 the asker. Its conditions begin with $4.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from projectflow.auth.permissions import Action, Condition, Resource
from projectflow.auth.types import Actor
from projectflow.auth.workspace import COLUMNS as WORKSPACE_COLUMNS
from projectflow.auth.workspace import WorkspaceSettings
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.projects.milestones import MILESTONE_COLUMNS, Milestone
from projectflow.projects.types import PROJECT_COLUMNS, STATE_COLUMNS, Project
from projectflow.realtime.sync_types import (
    PERSON_COLUMNS,
    Favourite,
    FieldContent,
    Person,
    ProjectDependency,
    ProjectMember,
    ProjectState,
    RelationOfTasks,
    TaskWithFields,
    Timer,
)
from projectflow.tasks.custom_fields import SEEN as SEEN_FIELDS
from projectflow.tasks.custom_fields import with_options
from projectflow.tasks.dependencies import DEPENDENCY_COLUMNS
from projectflow.tasks.field_storage import kept, told
from projectflow.tasks.field_types import COLUMNS as FIELD_COLUMNS
from projectflow.tasks.field_types import CustomField
from projectflow.tasks.service import VISIBLE
from projectflow.tasks.types import TASK_COLUMNS, Tag
from projectflow.tasks.views import SEEN_VIEWS, VIEW_COLUMNS, view_of
from projectflow.users.teams import TEAM_COLUMNS, Team

NOBODYS: Final = UUID(int=0)
"""Stands for the project of what is the whole workspace's."""
ALWAYS: Final[LiteralString] = "$2::boolean IS NOT NULL AND $3::uuid IS NOT NULL"
VISIBLE_TOO: Final[LiteralString] = VISIBLE.replace("p.", "q.")
"""`VISIBLE` for the project `q` of the task at the other end."""
CARD_COUNTS: Final[LiteralString] = (
    "(SELECT count(*) FROM comments c WHERE c.tenant_id = $1 AND c.task_id = t.id"
    " AND c.deleted_at IS NULL) AS comment_count,"
    " (SELECT count(*) FROM checklist_items i WHERE i.tenant_id = $1 AND i.task_id = t.id)"
    " AS checklist_total,"
    " (SELECT count(*) FROM checklist_items i WHERE i.tenant_id = $1 AND i.task_id = t.id"
    " AND i.is_done) AS checklist_done"
)
"""What a card shows of what is loaded with the panel only."""
Found = tuple[str, Any]
"""A row and its id."""


class Model(Struct, frozen=True):
    """One kind of row. `project` is a project's id in it, `within` finds rows by that ($4)."""

    query: LiteralString
    key: LiteralString
    """What its rows are ordered by, and as `cast` tells found after."""
    cast: LiteralString
    match: LiteralString
    """Finds rows by their ids ($4)."""
    build: Callable[[asyncpg.Record], Found]
    may: Callable[[Actor], bool]
    sees_all: Callable[[Actor], bool]
    within: LiteralString | None = None


def _may(resource: Resource, action: Action, *holding: Condition) -> Callable[[Actor], bool]:
    def check(actor: Actor) -> bool:
        try:
            actor.must_be_allowed(resource, action, *holding)
        except Forbidden:
            return False
        return True

    return check


def _everywhere(allowed: Callable[[Actor], bool]) -> Callable[[Actor], bool]:
    """What no API key reads that is limited to some projects."""
    return lambda actor: actor.project_ids is None and allowed(actor)


def _always(_: Actor) -> bool:
    return True


def sees_all_projects(actor: Actor) -> bool:
    """Whether all projects are seen, which is less than all their tasks."""
    return actor.may_always("project", "read")


def sees_all_tasks(actor: Actor) -> bool:
    """Whether the tasks of all projects are seen."""
    return actor.sees_all_projects


reads_projects: Final = _may("project", "read", "is_member")
reads_tasks: Final = _may("task", "read", "in_project")
reads_comments: Final = _may("comment", "read", "in_project")
reads_people: Final = _everywhere(_may("user", "read"))
reads_teams: Final = _everywhere(_may("team", "read"))
reads_audit: Final = _everywhere(_may("audit", "read"))
reads_workspace: Final = _everywhere(
    lambda actor: not actor.is_key or actor.may_always("workspace", "read")
)
_reads_time: Final = _may("time_entry", "read", "in_project", "is_author")
_PAIR: Final = "SELECT split_part(i, '/', 1)::uuid, split_part(i, '/', 2)::uuid"


def _by_id(kind: type[Struct]) -> Callable[[asyncpg.Record], Found]:
    return lambda row: (str(row["id"]), kind(*row))


def _of_project(
    columns: LiteralString, table: LiteralString, name: LiteralString, kind: type[Struct]
) -> Model:
    """What every member of a project sees of it, besides its tasks."""
    return Model(
        f"SELECT {columns} FROM {table} {name}"
        f" JOIN projects p ON p.tenant_id = $1 AND p.id = {name}.project_id"
        f" WHERE {name}.tenant_id = $1 AND {VISIBLE}",
        f"{name}.id",
        "uuid",
        f"{name}.id = ANY ($4::uuid[])",
        _by_id(kind),
        reads_projects,
        sees_all_projects,
        f"{name}.project_id = ANY ($4::uuid[])",
    )


def _with_counts(row: asyncpg.Record) -> TaskWithFields:
    return TaskWithFields(
        *tuple(row)[:-3],
        fields={},
        comment_count=row["comment_count"],
        checklist_total=row["checklist_total"],
        checklist_done=row["checklist_done"],
    )


def _pair(a: str, b: str) -> str:
    return f"{min(a, b)}/{max(a, b)}"


pair: Final = _pair
"""The id of a relation of two tasks, whichever is the first."""

MODELS: Final[dict[str, Model]] = {
    "workspace": Model(
        f"SELECT {WORKSPACE_COLUMNS} FROM tenants t WHERE t.id = $1 AND {ALWAYS}",
        "t.id", "uuid", "t.id = ANY ($4::uuid[])",
        _by_id(WorkspaceSettings), reads_workspace, _always,
    ),
    "user": Model(
        f"SELECT {PERSON_COLUMNS} FROM users u"
        " WHERE u.tenant_id = $1 AND u.deleted_at IS NULL AND ($2 OR u.id = $3)",
        "u.id", "uuid", "u.id = ANY ($4::uuid[])",
        _by_id(Person), _always, reads_people,
    ),
    "team": Model(
        f"SELECT {TEAM_COLUMNS} FROM teams t WHERE t.tenant_id = $1 AND {ALWAYS}",
        "t.id", "uuid", "t.id = ANY ($4::uuid[])",
        _by_id(Team), reads_teams, _always,
    ),
    "project": Model(
        f"SELECT {PROJECT_COLUMNS} FROM projects p WHERE p.tenant_id = $1 AND {VISIBLE}",
        "p.id", "uuid", "p.id = ANY ($4::uuid[])",
        _by_id(Project), reads_projects, sees_all_projects,
        "p.id = ANY ($4::uuid[])",
    ),
    "project_member": Model(
        "SELECT pm.project_id, pm.user_id, pm.role, pm.created_at FROM project_members pm"
        " JOIN projects p ON p.tenant_id = $1 AND p.id = pm.project_id"
        f" WHERE pm.tenant_id = $1 AND {VISIBLE}",
        "pm.project_id, pm.user_id", "uuid, uuid",
        f"(pm.project_id, pm.user_id) IN ({_PAIR} FROM unnest($4::text[]) i)",
        lambda row: (f"{row['project_id']}/{row['user_id']}", ProjectMember(*row)),
        reads_projects, sees_all_projects,
        "pm.project_id = ANY ($4::uuid[])",
    ),
    "state": _of_project(f"{STATE_COLUMNS}, s.project_id", "workflow_states", "s", ProjectState),
    "tag": Model(
        f"SELECT g.name, g.color FROM tags g WHERE g.tenant_id = $1 AND {ALWAYS}",
        "g.name", "text", "g.name = ANY ($4::text[])",
        lambda row: (row["name"], Tag(*row)), reads_tasks, _always,
    ),
    "milestone": _of_project(MILESTONE_COLUMNS, "milestones", "m", Milestone),
    "custom_field": Model(
        f"SELECT {FIELD_COLUMNS} FROM custom_fields f WHERE {SEEN_FIELDS} AND f.deleted_at IS NULL",
        "f.id", "uuid", "f.id = ANY ($4::uuid[])",
        _by_id(CustomField), reads_tasks, sees_all_tasks,
        "coalesce(f.project_id, '00000000-0000-0000-0000-000000000000') = ANY ($4::uuid[])",
    ),
    "task": Model(
        f"SELECT {TASK_COLUMNS}, {CARD_COUNTS} FROM projects p JOIN tasks t"
        " ON t.tenant_id = $1 AND t.project_id = p.id"
        f" WHERE p.tenant_id = $1 AND t.deleted_at IS NULL AND {VISIBLE}",
        "t.position", "text", "t.id = ANY ($4::uuid[])",
        lambda row: (str(row["id"]), _with_counts(row)),
        reads_tasks, sees_all_tasks,
        "t.project_id = ANY ($4::uuid[])",
    ),
    "dependency": Model(
        f"SELECT {DEPENDENCY_COLUMNS}, t.project_id FROM task_dependencies d"
        " JOIN tasks t ON t.tenant_id = $1 AND t.id = d.task_id AND t.deleted_at IS NULL"
        f" JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id AND {VISIBLE}"
        " JOIN tasks o ON o.tenant_id = $1 AND o.id = d.depends_on_task_id"
        " AND o.deleted_at IS NULL"
        f" JOIN projects q ON q.tenant_id = $1 AND q.id = o.project_id AND {VISIBLE_TOO}"
        " WHERE d.tenant_id = $1",
        "d.id", "uuid", "d.id = ANY ($4::uuid[])",
        _by_id(ProjectDependency), reads_tasks, sees_all_tasks,
        "(t.project_id = ANY ($4::uuid[]) OR o.project_id = ANY ($4::uuid[]))",
    ),
    "relation": Model(
        "SELECT r.task_id, r.other_task_id, r.kind, r.created_at, t.project_id"
        " FROM task_relations r"
        " JOIN tasks t ON t.tenant_id = $1 AND t.id = r.task_id AND t.deleted_at IS NULL"
        f" JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id AND {VISIBLE}"
        " JOIN tasks o ON o.tenant_id = $1 AND o.id = r.other_task_id AND o.deleted_at IS NULL"
        f" JOIN projects q ON q.tenant_id = $1 AND q.id = o.project_id AND {VISIBLE_TOO}"
        " WHERE r.tenant_id = $1",
        "r.task_id, r.other_task_id", "uuid, uuid",
        "(least(r.task_id, r.other_task_id), greatest(r.task_id, r.other_task_id))"
        f" IN ({_PAIR} FROM unnest($4::text[]) i)",
        lambda row: (
            _pair(str(row["task_id"]), str(row["other_task_id"])), RelationOfTasks(*row)
        ),
        reads_tasks, sees_all_tasks,
        "(t.project_id = ANY ($4::uuid[]) OR o.project_id = ANY ($4::uuid[]))",
    ),
    "view": Model(
        f"SELECT {VIEW_COLUMNS} FROM saved_views v WHERE "
        + SEEN_VIEWS.replace(
            "$4", "(SELECT u.role <> 'viewer' FROM users u WHERE u.tenant_id = $1 AND u.id = $3)"
        ),
        "v.id", "uuid", "v.id = ANY ($4::uuid[])",
        lambda row: (str(row["id"]), view_of(row)), reads_tasks, sees_all_tasks,
        "v.project_id = ANY ($4::uuid[])",
    ),
    "favourite": Model(
        "SELECT f.project_id, f.position FROM project_favourites f"
        " JOIN projects p ON p.tenant_id = $1 AND p.id = f.project_id"
        f" WHERE f.tenant_id = $1 AND f.user_id = $3 AND {VISIBLE}",
        "f.project_id", "uuid", "f.project_id = ANY ($4::uuid[])",
        lambda row: (str(row["project_id"]), Favourite(*row)), reads_projects, sees_all_projects,
        "f.project_id = ANY ($4::uuid[])",
    ),
    "timer": Model(
        "SELECT e.id, e.task_id, e.project_id, e.user_id, e.started_at, e.note, e.is_billable,"
        " e.version, e.created_at, e.updated_at FROM time_entries e"
        " WHERE e.tenant_id = $1 AND e.user_id = $3 AND e.stopped_at IS NULL AND $2::boolean",
        "e.user_id", "uuid", "e.user_id = ANY ($4::uuid[])",
        lambda row: (str(row["user_id"]), Timer(*row)), _reads_time, _always,
    ),
}  # fmt: skip
"""In the order in which a client gets them: what others name comes before them."""


def models_of(actor: Actor) -> list[str]:
    """The models of which somebody can have rows."""
    return [name for name, model in MODELS.items() if model.may(actor)]


async def read_rows(
    db: Db, actor: Actor, name: str, condition: LiteralString, *arguments: Any
) -> list[Found]:
    """The rows of a model that the actor sees and that meet a condition, whose first is $4."""
    model = MODELS[name]
    rows = await db.fetch(
        f"{model.query} AND {condition}",
        actor.tenant_id,
        model.sees_all(actor),
        actor.user_id,
        *arguments,
    )
    found = [model.build(row) for row in rows]
    if name == "task":
        return await _with_fields(db, actor, found)
    if name == "custom_field":
        whole = await with_options(db, actor, [row for _, row in found])
        return [(str(field.id), field) for field in whole]
    return found


async def _with_fields(db: Db, actor: Actor, tasks: Sequence[Found]) -> list[Found]:
    """The same tasks with what stands in their fields, read in one query."""
    if not tasks:
        return []
    rows = await db.fetch(
        """
        SELECT v.task_id, v.field_id, f.kind, (array_agg(v.text_value))[1] AS text_value,
            (array_agg(v.number_value))[1] AS number_value,
            (array_agg(v.date_value))[1] AS date_value, (array_agg(v.person_id))[1] AS person_id,
            array_agg(v.option_id ORDER BY v.place) FILTER (WHERE v.option_id IS NOT NULL)
                AS option_ids
        FROM task_field_values v
        JOIN tasks t ON t.tenant_id = $1 AND t.id = v.task_id
        JOIN custom_fields f ON f.tenant_id = $1 AND f.id = v.field_id
            AND (f.project_id IS NULL OR f.project_id = t.project_id)
        WHERE v.tenant_id = $1 AND v.task_id = ANY ($2::uuid[])
        GROUP BY v.task_id, v.field_id, f.kind
        """,
        actor.tenant_id,
        [task_id for task_id, _ in tasks],
    )
    fields: dict[str, dict[str, FieldContent]] = {}
    for row in rows:
        value = told(row["kind"], kept(row["kind"], row))
        fields.setdefault(str(row["task_id"]), {})[str(row["field_id"])] = value
    return [
        (task_id, msgspec.structs.replace(task, fields=fields[task_id]))
        if task_id in fields
        else (task_id, task)
        for task_id, task in tasks
    ]
