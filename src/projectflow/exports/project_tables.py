"""What a project's export holds; a workspace's has these tables with the rows of all projects."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, LiteralString
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from projectflow.exports.tables import (
    ID,
    NAME,
    PROJECT,
    TASK,
    USER,
    Column,
    Rows,
    Table,
    between_tasks,
    of_comments,
    of_project,
    of_tasks,
    of_workspace,
)
from projectflow.planning.baselines import BaselineMilestone
from projectflow.planning.types import ProjectCalendar, check_settings
from projectflow.projects.settings import ProjectSettings
from projectflow.tasks.recurrence_rule import read_rule
from projectflow.tasks.template_types import Blueprint
from projectflow.tasks.views import Configuration

COMMENT: Final[Column] = ("t.comment_id", "uuid")
FIELD: Final[Column] = ("t.field_id", "uuid")
FIELDS_OF_PROJECT: Final[LiteralString] = """
    WHERE f.tenant_id = $1 AND (f.project_id = $3 OR f.project_id IS NULL AND (
        EXISTS (
            SELECT FROM task_field_values v
            JOIN tasks k ON k.tenant_id = $1 AND k.id = v.task_id AND k.project_id = $3
            WHERE v.tenant_id = $1 AND v.field_id = f.id)
        OR EXISTS (
            SELECT FROM task_templates m WHERE m.tenant_id = $1 AND m.project_id = $3
              AND strpos(m.blueprint::text, f.id::text) > 0)))
"""
"""A project's own fields, and those of all projects that say something in this one."""


def read_project_calendar(content: bytes) -> ProjectCalendar:
    """What is different in a project, checked as when somebody sets it."""
    calendar = msgspec.json.decode(content, type=ProjectCalendar)
    check_settings(calendar)
    return calendar


def check_series(row: dict[str, Any]) -> None:
    """See that the worker can go on with a task that comes again.

    Raises:
        InvalidInput: its rule is none.
        ValueError: its day or time zone is none.
    """
    try:
        zone = ZoneInfo(row["time_zone"])
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(row["time_zone"]) from error
    read_rule(row["rule"], date.fromisoformat(row["starts_on"]), zone)


PROJECT_TABLES: Final[Sequence[Table]] = (
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
        documents={"settings": msgspec.json.Decoder(ProjectSettings).decode},
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
    ),
    Table(
        "project_calendars",
        of_workspace("project_calendars", PROJECT),
        of_project("project_calendars", PROJECT),
        {"project_id": "thing"},
        documents={"calendar": read_project_calendar},
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
        "custom_fields",
        of_workspace("custom_fields", ID),
        Rows(
            "custom_fields f JOIN custom_fields t ON t.tenant_id = $1 AND t.id = f.id"
            f" {FIELDS_OF_PROJECT}",
            (ID,),
        ),
        {"id": "thing", "project_id": "thing"},
    ),
    Table(
        "custom_field_options",
        of_workspace("custom_field_options", ID),
        Rows(
            "custom_fields f JOIN custom_field_options t ON t.tenant_id = $1 AND t.field_id = f.id"
            f" {FIELDS_OF_PROJECT}",
            (ID,),
        ),
        {"id": "thing", "field_id": "thing"},
    ),
    Table(
        "saved_views",
        of_workspace("saved_views", ID),
        # Those that others do not see are no part of the project.
        Rows("saved_views t WHERE t.tenant_id = $1 AND t.project_id = $3 AND t.is_shared", (ID,)),
        {"id": "thing", "project_id": "thing", "owner_id": "person"},
        documents={"configuration": msgspec.json.Decoder(Configuration).decode},
    ),
    Table(
        "task_templates",
        of_workspace("task_templates", ID),
        of_project("task_templates", ID),
        {"id": "thing", "project_id": "thing", "created_by": "person"},
        documents={"blueprint": msgspec.json.Decoder(Blueprint).decode},
    ),
    Table(
        "tasks",
        of_workspace("tasks", ID),
        of_project("tasks", ("t.number", "int")),
        {
            "id": "thing",
            "project_id": "thing",
            "parent_id": "thing",
            "milestone_id": "thing",
            "assignee_id": "person",
            "reporter_id": "person",
        },
        texts=("description",),
        at_the_end=("parent_id",),
    ),
    Table(
        "former_task_keys",
        of_workspace("former_task_keys", PROJECT, ("t.number", "int")),
        # A task that came from another project had its key there.
        Rows(
            "former_task_keys t"
            " JOIN tasks k ON k.tenant_id = $1 AND k.id = t.task_id AND k.project_id = $3"
            " WHERE t.tenant_id = $1 AND t.project_id = $3",
            (("t.number", "int"),),
        ),
        {"project_id": "thing", "task_id": "thing"},
    ),
    Table(
        "task_field_values",
        of_workspace("task_field_values", TASK, FIELD, ("t.place", "smallint")),
        Rows(
            "tasks k JOIN task_field_values t ON t.tenant_id = $1 AND t.task_id = k.id"
            " JOIN custom_fields f ON f.tenant_id = $1 AND f.id = t.field_id"
            " AND (f.project_id IS NULL OR f.project_id = $3)"
            " WHERE k.tenant_id = $1 AND k.project_id = $3",
            (("k.number", "int"), FIELD, ("t.place", "smallint")),
        ),
        {
            "task_id": "thing",
            "field_id": "thing",
            "option_id": "thing",
            "person_id": "person",
        },
    ),
    Table(
        "task_schedules",
        of_workspace("task_schedules", TASK),
        of_tasks("task_schedules"),
        {"task_id": "thing"},
    ),
    Table(
        "task_series",
        of_workspace("task_series", ID),
        Rows(
            "task_series t"
            " JOIN tasks k ON k.tenant_id = $1 AND k.id = t.task_id AND k.project_id = $3"
            " WHERE t.tenant_id = $1 AND t.project_id = $3",
            (ID,),
        ),
        {"id": "thing", "project_id": "thing", "task_id": "thing", "created_by": "person"},
        check=check_series,
    ),
    Table(
        "task_occurrences",
        of_workspace("task_occurrences", ("t.series_id", "uuid"), ("t.occurs_on", "date")),
        # A date still counts whose task was moved to another project.
        Rows(
            "(SELECT o.tenant_id, o.series_id, o.occurs_on, k.id AS task_id, o.created_at"
            " FROM task_series s"
            " JOIN tasks l ON l.tenant_id = $1 AND l.id = s.task_id AND l.project_id = $3"
            " JOIN task_occurrences o ON o.tenant_id = $1 AND o.series_id = s.id"
            " LEFT JOIN tasks k ON k.tenant_id = $1 AND k.id = o.task_id AND k.project_id = $3"
            " WHERE s.tenant_id = $1 AND s.project_id = $3) t WHERE true",
            (("t.series_id", "uuid"), ("t.occurs_on", "date")),
        ),
        {"series_id": "thing", "task_id": "thing"},
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
        "task_watchers",
        of_workspace("task_watchers", TASK, USER),
        of_tasks("task_watchers", USER),
        {"task_id": "thing", "user_id": "person", "chosen_by": "person"},
    ),
    Table(
        "task_mentions",
        of_workspace("task_mentions", TASK, USER),
        of_tasks("task_mentions", USER),
        {"task_id": "thing", "user_id": "person"},
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
        {"id": "thing", "task_id": "thing", "author_id": "person", "parent_id": "thing"},
        texts=("body",),
        at_the_end=("parent_id",),
    ),
    Table(
        "comment_mentions",
        of_workspace("comment_mentions", COMMENT, USER),
        of_comments("comment_mentions", USER),
        {"comment_id": "thing", "user_id": "person"},
    ),
    Table(
        "comment_reactions",
        of_workspace("comment_reactions", COMMENT, ("t.emoji", "text"), USER),
        of_comments("comment_reactions", ("t.emoji", "text"), USER),
        {"comment_id": "thing", "user_id": "person"},
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
    Table(
        "baselines",
        of_workspace("baselines", ID),
        of_project("baselines", ID),
        {"id": "thing", "project_id": "thing", "created_by": "person"},
        documents={"milestones": msgspec.json.Decoder(list[BaselineMilestone]).decode},
    ),
    Table(
        "baseline_tasks",
        of_workspace("baseline_tasks", ("t.baseline_id", "uuid"), TASK),
        Rows(
            "baselines b JOIN baseline_tasks t ON t.tenant_id = $1 AND t.baseline_id = b.id"
            " WHERE b.tenant_id = $1 AND b.project_id = $3",
            (("t.baseline_id", "uuid"), TASK),
        ),
        {"baseline_id": "thing", "task_id": "thing"},
        of_money=("cost",),
    ),
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
)
"""In the order in which they can be brought in."""
