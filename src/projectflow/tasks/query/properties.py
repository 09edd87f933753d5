"""What a task is and has: the words of `is:` and `has:`."""

from collections.abc import Mapping
from typing import Final, LiteralString

ARCHIVED: Final = "archived"
"""The word that brings archived tasks in at all."""

OPEN: Final = (
    "((t.project_id, t.status) IN (SELECT s.project_id, s.key FROM workflow_states s"
    " WHERE s.tenant_id = $1 AND s.category IN ('backlog', 'unstarted', 'started'))) IS TRUE"
)
IS: Final[Mapping[str, LiteralString]] = {
    ARCHIVED: "t.archived_at IS NOT NULL",
    "overdue": f"(t.due_date < now() AND {OPEN})",
    # It may not begin before another that is still open has ended.
    "blocked": (
        "EXISTS (SELECT FROM task_dependencies d"
        " JOIN tasks before ON before.tenant_id = $1 AND before.id = d.depends_on_task_id"
        " JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = before.project_id"
        " AND s.key = before.status"
        " WHERE d.tenant_id = $1 AND d.task_id = t.id AND d.dependency_type = 'finish_to_start'"
        " AND before.deleted_at IS NULL AND s.category NOT IN ('completed', 'cancelled'))"
    ),
    # It is open, and another that is open may not begin before it has ended.
    "blocking": (
        f"({OPEN} AND EXISTS (SELECT FROM task_dependencies d"
        " JOIN tasks later ON later.tenant_id = $1 AND later.id = d.task_id"
        " JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = later.project_id"
        " AND s.key = later.status"
        " WHERE d.tenant_id = $1 AND d.depends_on_task_id = t.id"
        " AND d.dependency_type = 'finish_to_start' AND later.deleted_at IS NULL"
        " AND s.category NOT IN ('completed', 'cancelled')))"
    ),
    "recurring": (
        "EXISTS (SELECT FROM task_series r"
        " WHERE r.tenant_id = $1 AND r.task_id = t.id AND r.ended_at IS NULL)"
    ),
    "subtask": "t.parent_id IS NOT NULL",
    "unassigned": "t.assignee_id IS NULL",
}
_COMMENTS: Final = (
    "EXISTS (SELECT FROM comments c"
    " WHERE c.tenant_id = $1 AND c.task_id = t.id AND c.deleted_at IS NULL)"
)
_ATTACHMENTS: Final = (
    "EXISTS (SELECT FROM attachments a WHERE a.tenant_id = $1 AND a.task_id = t.id"
    " AND a.deleted_at IS NULL)"
)
_SUBTASKS: Final = (
    "EXISTS (SELECT FROM tasks below WHERE below.tenant_id = $1 AND below.parent_id = t.id"
    " AND below.deleted_at IS NULL)"
)
HAS: Final[Mapping[str, LiteralString]] = {
    "due": "t.due_date IS NOT NULL",
    "start": "t.start_date IS NOT NULL",
    "assignee": "t.assignee_id IS NOT NULL",
    "description": "coalesce(t.description, '') <> ''",
    "parent": "t.parent_id IS NOT NULL",
    "milestone": "t.milestone_id IS NOT NULL",
    "estimate": "t.estimated_hours IS NOT NULL",
    "tag": "t.tags <> '{}'",
    "label": "t.tags <> '{}'",
    "actual": "t.actual_hours IS NOT NULL",
    "comment": _COMMENTS,
    "comments": _COMMENTS,
    "attachment": _ATTACHMENTS,
    "attachments": _ATTACHMENTS,
    "checklist": (
        "EXISTS (SELECT FROM checklist_items i WHERE i.tenant_id = $1 AND i.task_id = t.id)"
    ),
    "subtask": _SUBTASKS,
    "subtasks": _SUBTASKS,
    "dependencies": (
        "(EXISTS (SELECT FROM task_dependencies d WHERE d.tenant_id = $1 AND d.task_id = t.id)"
        " OR EXISTS (SELECT FROM task_dependencies d"
        " WHERE d.tenant_id = $1 AND d.depends_on_task_id = t.id))"
    ),
    "relations": (
        "(EXISTS (SELECT FROM task_relations r WHERE r.tenant_id = $1 AND r.task_id = t.id)"
        " OR EXISTS (SELECT FROM task_relations r"
        " WHERE r.tenant_id = $1 AND r.other_task_id = t.id))"
    ),
    "time": "EXISTS (SELECT FROM time_entries e WHERE e.tenant_id = $1 AND e.task_id = t.id)",
}
