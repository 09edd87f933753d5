"""Catching up: what changed for somebody after a number of the event log.

Events say which rows were touched (sync_effects.py); the rows are read as they are now, in one
snapshot with the events, and only those that the asker sees. What they do not see any more is a
removal. So no client interprets events, and applying an answer twice does no harm.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.problems import Conflict, ProblemDetails
from projectflow.realtime.sync_access import Access, read_access
from projectflow.realtime.sync_effects import EFFECTS, Audience, Effect
from projectflow.realtime.sync_models import (
    reads_audit,
    reads_comments,
    reads_people,
    reads_tasks,
    reads_teams,
    reads_workspace,
)
from projectflow.realtime.sync_rows import present_rows
from projectflow.realtime.sync_touched import EVENT_COLUMNS, Logged, Touched
from projectflow.realtime.sync_types import Reason, SyncEvent, SyncPage

MAX_BEHIND: Final = 10_000
"""Events; whoever missed more gets there faster by a bootstrap."""
MAX_NAMED: Final = 5_000
"""Tasks that the events of one answer name, or those of its first event."""
MAX_NAMED_ONCE: Final = 1_000
"""Tasks that one event names; where it is more, the project is loaded whole."""
REASONS: Final[dict[Reason, str]] = {
    "outlived": "The events after this number are not kept any more.",
    "ahead": "This number is ahead of the workspace's log: a backup was restored.",
    "behind": "More than 10,000 events happened since.",
    "role": "Your role was changed, and with it what you see.",
    "unknown": "Something happened that this server does not know.",
}


class ResetDetails(ProblemDetails, frozen=True, omit_defaults=True, kw_only=True):
    """A problem that also has its reason as a word (RFC 9457, section 3.2)."""

    reason: Reason


class SyncReset(Conflict):
    """A fresh bootstrap is due."""

    def __init__(self, reason: Reason = "behind") -> None:
        """Say why."""
        super().__init__(f"{REASONS[reason]} Start with a fresh bootstrap.")
        self.reason: Reason = reason

    def details(self, instance: str) -> ProblemDetails:
        """The problem with its reason as data."""
        plain = super().details(instance)
        return ResetDetails(
            type=plain.type,
            title=plain.title,
            status=plain.status,
            detail=plain.detail,
            instance=plain.instance,
            reason=self.reason,
        )


class _Asker(Struct, frozen=True):
    """What of the asker decides what they are told."""

    latest: int
    custom_role: str | None


async def take_snapshot(db: Db) -> None:
    """Have everything from here to the transaction's end read in one snapshot.

    It must come before the transaction's first query, or PostgreSQL refuses it.
    """
    await db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


async def changes_after(db: Db, actor: Actor, after: int, limit: int) -> SyncPage:
    """What changed for somebody after event number `after`, of at most `limit` events.

    `db` is a transaction of its own, in which nothing was asked yet.

    Raises:
        SyncReset: the events are not kept, or too many; or the log is shorter than that; or the
            asker's role was changed.
    """
    await take_snapshot(db)
    asker = await _read_asker(db, actor)
    if after > asker.latest:
        raise SyncReset("ahead")
    if asker.latest - after > MAX_BEHIND:
        raise SyncReset("behind")
    events = await _read_events(db, actor, after, limit)
    if not events and after < asker.latest:
        raise SyncReset("outlived")
    for expected, event in enumerate(events, after + 1):
        # Numbers have no gaps, but those that the workspace's retention has made.
        if event.seq != expected:
            raise SyncReset("outlived")
        if event.type not in EFFECTS:
            raise SyncReset("unknown")
        _check_role(actor, asker, event)
    access = await read_access(db, actor, events)
    touched = Touched(actor, access)
    for event in events:
        touched.add(event, EFFECTS[event.type])
    seq = events[-1].seq if events else after
    return SyncPage(
        seq,
        asker.latest,
        seq < asker.latest,
        await present_rows(db, actor, access, touched) if events else [],
        [_told(e) for e in events if _is_told(actor, access, e, EFFECTS[e.type])],
    )


async def _read_asker(db: Db, actor: Actor) -> _Asker:
    row = await db.fetchrow(
        """
        SELECT c.last_seq, u.role_id::text
        FROM event_counters c JOIN users u ON u.tenant_id = $1 AND u.id = $2
        WHERE c.tenant_id = $1
        """,
        actor.tenant_id,
        actor.user_id,
    )
    return _Asker(*only(row))


async def _read_events(db: Db, actor: Actor, after: int, limit: int) -> list[Logged]:
    """The next events, as far as they name few enough tasks; the first one whatever it names."""
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS}, e.number > $5 AS is_large
        FROM (
            SELECT e.*, sum(e.number) OVER (ORDER BY e.seq) - e.number AS before_it
            FROM (
                SELECT e.*, CASE WHEN jsonb_typeof(e.payload -> 'task_ids') = 'array'
                    THEN jsonb_array_length(e.payload -> 'task_ids') ELSE 0 END AS number
                FROM events e WHERE e.tenant_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3
            ) e
        ) e
        WHERE e.before_it < $4 ORDER BY e.seq
        """,
        actor.tenant_id,
        after,
        limit,
        MAX_NAMED,
        MAX_NAMED_ONCE,
    )
    return [Logged(*row) for row in rows]


def _check_role(actor: Actor, asker: _Asker, event: Logged) -> None:
    """Another role sees other things of all kinds, so that nothing less than a bootstrap does."""
    mine = event.type == "user.role_changed" and event.entity_id == actor.user_id
    custom = event.type == "role.updated" and str(event.entity_id) == asker.custom_role
    if mine or custom:
        raise SyncReset("role")


def _told(event: Logged) -> SyncEvent:
    return SyncEvent(
        event.seq,
        event.type,
        event.actor_id,
        event.entity_type,
        event.entity_id,
        event.version,
        event.at,
    )


def _is_told(actor: Actor, access: Access, event: Logged, effect: Effect) -> bool:
    """Whether somebody may know of an event."""
    if event.actor_id == actor.user_id and event.project_id is None and not actor.is_key:
        return True
    if effect.to == "own":
        return event.actor_id == actor.user_id or event.user_id == str(actor.user_id)
    if event.entity_type == "view" and not event.is_shared:
        return event.actor_id == actor.user_id
    return TOLD[effect.to](_Question(actor, access, event))


class _Question(Struct, frozen=True):
    """Whether the actor may know of an event."""

    actor: Actor
    access: Access
    event: Logged

    @property
    def sees_project(self) -> bool:
        project_id = self.event.project_id
        return project_id is not None and self.access.sees_project(project_id)

    @property
    def sees_tasks(self) -> bool:
        project_id = self.event.project_id
        return reads_tasks(self.actor) if project_id is None else self.access.sees_tasks(project_id)


TOLD: Final[dict[Audience, Callable[[_Question], bool]]] = {
    "everyone": lambda q: not q.actor.is_key or reads_workspace(q.actor),
    "audit": lambda q: reads_audit(q.actor),
    "people": lambda q: reads_people(q.actor) or q.event.entity_id == q.actor.user_id,
    "teams": lambda q: reads_teams(q.actor),
    "project": lambda q: q.sees_project,
    "tasks": lambda q: q.sees_tasks,
    "comments": lambda q: reads_comments(q.actor) and q.sees_tasks,
}
"""Who is told, besides those whose own doing it was."""
