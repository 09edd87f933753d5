"""What fields' conditions have in common: the term, what it binds, and how it is refused."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, LiteralString

from msgspec import Struct

from projectflow.tasks.query.asker import Asker
from projectflow.tasks.query.dates import EXAMPLES, days_of, start_of
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.syntax import Operator, Term, Value


class Writing(Struct):
    """One query on its way to SQL."""

    asker: Asker
    parameters: Parameters
    by_state: bool = False
    """Whether nothing but their state says which tasks are meant."""
    alone: bool = False
    """Whether what is written now says alone which tasks can be meant at all."""
    named: Mapping[str, Sequence[Any]] = {}
    """The custom fields that the query may name, as query/custom.py has them."""

    def bind(self, value: Any) -> LiteralString:
        """A value's placeholder."""
        return self.parameters.add(value)


Condition = Callable[[Term, Writing], LiteralString]
"""SQL over task `t`, for a term. NULL counts as false."""
SIGNS: Final[Mapping[Operator, LiteralString]] = {
    "=": "=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
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


def contains(expression: LiteralString, missing: LiteralString | None) -> Condition:
    """A field of text holds one of the values."""

    def condition(term: Term, to: Writing) -> LiteralString:
        only_equals(term)
        found, values = presence(term, missing)
        if values:
            patterns = to.bind([pattern(value.text) for value in values])
            found.append(f"{expression} ILIKE ANY ({patterns}::text[])")
        return either(found)

    return condition


def days(
    column: LiteralString, kind: Literal["date", "timestamptz"], *, nullable: bool
) -> Condition:
    """A field of time lies in the days that the values name, before them or after."""

    def condition(term: Term, to: Writing) -> LiteralString:
        found, values = presence(term, f"{column} IS NULL" if nullable else None)
        return either([*found, *(_compared(term, value, to) for value in values)])

    def _compared(term: Term, value: Value, to: Writing) -> LiteralString:
        today = to.asker.now.astimezone(to.asker.zone).date()
        meant = days_of(value.text.lower(), today)
        if meant is None:
            raise unknown(value, f"a day, such as {EXAMPLES}")

        def moment(day: date) -> LiteralString:
            bound = day if kind == "date" else start_of(day, to.asker.zone)
            return f"{to.bind(bound)}::{kind}"

        first, after = meant
        match term.operator:
            case "=":
                return f"({column} >= {moment(first)} AND {column} < {moment(after)})"
            case "<":
                return f"{column} < {moment(first)}"
            case "<=":
                return f"{column} < {moment(after)}"
            case ">":
                return f"{column} >= {moment(after)}"
            case ">=":
                return f"{column} >= {moment(first)}"

    return condition
