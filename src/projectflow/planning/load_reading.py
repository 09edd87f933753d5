"""What is read to see how busy people are: their open tasks, assignments and tracked time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.planning.load import SOON, Days, OpenTask
from projectflow.tasks.service import VISIBLE

MOST: Final = 20_000
DONE: Final = ("completed", "cancelled")


class TooMuchAtOnce(InvalidInput):
    """These people have over 20,000 tasks or assignments: ask for fewer of them, or fewer weeks."""


class Part(Struct, frozen=True):
    """An assignment: so many hundredths of a percent of somebody's time."""

    project_id: UUID
    user_id: UUID
    units: int
    start_date: date
    end_date: date


class Spent(Struct, frozen=True):
    """Tracked time of somebody in a project, within the span of this place."""

    user_id: UUID
    place: int
    project_id: UUID
    seconds: int


class Named(Struct, frozen=True):
    """A project that the actor sees."""

    id: UUID
    key: str
    name: str


async def read_open_tasks(
    db: Db, actor: Actor, user_ids: Sequence[UUID], first: date, last: date
) -> list[OpenTask]:
    """The tasks whose work can lie in a range of days.

    Raises:
        TooMuchAtOnce: there are too many.
    """
    today = datetime.now(UTC).date()
    if last < today - timedelta(days=1):
        return []  # what is left to do is done from today on
    with_overdue = first <= today + timedelta(days=SOON + 1)
    rows = await db.fetch(
        """
        SELECT t.id, t.project_id, t.assignee_id, p.key || '-' || t.number, t.title,
               t.estimated_hours - coalesce(t.actual_hours, 0), t.start_date, t.due_date
        FROM tasks t
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id AND p.deleted_at IS NULL
            AND NOT p.is_template
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id
            AND s.key = t.status AND s.category <> ALL ($2::text[])
        WHERE t.tenant_id = $1 AND t.assignee_id = ANY ($3::uuid[]) AND t.deleted_at IS NULL
          AND t.archived_at IS NULL AND t.estimated_hours IS NOT NULL
          AND t.estimated_hours > coalesce(t.actual_hours, 0)
          AND ($6 AND t.due_date IS NOT NULL OR t.due_date >= $4)
          AND (t.start_date IS NULL OR t.start_date <= $5 OR $6 AND t.due_date < now())
        ORDER BY p.key, t.number LIMIT $7
        """,
        actor.tenant_id,
        list(DONE),
        list(user_ids),
        # By whichever clock: a day on each side.
        datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1),
        last,
        with_overdue,
        MOST + 1,
    )
    if len(rows) > MOST:
        raise TooMuchAtOnce
    return [OpenTask(*row) for row in rows]


async def read_undated(
    db: Db, actor: Actor, user_ids: Sequence[UUID], project_id: UUID | None
) -> dict[UUID, int]:
    """Minutes of work that are left in each one's tasks without a due date."""
    rows = await db.fetch(
        """
        SELECT t.assignee_id,
               round(sum(t.estimated_hours - coalesce(t.actual_hours, 0)) * 60)::bigint
        FROM tasks t
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id AND p.deleted_at IS NULL
            AND NOT p.is_template
        JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id
            AND s.key = t.status AND s.category <> ALL ($2::text[])
        WHERE t.tenant_id = $1 AND t.assignee_id = ANY ($3::uuid[]) AND t.deleted_at IS NULL
          AND t.archived_at IS NULL AND t.estimated_hours IS NOT NULL
          AND t.estimated_hours > coalesce(t.actual_hours, 0)
          AND t.due_date IS NULL AND ($4::uuid IS NULL OR t.project_id = $4)
        GROUP BY t.assignee_id
        """,
        actor.tenant_id,
        list(DONE),
        list(user_ids),
        project_id,
    )
    return {row[0]: row[1] for row in rows}


async def read_parts(
    db: Db, actor: Actor, user_ids: Sequence[UUID], first: date, last: date
) -> list[Part]:
    """The assignments that touch a range of days.

    Raises:
        TooMuchAtOnce: there are too many.
    """
    rows = await db.fetch(
        """
        SELECT a.project_id, a.user_id, (a.units * 100)::int, a.start_date, a.end_date
        FROM resource_assignments a
        JOIN projects p ON p.tenant_id = $1 AND p.id = a.project_id AND p.deleted_at IS NULL
            AND NOT p.is_template
        WHERE a.tenant_id = $1 AND a.user_id = ANY ($2::uuid[])
          AND a.start_date <= $4 AND a.end_date >= $3
        ORDER BY a.start_date, a.id LIMIT $5
        """,
        actor.tenant_id,
        list(user_ids),
        first,
        last,
        MOST + 1,
    )
    if len(rows) > MOST:
        raise TooMuchAtOnce
    return [Part(*row) for row in rows]


async def read_spent(db: Db, actor: Actor, days: dict[UUID, Days], length: int) -> list[Spent]:
    """Time that was tracked in each `length` days, by their own clocks; not that of a timer."""
    who: list[UUID] = []
    places: list[int] = []
    edges: list[datetime] = []
    ends: list[datetime] = []
    for user_id, of_person in days.items():
        bounds = [datetime.fromtimestamp(m * 60, UTC) for m in of_person.edges[::length]]
        for place, (start, end) in enumerate(pairwise(bounds)):
            who.append(user_id)
            places.append(place)
            edges.append(start)
            ends.append(end)
    rows = await db.fetch(
        """
        SELECT b.user_id, b.place, spent.*
        FROM unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::timestamptz[])
            AS b (user_id, place, starts, ends)
        CROSS JOIN LATERAL (
            SELECT e.project_id,
                   sum(extract(epoch FROM least(e.stopped_at, b.ends)
                                          - greatest(e.started_at, b.starts)))::bigint
            FROM time_entries e
            WHERE e.tenant_id = $1 AND e.user_id = b.user_id
              AND e.started_at > b.starts - interval '24 hours' AND e.started_at < b.ends
              AND e.stopped_at > b.starts
            GROUP BY e.project_id
        ) spent
        """,
        actor.tenant_id,
        who,
        places,
        edges,
        ends,
    )
    return [Spent(*row) for row in rows]


async def read_named(db: Db, actor: Actor, project_ids: set[UUID]) -> dict[UUID, Named]:
    """Those of the projects that the actor sees."""
    rows = await db.fetch(
        f"""
        SELECT p.id, p.key, p.name FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($4::uuid[]) AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(project_ids),
    )
    return {row["id"]: Named(*row) for row in rows}
