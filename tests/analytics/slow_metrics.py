"""The numbers of docs/metrics.md, counted slowly and obviously: the log is played, and looked at.

Nothing of `projectflow.analytics` is used here. The log is played event by event; after each there
is a picture of all tasks. Whatever is asked is answered by looking through the pictures.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

OPEN = ("backlog", "unstarted", "started")


@dataclass
class Happened:
    """An event of the log, and when it is to have happened."""

    seq: int
    type: str
    actor: str | None
    kind: str
    entity: str
    project: str | None
    payload: dict[str, Any]
    at: datetime


@dataclass
class Task:
    project: str
    status: str
    category: str
    assignee: str | None
    estimate: Fraction | None
    start: date | None
    due: datetime | None
    created: datetime
    live: bool = True
    started: datetime | None = None
    completed: datetime | None = None
    entered: datetime | None = None
    waits_for: dict[str, tuple[str, str]] = field(default_factory=dict)


Tasks = dict[str, Task]


@dataclass
class Entry:
    task: str
    user: str
    start: datetime
    stop: datetime | None


@dataclass
class Completion:
    task: str
    project: str
    assignee: str | None
    estimate: Fraction | None
    due: datetime | None
    created: datetime
    started: datetime | None
    at: datetime


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class Played:
    """All pictures of a log: `pictures[n]` holds from `moments[n]` until `moments[n + 1]`."""

    def __init__(
        self, log: Sequence[Happened], states: dict[str, dict[str, str]], keys: dict[str, str]
    ) -> None:
        """`states`: each project's categories by state as they were at first; `keys` of ids."""
        self.states = deepcopy(states)
        self.keys = keys
        self.moments: list[datetime] = []
        self.pictures: list[Tasks] = []
        self.completions: list[Completion] = []
        self.reopened: list[tuple[datetime, str]] = []
        self.came: list[tuple[datetime, str]] = []
        self.left: list[tuple[datetime, str]] = []
        self.entries: dict[str, Entry] = {}
        now: Tasks = {}
        for event in log:
            before = deepcopy(now)
            self._play(event, now)
            self._look(event, before, now)
            self.moments.append(event.at)
            self.pictures.append(deepcopy(now))

    def _play(self, event: Happened, now: Tasks) -> None:
        after = event.payload.get("after") or {}
        task = now.get(event.entity)
        if event.type == "task.created":
            now[event.entity] = Task(
                project=event.project or "", status=after["status"], category="", assignee=None,
                estimate=None, start=None, due=None, created=event.at, entered=event.at,
            )  # fmt: skip
            self._set(now[event.entity], after, event.at)
        elif event.type in {"task.updated", "task.moved", "task.transferred"} and task:
            self._set(task, after, event.at)
        elif event.type in {"task.deleted", "task.purged"} and task:
            task.live = False
        elif event.type == "task.restored" and task:
            task.live = True
        elif event.type.startswith("dependency.") and task:
            if event.type == "dependency.removed":
                task.waits_for.pop(event.payload["dependency_id"])
            elif "type" in after:
                target = event.payload["depends_on_task_id"]
                task.waits_for[event.payload["dependency_id"]] = (target, after["type"])
        elif event.kind == "workflow_state":
            self._change_workflow(event, now, after)
        elif event.kind == "time_entry":
            self._track(event, after)
        for each in now.values():
            if each.live and each.category == "started" and each.started is None:
                each.started = event.at

    def _set(self, task: Task, after: dict[str, Any], at: datetime) -> None:
        was = (task.project, task.status, task.category)
        task.project = after.get("project_id", task.project)
        task.status = after.get("status", task.status)
        category = self.states[task.project][task.status]
        if category != task.category:
            task.completed = at if category == "completed" else None
        task.category = category
        if was != (task.project, task.status, task.category):
            task.entered = at
        if "assignee_id" in after:
            task.assignee = after["assignee_id"]
        if "estimated_hours" in after:
            hours = after["estimated_hours"]
            task.estimate = None if hours is None else Fraction(str(hours))
        if "start_date" in after:
            task.start = (
                None if after["start_date"] is None else date.fromisoformat(after["start_date"])
            )
        if "due_date" in after:
            task.due = moment(after["due_date"])

    def _change_workflow(self, event: Happened, now: Tasks, after: dict[str, Any]) -> None:
        states = self.states[event.project or ""]
        key = self.keys[event.entity]
        if event.type == "workflow_state.updated" and "category" in after:
            states[key] = after["category"]
        for task in now.values():
            if task.project == event.project and task.status == key:
                moved = event.type == "workflow_state.deleted"
                self._set(task, {"status": event.payload["move_to"]} if moved else {}, event.at)

    def _track(self, event: Happened, after: dict[str, Any]) -> None:
        if event.type == "time_entry.deleted":
            del self.entries[event.entity]
            return
        entry = self.entries.get(event.entity)
        if entry is None:
            start = moment(after["started_at"])
            assert start
            entry = Entry(after["task_id"], after["user_id"], start, None)
            self.entries[event.entity] = entry
        entry.task = after.get("task_id", entry.task)
        entry.start = moment(after.get("started_at")) or entry.start
        entry.stop = moment(after.get("stopped_at")) or entry.stop

    def _look(self, event: Happened, before: Tasks, now: Tasks) -> None:
        """What came about by one event."""
        for key, task in now.items():
            old = before.get(key)
            if task.live and (old is None or not old.live or old.project != task.project):
                self.came.append((event.at, task.project))
            if old is not None and old.live and (not task.live or old.project != task.project):
                self.left.append((event.at, old.project))
            was = old.category if old else None
            if task.live and task.category == "completed" != was:
                self.completions.append(
                    Completion(key, task.project, task.assignee, task.estimate, task.due,
                               task.created, task.started, event.at)
                )  # fmt: skip
            if task.live and was == "completed" and task.category in OPEN:
                self.reopened.append((event.at, task.project))

    # Looking.

    def at(self, when: datetime) -> Tasks:
        """All tasks just before a moment."""
        picture: Tasks = {}
        for at, each in zip(self.moments, self.pictures, strict=True):
            if at < when:
                picture = each
        return picture

    def stretches(self, until: datetime) -> Iterator[tuple[datetime, datetime, Tasks]]:
        """All pictures, and from when to when they held."""
        ends = [*self.moments[1:], until]
        for start, end, picture in zip(self.moments, ends, self.pictures, strict=True):
            yield start, min(end, until), picture

    def time_in(
        self,
        until: datetime,
        holds: Callable[[Tasks, str, Task], bool],
        since: datetime | None = None,
    ) -> dict[str, timedelta]:
        """For how long something held of each task."""
        found: defaultdict[str, timedelta] = defaultdict(timedelta)
        for start, end, picture in self.stretches(until):
            start = max(start, since) if since else start
            if start < end:
                for key, task in picture.items():
                    if holds(picture, key, task):
                        found[key] += end - start
        return found


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


def read_log(rows: Sequence[Any]) -> list[Happened]:
    return [
        Happened(
            row["seq"], row["type"], row["actor_id"] and str(row["actor_id"]), row["entity_type"],
            str(row["entity_id"]), row["project_id"] and str(row["project_id"]),
            json.loads(row["payload"]), row["created_at"],
        )
        for row in rows
    ]  # fmt: skip


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
            piece(played, project, a, b) for a, b in zip(edges, edges[1:], strict=False) if a <= now
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
            [whole_seconds(now - t.started) for t in opened if t.category == "started" and t.started]
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
            for a, b in zip(edges, edges[1:], strict=False)
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
