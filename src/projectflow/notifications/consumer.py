"""Follows the log and writes what people are told.

An event makes somebody hear of a kind of thing once: (seq, receiver, kind) is a key. What one
person does to one task within some minutes is one notification to each who hears of it, until that
is read, snoozed or mailed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.core.consumers import Consumer, Event
from projectflow.core.db import Db
from projectflow.core.events import Change, record_all, to_json
from projectflow.notifications.hours import next_digest
from projectflow.notifications.mail_plans import plan_mails
from projectflow.notifications.occasions import TYPES, occasions_of
from projectflow.notifications.receivers import Told, find_receivers
from projectflow.notifications.rules import NotificationRules, rules_of
from projectflow.notifications.types import KINDS, Details, Kind, Sort

GROUP_TIME: Final = timedelta(minutes=5)
"""Between one event of a group and the next, at most."""
SEEN_AGAIN: Final = frozenset({"task.deleted", "task.restored", "task.transferred"})
"""After these, what is told of a task is shown in another place, or not at all."""


def notification_consumer(mail_delay: int) -> Consumer:
    """Writes notifications; mail that goes at once goes after `mail_delay` seconds."""
    delay = timedelta(seconds=mail_delay)

    async def consume(db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
        await tell(db, tenant_id, events, delay)

    return Consumer(name="notifications", consume=consume, types=TYPES, start="present", batch=50)


class _Group(Struct):
    """A notification that is to be written, or written anew."""

    id: UUID
    user_id: UUID
    actor_id: UUID | None
    project_id: UUID
    task_id: UUID | None
    shown_at: datetime
    kinds: list[Kind]
    details: Details
    comment_id: UUID | None = None
    events: int = 0
    last_seq: int = 0
    in_app: bool = False
    mail: Sort | None = None
    version: int = 0
    """0: it is new."""
    causes: list[tuple[int, Kind]] = []

    def add(self, told: Told, in_app: bool, mail: Sort | None) -> None:
        """Have it stand for one more thing that happened."""
        occasion, event = told.occasion, told.occasion.event
        if occasion.kind not in self.kinds:
            self.kinds = sorted([*self.kinds, occasion.kind], key=KINDS.index)
        self.events += event.seq != self.last_seq
        self.last_seq = max(self.last_seq, event.seq)
        self.shown_at = max(self.shown_at, event.created_at)
        self.details = _later(self.details, told.details)
        self.comment_id = occasion.comment_id or self.comment_id
        self.in_app = self.in_app or in_app
        self.mail = "at_once" if "at_once" in {self.mail, mail} else self.mail or mail
        self.causes = [*self.causes, (event.seq, occasion.kind)]


def _later(before: Details, after: Details) -> Details:
    """Of two states of a task in a row: from the first to the last."""
    return Details(
        before.old_state or after.old_state,
        after.new_state or before.new_state,
        after.emoji or before.emoji,
        after.due_date or before.due_date,
    )


async def tell(db: Db, tenant_id: UUID, events: Sequence[Event], mail_delay: timedelta) -> None:
    """Write what these events make people hear, and have the mails of it written."""
    await _show_again(db, tenant_id, {e.entity_id for e in events if e.type in SEEN_AGAIN})
    occasions = [o for event in events for o in occasions_of(event)]
    if not occasions:
        return
    told = await find_receivers(db, tenant_id, await _without_roles(db, tenant_id, occasions))
    told = await _without_known(db, tenant_id, told)
    if not told:
        return
    people = sorted({each.user_id for each in told})
    rules = await rules_of(db, tenant_id, people)
    groups = await _grouped(db, tenant_id, told, rules)
    if groups:
        await _write(db, tenant_id, groups)
        await _plan(db, tenant_id, groups, rules, mail_delay)
        await record_all(db, tenant_id, None, [_change(each) for each in groups])


async def _show_again(db: Db, tenant_id: UUID, task_ids: set[UUID]) -> None:
    """Take what is told of tasks in the trash out of the count, and bring it back after it."""
    if task_ids:
        await db.execute(
            """
            UPDATE notifications n SET project_id = t.project_id,
                is_hidden = t.deleted_at IS NOT NULL
            FROM tasks t
            WHERE n.tenant_id = $1 AND n.task_id = ANY ($2::uuid[])
              AND t.tenant_id = $1 AND t.id = n.task_id
              AND (n.project_id, n.is_hidden) <> (t.project_id, t.deleted_at IS NOT NULL)
            """,
            tenant_id,
            list(task_ids),
        )


async def _without_roles(db: Db, tenant_id: UUID, occasions: Sequence[Any]) -> list[Any]:
    """Without people who were in the project before, and only got another role in it.

    Who was added has the time of the transaction in which that was.
    """
    joined = [o for o in occasions if o.kind == "project_added"]
    if not joined:
        return list(occasions)
    rows = await db.fetch(
        """
        SELECT e.seq FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::timestamptz[])
            AS e (seq, project_id, user_id, created_at)
        JOIN project_members m ON m.tenant_id = $1 AND m.project_id = e.project_id
            AND m.user_id = e.user_id AND m.created_at = e.created_at
        """,
        tenant_id,
        [o.event.seq for o in joined],
        [o.project_id for o in joined],
        [o.people[0] if o.people else None for o in joined],
        [o.event.created_at for o in joined],
    )
    new = {row["seq"] for row in rows}
    return [o for o in occasions if o.kind != "project_added" or o.event.seq in new]


async def _without_known(db: Db, tenant_id: UUID, told: Sequence[Told]) -> list[Told]:
    """What was not told yet: an event may come again."""
    rows = await db.fetch(
        """
        SELECT seq, user_id, kind FROM notification_causes
        WHERE tenant_id = $1 AND seq = ANY ($2::bigint[])
        """,
        tenant_id,
        list({each.occasion.event.seq for each in told}),
    )
    known = set(map(tuple, rows))
    return [
        each
        for each in told
        if (each.occasion.event.seq, each.user_id, each.occasion.kind) not in known
    ]


async def _grouped(
    db: Db,
    tenant_id: UUID,
    told: Sequence[Told],
    rules: Any,
) -> list[_Group]:
    """The notifications that are new, or stand for more than before."""
    open_groups = await _open_groups(db, tenant_id, told)
    touched: dict[UUID, _Group] = {}
    for each in told:
        occasion, wish = each.occasion, rules[each.user_id]
        ways = wish.ways(occasion.kind, occasion.project_id)
        mail: Sort | None = None if ways.email == "none" else ways.email
        if not ways.in_app and mail is None:
            continue
        event = occasion.event
        key = (each.user_id, occasion.task_id, event.actor_id)
        group = open_groups.get(key)
        if group is None or event.created_at - group.shown_at > GROUP_TIME:
            group = _Group(
                uuid7(),
                each.user_id,
                event.actor_id,
                occasion.project_id,
                occasion.task_id,
                event.created_at,
                [],
                Details(),
            )
            if event.actor_id is not None and occasion.task_id is not None:
                open_groups[key] = group
        group.add(each, ways.in_app, mail)
        touched[group.id] = group
    return sorted(touched.values(), key=lambda g: (g.user_id, g.id))


async def _open_groups(
    db: Db, tenant_id: UUID, told: Sequence[Told]
) -> dict[tuple[UUID, UUID | None, UUID | None], _Group]:
    """What is still unread, unmoved and unmailed of these people's tasks; locked."""
    rows = await db.fetch(
        """
        SELECT id, user_id, actor_id, project_id, task_id, shown_at, kinds, details, comment_id,
               events, last_seq, in_app, mail, version
        FROM notifications
        WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]) AND user_id = ANY ($3::uuid[])
          AND actor_id = ANY ($4::uuid[]) AND shown_at >= $5 AND read_at IS NULL
          AND snoozed_until IS NULL AND mail_id IS NULL AND mailed_at IS NULL AND NOT is_hidden
        ORDER BY shown_at, id FOR UPDATE
        """,
        tenant_id,
        list({t.occasion.task_id for t in told}),
        list({t.user_id for t in told}),
        list({t.occasion.event.actor_id for t in told}),
        min(t.occasion.event.created_at for t in told) - GROUP_TIME,
    )
    groups: list[_Group] = []
    for row in rows:
        values: list[Any] = list(row)
        values[7] = msgspec.json.decode(values[7], type=Details)
        groups.append(_Group(*values))
    return {(g.user_id, g.task_id, g.actor_id): g for g in groups}


async def _write(db: Db, tenant_id: UUID, groups: Sequence[_Group]) -> None:
    await db.execute(
        """
        INSERT INTO notifications AS n (tenant_id, id, user_id, actor_id, project_id, task_id,
            shown_at, kind, kinds, details, comment_id, events, last_seq, in_app, mail)
        SELECT $1, g.id, g.user_id, g.actor_id, g.project_id, g.task_id, g.shown_at,
               split_part(g.kinds, ',', 1), string_to_array(g.kinds, ','), g.details,
               g.comment_id, g.events, g.last_seq, g.in_app, g.mail
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[],
                    $8::text[], $9::jsonb[], $10::uuid[], $11::int[], $12::bigint[], $13::bool[],
                    $14::text[])
            AS g (id, user_id, actor_id, project_id, task_id, shown_at, kinds, details, comment_id,
                  events, last_seq, in_app, mail)
        ON CONFLICT (tenant_id, id) DO UPDATE SET shown_at = excluded.shown_at,
            kind = excluded.kind, kinds = excluded.kinds, details = excluded.details,
            comment_id = excluded.comment_id, events = excluded.events,
            last_seq = excluded.last_seq, in_app = excluded.in_app, mail = excluded.mail,
            version = n.version + 1
        """,
        tenant_id,
        [g.id for g in groups],
        [g.user_id for g in groups],
        [g.actor_id for g in groups],
        [g.project_id for g in groups],
        [g.task_id for g in groups],
        [g.shown_at for g in groups],
        [",".join(g.kinds) for g in groups],
        [to_json(g.details) for g in groups],
        [g.comment_id for g in groups],
        [g.events for g in groups],
        [g.last_seq for g in groups],
        [g.in_app for g in groups],
        [g.mail for g in groups],
    )
    causes = [(seq, g.user_id, kind, g.id) for g in groups for seq, kind in g.causes]
    await db.execute(
        """
        INSERT INTO notification_causes (tenant_id, seq, user_id, kind, notification_id)
        SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::uuid[])
        ON CONFLICT DO NOTHING
        """,
        tenant_id,
        *(list(column) for column in zip(*causes, strict=True)),
    )


async def _plan(
    db: Db,
    tenant_id: UUID,
    groups: Sequence[_Group],
    rules: Any,
    mail_delay: timedelta,
) -> None:
    """Have the mails written that these notifications wait for."""
    now = datetime.now(UTC)
    owed: set[tuple[UUID, Sort]] = {(g.user_id, g.mail) for g in groups if g.mail is not None}
    if not owed:
        return
    zones = await _zones(db, tenant_id, [user_id for user_id, _ in owed])

    def due(user_id: UUID, sort: Sort) -> datetime:
        if sort == "at_once":
            return now + mail_delay
        wish: NotificationRules = rules[user_id]
        return next_digest(wish.digest, zones[user_id], now)

    await plan_mails(db, tenant_id, [(who, sort, due(who, sort)) for who, sort in owed])


async def _zones(db: Db, tenant_id: UUID, people: Sequence[UUID]) -> dict[UUID, ZoneInfo]:
    rows = await db.fetch(
        "SELECT id, time_zone FROM users WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        tenant_id,
        people,
    )
    return {row["id"]: ZoneInfo(row["time_zone"]) for row in rows}


def _change(group: _Group) -> Change:
    """The event that has the receiver's tabs follow; it says nothing that others may not know."""
    return Change(
        "notification.updated" if group.version else "notification.created",
        "notification",
        group.id,
        group.version + 1,
        {"user_id": group.user_id, "after": {"kind": group.kinds[0], "in_app": group.in_app}},
        group.project_id,
    )
