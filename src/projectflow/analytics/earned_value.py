"""Earned value: what should be done, what is done, and what it took; in hours and in money.

Tasks count by the fixed formula 0/100: nothing until they are due (or completed), then their whole
estimate. Names and formulas are those of the PMI's Practice Standard for Earned Value Management
(2nd edition, 2011) and of ANSI/EIA-748: SV = EV - PV, CV = EV - AC, SPI = EV / PV, CPI = EV / AC,
EAC = BAC / CPI. docs/metrics.md says it all.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from msgspec import Struct

from projectflow.analytics.prices import Prices
from projectflow.analytics.ranges import Cut
from projectflow.analytics.store import Planned, Worked

CENT: Final = Decimal("0.01")
THOUSANDTH: Final = Decimal("0.001")
HOUR: Final = 3600
Amounts = list[tuple[datetime, Decimal]]
"""What is earned, due or spent, and when."""


class Value(Struct, frozen=True, kw_only=True):
    """The numbers at one moment, in hours or in money; each rounded by itself."""

    budget_at_completion: Decimal
    """BAC: the estimates of all tasks that are not cancelled."""
    planned_value: Decimal
    """PV: of these, what was due by then."""
    earned_value: Decimal
    """EV: of these, what was completed by then."""
    actual: Decimal
    """AC: what was tracked by then."""
    schedule_variance: Decimal
    cost_variance: Decimal
    schedule_performance: Decimal | None
    """SPI: over 1 is ahead of the plan; null while nothing was due."""
    cost_performance: Decimal | None
    """CPI: over 1 is cheaper than planned; null while nothing was tracked."""
    estimate_at_completion: Decimal | None
    """EAC: what all will take if it goes on like this; null while nothing is earned."""


class ValuePoint(Struct, frozen=True):
    """The numbers at the end of a piece of time; what is yet to come is null."""

    start: date
    planned_value: Decimal
    earned_value: Decimal | None
    actual: Decimal | None


class Earned(Struct, frozen=True):
    """Numbers at the end of a range, or now if it has not ended, and how they came about."""

    value: Value
    points: list[ValuePoint]


class EarnedValue(Struct, frozen=True, kw_only=True):
    """Earned value of a project's plan as it is now."""

    as_of: datetime
    hours: Earned
    currency: str
    money: Earned | None
    """Null for who may not see what is paid here."""
    unpriced_hours: Decimal | None
    """Estimates and tracked time of nobody, or of people without a rate in the currency then."""
    unscheduled_hours: Decimal
    """Estimates of tasks without a due date: never planned value before they are done."""
    unestimated_tasks: int
    """Open tasks without an estimate: not in any of these numbers."""


class Work(Struct, frozen=True):
    """What earned value is counted of: `worked` is cut at `cuts`."""

    planned: Sequence[Planned]
    worked: Sequence[Worked]
    cuts: Sequence[datetime]


def cuts_of(cut: Cut, as_of: datetime, prices: Prices | None) -> list[datetime]:
    """Where tracked time is to be cut, so that each part has one price and one place."""
    moments = {*cut.edges, as_of}
    if prices is not None:
        moments |= prices.changes()
    return sorted(moments)


def in_hours(cut: Cut, work: Work, as_of: datetime, now: datetime) -> Earned:
    """Earned value, each hour worth one."""
    return _earned(
        cut,
        as_of,
        now,
        [(each, each.estimate * HOUR) for each in work.planned],
        [(_begin(work, each), each.seconds) for each in work.worked],
    )


def in_money(
    cut: Cut, work: Work, as_of: datetime, now: datetime, prices: Prices
) -> tuple[Earned, Decimal]:
    """Earned value at people's rates, and the hours that have none."""
    priced: list[tuple[Planned, Decimal]] = []
    spent: list[tuple[datetime | None, Decimal]] = []
    unpriced = Decimal(0)
    for each in work.planned:
        if each.start_date is not None:
            rate = prices.on(each.assignee_id, each.start_date)
        else:
            rate = prices.at(each.assignee_id, each.due_at or now)
        if rate is None:
            unpriced += each.estimate * HOUR
        else:
            priced.append((each, each.estimate * HOUR * rate))
    for each in work.worked:
        begin = _begin(work, each)
        rate = None if begin is None else prices.at(each.user_id, begin)
        if rate is None:
            unpriced += each.seconds
        else:
            spent.append((begin, each.seconds * rate))
    return _earned(cut, as_of, now, priced, spent), cents(unpriced)


def _begin(work: Work, worked: Worked) -> datetime | None:
    """Since when the time of a part was tracked; None for what is before the first cut."""
    return work.cuts[worked.place - 1] if worked.place else None


def _earned(
    cut: Cut,
    as_of: datetime,
    now: datetime,
    planned: Sequence[tuple[Planned, Decimal]],
    spent: Sequence[tuple[datetime | None, Decimal]],
) -> Earned:
    due = _Running([(e.due_at, worth) for e, worth in planned if e.due_at is not None])
    done = _Running([(e.completed_at, worth) for e, worth in planned if e.completed_at is not None])
    actual = _Running([(begin or FIRST_MOMENT, amount) for begin, amount in spent])
    points = [
        ValuePoint(
            day,
            cents(due.before(edge)),
            cents(done.before(min(edge, as_of))) if begin <= now else None,
            cents(actual.before(min(edge, as_of))) if begin <= now else None,
        )
        for day, begin, edge in zip(cut.days, cut.edges, cut.edges[1:], strict=False)
    ]
    budget = sum((worth for _, worth in planned), Decimal(0))
    pv, ev, ac = due.before(as_of), done.before(as_of), actual.before(as_of)
    return Earned(
        Value(
            budget_at_completion=cents(budget),
            planned_value=cents(pv),
            earned_value=cents(ev),
            actual=cents(ac),
            schedule_variance=cents(ev - pv),
            cost_variance=cents(ev - ac),
            schedule_performance=_index(ev, pv),
            cost_performance=_index(ev, ac),
            estimate_at_completion=cents(budget * ac / ev) if ev else None,
        ),
        points,
    )


FIRST_MOMENT: Final = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


class _Running:
    """Sums of amounts up to a moment."""

    def __init__(self, amounts: Amounts) -> None:
        amounts = sorted(amounts)
        self._moments = [moment for moment, _ in amounts]
        self._sums = [Decimal(0)]
        for _, amount in amounts:
            self._sums.append(self._sums[-1] + amount)

    def before(self, moment: datetime) -> Decimal:
        """What came before this moment."""
        return self._sums[bisect_left(self._moments, moment)]


def _index(earned: Decimal, other: Decimal) -> Decimal | None:
    return (earned / other).quantize(THOUSANDTH, ROUND_HALF_UP) if other else None


def cents(amount: Decimal) -> Decimal:
    """What so many seconds are in hours, or are worth at the rate of an hour; halves up.

    Sums are kept in seconds until here, so that nothing is rounded twice.
    """
    return (amount / HOUR).quantize(CENT, ROUND_HALF_UP)
