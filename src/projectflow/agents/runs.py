"""Runs of agents: begun with their first change, listed, undone as a whole."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from projectflow.agents.types import RUN_COLUMNS, Agent, AgentRun, RunUndone
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import note_events
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import Conflict, FieldError, InvalidInput, NotFound
from projectflow.tasks.undo.registry import LOGGED_COLUMNS, ChangedSince, Logged, logged
from projectflow.tasks.undoing import (
    MAX_EVENTS,
    UNDO_FOR,
    CannotUndo,
    TooLateToUndo,
    undo_events,
)

REMEMBERED: Final = timedelta(days=90)
"""A run is listed for so long after its last change. Its events stay as long as the log does."""
NAMED: Final = 5
"""Later changes that a refusal names."""


class RunNotFound(NotFound):
    """There is no such run of an agent of yours."""


class NothingLeftToUndo(Conflict):
    """Nothing that this run changed is left to undo."""


class ChangedSinceRun(Conflict):
    """What this run touched has changed since."""


async def begin_run(db: Db, agent: Agent, run_id: UUID) -> None:
    """Have all events of this transaction say that they belong to a run.

    The run's row is locked first of all: a run's changes come one after the other, and none while
    the run is undone.

    Raises:
        InvalidInput: the run is one of another key's.
    """
    actor = agent.actor
    ours = await db.fetchval(
        """
        INSERT INTO agent_runs AS r (tenant_id, id, user_id, key_id, client)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, id) DO UPDATE SET
            -- Who began first may be let in last.
            started_at = least(r.started_at, now()),
            last_active_at = greatest(r.last_active_at, now())
            WHERE r.user_id = excluded.user_id AND r.key_id = excluded.key_id
        RETURNING true
        """,
        actor.tenant_id,
        run_id,
        actor.user_id,
        actor.session_id,
        agent.client,
    )
    if ours is None:
        raise InvalidInput.of("run_id", "is a run that was begun with another key")
    await db.execute(
        """
        DELETE FROM agent_runs
        WHERE tenant_id = $1 AND user_id = $2 AND started_at < now() - $3::interval
          AND last_active_at < now() - $3::interval
        """,
        actor.tenant_id,
        actor.user_id,
        REMEMBERED,
    )
    await note_events(db, run=run_id, key=actor.session_id, agent=agent.client)


async def end_run(db: Db, actor: Actor, run_id: UUID) -> list[Logged]:
    """Count what this transaction changed; gives its events in their order."""
    rows = await db.fetch(
        f"""
        SELECT {LOGGED_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.actor_id = $2 AND e.created_at = now()
          AND e.payload ->> 'run' = $3::text ORDER BY e.seq LIMIT $4
        """,
        actor.tenant_id,
        actor.user_id,
        str(run_id),
        MAX_EVENTS,
    )
    changes = [logged(row) for row in rows]
    await db.execute(
        "UPDATE agent_runs SET changes = changes + $3 WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        run_id,
        sum("undoes" not in change.payload for change in changes),
    )
    return changes


async def list_runs(db: Db, actor: Actor, *, limit: int, cursor: str | None) -> Page[AgentRun]:
    """Runs of the actor's agents, the latest first; of all agents for who may read all keys.

    A key that is limited to some projects sees its own.

    Raises:
        InvalidInput: the cursor is not one of this list's.
    """
    before = decode_cursor(cursor, tuple[datetime, UUID])
    rows = await db.fetch(
        f"""
        SELECT {RUN_COLUMNS} FROM agent_runs r
        JOIN api_keys k ON k.tenant_id = $1 AND k.id = r.key_id
        WHERE r.tenant_id = $1 AND r.changes > 0 AND ($2 OR r.user_id = $3)
          AND ($4::uuid IS NULL OR r.key_id = $4)
          AND ($5::timestamptz IS NULL OR (r.started_at, r.id) < ($5, $6::uuid))
        ORDER BY r.started_at DESC, r.id DESC LIMIT $7
        """,
        actor.tenant_id,
        actor.may_always("api_key", "read"),
        actor.user_id,
        _only_key(actor),
        *(before or (None, None)),
        limit + 1,
    )
    runs = [AgentRun(*row) for row in rows]
    return page_of(runs, limit, lambda r: encode_cursor(r.started_at, r.id))


def _only_key(actor: Actor) -> UUID | None:
    """The key whose runs alone may be seen: a run may reach further than a limited key does."""
    return actor.session_id if actor.project_ids is not None else None


async def undo_run(db: Db, actor: Actor, run_id: UUID) -> RunUndone:
    """Take all changes of a run back, newest first, in this one transaction: all, or none.

    What of it was undone already stays so. Of one's own agents, or of anybody's for who may end
    anybody's keys.

    Raises:
        RunNotFound: there is none, or the actor may not undo it.
        NothingLeftToUndo, TooLateToUndo, CannotUndo: as their names say.
        ChangedSinceRun: names what somebody changed since.
        NotFound, Forbidden, InvalidInput: as of the changes that would undo it.
    """
    row = await db.fetchrow(
        """
        SELECT r.user_id, r.started_at, r.last_active_at FROM agent_runs r
        WHERE r.tenant_id = $1 AND r.id = $2 AND ($3 OR r.user_id = $4)
          AND ($5::uuid IS NULL OR r.key_id = $5)
        FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        run_id,
        actor.may_always("api_key", "delete"),
        actor.user_id,
        _only_key(actor),
    )
    if row is None:
        raise RunNotFound
    events = await _left(db, actor, run_id, *row)
    try:
        undone_by = await undo_events(db, actor, events)
    except ChangedSince as error:
        raise await _explained(db, actor, run_id, events, error) from None
    await db.execute(
        "UPDATE agent_runs SET undone_by = $3 WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        run_id,
        undone_by,
    )
    return RunUndone(await _read(db, actor, run_id), undone_by, len(events))


async def _left(
    db: Db, actor: Actor, run_id: UUID, user_id: UUID, since: datetime, until: datetime
) -> list[Logged]:
    """The changes of a run that are not undone, newest first."""
    rows = await db.fetch(
        f"""
        SELECT e.created_at > now() - $6::interval AS is_young, {LOGGED_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.actor_id = $2 AND e.created_at BETWEEN $4 AND $5
          AND e.payload ->> 'run' = $3::text AND NOT e.payload ? 'undoes'
          AND NOT EXISTS (SELECT FROM undone_events u WHERE u.tenant_id = $1 AND u.seq = e.seq)
        ORDER BY e.seq DESC LIMIT $7
        """,
        actor.tenant_id,
        user_id,
        str(run_id),
        since,
        until,
        UNDO_FOR,
        MAX_EVENTS + 1,
    )
    if not rows:
        raise NothingLeftToUndo
    if len(rows) > MAX_EVENTS:
        raise CannotUndo(f"This run has more than {MAX_EVENTS} changes.")
    if not rows[-1]["is_young"]:
        raise TooLateToUndo
    return [logged(row) for row in rows]


async def _explained(
    db: Db, actor: Actor, run_id: UUID, events: list[Logged], error: ChangedSince
) -> ChangedSinceRun:
    """Beside the fields that differ, the changes that others made since."""
    rows = await db.fetch(
        """
        SELECT e.seq, e.type, e.entity_type, e.entity_id, e.actor_id FROM events e
        WHERE e.tenant_id = $1 AND e.entity_id = ANY ($2::uuid[]) AND e.seq > $3
          AND e.payload ->> 'run' IS DISTINCT FROM $4::text
          -- Not what this transaction has undone before it came to the obstacle.
          AND (e.created_at <> now() OR e.actor_id IS DISTINCT FROM $5)
        ORDER BY e.seq LIMIT $6
        """,
        actor.tenant_id,
        list({event.entity_id for event in events}),
        events[-1].seq,
        str(run_id),
        actor.user_id,
        NAMED,
    )
    since = [
        FieldError(f"events.{seq}", f"{kind} of {entity} {entity_id} by {by or 'the system'}")
        for seq, kind, entity, entity_id, by in rows
    ]
    detail = "; ".join([f"{error.detail.rstrip('.')}", *(f"{e.field}: {e.message}" for e in since)])
    return ChangedSinceRun(f"{detail}. Nothing was undone.", errors=[*error.errors, *since])


async def _read(db: Db, actor: Actor, run_id: UUID) -> AgentRun:
    row: Any = await db.fetchrow(
        f"""
        SELECT {RUN_COLUMNS} FROM agent_runs r
        JOIN api_keys k ON k.tenant_id = $1 AND k.id = r.key_id
        WHERE r.tenant_id = $1 AND r.id = $2
        """,
        actor.tenant_id,
        run_id,
    )
    return AgentRun(*only(row))
