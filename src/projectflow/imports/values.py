"""Values of other tools' files, as we can keep them."""

import hashlib
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

MAX_HOURS: Final = Decimal("999.99")


def text(value: str | None, longest: int) -> str:
    """Text that can be stored: no NUL or lone surrogate, no outer space, at most so long."""
    cleaned = (value or "").replace("\x00", "").encode("utf-8", "replace").decode()
    return cleaned.strip()[:longest]


def moment(value: str | None) -> datetime | None:
    """A time in ISO 8601; None where it is missing or no time. Without a zone it is UTC."""
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if 1900 <= aware.year <= 9000 else None
    except (ValueError, OverflowError):
        return None


def day(value: str | None) -> date | None:
    """A date in ISO 8601, of a time its day in UTC; None where it is missing or no date."""
    found = moment(value)
    return found.date() if found else None


def hours(value: str | float | Decimal | None, unit: Decimal = Decimal(1)) -> Decimal | None:
    """An effort with two decimals; `unit` is hours a unit. None for what a task cannot take."""
    try:
        found = (Decimal(str(value).strip()) * unit).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() and 0 <= found <= MAX_HOURS else None


def fingerprint(*parts: Any) -> bytes:
    """What tells whether something changed between two exports."""
    return hashlib.sha256(msgspec.json.encode(parts)).digest()[:16]


def address_part(key: str) -> str:
    """A key as the first part of an e-mail address, before `@….invalid`."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", key.lower()).strip("-.")[:60]
    return plain or hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:20]
