"""Who works in a project, with how much of their time, and from when to when."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.planning.types import FIRST_DATE, LAST_DATE
from projectflow.projects.membership import must_be_allowed_in
from projectflow.projects.service import ProjectNotFound, read_visible

Units = Annotated[
    Decimal, Meta(description="percent of the person's working time: over 0 to 999.99")
]
MAX_UNITS: Final = Decimal("999.99")
MAX_ASSIGNMENTS: Final = 1_000
"""Of one project."""


class AssignmentNotFound(NotFound):
    """There is no such assignment."""


class AssignmentExists(Conflict):
    """An assignment with this id exists."""


class TooManyAssignments(Conflict):
    """A project may have 1,000 assignments."""


CONSTRAINTS["resource_assignments_pkey"] = AssignmentExists


class Assignment(Struct, frozen=True):
    """A person works in a project with part of their time, both days included."""

    id: UUID
    project_id: UUID
    user_id: UUID
    units: Decimal
    start_date: date
    end_date: date
    version: int
    created_at: datetime
    updated_at: datetime


ASSIGNMENT_COLUMNS: Final = (
    "a.id, a.project_id, a.user_id, a.units, a.start_date, a.end_date, a.version, a.created_at,"
    " a.updated_at"
)
SAID: Final = ("user_id", "units", "start_date", "end_date")


class NewAssignment(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to assign; `id` may be made by the client (UUIDv7)."""

    user_id: UUID
    start_date: date
    end_date: date
    units: Units = Decimal(100)
    id: UUID | UnsetType = UNSET


class AssignmentPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an assignment; absent fields stay as they are."""

    units: Units | UnsetType = UNSET
    start_date: date | UnsetType = UNSET
    end_date: date | UnsetType = UNSET
    version: int | UnsetType = UNSET


async def list_assignments(
    db: Db, actor: Actor, project_id: UUID, *, limit: int, cursor: str | None
) -> Page[Assignment]:
    """A project's assignments by their first day.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
        InvalidInput: the cursor is not one of this list's.
    """
    await read_visible(db, actor, project_id)
    after = decode_cursor(cursor, tuple[date, UUID]) or (date.min, UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {ASSIGNMENT_COLUMNS} FROM resource_assignments a
        WHERE a.tenant_id = $1 AND a.project_id = $2 AND (a.start_date, a.id) > ($3, $4)
        ORDER BY a.start_date, a.id LIMIT $5
        """,
        actor.tenant_id,
        project_id,
        *after,
        limit + 1,
    )
    found = [Assignment(*row) for row in rows]
    return page_of(found, limit, lambda a: encode_cursor(a.start_date, a.id))


def said_of(assignment: Assignment) -> dict[str, object]:
    """What an event says of an assignment."""
    return {field: getattr(assignment, field) for field in ("id", *SAID)}


async def add_assignment(db: Db, actor: Actor, project_id: UUID, new: NewAssignment) -> Assignment:
    """Assign somebody to a project, beside what is there.

    Raises:
        ProjectNotFound, Forbidden: the actor may not see or change the project.
        InvalidInput: names the field that is wrong.
        AssignmentExists, TooManyAssignments: as their names say.
    """
    await open_list(db, actor, project_id)
    new = exact(new, "")
    await check_people(db, actor, {"user_id": new.user_id})
    count = await db.fetchval(
        "SELECT count(*) FROM resource_assignments WHERE tenant_id = $1 AND project_id = $2",
        actor.tenant_id,
        project_id,
    )
    if count >= MAX_ASSIGNMENTS:
        raise TooManyAssignments
    row = await db.fetchrow(
        f"""
        INSERT INTO resource_assignments AS a (tenant_id, id, project_id, user_id, units,
                                               start_date, end_date)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {ASSIGNMENT_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        project_id,
        new.user_id,
        new.units,
        new.start_date,
        new.end_date,
    )
    made = Assignment(*only(row))
    await _log(db, actor, "assignment.created", made, {"after": said_of(made)})
    return made


async def change_assignment(
    db: Db, actor: Actor, assignment_id: UUID, patch: AssignmentPatch, expected: int | None
) -> Assignment:
    """Change how much or how long; nothing is written when nothing differs.

    Raises:
        AssignmentNotFound, Forbidden, VersionConflict: as their names say.
        InvalidInput: names the field that is wrong.
    """
    assignment = await _lock(db, actor, assignment_id, expected)
    changes = {field: v for field in SAID[1:] if (v := getattr(patch, field)) is not UNSET}
    wanted = msgspec.structs.replace(assignment, **changes)
    units = _check(wanted.units, wanted.start_date, wanted.end_date, "")
    wanted = msgspec.structs.replace(wanted, units=units)
    payload = difference(assignment, wanted, *SAID)
    if not payload["after"]:
        return assignment
    row = await db.fetchrow(
        f"""
        UPDATE resource_assignments a SET units = $3, start_date = $4, end_date = $5,
            version = a.version + 1, updated_at = now()
        WHERE a.tenant_id = $1 AND a.id = $2 RETURNING {ASSIGNMENT_COLUMNS}
        """,
        actor.tenant_id,
        assignment_id,
        wanted.units,
        wanted.start_date,
        wanted.end_date,
    )
    saved = Assignment(*only(row))
    await _log(db, actor, "assignment.updated", saved, payload)
    return saved


async def remove_assignment(
    db: Db, actor: Actor, assignment_id: UUID, expected: int | None
) -> None:
    """Take somebody's assignment away. Their tasks stay theirs.

    Raises:
        AssignmentNotFound, Forbidden, VersionConflict: as for a change.
    """
    assignment = await _lock(db, actor, assignment_id, expected)
    await db.execute(
        "DELETE FROM resource_assignments WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        assignment_id,
    )
    gone = msgspec.structs.replace(assignment, version=assignment.version + 1)
    await _log(db, actor, "assignment.deleted", gone, {"before": said_of(assignment)})


async def open_list(db: Db, actor: Actor, project_id: UUID) -> None:
    """Check that the actor may change the project, and keep its list to this transaction.

    Raises:
        ProjectNotFound, Forbidden: they may not see or change it.
    """
    await read_visible(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "project", "update")
    await db.execute(
        "SELECT FROM projects WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        project_id,
    )


async def _lock(db: Db, actor: Actor, assignment_id: UUID, expected: int | None) -> Assignment:
    project_id = await db.fetchval(
        "SELECT project_id FROM resource_assignments WHERE tenant_id = $1 AND id = $2",
        actor.tenant_id,
        assignment_id,
    )
    if project_id is None:
        actor.must_be_allowed("project", "read", "is_member")
        raise AssignmentNotFound
    try:
        await open_list(db, actor, project_id)
    except ProjectNotFound:
        raise AssignmentNotFound from None
    row = await db.fetchrow(
        f"""
        SELECT {ASSIGNMENT_COLUMNS} FROM resource_assignments a
        WHERE a.tenant_id = $1 AND a.id = $2 FOR UPDATE
        """,
        actor.tenant_id,
        assignment_id,
    )
    if row is None:
        raise AssignmentNotFound
    assignment = Assignment(*row)
    if expected is not None and expected != assignment.version:
        raise VersionConflict(current=assignment)
    return assignment


async def check_people(db: Db, actor: Actor, named: dict[str, UUID]) -> None:
    """Refuse people who are not in the workspace, by the fields that name them.

    Raises:
        InvalidInput: names the fields.
    """
    rows = await db.fetch(
        "SELECT id FROM users WHERE tenant_id = $1 AND id = ANY ($2::uuid[])"
        " AND deleted_at IS NULL",
        actor.tenant_id,
        list(named.values()),
    )
    there = {row["id"] for row in rows}
    wrong = [field for field, user_id in named.items() if user_id not in there]
    if wrong:
        raise InvalidInput(
            f"{wrong[0]}: is nobody in this workspace",
            errors=[FieldError(field, "is nobody in this workspace") for field in wrong[:20]],
        )


def exact(new: NewAssignment, where: str) -> NewAssignment:
    """The same with two decimals; `where` says where its fields stand.

    Raises:
        InvalidInput: names the field that is wrong.
    """
    units = _check(new.units, new.start_date, new.end_date, where)
    return msgspec.structs.replace(new, units=units)


def _check(units: Decimal, start_date: date, end_date: date, where: str) -> Decimal:
    if not units.is_finite() or not 0 < units <= MAX_UNITS:
        raise InvalidInput.of(f"{where}units", f"must be over 0 and at most {MAX_UNITS}")
    if units != units.quantize(Decimal("0.01")):
        raise InvalidInput.of(f"{where}units", "has more than two decimals")
    for field, day in (("start_date", start_date), ("end_date", end_date)):
        if not FIRST_DATE <= day <= LAST_DATE:
            raise InvalidInput.of(
                f"{where}{field}", f"must be between {FIRST_DATE} and {LAST_DATE}"
            )
    if end_date < start_date:
        raise InvalidInput.of(f"{where}end_date", "is before the start date")
    return units.quantize(Decimal("0.01"))


async def _log(
    db: Db, actor: Actor, event: str, assignment: Assignment, payload: dict[str, object]
) -> None:
    change = Change(
        event,
        "resource_assignment",
        assignment.id,
        assignment.version,
        payload,
        assignment.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
