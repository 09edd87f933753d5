"""getUsageAnalytics: who uses a workspace, how often, and for what."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from projectflow.analytics.durations import percent
from projectflow.analytics.ranges import Asked, Cut, TimeRange, cut_days, cut_range
from projectflow.analytics.scopes import Freshness, freshness
from projectflow.analytics.store import AnalyticsStore
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only

WEEK, MONTH = 7, 28


class Active(Struct, frozen=True):
    """A piece of time: how many people changed something, and how many changes they made."""

    start: date
    people: int
    changes: int


class Feature(Struct, frozen=True):
    """A kind of thing that was changed, by how many people, how often."""

    kind: str
    people: int
    changes: int


class Recent(Struct, frozen=True, kw_only=True):
    """Who changed something until the range's end, or until now if it has not ended."""

    day: int
    week: int
    """In seven days, the last one included."""
    month: int
    """In 28 days."""
    day_of_month_percent: Decimal | None
    """Stickiness: the mean of active people a day over the 28 days, of those active in them."""


class Holdings(Struct, frozen=True):
    """What the workspace has now, without what is in the trash."""

    people: int
    projects: int
    tasks: int
    file_bytes: int


class UsageAnalytics(Struct, frozen=True, kw_only=True):
    """How a workspace is used. Reading leaves no trace in the log, so changes count, not visits."""

    range: TimeRange
    fresh: Freshness
    recent: Recent
    active: list[Active]
    """Of the pieces that have begun."""
    people: int
    """Who changed something in the range."""
    changes: int
    features: list[Feature]
    """The most used first."""
    holdings: Holdings


async def read_usage(db: Db, actor: Actor, store: AnalyticsStore, asked: Asked) -> UsageAnalytics:
    """How the actor's workspace is used.

    Raises:
        Forbidden: the role may not read what others did.
        InvalidInput: the range is none.
    """
    actor.must_be_allowed("audit", "read")
    cut = await cut_range(db, actor, asked)
    fresh = await freshness(db, actor, store)
    used = await store.usage(db, actor.tenant_id, cut.edges)
    people: defaultdict[int, set[UUID]] = defaultdict(set)
    changes: Counter[int] = Counter()
    fans: defaultdict[str, set[UUID]] = defaultdict(set)
    kinds: Counter[str] = Counter()
    for use in used:
        people[use.place].add(use.user_id)
        changes[use.place] += use.events
        fans[use.kind].add(use.user_id)
        kinds[use.kind] += use.events
    return UsageAnalytics(
        range=cut.range,
        fresh=fresh,
        recent=await _recent(db, actor, store, _last_days(cut, fresh)),
        active=[
            Active(day, len(people[place]), changes[place])
            for place, (day, edge) in enumerate(zip(cut.days, cut.edges, strict=False), 1)
            if edge <= fresh.as_of
        ],
        people=len(set[UUID]().union(*people.values())),
        changes=changes.total(),
        features=[Feature(kind, len(fans[kind]), n) for kind, n in kinds.most_common()],
        holdings=await _holdings(db, actor),
    )


def _last_days(cut: Cut, fresh: Freshness) -> Cut:
    """The 28 days up to the range's end, or today."""
    today = fresh.as_of.astimezone(cut.zone).date()
    last = max(min(cut.range.until, today), date(2000, 1, 1))
    days = [last - timedelta(n) for n in reversed(range(MONTH))]
    asked = replace(cut.range, since=days[0], until=last, bucket="day")
    return cut_days(asked, days)


async def _recent(db: Db, actor: Actor, store: AnalyticsStore, days: Cut) -> Recent:
    active: list[set[UUID]] = [set() for _ in range(MONTH)]
    for use in await store.usage(db, actor.tenant_id, days.edges):
        active[use.place - 1].add(use.user_id)
    month = len(set[UUID]().union(*active))
    return Recent(
        day=len(active[-1]),
        week=len(set[UUID]().union(*active[-WEEK:])),
        month=month,
        day_of_month_percent=percent(sum(map(len, active)), month * MONTH),
    )


async def _holdings(db: Db, actor: Actor) -> Holdings:
    row = await db.fetchrow(
        """
        SELECT (SELECT count(*) FROM users
                WHERE tenant_id = $1 AND is_active AND deleted_at IS NULL),
               (SELECT count(*) FROM projects WHERE tenant_id = $1 AND deleted_at IS NULL),
               (SELECT coalesce(sum(tasks + archived), 0) FROM task_tallies WHERE tenant_id = $1),
               (SELECT coalesce(sum(size_bytes), 0)::bigint FROM attachments WHERE tenant_id = $1)
        """,
        actor.tenant_id,
    )
    people, projects, tasks, file_bytes = only(row)
    return Holdings(people, projects, int(tasks), file_bytes)
