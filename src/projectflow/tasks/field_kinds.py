"""What may stand in a custom field, kind by kind."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Meta

from projectflow.tasks.field_types import CustomField

FieldInput = Annotated[
    str | int | float | list[str] | None,
    Meta(
        description="text and URLs as they are; numbers as such or, to be exact, as text; dates as"
        " 2026-12-24; a person's id; an option's id, or a list of them; null for nothing"
    ),
]
FieldValue = str | Decimal | date | UUID | list[UUID]
"""As a field keeps it. The options of both kinds of select are a list; a person is an id."""

MAX_TEXT: Final = 2000
MAX_NUMBER: Final = Decimal(10) ** 15
MAX_DECIMALS: Final = 6
MAX_CHOICES: Final = 100
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMERAL: Final = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)


class NotThisKind(ValueError):
    """A value is none that its field can have; the message says what was expected."""


def read_value(field: CustomField, given: FieldInput) -> FieldValue | None:
    """A value as its field keeps it; None where the field is to be empty.

    That a person exists is not seen here.

    Raises:
        NotThisKind: says what the field expects.
    """
    if given is None or given in ("", []):
        return None
    match field.kind:
        case "text":
            return _text(given)
        case "url":
            return _url(given)
        case "number":
            return _number(given)
        case "date":
            return _date(given)
        case "person":
            return _id(given, "the id of a person")
        case "select":
            return _choices(field, [given] if isinstance(given, str) else given)
        case "multi_select":
            return _choices(field, given)


def _text(given: FieldInput) -> str | None:
    if not isinstance(given, str):
        raise NotThisKind("must be text")
    if "\x00" in given:
        raise NotThisKind("must not hold a NUL character")
    if len(given) > MAX_TEXT:
        raise NotThisKind(f"must have at most {MAX_TEXT} characters")
    return given.strip() or None


def _url(given: FieldInput) -> str | None:
    text = _text(given)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or any(c.isspace() for c in text):
        raise NotThisKind("must be an address that begins with http:// or https://")
    return text


def _number(given: FieldInput) -> Decimal:
    if isinstance(given, str):
        if not NUMERAL.fullmatch(given.strip()):
            raise NotThisKind("must be a number")
    elif isinstance(given, bool) or not isinstance(given, int | float):
        raise NotThisKind("must be a number")
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    try:
        # Through its shortest text: 0.1 is a tenth.
        number = Decimal(str(given).strip())
    except (InvalidOperation, ValueError):
        raise NotThisKind("must be a number") from None
    if not number.is_finite() or abs(number) >= MAX_NUMBER:
        raise NotThisKind("must be a number of at most 15 digits before the point")
    if number != round(number, MAX_DECIMALS):
        raise NotThisKind(f"must have at most {MAX_DECIMALS} decimals")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and not -MAX_DECIMALS <= exponent <= 0:
        return round(number, MAX_DECIMALS if exponent < 0 else 0) + 0
    return number + 0


def _date(given: FieldInput) -> date:
    if not isinstance(given, str) or not ISO_DAY.fullmatch(given):
        raise NotThisKind("must be a day, such as 2026-12-24")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise NotThisKind("must be a day that exists, such as 2026-12-24") from None


def _id(given: object, expected: str) -> UUID:
    try:
        if isinstance(given, str) and len(given) == 36:
            return UUID(given)
    except ValueError:
        pass
    raise NotThisKind(f"must be {expected}")


def _choices(field: CustomField, given: FieldInput) -> list[UUID]:
    expected = "the id of an option" if field.kind == "select" else "a list of ids of options"
    if not isinstance(given, list) or len(given) > MAX_CHOICES:
        raise NotThisKind(f"must be {expected}")
    if field.kind == "select" and len(given) != 1:
        raise NotThisKind(f"must be {expected}")
    chosen = list(dict.fromkeys(_id(each, expected) for each in given))
    known = {option.id for option in field.options}
    if not known.issuperset(chosen):
        raise NotThisKind("must be one of the field's options")
    return chosen
