"""The worker's part of notifications, done at once; and what people then have."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from tests.people import Person
from tests.realtime.logs import IMPATIENT

from projectflow.core.mail import Mailer
from projectflow.notifications.consumer import notification_consumer
from projectflow.notifications.mail_plans import SendJob
from projectflow.notifications.mails import NotificationMails
from projectflow.notifications.types import Sort
from projectflow.realtime.following import Following


async def deliver(person: Person, mail_delay: int = 0) -> None:
    """Have the consumer follow the workspace's log to its end; nothing may be left behind."""
    database = person.app.state.database
    following = Following(database, notification_consumer(mail_delay), IMPATIENT)
    await following.follow(person.tenant_id)
    async with database.tenant(person.tenant_id, read_only=True) as db:
        behind = await db.fetchval(
            """
            SELECT c.last_seq - p.seq + (SELECT count(*) FROM parked_events WHERE tenant_id = $1)
            FROM event_counters c JOIN consumer_positions p
                ON p.tenant_id = $1 AND p.consumer = 'notifications'
            WHERE c.tenant_id = $1
            """,
            person.tenant_id,
        )
    assert behind == 0


async def inbox(person: Person, **filters: Any) -> list[dict[str, Any]]:
    answer = await person.get("/notifications", **filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def kinds(person: Person, **filters: Any) -> list[str]:
    """All that a person's inbox says, by kind; the oldest first."""
    return [kind for each in reversed(await inbox(person, **filters)) for kind in each["kinds"]]


async def unread(person: Person) -> int:
    answer = await person.get("/notifications/unread-count")
    assert answer.status_code == 200, answer.text
    return answer.json()["unread"]


async def empty(person: Person) -> None:
    """Begin anew: what was told so far is forgotten."""
    await deliver(person)
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute("DELETE FROM notifications WHERE tenant_id = $1", person.tenant_id)


async def age(person: Person, by: timedelta) -> None:
    """Make what is there older."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            """
            UPDATE notifications SET shown_at = shown_at - $2::interval,
                created_at = created_at - $2::interval, read_at = read_at - $2::interval
            WHERE tenant_id = $1
            """,
            person.tenant_id,
            by,
        )


async def make_due(person: Person, sort: Sort) -> None:
    """Have the time of a mail that is planned come."""
    async with person.app.state.database.tenant(person.tenant_id) as db:
        await db.execute(
            """
            UPDATE notification_mails SET due_at = now() - interval '1 second'
            WHERE tenant_id = $1 AND sort = $2
            """,
            person.tenant_id,
            sort,
        )


async def plan_of(person: Person, sort: Sort) -> dict[str, Any] | None:
    """The next mail to a person."""
    async with person.app.state.database.tenant(person.tenant_id, read_only=True) as db:
        row = await db.fetchrow(
            "SELECT * FROM notification_mails WHERE tenant_id = $1 AND user_id = $2 AND sort = $3",
            person.tenant_id,
            person.id,
            sort,
        )
    return None if row is None else dict(row)


def mails_of(person: Person, **changed: Any) -> NotificationMails:
    """The worker's writer of mails."""
    state = person.app.state
    settings = replace(state.settings, **{"notification_mail_delay": 0, **changed})
    return NotificationMails(state.database, state.links, Mailer(settings), settings)


async def mail(person: Person, sort: Sort, **changed: Any) -> None:
    """Have the worker come to a person's mail."""
    await mails_of(person, **changed).send(SendJob(person.tenant_id, person.id, sort))


async def events_of(person: Person, kind: str) -> list[tuple[str, UUID, dict[str, Any]]]:
    """What the log says about notifications."""
    async with person.app.state.database.tenant(person.tenant_id, read_only=True) as db:
        rows = await db.fetch(
            """
            SELECT type, entity_id, payload FROM events
            WHERE tenant_id = $1 AND type = $2 ORDER BY seq
            """,
            person.tenant_id,
            kind,
        )
    return [(row[0], row[1], msgspec.json.decode(row[2])) for row in rows]
