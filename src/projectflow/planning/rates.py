"""What an hour of somebody costs, and is billed at, from a day on."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record
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
from projectflow.projects.types import Currency
from projectflow.users.service import UserNotFound

MAX_AMOUNT: Final = Decimal("99999999.99")
MAX_RATES: Final = 500
Amount = Annotated[Decimal, Meta(description=f"an hour: up to {MAX_AMOUNT}, two decimals")]


class RateNotFound(NotFound):
    """There is no such rate."""


class RateExists(Conflict):
    """A rate with this id exists."""


class RateFromThisDay(Conflict):
    """This person has a rate from this day on in this currency: change that one."""


class TooManyRates(Conflict):
    """A person may have 500 rates."""


CONSTRAINTS["rates_pkey"] = RateExists
CONSTRAINTS["rates_day_unique"] = lambda: RateFromThisDay(
    errors=[FieldError("valid_from", "has a rate in this currency")]
)


class Rate(Struct, frozen=True):
    """An hour's cost and price from a day on, until the next rate in the same currency."""

    id: UUID
    user_id: UUID
    valid_from: date
    currency: str
    cost: Decimal
    bill: Decimal | None
    version: int
    created_at: datetime
    updated_at: datetime


_COLUMNS: Final = (
    "r.id, r.user_id, r.valid_from, r.currency, r.cost, r.bill, r.version, r.created_at,"
    " r.updated_at"
)
CHANGEABLE: Final = ("valid_from", "cost", "bill")


class NewRate(Struct, frozen=True, forbid_unknown_fields=True):
    """A rate to set; `id` may be made by the client (UUIDv7)."""

    valid_from: date
    cost: Amount
    currency: Currency = "USD"
    bill: Amount | None = None
    id: UUID | UnsetType = UNSET


class RatePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a rate; absent fields stay as they are."""

    valid_from: date | UnsetType = UNSET
    cost: Amount | UnsetType = UNSET
    bill: Amount | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


async def list_rates(
    db: Db, actor: Actor, user_id: UUID, *, limit: int, cursor: str | None
) -> Page[Rate]:
    """Somebody's rates, the newest first.

    Raises:
        Forbidden: the role may not see rates.
        UserNotFound: nobody in this workspace has this id.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("rate", "read")
    before = decode_cursor(cursor, tuple[date, UUID]) or (date.max, UUID(int=2**128 - 1))
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM rates r
        WHERE r.tenant_id = $1 AND r.user_id = $2 AND (r.valid_from, r.id) < ($3, $4)
        ORDER BY r.valid_from DESC, r.id DESC LIMIT $5
        """,
        actor.tenant_id,
        user_id,
        *before,
        limit + 1,
    )
    if not rows:
        await _require_user(db, actor, user_id, lock=False)
    found = [Rate(*row) for row in rows]
    return page_of(found, limit, lambda r: encode_cursor(r.valid_from, r.id))


async def add_rate(db: Db, actor: Actor, user_id: UUID, new: NewRate) -> Rate:
    """Say what an hour of somebody costs from a day on.

    Raises:
        Forbidden, UserNotFound, RateExists, RateFromThisDay, TooManyRates: as their names say.
        InvalidInput: names the field that is wrong.
    """
    actor.must_be_allowed("rate", "create")
    _check_day(new.valid_from)
    cost, bill = _exact("cost", new.cost), _exact_or_none("bill", new.bill)
    await _require_user(db, actor, user_id, lock=True)
    count = await db.fetchval(
        "SELECT count(*) FROM rates WHERE tenant_id = $1 AND user_id = $2", actor.tenant_id, user_id
    )
    if count >= MAX_RATES:
        raise TooManyRates
    row = await db.fetchrow(
        f"""
        INSERT INTO rates AS r (tenant_id, id, user_id, valid_from, currency, cost, bill)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        user_id,
        new.valid_from,
        new.currency,
        cost,
        bill,
    )
    rate = Rate(*only(row))
    await _log(db, actor, "rate.created", rate, {"after": _said(rate)})
    return rate


async def change_rate(
    db: Db, actor: Actor, rate_id: UUID, patch: RatePatch, expected: int | None
) -> Rate:
    """Correct a rate; nothing is written when nothing differs.

    Raises:
        Forbidden, RateNotFound, VersionConflict, RateFromThisDay: as their names say.
        InvalidInput: names the field that is wrong.
    """
    actor.must_be_allowed("rate", "update")
    rate = await _lock(db, actor, rate_id, expected)
    wanted = msgspec.structs.replace(
        rate, **{f: v for f in CHANGEABLE if (v := getattr(patch, f)) is not UNSET}
    )
    _check_day(wanted.valid_from)
    wanted = msgspec.structs.replace(
        wanted, cost=_exact("cost", wanted.cost), bill=_exact_or_none("bill", wanted.bill)
    )
    changed = [f for f in CHANGEABLE if getattr(rate, f) != getattr(wanted, f)]
    if not changed:
        return rate
    row = await db.fetchrow(
        f"""
        UPDATE rates r SET valid_from = $3, cost = $4, bill = $5, version = r.version + 1,
            updated_at = now()
        WHERE r.tenant_id = $1 AND r.id = $2 RETURNING {_COLUMNS}
        """,
        actor.tenant_id,
        rate_id,
        wanted.valid_from,
        wanted.cost,
        wanted.bill,
    )
    saved = Rate(*only(row))
    payload = {"before": _said(rate), "after": _said(saved), "changed": changed}
    await _log(db, actor, "rate.updated", saved, payload)
    return saved


async def delete_rate(db: Db, actor: Actor, rate_id: UUID, expected: int | None) -> None:
    """Take a rate away: the one before it counts on.

    Raises:
        Forbidden, RateNotFound, VersionConflict: as for a change.
    """
    actor.must_be_allowed("rate", "delete")
    rate = await _lock(db, actor, rate_id, expected)
    await db.execute("DELETE FROM rates WHERE tenant_id = $1 AND id = $2", actor.tenant_id, rate_id)
    gone = msgspec.structs.replace(rate, version=rate.version + 1)
    await _log(db, actor, "rate.deleted", gone, {"before": _said(rate)})


async def _require_user(db: Db, actor: Actor, user_id: UUID, *, lock: bool) -> None:
    query = "SELECT id FROM users WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL"
    if lock:
        query += " FOR NO KEY UPDATE"
    if await db.fetchval(query, actor.tenant_id, user_id) is None:
        raise UserNotFound


async def _lock(db: Db, actor: Actor, rate_id: UUID, expected: int | None) -> Rate:
    row = await db.fetchrow(
        f"SELECT {_COLUMNS} FROM rates r WHERE r.tenant_id = $1 AND r.id = $2 FOR UPDATE",
        actor.tenant_id,
        rate_id,
    )
    if row is None:
        raise RateNotFound
    rate = Rate(*row)
    if expected is not None and expected != rate.version:
        raise VersionConflict(current=rate)
    return rate


def _check_day(day: date) -> None:
    if not FIRST_DATE <= day <= LAST_DATE:
        raise InvalidInput.of("valid_from", f"must be between {FIRST_DATE} and {LAST_DATE}")


def _exact(field: str, amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        raise InvalidInput.of(field, f"must be between 0 and {MAX_AMOUNT}")
    if amount != amount.quantize(Decimal("0.01")):
        raise InvalidInput.of(field, "has more than two decimals")
    return abs(amount.quantize(Decimal("0.01")))


def _exact_or_none(field: str, amount: Decimal | None) -> Decimal | None:
    return None if amount is None else _exact(field, amount)


def _said(rate: Rate) -> dict[str, object]:
    """What the log says of a rate: not how much. More people read the log than may see rates."""
    return {"user_id": rate.user_id, "valid_from": rate.valid_from, "currency": rate.currency}


async def _log(db: Db, actor: Actor, event: str, rate: Rate, payload: dict[str, Any]) -> None:
    change = Change(event, "rate", rate.id, rate.version, payload)
    await record(db, actor.tenant_id, actor.user_id, change)
