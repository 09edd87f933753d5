"""From a task's events to its facts: no database, no clock, the same whenever it is done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, Struct
from msgspec.structs import replace

from projectflow.analytics.facts import (
    MICROSECOND,
    OPEN,
    Blocked,
    Head,
    Link,
    Span,
    TaskFacts,
    TimeFact,
)
from projectflow.core.consumers import Event

OF_TASKS: Final = frozenset({
    "task.created", "task.updated", "task.moved", "task.transferred", "task.deleted",
    "task.restored", "task.purged",
})  # fmt: skip
OF_LINKS: Final = frozenset({"dependency.added", "dependency.changed", "dependency.removed"})
OF_WORKFLOW: Final = frozenset({"workflow_state.updated", "workflow_state.deleted"})
GONE: Final = frozenset({"task.deleted", "task.purged"})
BLOCKING: Final = "finish_to_start"


class Workflow:
    """Which category each state of some projects had at which number of the log.

    The log says how categories changed, not how a project's first states were: what a state is
    now, and what the changes since say that it was before, gives what it was.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._now: dict[tuple[UUID, str], str] = {}
        self._keys: dict[UUID, str] = {}
        self._changes: dict[tuple[UUID, str], list[tuple[int, str | None]]] = {}

    def add_state(self, project_id: UUID, state_id: UUID, key: str, category: str) -> None:
        """A state as it is now."""
        self._now[project_id, key] = category
        self._keys[state_id] = key

    def add_events(self, events: Sequence[Event]) -> None:
        """All changes of workflows that the log holds, in its order."""
        read = [(event, event.read()) for event in events]
        for event, payload in read:
            for side in ("before", "after"):
                key = _side(payload, side).get("key")
                if key is not None:
                    self._keys[event.entity_id] = key
        for event, payload in read:
            key = self._keys.get(event.entity_id)
            if key is None or event.project_id is None:
                continue
            before: str | None = _side(payload, "before").get("category")
            if before is not None or event.type == "workflow_state.created":
                changes = self._changes.setdefault((event.project_id, key), [])
                changes.append((event.seq, before))

    def key_of(self, state_id: UUID) -> str | None:
        """What tasks in this state say as their status."""
        return self._keys.get(state_id)

    def category(self, project_id: UUID, key: str, seq: int) -> str:
        """What a state was just after this number; what nothing is known of is backlog."""
        for changed_at, before in self._changes.get((project_id, key), ()):
            if changed_at > seq and before is not None:
                return before
        return self._now.get((project_id, key), "backlog")


def fold(facts: TaskFacts, event: Event, workflow: Workflow) -> TaskFacts:
    """The facts of a task after one more event of its own, or of its project's workflow."""
    head = facts.head
    if event.type == "task.created":
        return facts if head is not None else _create(event, workflow)
    if head is None or event.seq <= head.seq:
        # Its beginning is no longer in the log, or this is counted already.
        return facts
    if event.type in OF_LINKS:
        return replace(_link(facts, event), head=replace(head, seq=event.seq))
    if event.type in OF_WORKFLOW:
        status = _after_workflow(head, event, workflow)
        return facts if status is None else _change(facts, event, workflow, {"status": status})
    if event.type in GONE:
        return _change(facts, event, workflow, {}, is_live=False)
    if event.type == "task.restored":
        return _change(facts, event, workflow, {}, is_live=True)
    return _change(facts, event, workflow, _side(event.read(), "after"))


def _after_workflow(head: Head, event: Event, workflow: Workflow) -> str | None:
    """The status of a task after a change of its workflow; None where that is not about it."""
    if event.project_id != head.project_id or workflow.key_of(event.entity_id) != head.status:
        return None
    payload = event.read()
    if event.type == "workflow_state.deleted":
        return payload.get("move_to")
    return head.status if "category" in _side(payload, "after") else None


def _create(event: Event, workflow: Workflow) -> TaskFacts:
    after = event.read()["after"]
    project_id = event.project_id
    assert project_id is not None
    status: str = after["status"]
    category = workflow.category(project_id, status, event.seq)
    # What was imported has a life before its event.
    created_at = min(_moment(after.get("created_at")) or event.created_at, event.created_at)
    completed_at = None
    if category == "completed":
        done = _moment(after.get("completed_at")) or created_at
        completed_at = max(created_at, min(done, event.created_at))
    head = Head(
        task_id=event.entity_id,
        project_id=project_id,
        status=status,
        category=category,
        assignee_id=_id(after.get("assignee_id")),
        estimate=_hours(after.get("estimated_hours")),
        start_date=_day(after.get("start_date")),
        due_at=_moment(after.get("due_date")),
        is_live=True,
        created_at=created_at,
        started_at=created_at if category == "started" else None,
        completed_at=completed_at,
        entered_at=completed_at or created_at,
        touched_at=completed_at or created_at,
        first_seq=event.seq,
        seq=event.seq,
    )
    first = _span(head, event, 0, created_at, enters=True)
    if completed_at is None or completed_at == created_at:
        return TaskFacts(head, (replace(first, completes=completed_at is not None),))
    waited = replace(first, category="unstarted", ends_at=completed_at)
    done_span = _span(head, event, 1, completed_at, completes=True)
    return TaskFacts(head, (waited, done_span))


def _span(
    head: Head,
    event: Event,
    place: int,
    starts_at: datetime,
    *,
    enters: bool = False,
    completes: bool = False,
    reopens: bool = False,
    active_us: int = 0,
) -> Span:
    return Span(
        task_id=head.task_id,
        place=place,
        project_id=head.project_id,
        status=head.status,
        category=head.category,
        assignee_id=head.assignee_id,
        estimate=head.estimate,
        due_at=head.due_at,
        starts_at=starts_at,
        ends_at=None,
        actor_id=event.actor_id,
        seq=event.seq,
        enters=enters,
        completes=completes,
        reopens=reopens,
        leaves=False,
        created_at=head.created_at,
        started_at=head.started_at,
        active_us=active_us,
    )


SPANNED: Final = ("project_id", "status", "category", "assignee_id", "estimate", "due_at")
"""A change of one of these ends a span."""


def _change(
    facts: TaskFacts,
    event: Event,
    workflow: Workflow,
    after: Mapping[str, Any],
    *,
    is_live: bool | None = None,
) -> TaskFacts:
    old = facts.head
    assert old is not None
    at = max(event.created_at, old.touched_at)
    now = _applied(old, event, workflow, after, at)
    if is_live is not None:
        now = replace(now, is_live=is_live)
    if now.is_live and now.category == "started" and now.started_at is None:
        now = replace(now, started_at=at)
    changed = any(getattr(old, field) != getattr(now, field) for field in SPANNED)
    if not changed and old.is_live == now.is_live:
        return replace(facts, head=now)
    spans = list(facts.spans)
    moved = old.project_id != now.project_id
    active_us = 0
    if spans:
        last = spans[-1]
        active_us = last.active_us
        if last.category == "started":
            active_us += ((last.ends_at or at) - last.starts_at) // MICROSECOND
        if old.is_live:
            spans[-1] = replace(last, ends_at=at, leaves=moved or not now.is_live)
    if now.is_live:
        spans.append(
            _span(
                now,
                event,
                len(spans),
                at,
                enters=moved or not old.is_live,
                completes=now.category == "completed" != old.category,
                reopens=old.category == "completed" and now.category in OPEN,
                active_us=active_us,
            )
        )
    return replace(facts, head=now, spans=tuple(spans))


def _applied(
    old: Head, event: Event, workflow: Workflow, after: Mapping[str, Any], at: datetime
) -> Head:
    project_id = _id(after.get("project_id")) or old.project_id
    status: str = after.get("status", old.status)
    category = workflow.category(project_id, status, event.seq)
    completed_at = old.completed_at
    if category != old.category:
        completed_at = at if category == "completed" else None
    entered = (project_id, status, category) != (old.project_id, old.status, old.category)
    return replace(
        old,
        project_id=project_id,
        status=status,
        category=category,
        assignee_id=_id(_said(after, "assignee_id", old.assignee_id)),
        estimate=_hours(_said(after, "estimated_hours", old.estimate)),
        start_date=_day(_said(after, "start_date", old.start_date)),
        due_at=_moment(_said(after, "due_date", old.due_at)),
        completed_at=completed_at,
        entered_at=at if entered else old.entered_at,
        touched_at=at,
        seq=event.seq,
    )


def _said(after: Mapping[str, Any], field: str, old: object) -> Any:
    value = after.get(field, UNSET)
    return old if value is UNSET else value


def _id(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)


def _moment(value: Any) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(value)


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(value)


def _hours(value: Any) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _link(facts: TaskFacts, event: Event) -> TaskFacts:
    """Dependencies come, change their type, and go."""
    payload = event.read()
    dependency_id = UUID(payload["dependency_id"])
    links = list(facts.links)
    place = next(
        (n for n, k in enumerate(links) if k.dependency_id == dependency_id and k.ends_at is None),
        None,
    )
    kind: str | None = None
    if event.type != "dependency.removed":
        kind = _side(payload, "after").get("type")
    at = event.created_at
    if place is not None:
        link = links[place]
        at = max(at, link.starts_at)
        if event.type == "dependency.removed" or kind not in {None, link.type}:
            links[place] = replace(link, ends_at=at)
    if kind is not None and (place is None or links[place].ends_at is not None):
        target = UUID(payload["depends_on_task_id"])
        links.append(Link(event.entity_id, len(links), dependency_id, target, kind, at, None))
    return replace(facts, links=tuple(links))


def _side(payload: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    """What was, or is, by the payload of an event; empty where it does not say."""
    return payload.get(side) or {}


class _Piece(Struct, frozen=True):
    start: datetime
    end: datetime | None

    def within(self, start: datetime, end: datetime | None) -> "_Piece | None":
        first = max(self.start, start)
        last = min((e for e in (self.end, end) if e is not None), default=None)
        return None if last is not None and last <= first else _Piece(first, last)


def blocked_of(facts: TaskFacts, others: Mapping[UUID, Sequence[Span]]) -> tuple[Blocked, ...]:
    """When a task waited: open itself, and so was one that it could not start before."""
    pieces: list[_Piece] = []
    for link in facts.links:
        if link.type != BLOCKING:
            continue
        for span in others.get(link.depends_on_task_id, ()):
            if span.category in OPEN:
                piece = _Piece(link.starts_at, link.ends_at).within(span.starts_at, span.ends_at)
                pieces += [piece] if piece else []
    waits = _merged(pieces)
    found: list[Blocked] = []
    for span in facts.spans:
        if span.category not in OPEN:
            continue
        for wait in waits:
            part = wait.within(span.starts_at, span.ends_at)
            if part is None:
                continue
            last = found[-1] if found else None
            same = last and (last.project_id, last.category) == (span.project_id, span.category)
            if last and same and last.ends_at == part.start:
                found[-1] = replace(last, ends_at=part.end)
                continue
            found.append(
                Blocked(
                    span.task_id, len(found), span.project_id, span.category, part.start, part.end
                )
            )
    return tuple(found)


def _merged(pieces: Sequence[_Piece]) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: p.start):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < piece.start):
            merged.append(piece)
        elif last.end is not None:
            end = None if piece.end is None else max(last.end, piece.end)
            merged[-1] = _Piece(last.start, end)
    return merged


def fold_time(fact: TimeFact | None, event: Event) -> TimeFact | None:
    """A time entry after one more event."""
    payload = event.read()
    after = _side(payload, "after")
    if fact is None:
        if event.type not in {"time_entry.created", "time_entry.started"}:
            return None
        started_at = _moment(after["started_at"])
        task_id, user_id = _id(after["task_id"]), _id(after["user_id"])
        assert started_at is not None
        assert task_id is not None
        assert user_id is not None
        assert event.project_id is not None
        return TimeFact(
            event.entity_id,
            task_id,
            event.project_id,
            user_id,
            started_at,
            _moment(after.get("stopped_at")),
            is_deleted=False,
            first_seq=event.seq,
            seq=event.seq,
        )
    if event.seq <= fact.seq:
        return fact
    return replace(
        fact,
        task_id=_id(_said(after, "task_id", fact.task_id)),
        project_id=event.project_id or fact.project_id,
        started_at=_moment(_said(after, "started_at", fact.started_at)),
        stopped_at=_moment(_said(after, "stopped_at", fact.stopped_at)),
        is_deleted=event.type == "time_entry.deleted",
        seq=event.seq,
    )
