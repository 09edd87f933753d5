"""What an hour of somebody costs at a moment or on a day, in one currency."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID
from zoneinfo import ZoneInfo

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.planning.calendars import midnight, moment_of


class Prices:
    """Rates of people: each from a day on, which begins where its person is."""

    def __init__(self, rates: Iterable[tuple[UUID, str, date, Decimal]]) -> None:
        """Of (person, zone, first day, cost an hour), by person and day."""
        self._days: dict[UUID, list[date]] = {}
        self._moments: dict[UUID, list[datetime]] = {}
        self._costs: dict[UUID, list[Decimal]] = {}
        for user_id, group in groupby(rates, key=lambda rate: rate[0]):
            theirs = list(group)
            zone = ZoneInfo(theirs[0][1])
            self._days[user_id] = [day for _, _, day, _ in theirs]
            self._moments[user_id] = [moment_of(midnight(zone, day)) for _, _, day, _ in theirs]
            self._costs[user_id] = [cost for _, _, _, cost in theirs]

    def changes(self) -> set[datetime]:
        """All moments at which somebody's rate begins."""
        return {moment for moments in self._moments.values() for moment in moments}

    def on(self, user_id: UUID | None, day: date) -> Decimal | None:
        """The rate of a day; None for who has none then."""
        if user_id is None or user_id not in self._days:
            return None
        place = bisect_right(self._days[user_id], day)
        return self._costs[user_id][place - 1] if place else None

    def at(self, user_id: UUID | None, moment: datetime) -> Decimal | None:
        """The rate of a moment; None for who has none then."""
        if user_id is None or user_id not in self._moments:
            return None
        place = bisect_right(self._moments[user_id], moment)
        return self._costs[user_id][place - 1] if place else None


async def load_prices(db: Db, actor: Actor, currency: str) -> Prices:
    """The rates in one currency of everybody; whoever calls has checked that they may be seen."""
    rows = await db.fetch(
        """
        SELECT r.user_id, u.time_zone, r.valid_from, r.cost
        FROM rates r JOIN users u ON u.tenant_id = $1 AND u.id = r.user_id
        WHERE r.tenant_id = $1 AND r.currency = $2
        ORDER BY r.user_id, r.valid_from
        """,
        actor.tenant_id,
        currency,
    )
    return Prices((row[0], row[1], row[2], row[3]) for row in rows)
