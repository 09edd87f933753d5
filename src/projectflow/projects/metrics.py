"""A project in numbers, as it is now."""

from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.projects.access import require_project
from projectflow.projects.milestones import MilestoneDetails, milestones_of
from projectflow.projects.progress import PROGRESS_COLUMNS, Progress, progress_of
from projectflow.projects.progress import WIDTH as PROGRESS_WIDTH


class ProjectMetrics(Struct, frozen=True):
    """A project's work: how much there is, how far it is, and what is late."""

    project_id: UUID
    progress: Progress
    open: int
    overdue: int
    """Open tasks whose due date is over."""
    unassigned: int
    """Open tasks of nobody."""
    unestimated: int
    """Open tasks without an estimate."""
    actual_hours: Decimal
    """Tracked on all tasks."""
    milestones: list[MilestoneDetails]


async def read_metrics(db: Db, actor: Actor, project_id: UUID) -> ProjectMetrics:
    """Count a project's tasks.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    row = await db.fetchrow(
        f"""
        SELECT {PROGRESS_COLUMNS},
            count(*) FILTER (WHERE is_open),
            count(*) FILTER (WHERE is_open AND t.due_date < now()),
            count(*) FILTER (WHERE is_open AND t.assignee_id IS NULL),
            count(*) FILTER (WHERE is_open AND t.estimated_hours IS NULL),
            coalesce(sum(t.actual_hours), 0)
        FROM tasks t
        JOIN workflow_states s
            ON s.tenant_id = $1 AND s.project_id = t.project_id AND s.key = t.status
        CROSS JOIN LATERAL (SELECT s.category IN ('backlog', 'unstarted', 'started')) o (is_open)
        WHERE t.tenant_id = $1 AND t.project_id = $2 AND t.deleted_at IS NULL
        """,
        actor.tenant_id,
        project_id,
    )
    values = tuple(only(row))
    return ProjectMetrics(
        project_id,
        progress_of(values[:PROGRESS_WIDTH]),
        *values[PROGRESS_WIDTH:],
        milestones=await milestones_of(db, actor, project_id),
    )
