"""Keyset paging: a cursor holds the last row's sort value and id, never an offset."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Struct

from projectflow.core.problems import InvalidInput

T = TypeVar("T")
MAX_LIMIT = 200
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]


class Page(Struct, Generic[T], frozen=True):
    """Part of a list. `next_cursor` is null on the last page, `total` unless it was asked for."""

    items: list[T]
    next_cursor: str | None = None
    total: int | None = None


def page_of(
    items: list[T], limit: int, cursor_of: Callable[[T], str], total: int | None = None
) -> Page[T]:
    """Make a page of `limit` from a list that was read one row further, to see if more follow."""
    shown = items[:limit]
    more = len(items) > limit
    return Page(shown, cursor_of(shown[-1]) if more else None, total)


def encode_cursor(*values: object) -> str:
    """The place after a row, as text for a query string."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


C = TypeVar("C")


def decode_cursor(cursor: str | None, shape: type[C]) -> C | None:
    """Read a cursor back as a tuple type.

    Raises:
        InvalidInput: it is not one that this list gave out.
    """
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeError, ValueError, binascii.Error):
        raise InvalidInput.of("cursor", "is not one that this list gave out") from None
