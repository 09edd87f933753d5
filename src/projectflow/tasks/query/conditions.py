"""What fields' conditions have in common: the term, what it binds, and how it is refused."""

from collections.abc import Callable, Sequence
from typing import Any, Final, LiteralString

from msgspec import Struct

from projectflow.tasks.query.asker import Asker
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.syntax import Term, Value


class Writing(Struct):
    """One query on its way to SQL."""

    asker: Asker
    parameters: Parameters
    by_state: bool = False
    """Whether nothing but their state says which tasks are meant."""

    def bind(self, value: Any) -> LiteralString:
        """A value's placeholder."""
        return self.parameters.add(value)


Condition = Callable[[Term, Writing], LiteralString]
"""SQL over task `t`, for a term. NULL counts as false."""
ABSENT: Final = frozenset({"none", "empty"})
VAGUE: Final = ABSENT | {"any"}


def either(conditions: Sequence[LiteralString]) -> LiteralString:
    """Any of these."""
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def matches(
    expression: LiteralString, kind: LiteralString, values: Sequence[Any], to: Writing
) -> LiteralString:
    """An expression equals one of the values. One alone is `=`, which is planned better."""
    if len(values) == 1:
        return f"{expression} = {to.bind(values[0])}::{kind}"
    return f"{expression} = ANY ({to.bind(list(values))}::{kind}[])"


def only_equals(term: Term) -> None:
    """Refuse `<` and its kin.

    Raises:
        InvalidQuery: the term has one of them.
    """
    if term.operator != "=":
        message = f"“{term.field.text}” has no order: expected “:”"
        raise InvalidQuery.at(term.operator_place, message)


def presence(term: Term, missing: LiteralString | None) -> tuple[list[LiteralString], list[Value]]:
    """The conditions of `none` and `any` among a term's values, and the other values.

    `missing` is true where a task has nothing in this field; None where it always has something.

    Raises:
        InvalidQuery: the field is never empty, or nothing is compared by `<`.
    """
    conditions: list[LiteralString] = []
    others: list[Value] = []
    for value in term.values:
        if value.word not in VAGUE:
            others.append(value)
            continue
        if missing is None:
            raise InvalidQuery.at(value.place, f"“{term.field.text}” is never empty")
        only_equals(term)
        conditions.append(missing if value.word in ABSENT else f"({missing}) IS NOT TRUE")
    return conditions, others


def unknown(value: Value, expected: str) -> InvalidQuery:
    """A value is none of a field's."""
    return InvalidQuery.at(value.place, f"“{value.text}” is unknown: expected {expected}")


def pattern(text: str) -> str:
    """A text anywhere in another, for ILIKE."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
