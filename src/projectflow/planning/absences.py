"""When people are away: by days, by halves of days, or to the minute."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.permissions import Action, Condition
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.planning.ranges import Range
from projectflow.planning.types import FIRST_DATE, LAST_DATE
from projectflow.tasks.types import Moment
from projectflow.users.service import UserNotFound

Kind = Literal["vacation", "sick", "other"]
Note = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]
MAX_ABSENCES: Final = 1_000
"""Of one person: all of them are read where somebody's working time is."""
LONGEST: Final = timedelta(days=3 * 366)


class AbsenceNotFound(NotFound):
    """There is no such absence."""


class AbsenceExists(Conflict):
    """An absence with this id exists."""


class TooManyAbsences(Conflict):
    """A person may have 1,000 absences; delete old ones first."""


CONSTRAINTS["absences_pkey"] = AbsenceExists


class Absence(Struct, frozen=True):
    """When somebody is away. Why, is for them and those who may change it; null for others.

    Days and their halves are by the person's own clock. One to the minute has `starts_at` and
    `ends_at`, and the days that it touches.
    """

    id: UUID
    user_id: UUID
    kind: Kind | None
    first_day: date
    last_day: date
    from_half: bool
    """Whether it begins with the second half of its first day."""
    until_half: bool
    """Whether it ends with the first half of its last day."""
    starts_at: datetime | None
    ends_at: datetime | None
    note: str | None
    version: int
    created_at: datetime
    updated_at: datetime


_COLUMNS: Final = (
    "a.id, a.user_id, a.kind, a.first_day, a.last_day, a.from_half, a.until_half, a.starts_at,"
    " a.ends_at, a.note, a.version, a.created_at, a.updated_at"
)
WHEN: Final = ("first_day", "last_day", "from_half", "until_half", "starts_at", "ends_at")
PERSONAL: Final = ("kind", "note")
"""Of these the log says only that they changed: an illness is nobody else's business."""


class NewAbsence(Struct, frozen=True, forbid_unknown_fields=True):
    """Time off: either days, or moments. Without `last_day` it is one day."""

    kind: Kind = "vacation"
    first_day: date | UnsetType = UNSET
    last_day: date | UnsetType = UNSET
    from_half: bool = False
    until_half: bool = False
    starts_at: Moment | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    note: Note | None = None
    id: UUID | UnsetType = UNSET


class AbsencePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; absent fields stay as they are, except that moments replace days."""

    kind: Kind | UnsetType = UNSET
    first_day: date | UnsetType = UNSET
    last_day: date | UnsetType = UNSET
    from_half: bool | UnsetType = UNSET
    until_half: bool | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    note: Note | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


async def list_absences(
    db: Db,
    actor: Actor,
    user_id: UUID | None,
    asked: Range,
    *,
    limit: int,
    cursor: str | None,
) -> Page[Absence]:
    """The absences that touch a range of days, by their first day: somebody's, or everybody's.

    Raises:
        Forbidden: the actor may read only their own.
        InvalidInput: the range or the cursor is none.
    """
    _must(actor, "read", user_id)
    after = decode_cursor(cursor, tuple[date, UUID]) or (date.min, UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM absences a
        WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.user_id = $2)
          AND a.first_day <= $4 AND a.last_day >= $3 AND (a.first_day, a.id) > ($5, $6)
          AND a.first_day >= $8
        ORDER BY a.first_day, a.id LIMIT $7
        """,
        actor.tenant_id,
        user_id,
        asked.since,
        asked.until,
        *after,
        limit + 1,
        asked.since - LONGEST,
    )
    found = [_shown(actor, Absence(*row)) for row in rows]
    return page_of(found, limit, lambda a: encode_cursor(a.first_day, a.id))


async def read_absence(db: Db, actor: Actor, absence_id: UUID) -> Absence:
    """One absence.

    Raises:
        AbsenceNotFound: it does not exist, or the actor may read only their own.
    """
    return _shown(actor, await _find(db, actor, absence_id))


async def add_absence(db: Db, actor: Actor, user_id: UUID, new: NewAbsence) -> Absence:
    """Write down when somebody is away.

    Raises:
        Forbidden: it is somebody else, and the role may not.
        UserNotFound: nobody in this workspace has this id.
        InvalidInput: names the field that is wrong.
        AbsenceExists, TooManyAbsences: as their names say.
    """
    _must(actor, "create", user_id)
    zone = await _lock_person(db, actor, user_id)
    when = _when(new, zone)
    count = await db.fetchval(
        "SELECT count(*) FROM absences WHERE tenant_id = $1 AND user_id = $2",
        actor.tenant_id,
        user_id,
    )
    if count >= MAX_ABSENCES:
        raise TooManyAbsences
    row = await db.fetchrow(
        f"""
        INSERT INTO absences AS a (tenant_id, id, user_id, kind, note, created_by, first_day,
                                   last_day, from_half, until_half, starts_at, ends_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        user_id,
        new.kind,
        new.note,
        actor.user_id,
        *when,
    )
    absence = Absence(*only(row))
    after = {"user_id": user_id, **{field: getattr(absence, field) for field in WHEN}}
    await _log(db, actor, "absence.created", absence, {"after": after})
    return _shown(actor, absence)


async def update_absence(
    db: Db, actor: Actor, absence_id: UUID, patch: AbsencePatch, expected: int | None
) -> Absence:
    """Change an absence; nothing is written when nothing differs.

    Raises:
        AbsenceNotFound, Forbidden, VersionConflict: as their names say.
        InvalidInput: names the field that is wrong.
    """
    absence = await _lock(db, actor, absence_id, "update", expected)
    zone = await _lock_person(db, actor, absence.user_id)
    wanted = _patched(absence, patch, zone)
    changed = [f for f in PERSONAL if getattr(absence, f) != getattr(wanted, f)]
    payload = {**difference(absence, wanted, *WHEN), "changed": changed}
    if not changed and not payload["after"]:
        return absence
    row = await db.fetchrow(
        f"""
        UPDATE absences a SET kind = $3, note = $4, first_day = $5, last_day = $6, from_half = $7,
            until_half = $8, starts_at = $9, ends_at = $10, version = a.version + 1,
            updated_at = now()
        WHERE a.tenant_id = $1 AND a.id = $2 RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        absence_id,
        wanted.kind,
        wanted.note,
        *(getattr(wanted, field) for field in WHEN),
    )
    saved = Absence(*only(row))
    await _log(db, actor, "absence.updated", saved, payload)
    return saved


async def delete_absence(db: Db, actor: Actor, absence_id: UUID, expected: int | None) -> None:
    """Take an absence away: the person works after all.

    Raises:
        AbsenceNotFound, Forbidden, VersionConflict: as for a change.
    """
    absence = await _lock(db, actor, absence_id, "delete", expected)
    await db.execute(
        "DELETE FROM absences WHERE tenant_id = $1 AND id = $2", actor.tenant_id, absence_id
    )
    before = {"user_id": absence.user_id, **{field: getattr(absence, field) for field in WHEN}}
    gone = msgspec.structs.replace(absence, version=absence.version + 1)
    await _log(db, actor, "absence.deleted", gone, {"before": before})


def _must(actor: Actor, action: Action, user_id: UUID | None) -> None:
    holding: tuple[Condition, ...] = ("is_self",) if user_id == actor.user_id else ()
    actor.must_be_allowed("absence", action, *holding)


def _shown(actor: Actor, absence: Absence) -> Absence:
    """Without why somebody is away, for those whom it does not concern."""
    if absence.user_id == actor.user_id or actor.may_always("absence", "update"):
        return absence
    return msgspec.structs.replace(absence, kind=None, note=None)


async def _find(db: Db, actor: Actor, absence_id: UUID) -> Absence:
    actor.must_be_allowed("absence", "read", "is_self")
    row = await db.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM absences a
        WHERE a.tenant_id = $1 AND a.id = $2 AND ($3 OR a.user_id = $4)
        """,
        actor.tenant_id,
        absence_id,
        actor.may_always("absence", "read"),
        actor.user_id,
    )
    if row is None:
        raise AbsenceNotFound
    return Absence(*row)


async def _lock(
    db: Db, actor: Actor, absence_id: UUID, action: Action, expected: int | None
) -> Absence:
    _must(actor, action, (await _find(db, actor, absence_id)).user_id)
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM absences a WHERE a.tenant_id = $1 AND a.id = $2 FOR UPDATE",
        actor.tenant_id,
        absence_id,
    )
    if row is None:
        raise AbsenceNotFound
    absence = Absence(*row)
    if expected is not None and expected != absence.version:
        raise VersionConflict(current=_shown(actor, absence))
    return absence


async def _lock_person(db: Db, actor: Actor, user_id: UUID) -> ZoneInfo:
    """Keep others from adding absences of this person; gives the clock that they live by."""
    name = await db.fetchval(
        """
        SELECT time_zone FROM users
        WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
        """,
        actor.tenant_id,
        user_id,
    )
    if name is None:
        raise UserNotFound
    return ZoneInfo(name)


When = tuple[date, date, bool, bool, datetime | None, datetime | None]


def _when(new: NewAbsence | AbsencePatch, zone: ZoneInfo) -> When:
    """The columns of `WHEN`, from days or from moments."""
    if new.starts_at is not UNSET or new.ends_at is not UNSET:
        return _to_the_minute(new, zone)
    if new.first_day is UNSET:
        raise InvalidInput.of("first_day", "is needed, or `starts_at` and `ends_at`")
    last_day = new.first_day if new.last_day is UNSET else new.last_day
    return _by_days(new.first_day, last_day, new.from_half is True, new.until_half is True)


def _to_the_minute(new: NewAbsence | AbsencePatch, zone: ZoneInfo) -> When:
    if new.first_day is not UNSET or new.last_day is not UNSET:
        raise InvalidInput.of("starts_at", "cannot stand beside days")
    if new.from_half is True or new.until_half is True:
        raise InvalidInput.of("from_half", "is for days alone")
    if new.starts_at is UNSET or new.ends_at is UNSET:
        missing = "starts_at" if new.starts_at is UNSET else "ends_at"
        raise InvalidInput.of(missing, "is needed beside the other end")
    if new.ends_at <= new.starts_at:
        raise InvalidInput.of("ends_at", "must be after `starts_at`")
    days: list[date] = []
    last_moment = new.ends_at - timedelta(microseconds=1)
    for field, moment in (("starts_at", new.starts_at), ("ends_at", last_moment)):
        try:
            days.append(moment.astimezone(zone).date())
        except OverflowError:
            raise InvalidInput.of(field, f"must be between {FIRST_DATE} and {LAST_DATE}") from None
    _check_days(*days, names=("starts_at", "ends_at"))
    return (days[0], days[1], False, False, new.starts_at, new.ends_at)


def _by_days(first_day: date, last_day: date, from_half: bool, until_half: bool) -> When:
    _check_days(first_day, last_day, names=("first_day", "last_day"))
    if from_half and until_half and first_day == last_day:
        raise InvalidInput.of("until_half", "leaves nothing of the day")
    return (first_day, last_day, from_half, until_half, None, None)


def _check_days(first_day: date, last_day: date, *, names: tuple[str, str]) -> None:
    for name, day in zip(names, (first_day, last_day), strict=True):
        if not FIRST_DATE <= day <= LAST_DATE:
            raise InvalidInput.of(name, f"must be between {FIRST_DATE} and {LAST_DATE}")
    if last_day < first_day:
        raise InvalidInput.of(names[1], "is before the first")
    if last_day - first_day >= LONGEST:
        raise InvalidInput.of(names[1], "is more than three years after the first")


def _patched(absence: Absence, patch: AbsencePatch, zone: ZoneInfo) -> Absence:
    said: dict[str, Any] = {field: v for field in WHEN if (v := getattr(patch, field)) is not UNSET}
    told = {field: v for field in PERSONAL if (v := getattr(patch, field)) is not UNSET}
    wanted = msgspec.structs.replace(absence, **told)
    if not said:
        return wanted
    if {"starts_at", "ends_at"} & said.keys():
        if absence.starts_at is not None:
            said = {"starts_at": absence.starts_at, "ends_at": absence.ends_at, **said}
    elif absence.starts_at is None:
        said = {field: getattr(absence, field) for field in WHEN[:4]} | said
    when = _when(AbsencePatch(**said), zone)
    return msgspec.structs.replace(wanted, **dict(zip(WHEN, when, strict=True)))


async def _log(db: Db, actor: Actor, event: str, absence: Absence, payload: dict[str, Any]) -> None:
    change = Change(event, "absence", absence.id, absence.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
