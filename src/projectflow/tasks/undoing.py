"""Undo: a change is taken back by another one, for a day. The log keeps both.

What undoes is an ordinary change whose event says `undoes`. Undoing that is the redo.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import import_module
from itertools import groupby
from pkgutil import iter_modules
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from msgspec import Meta, Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import begin_batch, note_events
from projectflow.core.problems import CONSTRAINTS, Conflict, NotFound
from projectflow.tasks import undo
from projectflow.tasks.consequences import consequences, take_back
from projectflow.tasks.undo.registry import INVERSES, LOGGED_COLUMNS, Logged, logged

for kind in iter_modules(undo.__path__):
    import_module(f"{undo.__name__}.{kind.name}")

CONSEQUENCES: Final = frozenset({"task.people_mentioned"})
"""What comes and goes with the text that it is about, whoever changes that."""
UNDO_FOR: Final = timedelta(hours=24)
MAX_EVENTS: Final = 20_000
Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class UndoRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose last change to undo: that in one project, or in all."""

    project_id: UUID | None = None


class Undone(Struct, frozen=True):
    """What was undone, and by what: undo `undone_by` to have it back."""

    seq: int
    undone_by: int
    type: str
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    events: int
    """How many events were undone: more than one of a change that was made at once, or that led
    to others in a project that schedules itself."""


class ChangeNotFound(NotFound):
    """There is no such change of yours."""


class NothingToUndo(Conflict):
    """You changed nothing in the last day that can be undone."""


class CannotUndo(Conflict):
    """A change of this kind cannot be undone."""


class UndoneAlready(Conflict):
    """This change is undone already."""


class TooLateToUndo(Conflict):
    """A change can be undone for 24 hours."""


CONSTRAINTS["undone_events_pkey"] = UndoneAlready


async def undo_last(db: Db, actor: Actor, project_id: UUID | None) -> Undone:
    """Undo the actor's last change that can be; once more goes one further back.

    Raises:
        NothingToUndo: there is none.
        ChangedSince: what it touched has changed since, naming the fields.
        NotFound, Forbidden, InvalidInput: as of the change that would undo it.
    """
    await _one_at_a_time(db, actor)
    row = await db.fetchrow(
        f"""
        SELECT e.created_at, {LOGGED_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.actor_id = $2 AND e.created_at > now() - $3::interval
          AND e.type = ANY ($4::text[]) AND ($5::uuid IS NULL OR e.project_id = $5)
          AND NOT e.payload ?| ARRAY['undoes', 'caused_by', 'part_of']
          AND e.payload -> 'after' IS DISTINCT FROM '{{}}'::jsonb
          AND NOT EXISTS (SELECT FROM undone_events u WHERE u.tenant_id = $1 AND u.seq = e.seq)
        ORDER BY e.created_at DESC, e.seq DESC LIMIT 1
        """,
        actor.tenant_id,
        actor.user_id,
        UNDO_FOR,
        list(INVERSES),
        project_id,
    )
    if row is None:
        raise NothingToUndo
    return await _undo(db, actor, logged(row), row["created_at"])


async def undo_event(db: Db, actor: Actor, seq: Seq) -> Undone:
    """Undo one change of the actor's, or undo an undoing.

    Raises:
        ChangeNotFound: there is none of this number, or somebody else made it.
        CannotUndo, UndoneAlready, TooLateToUndo, ChangedSince: as their names say.
        NotFound, Forbidden, InvalidInput: as of the change that would undo it.
    """
    await _one_at_a_time(db, actor)
    row = await _made_by(db, actor, seq)
    if (cause := logged(row).payload.get("caused_by")) is not None:
        # What followed by itself would follow again: what it followed from is undone.
        row = await _made_by(db, actor, cause)
    if not row["is_young"]:
        raise TooLateToUndo
    return await _undo(db, actor, logged(row), row["created_at"])


async def _made_by(db: Db, actor: Actor, seq: int) -> asyncpg.Record:
    row = await db.fetchrow(
        f"""
        SELECT e.created_at, e.created_at > now() - $4::interval AS is_young, {LOGGED_COLUMNS}
        FROM events e WHERE e.tenant_id = $1 AND e.seq = $2 AND e.actor_id = $3
        """,
        actor.tenant_id,
        seq,
        actor.user_id,
        UNDO_FOR,
    )
    if row is None:
        raise ChangeNotFound
    return row


async def _one_at_a_time(db: Db, actor: Actor) -> None:
    """Two clicks undo two changes, not one twice."""
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('undo of ' || $1::text || $2::text, 0))",
        str(actor.tenant_id),
        str(actor.user_id),
    )


async def _undo(db: Db, actor: Actor, event: Logged, made_at: datetime) -> Undone:
    events = await _made_at_once(db, actor, event, made_at)
    undone_by, count = await _undo_all(db, actor, events)
    return Undone(
        events[-1].seq,
        undone_by,
        event.type,
        event.entity_type,
        event.entity_id,
        event.project_id,
        count,
    )


async def undo_events(db: Db, actor: Actor, events: Sequence[Logged]) -> int:
    """Undo changes as one change; gives the number of its first event.

    They are given newest first, and are the caller's to choose: whoever made them.

    Raises:
        UndoneAlready, CannotUndo, ChangedSince: as their names say.
        NotFound, Forbidden, InvalidInput: as of the change that would undo it.
    """
    await _one_at_a_time(db, actor)
    undone_by, _ = await _undo_all(db, actor, events)
    return undone_by


async def _undo_all(db: Db, actor: Actor, events: Sequence[Logged]) -> tuple[int, int]:
    """By which event they are undone, and how many with what followed from them."""
    seqs = [each.seq for each in events]
    if await _are_undone(db, actor, seqs):
        raise UndoneAlready
    own = [each for each in events if each.type not in CONSEQUENCES]
    for each in own:
        if each.type not in INVERSES:
            raise CannotUndo(f"A change of this kind cannot be undone: {each.type}.")
    followed = await consequences(db, actor, seqs)
    await note_events(db, undoes=seqs[-1])
    if len(own) + len(followed) > 1:
        await begin_batch(db)
    if followed and not await take_back(db, actor, own, followed, _invert):
        followed = []
    await _invert(db, actor, own)
    undone_by = await _remember(db, actor, [*(each.seq for each in followed), *seqs])
    return undone_by, len(events) + len(followed)


async def _invert(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Have each kind's own function undo these, newest first."""
    for inverse, group in groupby(events, key=lambda each: INVERSES[each.type]):
        for _, same in groupby(group, key=lambda each: each.type):
            await inverse(db, actor, list(same))


async def _made_at_once(db: Db, actor: Actor, event: Logged, made_at: datetime) -> list[Logged]:
    """The event with all of its batch, newest first. One transaction has one moment."""
    batch = event.payload.get("batch")
    if batch is None:
        return [event]
    rows = await db.fetch(
        f"""
        SELECT {LOGGED_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.actor_id = $2 AND e.created_at = $3
          AND e.payload ->> 'batch' = $4 ORDER BY e.seq DESC LIMIT $5
        """,
        actor.tenant_id,
        actor.user_id,
        made_at,
        batch,
        MAX_EVENTS + 1,
    )
    if len(rows) > MAX_EVENTS:
        raise CannotUndo(f"This change is of more than {MAX_EVENTS} parts.")
    return [logged(row) for row in rows]


async def _are_undone(db: Db, actor: Actor, seqs: list[int]) -> bool:
    return await db.fetchval(
        """
        SELECT EXISTS (SELECT FROM undone_events
                       WHERE tenant_id = $1 AND seq = ANY ($2::bigint[]))
        """,
        actor.tenant_id,
        seqs,
    )


async def _remember(db: Db, actor: Actor, seqs: list[int]) -> int:
    """Keep what is undone now, by what; what an undoing had undone is no longer."""
    undone_by: int = await db.fetchval(
        """
        SELECT min(seq) FROM events
        WHERE tenant_id = $1 AND actor_id = $2 AND created_at = now()
          AND (payload ->> 'undoes')::bigint = $3
        """,
        actor.tenant_id,
        actor.user_id,
        seqs[-1],
    )
    await db.execute(
        "DELETE FROM undone_events WHERE tenant_id = $1 AND undone_by = ANY ($2::bigint[])",
        actor.tenant_id,
        seqs,
    )
    await db.execute(
        """
        INSERT INTO undone_events (tenant_id, seq, undone_by)
        SELECT $1, unnest($2::bigint[]), $3
        """,
        actor.tenant_id,
        seqs,
        undone_by,
    )
    return undone_by
