"""Histories made through the API, with a clock that the test sets afterwards."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from litestar import Litestar
from tests.analytics.slow_log import Happened, Played, read_log
from tests.people import Person

from projectflow.analytics.clickhouse_client import ClickHouse
from projectflow.analytics.clickhouse_schema import FACTS
from projectflow.analytics.copying import Copies
from projectflow.analytics.feed import consume
from projectflow.analytics.store import AnalyticsStore
from projectflow.core.consumers import EVENT_COLUMNS, event_of

Step = tuple[str, int, int, int, int]
"""What to do, how many minutes after the step before, and three numbers that choose."""
ACTIONS = (
    "create", "create", "move", "move", "move", "finish", "estimate", "assign", "due", "delete",
    "restore", "transfer", "depend", "undepend", "work", "unwork", "recategorize", "drop_state",
)  # fmt: skip
CATEGORIES = ("backlog", "unstarted", "started", "completed", "cancelled")
HOURS = (None, "0", "1.5", "8", "0.33")


class History:
    """A workspace with two projects in which things happen."""

    def __init__(self, owner: Person, other: Person, projects: list[dict[str, Any]]) -> None:
        self.owner = owner
        self.other = other
        self.projects = projects
        self.tasks: list[str] = []
        self.states: dict[str, dict[str, str]] = {}
        self.keys: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.entries: list[str] = []
        self.times: list[tuple[int, datetime]] = []
        self.copies: Copies | None = None

    @classmethod
    async def begin(cls, owner: Person, start: datetime) -> "History":
        other = await owner.colleague("admin")
        projects = [await owner.project(name, budget_currency="EUR") for name in ("One", "Two")]
        self = cls(owner, other, projects)
        for project in projects:
            found = (await owner.get(f"/projects/{project['id']}/states")).json()["items"]
            self.states[project["id"]] = {s["key"]: s["category"] for s in found}
            self.ids[project["id"]] = [s["id"] for s in found]
            self.keys |= {s["id"]: s["key"] for s in found}
        await self._stamp(start)
        return self

    async def go(self, steps: Sequence[Step], start: datetime) -> None:
        at = start
        for action, minutes, a, b, c in steps:
            at += timedelta(minutes=minutes)
            await self._act(action, a, b, c, at)
            await self._stamp(at)

    async def _stamp(self, at: datetime) -> None:
        """All events since the last step happened now."""
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            last = await db.fetchval(
                "SELECT last_seq FROM event_counters WHERE tenant_id = $1", self.owner.tenant_id
            )
        self.times.append((last, at))

    async def _act(  # noqa: C901 - a branch for each thing that may happen
        self, action: str, a: int, b: int, c: int, at: datetime
    ) -> None:
        """Whatever is refused leaves no event."""
        who = (self.owner, self.other)[c % 2]
        project = self.projects[a % 2]["id"]
        if action == "create":
            body = {"title": "T", "estimated_hours": HOURS[b % 5]}
            body |= {"status": list(self.states[project])[c % 5]} if c % 3 else {}
            answer = await who.post(f"/projects/{project}/tasks", body)
            if answer.status_code == 201:
                self.tasks.append(answer.json()["id"])
            return
        if action in {"recategorize", "drop_state"}:
            await self._change_state(action, project, b, c)
            return
        if not self.tasks:
            return
        task = self.tasks[a % len(self.tasks)]
        there = (await who.get(f"/tasks/{task}")).json().get("project_id", project)
        if action in {"move", "finish"}:
            key = "completed" if action == "finish" else list(self.states[there])[b % 5]
            await who.patch(f"/tasks/{task}", {"status": key})
        elif action == "estimate":
            await who.patch(f"/tasks/{task}", {"estimated_hours": HOURS[b % 5]})
        elif action == "assign":
            person = (None, str(self.owner.id), str(self.other.id))[b % 3]
            await who.patch(f"/tasks/{task}", {"assignee_id": person})
        elif action == "due":
            due = (at + timedelta(hours=b - 60)).isoformat()
            start = {"start_date": at.date().isoformat()} if c % 2 else {}
            await who.patch(f"/tasks/{task}", {"due_date": due} | start)
        elif action == "delete":
            await who.delete(f"/tasks/{task}")
        elif action == "restore":
            await who.post(f"/tasks/{task}/restore")
        elif action == "transfer":
            await who.post(
                f"/tasks/{task}/move-to-project", {"project_id": self.projects[b % 2]["id"]}
            )
        elif action == "depend":
            kind = ("finish_to_start", "finish_to_start", "start_to_start")[c % 3]
            target = self.tasks[b % len(self.tasks)]
            body = {"depends_on_task_id": target, "type": kind}
            answer = await who.post(f"/tasks/{task}/dependencies", body)
            if answer.status_code == 201:
                self.links.append(answer.json()["id"])
        elif action == "undepend" and self.links:
            await who.delete(f"/dependencies/{self.links[b % len(self.links)]}")
        elif action == "work":
            body = {"started_at": at.isoformat(), "minutes": b % 50 + 1}
            answer = await who.post(f"/tasks/{task}/time-entries", body)
            if answer.status_code == 201:
                self.entries.append(answer.json()["id"])
        elif action == "unwork" and self.entries:
            entry = f"/time-entries/{self.entries[b % len(self.entries)]}"
            if c % 2:
                await self.owner.delete(entry)
            else:
                await self.owner.patch(entry, {"task_id": task})

    async def _change_state(self, action: str, project: str, b: int, c: int) -> None:
        state = self.ids[project][b % len(self.ids[project])]
        if action == "recategorize":
            await self.owner.patch(f"/states/{state}", {"category": CATEGORIES[c % 5]})
        elif b % 3 == 0:
            target = self.ids[project][c % len(self.ids[project])]
            await self.owner.client.delete(f"/states/{state}", params={"move_to": target})

    async def set_clock(self, superuser_url: str) -> None:
        """Let all have happened when the steps say."""
        connection = await asyncpg.connect(superuser_url)
        try:
            first = 0
            for last, at in self.times:
                await connection.execute(
                    """
                    UPDATE events SET created_at = $4::timestamptz, payload =
                        CASE WHEN type = 'task.created' THEN jsonb_set(jsonb_set(payload,
                            '{after,created_at}', to_jsonb($4::timestamptz)),
                            '{after,completed_at}', to_jsonb($4::timestamptz)) ELSE payload END
                    WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
                    """,
                    self.owner.tenant_id,
                    first,
                    last,
                    at,
                )
                first = last
        finally:
            await connection.close()

    async def feed(self, order: Sequence[int] | None = None, batch: int = 7) -> None:
        """Give the log to the consumer, in batches; `order` names events again or early."""
        tenant_id = self.owner.tenant_id
        async with self.owner.app.state.database.tenant(tenant_id) as db:
            rows = await db.fetch(
                f"SELECT {EVENT_COLUMNS} FROM events e WHERE e.tenant_id = $1 ORDER BY e.seq",  # pyright: ignore[reportArgumentType]
                tenant_id,
            )
        events = [event_of(row) for row in rows]
        chosen = events if order is None else [events[n % len(events)] for n in order]
        for start in range(0, len(chosen), batch):
            async with self.owner.app.state.database.quiet().tenant(tenant_id) as db:
                await consume(db, tenant_id, chosen[start : start + batch], self.copies)

    async def played(self) -> Played:
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            rows = await db.fetch(
                "SELECT seq, type, actor_id, entity_type, entity_id, project_id, payload,"
                " created_at FROM events WHERE tenant_id = $1 ORDER BY seq",
                self.owner.tenant_id,
            )
        return Played(read_log(rows), self.states, self.keys)

    async def log(self) -> list[Happened]:
        async with self.owner.app.state.database.tenant(self.owner.tenant_id) as db:
            rows = await db.fetch(
                "SELECT seq, type, actor_id, entity_type, entity_id, project_id, payload,"
                " created_at FROM events WHERE tenant_id = $1 ORDER BY seq",
                self.owner.tenant_id,
            )
        return read_log(rows)


TABLES = ("tasks", "spans", "links", "blocked", "time", "flow", "usage", "gaps", "positions")


async def facts(person: Person) -> dict[str, list[str]]:
    """All rows of all tables of facts, without roll-ups that add up to nothing."""
    found: dict[str, list[str]] = {}
    async with person.app.state.database.tenant(person.tenant_id) as db:
        for table in TABLES:
            rows = await db.fetch(
                f"SELECT to_jsonb(t)::text AS row FROM analytics_{table} t WHERE tenant_id = $1",  # pyright: ignore[reportArgumentType]
                person.tenant_id,
            )
            kept = (row["row"] for row in rows)
            found[table] = sorted(r for r in kept if table != "flow" or _counts(json.loads(r)))
    return found


async def copied(clickhouse: ClickHouse, person: Person) -> dict[str, list[str]]:
    """All rows that ClickHouse has of a workspace, without roll-ups that add up to nothing."""
    found: dict[str, list[str]] = {}
    for table in FACTS:
        columns = ", ".join(name for name, _ in table.columns)
        rows = await clickhouse.ask(
            f"SELECT {columns} FROM {table.name} FINAL WHERE tenant_id = {{tenant_id:UUID}}",  # pyright: ignore[reportArgumentType]
            person.tenant_id,
        )
        kept = (row for row in rows if table.name != "analytics_flow" or any(row[2:]))
        found[table.name] = sorted(str(row) for row in kept)
    return found


def _counts(row: dict[str, Any]) -> bool:
    names = {"tenant_id", "project_id", "grain", "at"}
    return any(float(value) for name, value in row.items() if name not in names)


@contextmanager
def asked_of(app: Litestar, store: AnalyticsStore) -> Generator[None]:
    """The dashboards by another store."""
    own, app.state.analytics = app.state.analytics, store
    try:
        yield
    finally:
        app.state.analytics = own
