"""A project's assignments as a whole: what is said becomes what is there."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput
from projectflow.planning.assignments import (
    ASSIGNMENT_COLUMNS,
    MAX_ASSIGNMENTS,
    SAID,
    Assignment,
    NewAssignment,
    check_people,
    exact,
    open_list,
    said_of,
)


class AssignmentList(Struct, frozen=True, forbid_unknown_fields=True):
    """All of a project's assignments, as they are to be."""

    items: Annotated[list[NewAssignment], Meta(max_length=MAX_ASSIGNMENTS)]


class Assignments(Struct, frozen=True):
    """All of a project's assignments, at most 1,000, by their first day."""

    items: list[Assignment]


async def assign_resources(
    db: Db, actor: Actor, project_id: UUID, wanted: AssignmentList
) -> Assignments:
    """Make these a project's assignments, and no others. What is already as wanted stays as it is.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        InvalidInput: names the item and the field that is wrong.
        AssignmentExists: an id is used in another project.
    """
    await open_list(db, actor, project_id)
    items = [exact(new, f"items[{n}].") for n, new in enumerate(wanted.items)]
    await check_people(db, actor, {f"items[{n}].user_id": i.user_id for n, i in enumerate(items)})
    ids = [item.id for item in items if item.id is not UNSET]
    if len(set(ids)) < len(ids):
        raise InvalidInput.of("items", "names an id twice")
    rows = await db.fetch(
        f"""
        SELECT {ASSIGNMENT_COLUMNS} FROM resource_assignments a
        WHERE a.tenant_id = $1 AND a.project_id = $2 FOR UPDATE
        """,
        actor.tenant_id,
        project_id,
    )
    there = [Assignment(*row) for row in rows]
    kept = _kept(there, items)
    gone = [a for a in there if a.id not in set(kept.values())]
    added = [item for n, item in enumerate(items) if n not in kept]
    if gone or added:
        await _replace(db, actor, project_id, gone, added)
    rows = await db.fetch(
        f"""
        SELECT {ASSIGNMENT_COLUMNS} FROM resource_assignments a
        WHERE a.tenant_id = $1 AND a.project_id = $2 ORDER BY a.start_date, a.id
        """,
        actor.tenant_id,
        project_id,
    )
    now = [Assignment(*row) for row in rows]
    if gone or added:
        before = {a.id for a in there if a.id in set(kept.values())}
        new = [said_of(a) for a in now if a.id not in before]
        payload = {"before": {"assignments": [said_of(a) for a in gone]}}
        payload["after"] = {"assignments": new}
        change = Change("project.resources_assigned", "project", project_id, 1, payload, project_id)
        await record(db, actor.tenant_id, actor.user_id, change)
    return Assignments(now)


def _kept(there: Sequence[Assignment], items: Sequence[NewAssignment]) -> dict[int, UUID]:
    """Which item is there already, as what: with its id if it has one, else any that is equal."""
    kept: dict[int, UUID] = {}
    by_id = {a.id: a for a in there}
    for n, item in enumerate(items):
        if item.id is not UNSET and item.id in by_id and _equal(by_id[item.id], item):
            kept[n] = by_id.pop(item.id).id
    named = {item.id for item in items if item.id is not UNSET}
    free: dict[tuple[object, ...], list[UUID]] = {}
    for a in by_id.values():
        if a.id not in named:
            free.setdefault(tuple(getattr(a, f) for f in SAID), []).append(a.id)
    for n, item in enumerate(items):
        if item.id is UNSET and (same := free.get(tuple(getattr(item, f) for f in SAID))):
            kept[n] = same.pop()
    return kept


def _equal(there: Assignment, item: NewAssignment) -> bool:
    return all(getattr(there, field) == getattr(item, field) for field in SAID)


async def _replace(
    db: Db,
    actor: Actor,
    project_id: UUID,
    gone: Sequence[Assignment],
    added: Sequence[NewAssignment],
) -> None:
    await db.execute(
        "DELETE FROM resource_assignments WHERE tenant_id = $1 AND id = ANY ($2::uuid[])",
        actor.tenant_id,
        [a.id for a in gone],
    )
    # One that is changed under its id goes on counting its versions.
    versions = {a.id: a.version + 1 for a in gone}
    ids = [uuid7() if item.id is UNSET else item.id for item in added]
    await db.execute(
        """
        INSERT INTO resource_assignments (tenant_id, project_id, id, user_id, units, start_date,
                                          end_date, version)
        SELECT $1, $2, n.* FROM unnest($3::uuid[], $4::uuid[], $5::numeric[], $6::date[],
                                       $7::date[], $8::int[]) AS n
        """,
        actor.tenant_id,
        project_id,
        ids,
        [item.user_id for item in added],
        [item.units for item in added],
        [item.start_date for item in added],
        [item.end_date for item in added],
        [versions.get(id_, 1) for id_ in ids],
    )
