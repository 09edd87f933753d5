"""Which projects of an answer's events the asker sees, and which they came to see or lost."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.realtime.sync_effects import EFFECTS
from projectflow.realtime.sync_models import (
    reads_projects,
    reads_tasks,
    sees_all_projects,
    sees_all_tasks,
)

if TYPE_CHECKING:
    from projectflow.realtime.sync_touched import Logged

MAX_ROWS: Final = 1_000
"""Rows of projects that came to sight that one answer brings; larger ones are loaded apart."""
COUNTED: Final = """
    (SELECT count(*) FROM (
        SELECT FROM tasks t WHERE t.tenant_id = $1 AND t.project_id = p.id LIMIT 1001) AS few)
    + (SELECT count(*) FROM (
        SELECT FROM project_members m WHERE m.tenant_id = $1 AND m.project_id = p.id LIMIT 1001
       ) AS few)
    + (SELECT count(*) FROM milestones m WHERE m.tenant_id = $1 AND m.project_id = p.id)
"""
"""About how many rows hang on project `p`, whose tasks count most."""


class _Known(Struct, frozen=True):
    id: UUID
    is_there: bool
    """It is not in the trash."""
    is_member: bool


class Access:
    """What the asker sees of the projects that events name, as it is now."""

    def __init__(self, actor: Actor, known: Iterable[_Known]) -> None:
        """Of these projects; those that are not among them are not seen."""
        self._actor = actor
        self._known = {each.id: each for each in known}
        self.opened: dict[UUID, None] = {}
        """Projects of which everything may be new to the asker, and which they see."""
        self.closed: dict[UUID, None] = {}
        """Projects of which the asker has seen more than they see now."""

    def sees_project(self, project_id: UUID) -> bool:
        """Whether the project itself is seen."""
        each = self._known.get(project_id)
        if each is None or not each.is_there:
            return False
        actor = self._actor
        return (reads_projects(actor) and (sees_all_projects(actor) or each.is_member)) or (
            self.sees_tasks(project_id)
        )

    def sees_tasks(self, project_id: UUID) -> bool:
        """Whether its tasks are seen, too."""
        each = self._known.get(project_id)
        if each is None or not each.is_there or not reads_tasks(self._actor):
            return False
        return sees_all_tasks(self._actor) or each.is_member

    def knew(self, project_id: UUID) -> bool:
        """Whether the asker saw it before it went to the trash, or would have."""
        each = self._known.get(project_id)
        return each is not None and (sees_all_projects(self._actor) or each.is_member)

    def note(self, event: "Logged") -> None:
        """Note what an event made of its project for the asker."""
        effect, project_id = EFFECTS[event.type], event.project_id
        if effect.access is None or project_id is None:
            return
        mine = event.user_id == str(self._actor.user_id)
        opens = (
            effect.access == "opens"
            or (effect.access == "opens_for_member" and mine)
            or (effect.access == "opens_by_key" and event.changes_key)
        )
        if opens and self.sees_project(project_id):
            self.opened[project_id] = None
        elif effect.access == "closes" and not self.sees_project(project_id):
            if self.knew(project_id):
                self.closed[project_id] = None
        elif effect.access == "closes_for_member" and mine and not self.sees_tasks(project_id):
            self.closed[project_id] = None


async def read_access(db: Db, actor: Actor, events: "Iterable[Logged]") -> Access:
    """What the asker sees of the projects that these events name, in one query."""
    named = {e.project_id for e in events} | {
        UUID(e.former_project_id) for e in events if e.former_project_id is not None
    }
    rows = await db.fetch(
        """
        SELECT p.id, p.deleted_at IS NULL, EXISTS (
            SELECT FROM project_members m
            WHERE m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $2)
        FROM projects p WHERE p.tenant_id = $1 AND p.id = ANY ($3::uuid[])
        """,
        actor.tenant_id,
        actor.user_id,
        [project_id for project_id in named if project_id is not None],
    )
    access = Access(actor, [_Known(*row) for row in rows])
    for event in events:
        access.note(event)
    return access


async def small_ones(db: Db, actor: Actor, project_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some projects of which an answer can bring everything."""
    rows = await db.fetch(
        f"""
        SELECT p.id, {COUNTED} AS rows FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($2::uuid[]) ORDER BY rows, p.id
        """,
        actor.tenant_id,
        list(project_ids),
    )
    small: set[UUID] = set()
    room = MAX_ROWS
    for row in rows:
        room -= row["rows"]
        if room < 0:
            break
        small.add(row["id"])
    return small
