"""What followed from a change by itself, and goes back with it: see planning/auto_schedule.py."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict, Forbidden, InvalidInput, NotFound
from projectflow.tasks.undo.registry import LOGGED_COLUMNS, Logged, logged

MOST: Final = 20_000
Invert = Callable[[Db, Actor, Sequence[Logged]], Awaitable[None]]


async def consequences(db: Db, actor: Actor, seqs: Sequence[int]) -> list[Logged]:
    """What followed from these events and is not undone, newest first.

    Nothing where there is more than can be undone at once: the scheduler sees to it then.
    """
    rows = await db.fetch(
        f"""
        SELECT {LOGGED_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.payload ? 'caused_by'
          AND (e.payload ->> 'caused_by')::bigint = ANY ($2::bigint[])
          AND NOT EXISTS (SELECT FROM undone_events u WHERE u.tenant_id = $1 AND u.seq = e.seq)
        ORDER BY e.seq DESC LIMIT $3
        """,
        actor.tenant_id,
        seqs,
        MOST + 1,
    )
    if len(rows) > MOST:
        return []
    return [logged(row) for row in rows]


async def take_back(
    db: Db,
    actor: Actor,
    events: Sequence[Logged],
    followed: Sequence[Logged],
    invert: Invert,
) -> bool:
    """Undo what followed, where it is as it was left and the actor may; says whether it was.

    Where not, it stays: the scheduler moves it to where it belongs by then. `events` are what it
    followed from: what they changed is locked too, before the first event is written.
    """
    await _hold(db, actor, [*events, *followed])
    await db.execute("SAVEPOINT before_consequences")
    try:
        await invert(db, actor, followed)
    except (Conflict, Forbidden, InvalidInput, NotFound):
        await db.execute("ROLLBACK TO SAVEPOINT before_consequences")
        return False
    await db.execute("RELEASE SAVEPOINT before_consequences")
    return True


async def _hold(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Lock what may be changed, in the order in which all do."""
    await db.execute(
        """
        SELECT FROM project_counters WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[])
        ORDER BY project_id FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        list({event.project_id for event in events if event.project_id}),
    )
    await db.execute(
        """
        SELECT FROM tasks WHERE tenant_id = $1 AND id = ANY ($2::uuid[])
        ORDER BY id FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        list({event.entity_id for event in events if event.entity_type == "task"}),
    )
