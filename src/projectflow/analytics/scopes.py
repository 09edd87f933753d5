"""Whose tasks somebody may count, and how fresh the facts are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.store import AnalyticsStore, Scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db

MAX_PROJECTS: Final = 5_000
"""Projects that are counted together: the newest."""


class Freshness(Struct, frozen=True):
    """How far the event log is in the numbers."""

    as_of: datetime
    """When they were counted."""
    behind: int
    """Changes in the workspace that are not in them yet; mostly none."""


class Named(Struct, frozen=True):
    """What people call a task."""

    key: str
    title: str


async def freshness(db: Db, actor: Actor, store: AnalyticsStore) -> Freshness:
    """How far the numbers are now."""
    standing = await store.standing(db, actor.tenant_id)
    return Freshness(datetime.now(UTC), standing.behind)


async def visible_projects(db: Db, actor: Actor) -> Scope:
    """The projects whose tasks the actor may read, without templates and the trash."""
    rows = await db.fetch(
        """
        SELECT p.id FROM projects p
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL AND NOT p.is_template
          AND ($2 OR EXISTS (SELECT FROM project_members m
               WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $3))
        ORDER BY p.created_at DESC, p.id LIMIT $4
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        MAX_PROJECTS,
    )
    return Scope(actor.tenant_id, tuple(row["id"] for row in rows))


async def names_of(db: Db, actor: Actor, task_ids: Sequence[UUID]) -> dict[UUID, Named]:
    """Keys and titles of tasks, as they are now; those in the trash have none."""
    rows = await db.fetch(
        """
        SELECT t.id, p.key || '-' || t.number AS key, t.title
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[]) AND t.deleted_at IS NULL
          AND p.deleted_at IS NULL
          AND ($3 OR EXISTS (SELECT FROM project_members m
               WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $4))
        """,
        actor.tenant_id,
        task_ids,
        actor.sees_all_projects,
        actor.user_id,
    )
    return {row["id"]: Named(row["key"], row["title"]) for row in rows}
