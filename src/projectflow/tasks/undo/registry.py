"""Which function undoes which type of event."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Conflict, FieldError


class Logged(Struct, frozen=True):
    """An event that is to be undone."""

    seq: int
    type: str
    entity_type: str
    entity_id: UUID
    project_id: UUID | None
    payload: dict[str, Any]

    @property
    def before(self) -> dict[str, Any]:
        """What the payload says was so before."""
        return self.payload.get("before", {})

    @property
    def after(self) -> dict[str, Any]:
        """What the payload says was so after it."""
        return self.payload.get("after", {})


LOGGED_COLUMNS: Final = "e.seq, e.type, e.entity_type, e.entity_id, e.project_id, e.payload"


def logged(row: asyncpg.Record) -> Logged:
    """The event of a row that has `LOGGED_COLUMNS`."""
    values = {name: row[name] for name in Logged.__struct_fields__}
    return Logged(**{**values, "payload": msgspec.json.decode(row["payload"])})


Inverse = Callable[[Db, Actor, Sequence[Logged]], Awaitable[None]]
"""Undoes events of its types, newest first, by ordinary changes that are checked, permitted and
logged like any: what they log says by itself that it undoes."""
INVERSES: Final[dict[str, Inverse]] = {}


class ChangedSince(Conflict):
    """What this change touched has changed since."""

    def __init__(self, differing: Iterable[FieldError] = ()) -> None:
        """Name the fields that are not as the change left them."""
        errors = list(differing)
        said = "; ".join(f"{e.field} {e.message}" for e in errors[:5])
        super().__init__(f"What this change touched has changed since: {said}.", errors=errors)

    @classmethod
    def of(cls, field: str, message: str = "was changed since") -> "ChangedSince":
        """One field is not as the change left it."""
        return cls([FieldError(field, message)])


def inverse_of(*types: str) -> Callable[[Inverse], Inverse]:
    """Say that a function undoes events of these types."""

    def register(inverse: Inverse) -> Inverse:
        for each in types:
            assert each not in INVERSES, each
            INVERSES[each] = inverse
        return inverse

    return register


def differing(before: dict[str, Any], now: Any, of: str = "") -> list[FieldError]:
    """Which of the fields are not in `now` what they are in `before`, both as JSON has them."""
    message = f"of {of} was changed since" if of else "was changed since"
    return [FieldError(f, message) for f, value in before.items() if now.get(f) != value]
