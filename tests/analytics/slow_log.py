"""A log, played event by event: after each there is a picture of all tasks.

Nothing of `projectflow.analytics` is used here.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

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

    def _play(  # noqa: C901 - a branch for each kind of event
        self, event: Happened, now: Tasks
    ) -> None:
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
            begin = max(start, since) if since else start
            if begin < end:
                for key, task in picture.items():
                    if holds(picture, key, task):
                        found[key] += end - begin
        return found


def read_log(rows: Sequence[Any]) -> list[Happened]:
    return [
        Happened(
            row["seq"], row["type"], row["actor_id"] and str(row["actor_id"]), row["entity_type"],
            str(row["entity_id"]), row["project_id"] and str(row["project_id"]),
            json.loads(row["payload"]), row["created_at"],
        )
        for row in rows
    ]  # fmt: skip
