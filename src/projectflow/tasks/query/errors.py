"""What is wrong with a query, and where."""

from msgspec import Struct

from projectflow.core.problems import FieldError, InvalidInput


class Place(Struct, frozen=True):
    """Part of a query's text. `position` counts characters from 1; `length` is 0 at the end."""

    position: int
    length: int


class QueryError(FieldError, frozen=True):
    """What is wrong with a query, with the characters that are meant."""

    data: Place


class InvalidQuery(InvalidInput):
    """The query cannot be understood."""

    @classmethod
    def at(cls, place: Place, message: str) -> "InvalidQuery":
        """A query is wrong at one place; the message says what was expected there."""
        located = f"character {place.position}: {message}"
        return cls(f"query: {located}", errors=[QueryError("query", located, place)])
