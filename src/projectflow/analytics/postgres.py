"""Facts in PostgreSQL: what metrics ask of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from msgspec.structs import astuple

from projectflow.analytics.facts import DAY, NO_HOURS, QUARTER
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
from projectflow.tasks.service import FIRST_MOMENT, LAST_MOMENT

SUMS: Final = (
    "sum(backlog), sum(unstarted), sum(started), sum(completed), sum(cancelled),"
    " sum(backlog_hours), sum(unstarted_hours), sum(started_hours), sum(completed_hours),"
    " sum(cancelled_hours), sum(entries), sum(exits), sum(completions), sum(reopenings)"
)
NOTHING: Final = Flow(*[0] * 5, *[NO_HOURS] * 5, *[0] * 4)  # pyright: ignore[reportArgumentType] - by their places
THEIRS: Final = "($3::uuid[] IS NULL OR t.assignee_id = ANY ($3::uuid[]))"


class PostgresStore:
    """The facts that the feed keeps beside everything else."""

    async def standing(self, db: Db, tenant_id: UUID) -> Standing:
        """How far the facts are."""
        row = await db.fetchrow(
            """
            SELECT coalesce(p.seq, 0) AS counted, c.last_seq - coalesce(p.seq, 0) AS behind
            FROM event_counters c LEFT JOIN analytics_positions p ON p.tenant_id = $1
            WHERE c.tenant_id = $1
            """,
            tenant_id,
        )
        return Standing(0, 0) if row is None else Standing(*row)

    async def flow(self, db: Db, scope: Scope, edges: Sequence[datetime]) -> list[Flow]:
        """Days before the first edge's day, then quarters of an hour."""
        first_day = datetime.combine(edges[0].astimezone(UTC).date(), time(), UTC)
        rows = await db.fetch(
            f"""
            SELECT 0 AS place, {SUMS} FROM analytics_flow
            WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[]) AND grain = $5 AND at < $6
            HAVING count(*) > 0
            UNION ALL
            SELECT width_bucket(at, $3::timestamptz[]), {SUMS} FROM analytics_flow
            WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[]) AND grain = $4
              AND at >= $6 AND at < $7
            GROUP BY 1
            """,
            scope.tenant_id,
            scope.project_ids,
            edges,
            QUARTER,
            DAY,
            first_day,
            edges[-1],
        )
        found: list[Flow] = [NOTHING] * len(edges)
        for row in rows:
            place: int = row[0]
            values = zip(astuple(found[place]), tuple(row)[1:], strict=True)
            found[place] = Flow(*(one + other for one, other in values))
        return found

    async def completions(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Completion]:
        """The latest completions in a range, newest first."""
        rows = await db.fetch(
            f"""
            SELECT t.task_id, t.project_id, t.assignee_id, t.estimate, t.due_at, t.created_at,
                   t.started_at, t.starts_at, t.active_us,
                   coalesce((
                       SELECT sum((extract(epoch FROM least(b.ends_at, t.starts_at) - b.starts_at)
                                   * 1000000)::bigint)
                       FROM analytics_blocked b
                       WHERE b.tenant_id = $1 AND b.task_id = t.task_id
                         AND b.category = 'started' AND b.starts_at < t.starts_at), 0)::bigint
            FROM analytics_spans t
            WHERE t.tenant_id = $1 AND t.project_id = ANY ($2::uuid[]) AND {THEIRS}
              AND t.completes AND t.starts_at >= $4 AND t.starts_at < $5
            ORDER BY t.starts_at DESC, t.task_id LIMIT $6
            """,
            scope.tenant_id,
            scope.project_ids,
            scope.user_ids,
            since,
            until,
            limit,
        )
        return [Completion(*row) for row in rows]

    async def present(self, db: Db, scope: Scope, at: datetime) -> list[Present]:
        """Open tasks by person and category."""
        rows = await db.fetch(
            f"""
            SELECT t.assignee_id, t.category, count(*), coalesce(sum(t.estimate), 0.00),
                   count(*) FILTER (WHERE t.estimate IS NULL),
                   count(*) FILTER (WHERE t.due_at < $4),
                   count(*) FILTER (WHERE EXISTS (
                       SELECT FROM analytics_blocked b
                       WHERE b.tenant_id = $1 AND b.task_id = t.task_id AND b.ends_at IS NULL))
            FROM analytics_tasks t
            WHERE t.tenant_id = $1 AND t.project_id = ANY ($2::uuid[]) AND {THEIRS}
              AND t.is_live AND t.category IN ('backlog', 'unstarted', 'started')
            GROUP BY t.assignee_id, t.category
            """,
            scope.tenant_id,
            scope.project_ids,
            scope.user_ids,
            at,
        )
        return [Present(*row) for row in rows]

    async def in_progress(self, db: Db, scope: Scope, limit: int) -> list[InProgress]:
        """Started tasks, those that were started first first."""
        rows = await db.fetch(
            f"""
            SELECT t.task_id, t.project_id, t.status, t.assignee_id, t.started_at, t.entered_at,
                   (SELECT min(b.starts_at) FROM analytics_blocked b
                    WHERE b.tenant_id = $1 AND b.task_id = t.task_id AND b.ends_at IS NULL)
            FROM analytics_tasks t
            WHERE t.tenant_id = $1 AND t.project_id = ANY ($2::uuid[]) AND {THEIRS}
              AND t.is_live AND t.category IN ('backlog', 'unstarted', 'started')
              AND t.category = 'started'
            ORDER BY t.started_at, t.task_id LIMIT $4
            """,
            scope.tenant_id,
            scope.project_ids,
            scope.user_ids,
            limit,
        )
        return [InProgress(*row) for row in rows]

    async def planned(self, db: Db, scope: Scope, limit: int) -> list[Planned]:
        """Tasks with estimates that are not cancelled."""
        rows = await db.fetch(
            f"""
            SELECT t.assignee_id, t.estimate, t.start_date, t.due_at, t.completed_at
            FROM analytics_tasks t
            WHERE t.tenant_id = $1 AND t.project_id = ANY ($2::uuid[]) AND {THEIRS}
              AND t.is_live AND t.category <> 'cancelled' AND t.estimate > 0
            LIMIT $4
            """,
            scope.tenant_id,
            scope.project_ids,
            scope.user_ids,
            limit,
        )
        return [Planned(*row) for row in rows]

    async def worked(
        self, db: Db, scope: Scope, cuts: Sequence[datetime], *, within: bool = False
    ) -> list[Worked]:
        """Tracked time by person, cut at moments in their order."""
        rows = await db.fetch(
            """
            SELECT e.user_id, width_bucket(e.started_at, $4::timestamptz[]),
                   sum(extract(epoch FROM e.stopped_at - e.started_at))
            FROM analytics_time e
            WHERE e.tenant_id = $1 AND e.project_id = ANY ($2::uuid[])
              AND ($3::uuid[] IS NULL OR e.user_id = ANY ($3::uuid[]))
              AND NOT e.is_deleted AND e.stopped_at IS NOT NULL
              AND e.started_at >= $5 AND e.started_at < $6
            GROUP BY 1, 2
            """,
            scope.tenant_id,
            scope.project_ids,
            scope.user_ids,
            cuts,
            cuts[0] if within else FIRST_MOMENT,
            cuts[-1] if within else LAST_MOMENT,
        )
        return [Worked(*row) for row in rows]

    async def waits(
        self, db: Db, scope: Scope, since: datetime, until: datetime, limit: int
    ) -> list[Wait]:
        """When tasks waited, where that touches the range."""
        rows = await db.fetch(
            """
            SELECT b.starts_at, b.ends_at FROM analytics_blocked b
            WHERE b.tenant_id = $1 AND b.project_id = ANY ($2::uuid[])
              AND b.starts_at < $4 AND (b.ends_at > $3 OR b.ends_at IS NULL)
            LIMIT $5
            """,
            scope.tenant_id,
            scope.project_ids,
            since,
            until,
            limit,
        )
        return [Wait(*row) for row in rows]

    async def active(self, db: Db, tenant_id: UUID, since: datetime, until: datetime) -> int:
        """How many people did anything: looks each person up instead of all that they did."""
        found: int = await db.fetchval(
            """
            WITH RECURSIVE person AS (
                (SELECT user_id FROM analytics_usage WHERE tenant_id = $1
                 ORDER BY user_id LIMIT 1)
                UNION ALL
                SELECT (SELECT u.user_id FROM analytics_usage u
                        WHERE u.tenant_id = $1 AND u.user_id > p.user_id
                        ORDER BY u.user_id LIMIT 1)
                FROM person p WHERE p.user_id IS NOT NULL)
            SELECT count(*) FROM person p
            WHERE p.user_id IS NOT NULL AND EXISTS (
                SELECT FROM analytics_usage u
                WHERE u.tenant_id = $1 AND u.user_id = p.user_id AND u.at >= $2 AND u.at < $3)
            """,
            tenant_id,
            since,
            until,
        )
        return found

    async def usage(self, db: Db, tenant_id: UUID, edges: Sequence[datetime]) -> list[Use]:
        """Who did how much in the pieces between edges."""
        rows = await db.fetch(
            """
            SELECT user_id, width_bucket(at, $2::timestamptz[]), kind, sum(events)
            FROM analytics_usage
            WHERE tenant_id = $1 AND at >= $3 AND at < $4
            GROUP BY 1, 2, 3
            """,
            tenant_id,
            edges,
            edges[0],
            edges[-1],
        )
        return [Use(*row) for row in rows]

    async def close(self) -> None:
        """Nothing is open: transactions are their callers'."""
