"""Facts in ClickHouse: what metrics ask of them, as `postgres.py` answers it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from msgspec.structs import astuple

from projectflow.analytics.clickhouse_client import AnalyticsAway, ClickHouse
from projectflow.analytics.clickhouse_facts import micros, read_position
from projectflow.analytics.facts import NO_HOURS
from projectflow.analytics.postgres import NOTHING
from projectflow.analytics.store import (
    Completion,
    Flow,
    InProgress,
    Planned,
    Present,
    Scope,
    Standing,
    Use,
    Wait,
    Worked,
)
from projectflow.core.db import Db
from projectflow.tasks.schedule.calendars import EPOCH_UTC
from projectflow.tasks.service import FIRST_MOMENT, LAST_MOMENT

EPOCH_DAY: Final = EPOCH_UTC.date()


class ClickHouseStore:
    """The copy of the facts. Each question says its workspace of every table in it."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        """Asked through this connection."""
        self._clickhouse = clickhouse

    async def standing(self, db: Db, tenant_id: UUID) -> Standing:
        """How far the facts are.

        Raises:
            AnalyticsAway: ClickHouse is, or does not have this workspace yet.
        """
        row = await db.fetchrow(
            """
            SELECT c.last_seq, coalesce(p.seq, 0) AS counted
            FROM event_counters c LEFT JOIN analytics_positions p ON p.tenant_id = $1
            WHERE c.tenant_id = $1
            """,
            tenant_id,
        )
        counted = await read_position(self._clickhouse, tenant_id)
        if row is None:
            return Standing(0, 0)
        if counted is None:
            if row["counted"]:
                raise AnalyticsAway("The numbers of this workspace are still being prepared.")
            counted = 0
        return Standing(counted, max(0, row["last_seq"] - counted))

    async def flow(self, db: Db, scope: Scope, edges: Sequence[datetime]) -> list[Flow]:
        """All before the first edge, and each piece from one edge to the next."""
        del db
        places = [micros(edge) for edge in edges]
        rows = await self._clickhouse.ask(
            """
            SELECT if(f.at < {edges:Array(Int64)}[1], {edges:Array(Int64)}[1] - 1,
                      roundDown(f.at, {edges:Array(Int64)})) AS edge,
                   sum(f.backlog), sum(f.unstarted), sum(f.started), sum(f.completed),
                   sum(f.cancelled), sum(f.backlog_hours), sum(f.unstarted_hours),
                   sum(f.started_hours), sum(f.completed_hours), sum(f.cancelled_hours),
                   sum(f.entries), sum(f.exits), sum(f.completions), sum(f.reopenings)
            FROM analytics_flow AS f FINAL
            WHERE f.tenant_id = {tenant_id:UUID} AND f.project_id IN {projects:Array(UUID)}
              AND f.at < {until:Int64}
            GROUP BY edge
            """,
            scope.tenant_id,
            projects=list(scope.project_ids),
            edges=places,
            until=places[-1],
        )
        found: list[Flow] = [NOTHING] * len(edges)
        for edge, *values in rows:
            place = bisect_right(places, edge)
            both = zip(astuple(found[place]), values, strict=True)
            found[place] = Flow(*(one + other for one, other in both))
        return found

    async def completions(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Completion]:
        """The latest completions in a range, newest first."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT d.task_id, d.project_id, d.assignee_id, d.estimate, d.due, d.created,
                   d.started, d.completed, d.active,
                   arraySum(wait -> greatest(
                       least(ifNull(wait.2, d.completed), d.completed) - wait.1, 0), w.waits)
            FROM (
                SELECT * FROM analytics_completions AS t FINAL
                WHERE t.tenant_id = {tenant_id:UUID} AND t.project_id IN {projects:Array(UUID)}
                  AND ({of_all:Bool} OR t.assignee_id IN {people:Array(UUID)})
                  AND t.completed >= {since:Int64} AND t.completed < {until:Int64}
                ORDER BY t.completed DESC, toString(t.task_id) LIMIT {most:UInt32}
            ) AS d
            LEFT JOIN (
                SELECT b.task_id, groupArray((b.starts, b.ends)) AS waits
                FROM analytics_blocked AS b FINAL
                WHERE b.tenant_id = {tenant_id:UUID} AND b.category = 'started'
                GROUP BY b.task_id
            ) AS w ON w.task_id = d.task_id
            ORDER BY d.completed DESC, toString(d.task_id)
            """,
            scope.tenant_id,
            since=micros(since),
            until=micros(until),
            most=limit,
            **_whose(scope),
        )
        return [
            Completion(
                task_id,
                project_id,
                assignee_id,
                estimate,
                _moment(due),
                _at(created),
                _moment(started),
                _at(completed),
                active,
                blocked,
            )
            for (
                task_id, project_id, assignee_id, estimate, due, created, started, completed,
                active, blocked,
            ) in rows
        ]  # fmt: skip

    async def present(self, db: Db, scope: Scope, at: datetime) -> list[Present]:
        """Open tasks by person and category."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT t.assignee_id, t.category, count(), sum(t.estimate), countIf(t.estimate IS NULL),
                   countIf(t.due < {at:Int64}),
                   countIf(t.task_id IN (
                       SELECT b.task_id FROM analytics_blocked AS b FINAL
                       WHERE b.tenant_id = {tenant_id:UUID} AND b.ends IS NULL))
            FROM analytics_tasks AS t FINAL
            WHERE t.tenant_id = {tenant_id:UUID} AND t.project_id IN {projects:Array(UUID)}
              AND ({of_all:Bool} OR t.assignee_id IN {people:Array(UUID)})
              AND t.category IN ('backlog', 'unstarted', 'started')
            GROUP BY t.assignee_id, t.category
            """,
            scope.tenant_id,
            at=micros(at),
            **_whose(scope),
        )
        return [
            Present(assignee, category, tasks, hours or NO_HOURS, unestimated, overdue, blocked)
            for assignee, category, tasks, hours, unestimated, overdue, blocked in rows
        ]

    async def in_progress(self, db: Db, scope: Scope, limit: int) -> list[InProgress]:
        """Started tasks, those that were started first first."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT t.task_id, t.project_id, t.status, t.assignee_id, t.started, t.entered, b.since
            FROM (
                SELECT * FROM analytics_tasks AS t FINAL
                WHERE t.tenant_id = {tenant_id:UUID} AND t.project_id IN {projects:Array(UUID)}
                  AND ({of_all:Bool} OR t.assignee_id IN {people:Array(UUID)})
                  AND t.category = 'started'
                ORDER BY t.started, toString(t.task_id) LIMIT {most:UInt32}
            ) AS t
            LEFT JOIN (
                SELECT b.task_id, toNullable(min(b.starts)) AS since
                FROM analytics_blocked AS b FINAL
                WHERE b.tenant_id = {tenant_id:UUID} AND b.ends IS NULL
                GROUP BY b.task_id
            ) AS b ON b.task_id = t.task_id
            ORDER BY t.started, toString(t.task_id)
            """,
            scope.tenant_id,
            most=limit,
            **_whose(scope),
        )
        return [
            InProgress(task, project, status, person, _at(started), _at(entered), _moment(since))
            for task, project, status, person, started, entered, since in rows
        ]

    async def planned(self, db: Db, scope: Scope, limit: int) -> list[Planned]:
        """Tasks with estimates that are not cancelled."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT t.assignee_id, t.estimate, t.start_day, t.due, t.completed
            FROM analytics_tasks AS t FINAL
            WHERE t.tenant_id = {tenant_id:UUID} AND t.project_id IN {projects:Array(UUID)}
              AND ({of_all:Bool} OR t.assignee_id IN {people:Array(UUID)})
              AND t.category <> 'cancelled' AND t.estimate > 0
            LIMIT {most:UInt32}
            """,
            scope.tenant_id,
            most=limit,
            **_whose(scope),
        )
        return [
            Planned(person, estimate, _day(start), _moment(due), _moment(completed))
            for person, estimate, start, due, completed in rows
        ]

    async def worked(
        self, db: Db, scope: Scope, cuts: Sequence[datetime], *, within: bool = False
    ) -> list[Worked]:
        """Tracked time by person, cut at moments in their order."""
        del db
        places = [micros(cut) for cut in cuts]
        rows = await self._clickhouse.ask(
            """
            SELECT t.user_id, if(t.started < {edges:Array(Int64)}[1], {edges:Array(Int64)}[1] - 1,
                                 roundDown(t.started, {edges:Array(Int64)})) AS edge,
                   sum(t.stopped - t.started)
            FROM analytics_time AS t FINAL
            WHERE t.tenant_id = {tenant_id:UUID} AND t.project_id IN {projects:Array(UUID)}
              AND ({of_all:Bool} OR t.user_id IN {people:Array(UUID)})
              AND t.started >= {since:Int64} AND t.started < {until:Int64}
            GROUP BY t.user_id, edge
            """,
            scope.tenant_id,
            edges=places,
            since=micros(cuts[0] if within else FIRST_MOMENT),
            until=micros(cuts[-1] if within else LAST_MOMENT),
            **_whose(scope),
        )
        return [
            Worked(user_id, bisect_right(places, edge), Decimal(worked).scaleb(-6))
            for user_id, edge, worked in rows
        ]

    async def waits(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Wait]:
        """When tasks waited, where that touches the range."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT b.starts, b.ends FROM analytics_blocked AS b FINAL
            WHERE b.tenant_id = {tenant_id:UUID} AND b.project_id IN {projects:Array(UUID)}
              AND b.starts < {until:Int64} AND (b.ends > {since:Int64} OR b.ends IS NULL)
            LIMIT {most:UInt32}
            """,
            scope.tenant_id,
            projects=list(scope.project_ids),
            since=micros(since),
            until=micros(until),
            most=limit,
        )
        return [Wait(_at(starts), _moment(ends)) for starts, ends in rows]

    async def active(self, db: Db, tenant_id: UUID, since: datetime, until: datetime) -> int:
        """How many people did anything."""
        del db
        rows = await self._clickhouse.ask(
            """
            SELECT uniqExact(u.user_id)
            FROM analytics_usage AS u FINAL
            WHERE u.tenant_id = {tenant_id:UUID} AND u.at >= {since:Int64} AND u.at < {until:Int64}
            """,
            tenant_id,
            since=micros(since),
            until=micros(until),
        )
        return int(rows[0][0])

    async def usage(self, db: Db, tenant_id: UUID, edges: Sequence[datetime]) -> list[Use]:
        """Who did how much in the pieces between edges."""
        del db
        places = [micros(edge) for edge in edges]
        rows = await self._clickhouse.ask(
            """
            SELECT u.user_id, roundDown(u.at, {edges:Array(Int64)}) AS edge, u.kind, sum(u.events)
            FROM analytics_usage AS u FINAL
            WHERE u.tenant_id = {tenant_id:UUID} AND u.at >= {since:Int64} AND u.at < {until:Int64}
            GROUP BY u.user_id, edge, u.kind
            """,
            tenant_id,
            edges=places,
            since=places[0],
            until=places[-1],
        )
        return [
            Use(user_id, bisect_right(places, edge), kind, events)
            for user_id, edge, kind, events in rows
        ]

    async def close(self) -> None:
        """Close the connections."""
        await self._clickhouse.close()


def _whose(scope: Scope) -> dict[str, Any]:
    return {
        "projects": list(scope.project_ids),
        "of_all": scope.user_ids is None,
        "people": list(scope.user_ids or ()),
    }


def _at(value: int) -> datetime:
    return EPOCH_UTC + timedelta(microseconds=value)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else _at(value)


def _day(value: int | None) -> date | None:
    return None if value is None else EPOCH_DAY + timedelta(days=value)
