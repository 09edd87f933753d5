"""HTTP for analytics: projects, teams and workspaces in numbers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from projectflow.analytics import (
    forecast_routes,
    optimise_routes,
    project_metrics,
    report_routes,
    scenario_routes,
    team_metrics,
    tenant_metrics,
    trends,
    usage,
)
from projectflow.analytics.project_metrics import ProjectMetricsInTime
from projectflow.analytics.ranges import Asked, Bucket
from projectflow.analytics.team_metrics import TeamPerformance
from projectflow.analytics.tenant_metrics import TenantMetrics
from projectflow.analytics.trends import Trends
from projectflow.analytics.usage import UsageAnalytics
from projectflow.auth.edge import reads
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db

Since = Annotated[
    date | None, QueryParameter(description="the first day: four weeks in all, unless said")
]
Until = Annotated[date | None, QueryParameter(description="the last day: today, unless said")]
Zone = Annotated[
    str | None,
    QueryParameter(max_length=64, description="by whose clock days begin: yours, unless said"),
]
By = Annotated[Bucket, QueryParameter(description="the pieces: at most 370; weeks begin on Monday")]


@get(
    "/analytics/projects/{project_id:uuid}",
    tags=["Analytics"],
    operation_id="getProjectMetricsInTime",
)
@reads
@scope("task", "read")
async def get_project_metrics(
    db: Db,
    actor: Actor,
    state: State,
    project_id: FromPath[UUID],
    since: Since = None,
    until: Until = None,
    time_zone: Zone = None,
    bucket: By = "day",
) -> ProjectMetricsInTime:
    """A project in numbers: flow, times, work in progress, people, hours and earned value."""
    asked = Asked(since, until, time_zone, bucket)
    return await project_metrics.read_project_metrics(db, actor, state.analytics, project_id, asked)


@get(
    "/analytics/projects/{project_id:uuid}/trends",
    tags=["Analytics"],
    operation_id="getTaskCompletionTrends",
)
@reads
@scope("task", "read")
async def get_trends(
    db: Db,
    actor: Actor,
    state: State,
    project_id: FromPath[UUID],
    since: Since = None,
    until: Until = None,
    time_zone: Zone = None,
    bucket: By = "week",
) -> Trends:
    """What a project completes in each piece of time, against the time before."""
    asked = Asked(since, until, time_zone, bucket)
    return await trends.read_trends(db, actor, state.analytics, project_id, asked)


@get("/analytics/teams/{team_id:uuid}", tags=["Analytics"], operation_id="getTeamPerformance")
@reads
@scope("team", "read", everywhere=True)
async def get_team_performance(
    db: Db,
    actor: Actor,
    state: State,
    team_id: FromPath[UUID],
    since: Since = None,
    until: Until = None,
    time_zone: Zone = None,
    bucket: By = "week",
) -> TeamPerformance:
    """What a team's people have and complete, in the projects that you see."""
    asked = Asked(since, until, time_zone, bucket)
    return await team_metrics.read_team_performance(db, actor, state.analytics, team_id, asked)


@get("/analytics/workspace", tags=["Analytics"], operation_id="getTenantMetrics")
@reads
@scope("workspace", "read", everywhere=True)
async def get_tenant_metrics(
    db: Db,
    actor: Actor,
    state: State,
    since: Since = None,
    until: Until = None,
    time_zone: Zone = None,
    bucket: By = "day",
) -> TenantMetrics:
    """All work of your workspace in numbers."""
    asked = Asked(since, until, time_zone, bucket)
    return await tenant_metrics.read_tenant_metrics(db, actor, state.analytics, asked)


@get("/analytics/usage", tags=["Analytics"], operation_id="getUsageAnalytics")
@reads
@scope("audit", "read", everywhere=True)
async def get_usage(
    db: Db,
    actor: Actor,
    state: State,
    since: Since = None,
    until: Until = None,
    time_zone: Zone = None,
    bucket: By = "day",
) -> UsageAnalytics:
    """Who uses your workspace, how often, and for what."""
    return await usage.read_usage(
        db, actor, state.analytics, Asked(since, until, time_zone, bucket)
    )


handlers: list[ControllerRouterHandler] = [
    get_project_metrics, get_trends, get_team_performance, get_tenant_metrics, get_usage,
    *forecast_routes.handlers, *report_routes.handlers, *optimise_routes.handlers,
    *scenario_routes.handlers,
]  # fmt: skip
