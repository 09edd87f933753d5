"""Whom an occasion concerns, of those who may see what it is about: a few questions a batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from projectflow.core.db import Db
from projectflow.notifications.occasions import Occasion
from projectflow.notifications.types import Details
from projectflow.tasks.audience import EMPLOYED, may_see_tasks
from projectflow.tasks.query.properties import OPEN

WAITING: Final = (
    "EXISTS (SELECT FROM task_dependencies o"
    " JOIN tasks before ON before.tenant_id = $1 AND before.id = o.depends_on_task_id"
    " JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = before.project_id"
    " AND s.key = before.status"
    " WHERE o.tenant_id = $1 AND o.task_id = t.id AND o.dependency_type = 'finish_to_start'"
    " AND before.deleted_at IS NULL AND s.category NOT IN ('completed', 'cancelled'))"
)
"""Whether task `t` may not begin yet, as `is:blocked` of the query language has it."""


class Told(Struct, frozen=True):
    """One person, one occasion."""

    user_id: UUID
    occasion: Occasion
    details: Details


async def find_receivers(db: Db, tenant_id: UUID, occasions: Sequence[Occasion]) -> list[Told]:
    """Who is to be told of what: never of one's own doing, and only what one may see now.

    Whoever is mentioned in a comment is not told that there is a comment, too.
    """
    occasions = await _with_present_projects(db, tenant_id, occasions)
    occasions = [*occasions, *await _freed(db, tenant_id, occasions)]
    people = await _people(db, tenant_id, occasions)
    wanted: list[tuple[UUID, Occasion]] = []
    for occasion in occasions:
        mentioned = _mentioned_beside(occasion, occasions)
        wanted += [
            (user_id, occasion)
            for user_id in dict.fromkeys(people(occasion))
            if user_id != occasion.event.actor_id and user_id not in mentioned
        ]
    seen = await _who_sees(db, tenant_id, {(user_id, o.project_id) for user_id, o in wanted})
    names = await _state_names(db, tenant_id, [o for _, o in wanted])
    return [
        Told(user_id, occasion, _details(occasion, names))
        for user_id, occasion in wanted
        if (user_id, occasion.project_id) in seen
    ]


async def _with_present_projects(
    db: Db, tenant_id: UUID, occasions: Sequence[Occasion]
) -> list[Occasion]:
    """The occasions whose task is there, in the project where it is now."""
    task_ids = list({o.task_id for o in occasions if o.task_id is not None})
    rows = await db.fetch(
        """
        SELECT id, project_id FROM tasks
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND deleted_at IS NULL
        """,
        tenant_id,
        task_ids,
    )
    where: dict[UUID, UUID] = {row["id"]: row["project_id"] for row in rows}
    return [
        o if o.task_id is None else replace(o, project_id=where[o.task_id])
        for o in occasions
        if o.task_id is None or o.task_id in where
    ]


async def _freed(db: Db, tenant_id: UUID, occasions: Sequence[Occasion]) -> list[Occasion]:
    """Of each task that waited for a completed one and waits for none now: whom it is with."""
    by_task = {o.task_id: o for o in occasions if o.audience == "freed"}
    if not by_task:
        return []
    rows = await db.fetch(
        f"""
        SELECT d.depends_on_task_id, t.id, t.project_id, coalesce(t.assignee_id, t.reporter_id)
        FROM task_dependencies d JOIN tasks t ON t.tenant_id = $1 AND t.id = d.task_id
        WHERE d.tenant_id = $1 AND d.depends_on_task_id = ANY ($2::uuid[])
          AND d.dependency_type = 'finish_to_start' AND t.deleted_at IS NULL AND {OPEN}
          AND EXISTS (SELECT FROM tasks done WHERE done.tenant_id = $1
                      AND done.id = d.depends_on_task_id AND done.completed_at IS NOT NULL)
          AND NOT {WAITING}
        """,
        tenant_id,
        list(by_task),
    )
    return [
        replace(
            by_task[blocker], task_id=task_id, project_id=project_id, people=(who,), audience=None
        )
        for blocker, task_id, project_id, who in rows
    ]


class _People:
    """Who an occasion's people are, once all audiences of a batch are known."""

    def __init__(
        self, watchers: Mapping[UUID, list[UUID]], authors: Mapping[UUID, list[UUID]]
    ) -> None:
        self._watchers = watchers
        self._authors = authors

    def __call__(self, occasion: Occasion) -> Iterable[UUID]:
        match occasion.audience:
            case "watchers" if occasion.task_id is not None:
                return self._watchers[occasion.task_id]
            case "author" if occasion.comment_id is not None:
                return self._authors[occasion.comment_id]
            case _:
                return occasion.people


async def _people(db: Db, tenant_id: UUID, occasions: Sequence[Occasion]) -> _People:
    watched = {o.task_id for o in occasions if o.audience == "watchers" and o.task_id}
    commented = {o.comment_id for o in occasions if o.audience == "author" and o.comment_id}
    return _People(
        await _watchers(db, tenant_id, list(watched)),
        await _authors(db, tenant_id, list(commented)),
    )


async def _watchers(db: Db, tenant_id: UUID, task_ids: list[UUID]) -> Mapping[UUID, list[UUID]]:
    """Who watches these tasks, for the reasons of tasks/watchers.py."""
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    if not task_ids:
        return found
    rows = await db.fetch(
        """
        WITH why (task_id, user_id) AS (
            SELECT task_id, user_id FROM task_watchers
            WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]) AND is_watching
            UNION SELECT t.id, unnest(ARRAY[t.assignee_id, t.reporter_id]) FROM tasks t
            WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[])
            UNION SELECT task_id, author_id FROM comments
            WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]) AND deleted_at IS NULL
            UNION SELECT task_id, user_id FROM task_mentions
            WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])
            UNION SELECT c.task_id, m.user_id
            FROM comments c JOIN comment_mentions m ON m.tenant_id = $1 AND m.comment_id = c.id
            WHERE c.tenant_id = $1 AND c.task_id = ANY ($2::uuid[]) AND c.deleted_at IS NULL
        )
        SELECT why.task_id, why.user_id FROM why
        WHERE why.user_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM task_watchers w
            WHERE w.tenant_id = $1 AND w.task_id = why.task_id AND w.user_id = why.user_id
              AND NOT w.is_watching)
        ORDER BY why.user_id
        """,
        tenant_id,
        task_ids,
    )
    for task_id, user_id in rows:
        found[task_id].append(user_id)
    return found


async def _authors(db: Db, tenant_id: UUID, comment_ids: list[UUID]) -> Mapping[UUID, list[UUID]]:
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    if not comment_ids:
        return found
    rows = await db.fetch(
        """
        SELECT id, author_id FROM comments
        WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) AND deleted_at IS NULL
        """,
        tenant_id,
        comment_ids,
    )
    found |= {comment_id: [author_id] for comment_id, author_id in rows}
    return found


def _mentioned_beside(occasion: Occasion, occasions: Sequence[Occasion]) -> set[UUID]:
    """Whom the same event mentions, where this only says that there is a comment."""
    if occasion.kind != "commented":
        return set()
    return {
        user_id
        for other in occasions
        if other.kind == "mentioned" and other.event.seq == occasion.event.seq
        for user_id in other.people
    }


async def _who_sees(
    db: Db, tenant_id: UUID, pairs: set[tuple[UUID, UUID]]
) -> set[tuple[UUID, UUID]]:
    """Which of these people may read the tasks of the project beside them."""
    if not pairs:
        return set()
    rows = await db.fetch(
        f"""
        SELECT u.id, p.id AS project_id, u.role, r.permissions, m.role AS project_role
        FROM unnest($2::uuid[], $3::uuid[]) AS pair (user_id, project_id)
        JOIN users u ON u.tenant_id = $1 AND u.id = pair.user_id AND {EMPLOYED}
        JOIN projects p ON p.tenant_id = $1 AND p.id = pair.project_id AND p.deleted_at IS NULL
        LEFT JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id
        LEFT JOIN project_members m
            ON m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = u.id
        """,
        tenant_id,
        [user_id for user_id, _ in pairs],
        [project_id for _, project_id in pairs],
    )
    return {
        (user_id, project_id) for user_id, project_id, *standing in rows if may_see_tasks(*standing)
    }


async def _state_names(
    db: Db, tenant_id: UUID, occasions: Sequence[Occasion]
) -> Mapping[tuple[UUID, str], str]:
    projects = {o.project_id for o in occasions if o.new_status is not None}
    if not projects:
        return {}
    rows = await db.fetch(
        """
        SELECT project_id, key, name FROM workflow_states
        WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[])
        """,
        tenant_id,
        list(projects),
    )
    return {(project_id, key): name for project_id, key, name in rows}


def _details(occasion: Occasion, names: Mapping[tuple[UUID, str], str]) -> Details:
    def named(status: str | None) -> str | None:
        return None if status is None else names.get((occasion.project_id, status), status)

    due: datetime | None = occasion.due_date
    return Details(named(occasion.old_status), named(occasion.new_status), occasion.emoji, due)
