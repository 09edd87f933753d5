"""Favourites: the projects that somebody wants at hand, in an order of their own."""

from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput, NotFound
from projectflow.projects.service import COUNTS, SEEN, SUMMARY_COLUMNS, read_visible
from projectflow.projects.types import ProjectSummary

MAX_FAVOURITES: Final = 100


class Favourites(Struct, frozen=True):
    """Somebody's favourite projects in their order, at most 100."""

    items: list[ProjectSummary]


class FavouriteOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """All favourites, in the order that they are to have."""

    project_ids: Annotated[list[UUID], Meta(max_length=MAX_FAVOURITES)]


class FavouriteNotFound(NotFound):
    """This project is none of your favourites."""


async def list_favourites(db: Db, actor: Actor) -> Favourites:
    """The actor's favourites, without those that they may no longer see."""
    actor.must_be_allowed("project", "read", "is_member")
    rows = await db.fetch(
        f"""
        SELECT {SUMMARY_COLUMNS}
        FROM project_favourites mine JOIN projects p ON p.tenant_id = $1 AND p.id = mine.project_id
        {COUNTS}
        WHERE mine.tenant_id = $1 AND mine.user_id = $3 AND {SEEN}
        ORDER BY mine.position, p.id LIMIT $4
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        MAX_FAVOURITES,
    )
    return Favourites([ProjectSummary(*row) for row in rows])


async def add_favourite(db: Db, actor: Actor, project_id: UUID) -> None:
    """Make a project the actor's last favourite; one that is a favourite stays where it is.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        InvalidInput: they have 100 already.
    """
    await read_visible(db, actor, project_id)
    present = await _lock(db, actor)
    if project_id in present:
        return
    if len(present) >= MAX_FAVOURITES:
        raise InvalidInput.of("project_id", f"you have {MAX_FAVOURITES} favourites already")
    await db.execute(
        """
        INSERT INTO project_favourites (tenant_id, user_id, project_id, position)
        SELECT $1, $2, $3, coalesce(max(position), 0) + 1
        FROM project_favourites WHERE tenant_id = $1 AND user_id = $2
        """,
        actor.tenant_id,
        actor.user_id,
        project_id,
    )
    await _log(db, actor, project_id, "favourite.added", {"after": {"place": len(present) + 1}})


async def remove_favourite(db: Db, actor: Actor, project_id: UUID) -> None:
    """Make a project no favourite of the actor's, also one that they no longer see.

    Raises:
        FavouriteNotFound: it is none.
    """
    present = await _lock(db, actor)
    if project_id not in present:
        raise FavouriteNotFound
    await db.execute(
        """
        DELETE FROM project_favourites WHERE tenant_id = $1 AND user_id = $2 AND project_id = $3
        """,
        actor.tenant_id,
        actor.user_id,
        project_id,
    )
    place = present.index(project_id) + 1
    await _log(db, actor, project_id, "favourite.removed", {"before": {"place": place}})


async def order_favourites(db: Db, actor: Actor, project_ids: list[UUID]) -> Favourites:
    """Put the actor's favourites into an order; those that they no longer see come last.

    Raises:
        InvalidInput: these are not the favourites that the actor sees, each once.
    """
    present = await _lock(db, actor)
    seen = [favourite.id for favourite in (await list_favourites(db, actor)).items]
    if sorted(project_ids) != sorted(seen):
        raise InvalidInput.of("project_ids", "must name each of your favourites once")
    wanted = [*project_ids, *(each for each in present if each not in set(seen))]
    if wanted == present:
        return await list_favourites(db, actor)
    await db.execute(
        """
        UPDATE project_favourites f SET position = n.place
        FROM unnest($3::uuid[]) WITH ORDINALITY AS n (project_id, place)
        WHERE f.tenant_id = $1 AND f.user_id = $2 AND f.project_id = n.project_id
        """,
        actor.tenant_id,
        actor.user_id,
        wanted,
    )
    payload = {"before": {"project_ids": present}, "after": {"project_ids": wanted}}
    await _log(db, actor, None, "favourites.ordered", payload)
    return await list_favourites(db, actor)


async def _lock(db: Db, actor: Actor) -> list[UUID]:
    """The actor's favourites in order, which change one request at a time."""
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('favourites of ' || $1::text, 0))",
        f"{actor.tenant_id} {actor.user_id}",
    )
    rows = await db.fetch(
        """
        SELECT project_id FROM project_favourites WHERE tenant_id = $1 AND user_id = $2
        ORDER BY position, project_id
        """,
        actor.tenant_id,
        actor.user_id,
    )
    return [row["project_id"] for row in rows]


async def _log(
    db: Db, actor: Actor, project_id: UUID | None, event: str, payload: dict[str, Any]
) -> None:
    change = Change(
        event, "favourite", project_id or actor.user_id, payload=payload, project_id=project_id
    )
    await record(db, actor.tenant_id, actor.user_id, change)
