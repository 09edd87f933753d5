"""The numbers of docs/metrics.md, counted slowly and obviously: the log is played, and looked at.

Nothing of `projectflow.analytics` is used here. Whatever is asked is answered by looking through
the pictures that are there after each event (slow_log.py).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.analytics.slow_log import OPEN, Completion, Played, Task, Tasks


def is_open(task: Task | None) -> bool:
    return task is not None and task.live and task.category in OPEN


def is_blocked(picture: Tasks, task: Task) -> bool:
    return is_open(task) and any(
        kind == "finish_to_start" and is_open(picture.get(target))
        for target, kind in task.waits_for.values()
    )


def spread(amounts: Sequence[int]) -> dict[str, Any]:
    """By nearest rank: the least amount with at least p per cent of all at or below it."""
    names = {"p50": 50, "p75": 75, "p85": 85, "p95": 95}
    if not amounts:
        return {"count": 0} | dict.fromkeys([*names, "least", "most", "mean"])

    def rank(percent: int) -> int:
        return min(
            a for a in amounts if 100 * sum(b <= a for b in amounts) >= percent * len(amounts)
        )

    mean = rounded(Fraction(sum(amounts), len(amounts)), 0)
    return (
        {"count": len(amounts)}
        | {name: rank(p) for name, p in names.items()}
        | {"least": min(amounts), "most": max(amounts), "mean": int(mean)}
    )


def rounded(number: Fraction | int, decimals: int) -> str:
    """Halves away from zero, as text."""
    scaled = Fraction(number) * 10**decimals
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    sign = "-" if scaled < 0 and whole else ""
    digits = str(whole).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def percent(part: Fraction | int, whole: Fraction | int) -> str | None:
    return rounded(Fraction(part) * 100 / Fraction(whole), 1) if whole else None


def whole_seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def midnights(until: date, zone: ZoneInfo, starts: Sequence[date]) -> list[datetime]:
    """When the days begin on which pieces begin, and when the last piece ends."""
    return [first_moment(day, zone) for day in [*starts, until + timedelta(1)]]


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The first quarter of an hour whose date in the zone is this day."""
    utc = ZoneInfo("UTC")
    at = datetime(day.year, day.month, day.day, tzinfo=utc) - timedelta(hours=30)
    while at.astimezone(zone).date() < day:
        at += timedelta(minutes=15)
    return at


def project_numbers(
    played: Played, project: str, edges: Sequence[datetime], now: datetime
) -> dict[str, Any]:
    """Of getProjectMetrics: what is there, what flows, how long it takes."""
    start, end = edges[0], edges[-1]
    done = [c for c in played.completions if c.project == project and start <= c.at < end]
    done.sort(key=lambda c: c.at, reverse=True)
    here = {k: t for k, t in played.at(now).items() if t.project == project and t.live}
    opened = [t for t in here.values() if t.category in OPEN]
    picture = played.at(now)
    return {
        "now": {
            "backlog": sum(t.category == "backlog" for t in opened),
            "unstarted": sum(t.category == "unstarted" for t in opened),
            "started": sum(t.category == "started" for t in opened),
            "open": len(opened),
            "open_hours": hours(t.estimate for t in opened),
            "overdue": sum(t.due is not None and t.due < now for t in opened),
            "blocked": sum(is_blocked(picture, t) for t in opened),
            "unassigned": sum(t.assignee is None for t in opened),
            "unestimated": sum(t.estimate is None for t in opened),
        },
        "pieces": [
            piece(played, project, a, b) for a, b in pairwise(edges) if a <= now
        ],
        "durations": durations(played, done),
        "completions": [
            (c.task, c.at, whole_seconds(c.at - c.created),
             None if c.started is None else whole_seconds(c.at - c.started))
            for c in done
        ],
        "on_time": on_time(done),
        "waited_seconds": sum(
            played.time_in(
                min(end, now),
                lambda p, _, t: t.project == project and is_blocked(p, t),
                start,
            ).values(),
            timedelta(),
        ) // timedelta(seconds=1),
        "ages": spread(
            [
                whole_seconds(now - t.started)
                for t in opened
                if t.category == "started" and t.started
            ]
        ),
        "underway": sorted(
            (k, t.status, whole_seconds(now - t.started), whole_seconds(now - t.entered))
            for k, t in here.items()
            if t.category == "started" and t.started and t.entered
        ),
    }  # fmt: skip


def hours(estimates: Any) -> str:
    return rounded(sum((e for e in estimates if e is not None), Fraction(0)), 2)


def on_time(done: Sequence[Completion]) -> dict[str, Any]:
    due = [c for c in done if c.due is not None]
    good = sum(c.at <= c.due for c in due if c.due)
    return {"on_time": good, "late": len(due) - good, "on_time_percent": percent(good, len(due))}


def piece(played: Played, project: str, start: datetime, end: datetime) -> dict[str, Any]:
    there = [t for t in played.at(end).values() if t.project == project and t.live]
    counts = Counter(t.category for t in there)
    names = ("backlog", "unstarted", "started", "completed", "cancelled")

    def within(moments: Sequence[tuple[datetime, str]]) -> int:
        return sum(start <= at < end and of == project for at, of in moments)

    opened = [t for t in there if t.category in OPEN]
    return {
        "tasks": {name: counts[name] for name in names},
        "scope": sum(t.category != "cancelled" for t in there),
        "open": len(opened),
        "scope_hours": hours(t.estimate for t in there if t.category != "cancelled"),
        "open_hours": hours(t.estimate for t in opened),
        "completed_hours": hours(t.estimate for t in there if t.category == "completed"),
        "entered": within(played.came),
        "left": within(played.left),
        "completed": within([(c.at, c.project) for c in played.completions]),
        "reopened": within(played.reopened),
    }


def durations(played: Played, done: Sequence[Completion]) -> dict[str, Any]:
    started = [(c, c.started) for c in done if c.started is not None]
    cycle = sum(((c.at - s) for c, s in started), timedelta())
    active = blocked = timedelta()
    for c, _ in started:
        active += played.time_in(c.at, lambda _, __, t: t.live and t.category == "started").get(
            c.task, timedelta()
        )
        blocked += played.time_in(
            c.at, lambda p, _, t: t.category == "started" and is_blocked(p, t)
        ).get(c.task, timedelta())
    micro = timedelta(microseconds=1)
    return {
        "lead_seconds": spread([whole_seconds(c.at - c.created) for c in done]),
        "cycle_seconds": spread([whole_seconds(c.at - s) for c, s in started]),
        "flow_efficiency_percent": percent((active - blocked) // micro, cycle // micro),
        "blocked_seconds": whole_seconds(blocked),
    }


Rate = tuple[str, date, datetime, Fraction]
"""Whose, from which day on, which moment that day begins at, and what an hour costs."""


def earned(
    played: Played,
    project: str,
    edges: Sequence[datetime],
    now: datetime,
    rates: Sequence[Rate] | None,
) -> dict[str, Any]:
    """Earned value, in hours without rates."""
    as_of = min(now, edges[-1])
    tasks = [
        t for t in played.at(now).values()
        if t.live and t.project == project and t.category != "cancelled" and t.estimate
    ]  # fmt: skip
    place = {k: t.project for k, t in played.at(now).items()}
    entries = [e for e in played.entries.values() if e.stop and place.get(e.task) == project]
    unpriced = Fraction(0)
    worth: list[tuple[Task, Fraction]] = []
    for task in tasks:
        assert task.estimate
        each = Fraction(1)
        if rates is not None:
            theirs = [r for r in rates if r[0] == task.assignee]
            if task.start is not None:
                valid = [r for r in theirs if r[1] <= task.start]
            else:
                valid = [r for r in theirs if r[2] <= (task.due or now)]
            if not valid:
                unpriced += task.estimate
                continue
            each = max(valid, key=lambda r: r[1])[3]
        worth.append((task, task.estimate * each))
    spent: list[tuple[datetime, Fraction]] = []
    for entry in entries:
        assert entry.stop
        took = Fraction((entry.stop - entry.start) // timedelta(seconds=1), 3600)
        each = Fraction(1)
        if rates is not None:
            valid = [r for r in rates if r[0] == entry.user and r[2] <= entry.start]
            if not valid:
                unpriced += took
                continue
            each = max(valid, key=lambda r: r[1])[3]
        spent.append((entry.start, took * each))

    def sums(when: datetime) -> tuple[Fraction, Fraction, Fraction]:
        zero = Fraction(0)
        return (
            sum((w for t, w in worth if t.due and t.due < when), zero),
            sum((w for t, w in worth if t.completed and t.completed < when), zero),
            sum((w for at, w in spent if at < when), zero),
        )

    budget = sum((w for _, w in worth), Fraction(0))
    pv, ev, ac = sums(as_of)
    return {
        "value": {
            "budget_at_completion": rounded(budget, 2),
            "planned_value": rounded(pv, 2),
            "earned_value": rounded(ev, 2),
            "actual": rounded(ac, 2),
            "schedule_variance": rounded(ev - pv, 2),
            "cost_variance": rounded(ev - ac, 2),
            "schedule_performance": rounded(ev / pv, 3) if pv else None,
            "cost_performance": rounded(ev / ac, 3) if ac else None,
            "estimate_at_completion": rounded(budget * ac / ev, 2) if ev else None,
        },
        "points": [
            (rounded(sums(b)[0], 2), *(
                (rounded(sums(min(b, as_of))[1], 2), rounded(sums(min(b, as_of))[2], 2))
                if a <= now else (None, None)))
            for a, b in pairwise(edges)
        ],
        "unpriced": rounded(unpriced, 2),
    }  # fmt: skip


def people_numbers(
    played: Played, project: str, edges: Sequence[datetime], now: datetime
) -> dict[str | None, dict[str, Any]]:
    """By person."""
    start, end = edges[0], edges[-1]
    picture = played.at(now)
    here = [t for t in picture.values() if t.live and t.project == project and t.category in OPEN]
    done = [c for c in played.completions if c.project == project and start <= c.at < end]
    place = {k: t.project for k, t in picture.items()}
    tracked: defaultdict[str | None, timedelta] = defaultdict(timedelta)
    for entry in played.entries.values():
        if entry.stop and place.get(entry.task) == project and start <= entry.start < end:
            tracked[entry.user] += entry.stop - entry.start
    who = {t.assignee for t in here} | {c.assignee for c in done} | set(tracked)
    return {
        person: {
            "open": sum(t.assignee == person for t in here),
            "started": sum(t.assignee == person and t.category == "started" for t in here),
            "open_hours": hours(t.estimate for t in here if t.assignee == person),
            "overdue": sum(t.assignee == person and bool(t.due and t.due < now) for t in here),
            "blocked": sum(t.assignee == person and is_blocked(picture, t) for t in here),
            "completed": sum(c.assignee == person for c in done),
            "completed_hours": hours(c.estimate for c in done if c.assignee == person),
            "cycle_seconds": spread(
                [
                    whole_seconds(c.at - c.started)
                    for c in done
                    if c.assignee == person and c.started
                ]
            ),
            "tracked_hours": rounded(Fraction(whole_seconds(tracked[person]), 3600), 2),
        }
        for person in who
    }
