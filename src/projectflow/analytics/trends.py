"""getTaskCompletionTrends: what a project completes in each piece of time, and where that goes."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median_low
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.durations import Spread, cycle_seconds, lead_seconds, percent, spread
from projectflow.analytics.facts import NO_HOURS
from projectflow.analytics.project_metrics import MAX_COMPLETIONS, OnTime, on_time_of
from projectflow.analytics.ranges import Asked, Cut, TimeRange, before, cut_range
from projectflow.analytics.scopes import Freshness, freshness
from projectflow.analytics.store import AnalyticsStore, Completion, Scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.projects.access import require_project

AVERAGED: Final = 4
"""Pieces over which the throughput is averaged."""
HUNDREDTH: Final = Decimal("0.01")


class TrendPiece(Struct, frozen=True, kw_only=True):
    """What was completed in a piece of time."""

    start: date
    completed: int
    completed_hours: Decimal
    """The estimates of these."""
    average: Decimal
    """Completions a piece, over this and the three before it in the range."""
    lead_seconds: Spread
    cycle_seconds: Spread
    on_time: OnTime


class Change(Struct, frozen=True):
    """A number in the range, in as many days just before it, and the difference in per cent."""

    now: int
    before: int
    percent: Decimal | None


class Trends(Struct, frozen=True, kw_only=True):
    """How a project's completions develop."""

    project_id: UUID
    range: TimeRange
    fresh: Freshness
    pieces: list[TrendPiece]
    """Those that have begun."""
    completed: Change
    median_lead_seconds: Change | None
    """Null where nothing was completed in one of the two."""
    median_cycle_seconds: Change | None
    measured: int
    """Of how many completions this is: all in the range, or the latest 20,000."""


async def read_trends(
    db: Db, actor: Actor, store: AnalyticsStore, project_id: UUID, asked: Asked
) -> Trends:
    """How a project's completions develop over a range of time.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        InvalidInput: the range is none.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    cut = await cut_range(db, actor, asked)
    scope = Scope(actor.tenant_id, (project_id,))
    fresh = await freshness(db, actor, store)
    done = await store.completions(db, scope, cut.start, cut.end, MAX_COMPLETIONS)
    past = before(cut)
    earlier = await store.completions(db, scope, past.start, past.end, MAX_COMPLETIONS)
    begun = [day for day, edge in zip(cut.days, cut.edges, strict=False) if edge <= fresh.as_of]
    return Trends(
        project_id=project_id,
        range=cut.range,
        fresh=fresh,
        pieces=_pieces(cut, done)[: len(begun)],
        completed=_change(len(done), len(earlier)),
        median_lead_seconds=_median(
            list(map(lead_seconds, done)), list(map(lead_seconds, earlier))
        ),
        median_cycle_seconds=_median(_cycles(done), _cycles(earlier)),
        measured=len(done),
    )


def _pieces(cut: Cut, done: Sequence[Completion]) -> list[TrendPiece]:
    pieces: list[TrendPiece] = []
    left = sorted(done, key=lambda each: each.completed_at, reverse=True)
    counts: list[int] = []
    for day, end in zip(cut.days, cut.edges[1:], strict=True):
        there: list[Completion] = []
        while left and left[-1].completed_at < end:
            there.append(left.pop())
        counts.append(len(there))
        recent = counts[-AVERAGED:]
        average = Decimal(sum(recent)) / len(recent)
        pieces.append(
            TrendPiece(
                start=day,
                completed=len(there),
                completed_hours=sum((each.estimate or NO_HOURS for each in there), NO_HOURS),
                average=average.quantize(HUNDREDTH, ROUND_HALF_UP),
                lead_seconds=spread(list(map(lead_seconds, there))),
                cycle_seconds=spread(_cycles(there)),
                on_time=on_time_of(there),
            )
        )
    return pieces


def _cycles(done: Sequence[Completion]) -> list[int]:
    return [took for each in done if (took := cycle_seconds(each)) is not None]


def _median(now: Sequence[int], past: Sequence[int]) -> Change | None:
    return _change(median_low(now), median_low(past)) if now and past else None


def _change(now: int, past: int) -> Change:
    return Change(now, past, percent(now - past, past))
