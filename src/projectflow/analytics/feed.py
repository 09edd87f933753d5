"""Follows the event log and keeps the facts (docs/metrics.md says which).

Each event counts once, however often and whenever it comes. One that comes late, such as one that
was parked, has its task told again from the log; a rebuild does that with all. What a task's facts
are is what `fold` makes of its events: here is only where they are read and written.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

import structlog

from projectflow.analytics import postgres_facts as store
from projectflow.analytics.copying import Changed, Copies
from projectflow.analytics.facts import Link, Span, Step, TaskFacts, TimeFact, steps_of
from projectflow.analytics.fold import (
    OF_LINKS,
    OF_TASKS,
    OF_WORKFLOW,
    Workflow,
    blocked_of,
    fold,
    fold_time,
)
from projectflow.core.consumers import EVENT_COLUMNS, Consumer, Event, event_of
from projectflow.core.db import Db

NAME: Final = "analytics"
AT_ONCE: Final = 1_000
"""Tasks that are told at once."""
NOT_USED: Final = frozenset({"user.sign_in_failed", "user.signed_out", "session.reuse_detected"})
"""What nobody did with the product."""
log = structlog.get_logger()


class _Part(NamedTuple):
    """Of the log: what was counted before, and up to where all is counted now."""

    begun: int
    reached: int
    changed: Changed


def analytics_consumer(copies: Copies | None = None) -> Consumer:
    """What keeps the facts, from the first event of each workspace on, and their copies."""
    counting = partial(consume, copies=copies)
    return Consumer(name=NAME, consume=counting, start="beginning", batch=500, timeout=300.0)


async def consume(
    db: Db, tenant_id: UUID, events: Sequence[Event], copies: Copies | None = None
) -> None:
    """Count these events, those of them that are not counted yet; last, have what changed copied.

    Raises:
        Unavailable: where the copies are kept is away.
    """
    fresh, part = await _claim(db, tenant_id, sorted(events, key=lambda event: event.seq))
    if not fresh:
        return
    await _count_usage(db, tenant_id, fresh, part)
    for of_workflow, group in groupby(fresh, key=lambda event: event.type in OF_WORKFLOW):
        if of_workflow:
            for event in group:
                await _apply_workflow(db, tenant_id, event, part)
        else:
            await _apply(db, tenant_id, list(group), part)
    if copies is not None:
        await copies.copy(db, tenant_id, part.changed, part.begun)


async def _claim(db: Db, tenant_id: UUID, events: Sequence[Event]) -> tuple[list[Event], _Part]:
    """Which of these events were never counted, and which part of the log this is about."""
    await db.execute(
        "INSERT INTO analytics_positions (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING", tenant_id
    )
    reached: int = await db.fetchval(
        "SELECT seq FROM analytics_positions WHERE tenant_id = $1 FOR UPDATE", tenant_id
    )
    begun = reached
    fresh: list[Event] = []
    gaps: list[tuple[int, int]] = []
    for event in events:
        if event.seq <= reached:
            if event.seq <= begun and await _fill_gap(db, tenant_id, event.seq):
                fresh.append(event)
            continue
        if event.seq > reached + 1:
            gaps.append((reached + 1, event.seq - 1))
        fresh.append(event)
        reached = event.seq
    await _add_gaps(db, tenant_id, gaps)
    if reached != begun:
        await db.execute(
            "UPDATE analytics_positions SET seq = $2 WHERE tenant_id = $1", tenant_id, reached
        )
    return fresh, _Part(begun, reached, Changed())


async def _fill_gap(db: Db, tenant_id: UUID, seq: int) -> bool:
    row = await db.fetchrow(
        "DELETE FROM analytics_gaps WHERE tenant_id = $1 AND $2 BETWEEN first_seq AND last_seq"
        " RETURNING first_seq, last_seq",
        tenant_id,
        seq,
    )
    if row is None:
        return False
    rest = [(row["first_seq"], seq - 1), (seq + 1, row["last_seq"])]
    await _add_gaps(db, tenant_id, [(first, last) for first, last in rest if first <= last])
    return True


async def _add_gaps(db: Db, tenant_id: UUID, gaps: Sequence[tuple[int, int]]) -> None:
    if gaps:
        await db.execute(
            "INSERT INTO analytics_gaps (tenant_id, first_seq, last_seq)"
            " SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[]) n",
            tenant_id,
            [first for first, _ in gaps],
            [last for _, last in gaps],
        )


async def _count_usage(db: Db, tenant_id: UUID, events: Sequence[Event], part: _Part) -> None:
    usage: defaultdict[tuple[datetime, UUID, str], int] = defaultdict(int)
    for event in events:
        if event.actor_id is not None and event.type not in NOT_USED:
            at = store.quarter_of(event.created_at)
            usage[at, event.actor_id, event.entity_type[:40]] += 1
    await store.add_usage(db, tenant_id, usage)
    part.changed.usage |= set(usage)


async def _apply_workflow(db: Db, tenant_id: UUID, event: Event, part: _Part) -> None:
    """A state got another category, or went: all tasks in it change."""
    assert event.project_id is not None
    workflow = await _load_workflow(db, tenant_id, {event.project_id})
    key = workflow.key_of(event.entity_id)
    if key is None:
        return
    late = event.seq <= part.begun
    ids = await store.read_in_state(db, tenant_id, event.project_id, key, ever=late)
    for some in _batches(ids):
        await _renew(db, tenant_id, {task_id: [event] for task_id in some}, part, workflow)


async def _apply(db: Db, tenant_id: UUID, events: Sequence[Event], part: _Part) -> None:
    of_tasks: defaultdict[UUID, list[Event]] = defaultdict(list)
    of_time: defaultdict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        if event.type in OF_TASKS or event.type in OF_LINKS:
            of_tasks[event.entity_id].append(event)
        elif event.entity_type == "time_entry":
            of_time[event.entity_id].append(event)
    if of_tasks:
        projects = {e.project_id for es in of_tasks.values() for e in es if e.project_id}
        workflow = await _load_workflow(db, tenant_id, projects)
        await _renew(db, tenant_id, of_tasks, part, workflow)
    touched = set(of_tasks)
    if of_time:
        touched |= await _renew_time(db, tenant_id, of_time, part)
    if touched:
        await store.settle_time(db, tenant_id, sorted(touched))


async def _load_workflow(db: Db, tenant_id: UUID, project_ids: set[UUID]) -> Workflow:
    """States and what was changed in them, from one look at the database."""
    rows = await db.fetch(
        f"""
        SELECT s.project_id, s.id, s.key, s.category, NULL::bigint AS seq, NULL AS type,
               NULL::uuid AS actor_id, NULL AS entity_type, NULL::uuid AS entity_id,
               NULL::uuid AS of_project, NULL::int AS version, NULL::jsonb AS payload,
               NULL::timestamptz AS created_at
        FROM workflow_states s WHERE s.tenant_id = $1 AND s.project_id = ANY ($2::uuid[])
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, {EVENT_COLUMNS}
        FROM events e
        WHERE e.tenant_id = $1 AND e.project_id = ANY ($2::uuid[])
          AND e.entity_type = 'workflow_state'
        ORDER BY seq
        """,
        tenant_id,
        sorted(project_ids),
    )
    workflow = Workflow()
    for row in rows:
        if row["id"] is not None:
            workflow.add_state(row["project_id"], row["id"], row["key"], row["category"])
    workflow.add_events([event_of(list(row)[4:]) for row in rows if row["id"] is None])
    return workflow


async def _renew(
    db: Db,
    tenant_id: UUID,
    events: dict[UUID, list[Event]],
    part: _Part,
    workflow: Workflow,
) -> None:
    """Tell tasks on by their new events, or again where one of these comes late."""
    before = await store.read_tasks(db, tenant_id, sorted(events))
    after: dict[UUID, TaskFacts] = {}
    late: list[UUID] = []
    for task_id, news in events.items():
        facts = before.get(task_id, TaskFacts())
        # Also where its own log goes on in order: a state that it comes to late may have changed
        # since, which was counted without it.
        if news[0].seq <= max(part.begun, 0 if facts.head is None else facts.head.seq):
            late.append(task_id)
        else:
            for event in news:
                facts = fold(facts, event, workflow)
            after[task_id] = facts
    if late:
        after |= await _tell_again(db, tenant_id, late, before, part.reached)
    await _write(db, tenant_id, before, after, part.changed)


async def _tell_again(
    db: Db, tenant_id: UUID, ids: Sequence[UUID], before: dict[UUID, TaskFacts], reached: int
) -> dict[UUID, TaskFacts]:
    """The facts of tasks by the whole log, as far as it is counted."""
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.entity_id = ANY ($2::uuid[]) AND e.entity_type = 'task'
          AND e.seq <= $3
          AND NOT EXISTS (SELECT FROM analytics_gaps g
                          WHERE g.tenant_id = $1 AND e.seq BETWEEN g.first_seq AND g.last_seq)
        ORDER BY e.seq
        """,
        tenant_id,
        ids,
        reached,
    )
    events = [event_of(row) for row in rows]
    projects = {event.project_id for event in events if event.project_id}
    workflow = await _load_workflow(db, tenant_id, projects)
    of_workflow = await _workflow_events(db, tenant_id, projects, reached)
    own: defaultdict[UUID, list[Event]] = defaultdict(list)
    for event in events:
        own[event.entity_id].append(event)
    told: dict[UUID, TaskFacts] = {}
    for task_id in ids:
        facts = TaskFacts()
        for event in sorted([*own[task_id], *of_workflow], key=lambda e: e.seq):
            facts = fold(facts, event, workflow)
        known = before.get(task_id)
        if known is not None and facts.head is None:
            # The log no longer holds its beginning: what is known stays.
            log.warning("late_event_of_an_old_task", tenant=str(tenant_id), task=str(task_id))
            continue
        told[task_id] = facts
    return told


async def _workflow_events(
    db: Db, tenant_id: UUID, project_ids: set[UUID], reached: int
) -> list[Event]:
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.project_id = ANY ($2::uuid[])
          AND e.entity_type = 'workflow_state' AND e.seq <= $3
          AND NOT EXISTS (SELECT FROM analytics_gaps g
                          WHERE g.tenant_id = $1 AND e.seq BETWEEN g.first_seq AND g.last_seq)
        ORDER BY e.seq
        """,
        tenant_id,
        sorted(project_ids),
        reached,
    )
    return [event for row in rows if (event := event_of(row)).type in OF_WORKFLOW]


async def _write(
    db: Db,
    tenant_id: UUID,
    before: dict[UUID, TaskFacts],
    after: dict[UUID, TaskFacts],
    changed: Changed,
) -> None:
    gone: list[Span] = []
    made: list[Span] = []
    unlinked: list[Link] = []
    linked: list[Link] = []
    for task_id, facts in after.items():
        old = before.get(task_id, TaskFacts())
        gone += set(old.spans) - set(facts.spans)
        made += set(facts.spans) - set(old.spans)
        unlinked += set(old.links) - set(facts.links)
        linked += set(facts.links) - set(old.links)
        changed.add_task(task_id, old, facts)
    heads = [facts.head for facts in after.values() if facts.head is not None]
    await store.write_heads(db, tenant_id, heads)
    if gone or made:
        await store.write_spans(db, tenant_id, gone, made)
        steps: list[Step] = [step for span in made for step in steps_of(span)]
        steps += [step for span in gone for step in steps_of(span, -1)]
        await store.add_steps(db, tenant_id, steps)
        changed.add_spans(gone, made)
        changed.add_steps(steps)
    if unlinked or linked:
        await store.write_links(db, tenant_id, unlinked, linked)
    if gone or made or unlinked or linked:
        await _write_waits(db, tenant_id, after, changed)


async def _write_waits(
    db: Db, tenant_id: UUID, told: dict[UUID, TaskFacts], changed: Changed
) -> None:
    """Whoever waits, and whatever waits for these, waits differently now."""
    waiting = {task_id for task_id, facts in told.items() if facts.links}
    waiting |= set(await store.read_waiting(db, tenant_id, sorted(told)))
    # A task whose last link is told away has none, but may have waited by what was written.
    written = await store.read_blocked(db, tenant_id, sorted(waiting | set(told)))
    waiting |= set(written)
    for some in _batches(sorted(waiting)):
        facts = await store.read_tasks(db, tenant_id, some)
        targets = {link.depends_on_task_id for f in facts.values() for link in f.links}
        others = await store.read_tasks(db, tenant_id, sorted(targets))
        spans = {task_id: each.spans for task_id, each in others.items()}
        now = {task_id: blocked_of(each, spans) for task_id, each in facts.items()}
        differing = [t for t in some if written.get(t, ()) != now.get(t, ())]
        if differing:
            made = [wait for t in differing for wait in now.get(t, ())]
            await store.write_blocked(db, tenant_id, differing, made)
            changed.waiting |= set(differing)
            changed.waited |= {wait for t in differing for wait in written.get(t, ())}


async def _renew_time(
    db: Db, tenant_id: UUID, events: dict[UUID, list[Event]], part: _Part
) -> set[UUID]:
    """Time entries; gives the tasks that they are of."""
    known = await store.read_time(db, tenant_id, sorted(events))
    facts: list[TimeFact] = []
    for entry_id, fresh in events.items():
        fact, news = known.get(entry_id), fresh
        if news[0].seq <= (part.begun if fact is None else fact.seq):
            told = await _time_events(db, tenant_id, entry_id, part.reached)
            # Without its beginning in the log an entry goes on from what is known.
            starts = fact is None or (told and told[0].seq <= fact.first_seq)
            fact, news = (None, told) if starts else (fact, news)
        for event in news:
            fact = fold_time(fact, event)
        if fact is not None:
            facts.append(fact)
    await store.write_time(db, tenant_id, facts)
    part.changed.entries |= {fact.entry_id for fact in facts}
    return {fact.task_id for fact in facts}


async def _time_events(db: Db, tenant_id: UUID, entry_id: UUID, reached: int) -> list[Event]:
    rows = await db.fetch(
        f"""
        SELECT {EVENT_COLUMNS} FROM events e
        WHERE e.tenant_id = $1 AND e.entity_id = $2 AND e.entity_type = 'time_entry'
          AND e.seq <= $3
          AND NOT EXISTS (SELECT FROM analytics_gaps g
                          WHERE g.tenant_id = $1 AND e.seq BETWEEN g.first_seq AND g.last_seq)
        ORDER BY e.seq
        """,
        tenant_id,
        entry_id,
        reached,
    )
    return [event_of(row) for row in rows]


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
