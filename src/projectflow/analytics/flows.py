"""How tasks flow: what is there at the end of each piece of time, what came and what went."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate

from msgspec import Struct

from projectflow.analytics.durations import percent
from projectflow.analytics.facts import CATEGORIES, MICROSECOND, NO_HOURS
from projectflow.analytics.ranges import Cut
from projectflow.analytics.store import Flow, Present, Wait


class Counts(Struct, frozen=True):
    """Tasks by the category of their state."""

    backlog: int
    unstarted: int
    started: int
    completed: int
    cancelled: int


class Piece(Struct, frozen=True, kw_only=True):
    """What is there at the end of a piece of time, and what happened in it.

    The counts over time are the cumulative flow. Scope (all but the cancelled) and what is
    completed are the burn-up; what is open is the burn-down; in tasks, and in estimated hours.
    """

    start: date
    tasks: Counts
    scope: int
    open: int
    scope_hours: Decimal
    open_hours: Decimal
    completed_hours: Decimal
    entered: int
    """Came into the project: made, moved there, or back from the trash."""
    left: int
    """Went to another project, or to the trash."""
    completed: int
    """Throughput: how often a task was completed."""
    reopened: int


class Totals(Struct, frozen=True, kw_only=True):
    """What happened in the whole range."""

    entered: int
    left: int
    completed: int
    reopened: int
    reopened_percent: Decimal | None
    """Reopenings for a hundred completions in the range."""
    open_at_start: int
    open_at_end: int


class Now(Struct, frozen=True, kw_only=True):
    """Open tasks as they are."""

    backlog: int
    unstarted: int
    started: int
    open: int
    open_hours: Decimal
    overdue: int
    """Their due date is over."""
    blocked: int
    """They wait for another open task."""
    unassigned: int
    unestimated: int


def pieces_of(cut: Cut, flows: Sequence[Flow], as_of: datetime) -> list[Piece]:
    """A range's pieces, those that have begun."""
    running = list(accumulate(flows, _plus))
    return [
        Piece(
            start=day,
            tasks=Counts(*(getattr(there, name) for name in CATEGORIES)),
            scope=_open(there) + there.completed,
            open=_open(there),
            scope_hours=_open_hours(there) + there.completed_hours,
            open_hours=_open_hours(there),
            completed_hours=there.completed_hours,
            entered=flow.entries,
            left=flow.exits,
            completed=flow.completions,
            reopened=flow.reopenings,
        )
        for day, edge, flow, there in zip(
            cut.days, cut.edges[:-1], flows[1:], running[1:], strict=True
        )
        if edge <= as_of
    ]


def totals_of(flows: Sequence[Flow]) -> Totals:
    """The sums of a range; `flows` begins with all before it."""
    completed = sum(flow.completions for flow in flows[1:])
    reopened = sum(flow.reopenings for flow in flows[1:])
    return Totals(
        entered=sum(flow.entries for flow in flows[1:]),
        left=sum(flow.exits for flow in flows[1:]),
        completed=completed,
        reopened=reopened,
        reopened_percent=percent(reopened, completed),
        open_at_start=_open(flows[0]),
        open_at_end=sum(map(_open, flows)),
    )


def now_of(present: Sequence[Present]) -> Now:
    """Open tasks, all together."""
    of = {
        category: sum(each.tasks for each in present if each.category == category)
        for category in ("backlog", "unstarted", "started")
    }
    return Now(
        **of,
        open=sum(of.values()),
        open_hours=sum((each.hours for each in present), NO_HOURS),
        overdue=sum(each.overdue for each in present),
        blocked=sum(each.blocked for each in present),
        unassigned=sum(each.tasks for each in present if each.assignee_id is None),
        unestimated=sum(each.unestimated for each in present),
    )


def waited_seconds(waits: Sequence[Wait], start: datetime, end: datetime) -> int:
    """How long tasks waited within a range, all together."""
    parts = (
        min(wait.ends_at or end, end) - max(wait.starts_at, start)
        for wait in waits
        if wait.starts_at < end
    )
    return sum(part // MICROSECOND for part in parts if part.days >= 0) // 1_000_000


def _plus(one: Flow, other: Flow) -> Flow:
    fields = Flow.__struct_fields__
    return Flow(*(getattr(one, field) + getattr(other, field) for field in fields))


def _open(flow: Flow) -> int:
    return flow.backlog + flow.unstarted + flow.started


def _open_hours(flow: Flow) -> Decimal:
    return flow.backlog_hours + flow.unstarted_hours + flow.started_hours
