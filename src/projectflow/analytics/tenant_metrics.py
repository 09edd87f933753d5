"""getTenantMetrics: all work of a workspace, over the projects that one sees."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.durations import Durations, durations_of
from projectflow.analytics.earned_value import cents
from projectflow.analytics.flows import (
    Now,
    Piece,
    Totals,
    now_of,
    pieces_of,
    totals_of,
    waited_seconds,
)
from projectflow.analytics.people import PersonNumbers, by_person
from projectflow.analytics.project_metrics import (
    MAX_COMPLETIONS,
    MAX_WAITS,
    OnTime,
    on_time_of,
)
from projectflow.analytics.ranges import Asked, TimeRange, cut_range
from projectflow.analytics.scopes import Freshness, freshness, visible_projects
from projectflow.analytics.store import AnalyticsStore
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.planning.calendars import load_timetables

SHOWN_PROJECTS: Final = 50


class ProjectShare(Struct, frozen=True):
    """A project's part in what was completed, among the latest 20,000."""

    project_id: UUID
    completed: int


class TenantMetrics(Struct, frozen=True, kw_only=True):
    """A workspace in numbers, over a range of time."""

    range: TimeRange
    fresh: Freshness
    projects: int
    """Those that are counted: without templates and those in the trash, the newest 5,000."""
    members: int
    """Active people of the workspace."""
    now: Now
    totals: Totals
    pieces: list[Piece]
    durations: Durations
    """Working time is the workspace's."""
    measured: int
    on_time: OnTime
    waited_seconds: int
    waited_is_partial: bool
    """Whether tasks waited more than 50,000 times, of which so many are in the sum."""
    tracked_hours: Decimal
    active_people: int
    """Who changed anything in the range."""
    busiest: list[ProjectShare]
    """The 50 projects with most completions."""
    people: list[PersonNumbers]


async def read_tenant_metrics(
    db: Db, actor: Actor, store: AnalyticsStore, asked: Asked
) -> TenantMetrics:
    """Count all work of the actor's workspace over a range of time.

    Raises:
        Forbidden: the role may not read the workspace's settings and numbers.
        InvalidInput: the range is none.
    """
    actor.must_be_allowed("workspace", "read")
    actor.must_be_allowed("task", "read", "in_project")
    cut = await cut_range(db, actor, asked)
    scope = await visible_projects(db, actor)
    fresh = await freshness(db, actor, store)
    flows = await store.flow(db, scope, cut.edges)
    done = await store.completions(db, scope, cut.start, cut.end, MAX_COMPLETIONS)
    present = await store.present(db, scope, fresh.as_of)
    waits = await store.waits(db, scope, cut.start, cut.end, MAX_WAITS + 1)
    worked = await store.worked(db, scope, [cut.start, cut.end], within=True)
    active = await store.active(db, actor.tenant_id, cut.start, cut.end)
    timetables = await load_timetables(db, actor, None, [])
    members = await db.fetchrow(
        "SELECT count(*) FROM users WHERE tenant_id = $1 AND is_active AND deleted_at IS NULL",
        actor.tenant_id,
    )
    counts: dict[UUID, int] = {}
    for each in done:
        counts[each.project_id] = counts.get(each.project_id, 0) + 1
    busiest = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    seen = worked if actor.may_always("time_entry", "read") else None
    return TenantMetrics(
        range=cut.range,
        fresh=fresh,
        projects=len(scope.project_ids),
        members=only(members)[0],
        now=now_of(present),
        totals=totals_of(flows),
        pieces=pieces_of(cut, flows, fresh.as_of),
        durations=durations_of(done, timetables.project),
        measured=len(done),
        on_time=on_time_of(done),
        waited_seconds=waited_seconds(waits[:MAX_WAITS], cut.start, min(cut.end, fresh.as_of)),
        waited_is_partial=len(waits) > MAX_WAITS,
        tracked_hours=cents(sum((each.seconds for each in worked), Decimal(0))),
        active_people=active,
        busiest=[ProjectShare(*item) for item in busiest[:SHOWN_PROJECTS]],
        people=by_person(present, done, seen),
    )
