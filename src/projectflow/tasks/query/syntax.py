"""A query as it was written, before anything is known of fields and values."""

from typing import Literal

from msgspec import Struct

from projectflow.tasks.query.errors import Place

Operator = Literal["=", "<", "<=", ">", ">="]


class Value(Struct, frozen=True):
    """A word, or a text in quotation marks, which is never a keyword."""

    text: str
    quoted: bool
    place: Place

    @property
    def word(self) -> str | None:
        """The value as a keyword would be written; None for what was quoted."""
        return None if self.quoted else self.text.lower()


class Words(Struct, frozen=True):
    """Something to search the text of tasks for."""

    value: Value


class Term(Struct, frozen=True):
    """`field:a,b` or `field<a`: any of the values will do."""

    field: Value
    operator: Operator
    operator_place: Place
    values: tuple[Value, ...]


class Not(Struct, frozen=True):
    """What does not hold."""

    part: "Node"


class AllOf(Struct, frozen=True):
    """What holds together."""

    parts: tuple["Node", ...]


class AnyOf(Struct, frozen=True):
    """What holds one way or another."""

    parts: tuple["Node", ...]


Node = Words | Term | Not | AllOf | AnyOf


class Query(Struct, frozen=True):
    """What to find, and how to show it."""

    condition: Node | None
    """None finds everything."""
    order: tuple[Value, ...] = ()
    group: tuple[Value, ...] = ()
    fields: frozenset[str] = frozenset()
    """The names of the fields that are asked about, in lower case."""
