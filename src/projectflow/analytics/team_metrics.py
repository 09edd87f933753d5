"""getTeamPerformance: what a team's people have and complete, in the projects that one sees."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.durations import Durations, durations_of
from projectflow.analytics.flows import Now, now_of
from projectflow.analytics.people import MAX_PEOPLE, PersonNumbers, by_person
from projectflow.analytics.project_metrics import MAX_COMPLETIONS, OnTime, on_time_of
from projectflow.analytics.ranges import Asked, Cut, TimeRange, cut_range
from projectflow.analytics.scopes import Freshness, freshness, visible_projects
from projectflow.analytics.store import AnalyticsStore, Completion, Scope, Worked
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import load_timetables
from projectflow.users.teams import TeamNotFound


class Throughput(Struct, frozen=True):
    """How often a task was completed in a piece of time."""

    start: date
    completed: int


class TeamPerformance(Struct, frozen=True, kw_only=True):
    """A team in numbers: of tasks that are, or were when completed, assigned to its members."""

    team_id: UUID
    range: TimeRange
    fresh: Freshness
    now: Now
    completed: int
    throughput: list[Throughput]
    """Of the pieces that have begun."""
    durations: Durations
    """Working time is the workspace's."""
    on_time: OnTime
    people: list[PersonNumbers]
    """Its members as they are now, at most 500."""


async def read_team_performance(
    db: Db, actor: Actor, store: AnalyticsStore, team_id: UUID, asked: Asked
) -> TeamPerformance:
    """Count what a team does over a range of time.

    Raises:
        TeamNotFound: it does not exist.
        Forbidden: the actor may not read teams and who is in them.
        InvalidInput: the range is none.
    """
    actor.must_be_allowed("team", "read")
    actor.must_be_allowed("user", "read")
    actor.must_be_allowed("task", "read", "in_project")
    members = await _members(db, actor, team_id)
    cut = await cut_range(db, actor, asked)
    visible = await visible_projects(db, actor)
    scope = Scope(actor.tenant_id, visible.project_ids, tuple(members))
    fresh = await freshness(db, actor, store)
    present = await store.present(db, scope, fresh.as_of)
    done = await store.completions(db, scope, cut.start, cut.end, MAX_COMPLETIONS)
    worked: list[Worked] | None = None
    if actor.may_always("time_entry", "read"):
        worked = await store.worked(db, scope, [cut.start, cut.end], within=True)
    timetables = await load_timetables(db, actor, None, [])
    return TeamPerformance(
        team_id=team_id,
        range=cut.range,
        fresh=fresh,
        now=now_of(present),
        completed=len(done),
        throughput=throughput_of(cut, done, fresh.as_of),
        durations=durations_of(done, timetables.project),
        on_time=on_time_of(done),
        people=by_person(present, done, worked, members),
    )


async def _members(db: Db, actor: Actor, team_id: UUID) -> list[UUID]:
    rows = await db.fetch(
        """
        SELECT m.user_id FROM teams t
        LEFT JOIN team_members m ON m.tenant_id = $1 AND m.team_id = t.id
        WHERE t.tenant_id = $1 AND t.id = $2
        ORDER BY m.user_id LIMIT $3
        """,
        actor.tenant_id,
        team_id,
        MAX_PEOPLE,
    )
    if not rows:
        raise TeamNotFound
    return [row["user_id"] for row in rows if row["user_id"] is not None]


def throughput_of(cut: Cut, done: Sequence[Completion], as_of: datetime) -> list[Throughput]:
    """How often a task was completed, by the pieces of a range that have begun."""
    counts = Counter(bisect_right(cut.edges, each.completed_at) - 1 for each in done)
    return [
        Throughput(day, counts[place])
        for place, (day, edge) in enumerate(zip(cut.days, cut.edges, strict=False))
        if edge <= as_of
    ]
