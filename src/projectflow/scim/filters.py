"""SCIM filters (RFC 7644 §3.4.2.2) as SQL: literal text for a closed list of attributes.

The library parses a filter and checks it against the schema. Here each attribute has its
expression and each operator its form; what the filter compares with is always a parameter.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, LiteralString, NamedTuple, TypeVar
from uuid import UUID

from msgspec import Struct
from scim2_models import AttributeBinding, InvalidFilterException, Resource, ScimFilter
from scim2_models.path import (
    ORDERING_OPERATORS,
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

R = TypeVar("R", bound=Resource[Any])
MAX_LENGTH: Final = 2000
PLACEHOLDERS: Final[tuple[LiteralString, ...]] = (
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14",
    "$15", "$16", "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27",
    "$28", "$29", "$30", "$31", "$32", "$33", "$34", "$35", "$36", "$37", "$38", "$39", "$40",
)  # fmt: skip
"""As many as a query may have: numbers put together at run time would not be literal text."""


class Column(NamedTuple):
    """What an attribute is in SQL. `folded` text is stored or written in lower case."""

    sql: LiteralString
    kind: Literal["folded", "exact", "uuid", "boolean", "time"]
    nullable: bool = False


class Entries(NamedTuple):
    """An attribute with many values: the rows it is in, and what each says of itself."""

    rows: LiteralString
    """`FROM … WHERE …`, correlated to the resource's row."""
    columns: Mapping[str, Column]


class Attributes(Struct, frozen=True):
    """What can be filtered and sorted by, by the library's names."""

    single: Mapping[tuple[str, str | None], Column]
    entries: Mapping[str, Entries]


class Parameters:
    """The parameters of a query, in their order."""

    def __init__(self, *given: Any) -> None:
        """Start with those that the query has anyway."""
        self.values: list[Any] = list(given)

    def add(self, value: Any) -> LiteralString:
        """Take one more; gives its placeholder.

        Raises:
            InvalidFilterException: there are too many.
        """
        if len(self.values) == len(PLACEHOLDERS):
            raise InvalidFilterException(detail="The filter compares too many values.")
        self.values.append(value)
        return PLACEHOLDERS[len(self.values) - 1]


def condition_of(
    model: type[R], text: str | None, attributes: Attributes, parameters: Parameters
) -> LiteralString:
    """The filter as a condition on the resource's row; adds what it compares to `parameters`.

    Raises:
        InvalidFilterException: it cannot be read, or asks what we do not answer.
    """
    if text is None:
        return "true"
    if len(text) > MAX_LENGTH:
        raise InvalidFilterException(detail=f"The filter is longer than {MAX_LENGTH} characters.")
    bound: ScimFilter[R] = ScimFilter.__class_getitem__(model)(text)
    return _Translation(bound, attributes, parameters).visit(bound.ast)


class _Translation(FilterVisitor[LiteralString]):
    """Of the whole filter."""

    def __init__(self, of: ScimFilter[Any], attributes: Attributes, parameters: Parameters) -> None:
        self._filter = of
        self._attributes = attributes
        self._parameters = parameters

    def visit_comparison(self, node: Comparison) -> LiteralString:
        binding = self._filter.resolve_comparison(node.attr_path, strict=False)
        if binding is None:  # another resource type has it (RFC 7644 §3.4.2.1)
            return "false"
        value = coerce_value(binding, node.value, node.op)
        entries = self._attributes.entries.get(binding.field_name)
        if entries is None:
            return compare(self._column(binding), node.op, value, self._parameters)
        column = _column_of(entries, binding.sub_field_name or "", node.attr_path)
        # Of many values, `ne` means that none is equal, as in the library's own evaluation.
        differs = node.op is CompareOperator.ne
        op = CompareOperator.eq if differs else node.op
        found = compare(column, op, value, self._parameters)
        return _exists(entries, found, negated=differs)

    def visit_present(self, node: Present) -> LiteralString:
        binding = self._filter.resolve(node.attr_path, strict=False)
        if binding is None:
            return "false"
        entries = self._attributes.entries.get(binding.field_name)
        if entries is not None:
            return _exists(entries, "true")
        if binding.field_name in {"name", "roles", "emails", "meta"} and not binding.sub_field_name:
            return "true"
        return present(self._column(binding))

    def visit_value_path(self, node: ValuePath) -> LiteralString:
        binding = self._filter.resolve(node.attr_path, strict=False)
        if binding is None:
            return "false"
        entries = self._attributes.entries.get(binding.field_name)
        if entries is not None:
            inside = _EntryTranslation(entries, self._parameters).visit(node.val_filter)
            return _exists(entries, inside)
        own = {
            sub: column
            for (field, sub), column in self._attributes.single.items()
            if field == binding.field_name and sub is not None
        }
        return _EntryTranslation(Entries("", own), self._parameters).visit(node.val_filter)

    def visit_not(self, node: Not) -> LiteralString:
        return _negated(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> LiteralString:
        return _joined(node, [self.visit(term) for term in node.terms])

    def _column(self, binding: AttributeBinding) -> Column:
        column = self._attributes.single.get((binding.field_name, binding.sub_field_name))
        if column is None:
            raise _unanswerable(binding.urn)
        return column


class _EntryTranslation(FilterVisitor[LiteralString]):
    """Of what stands in the brackets of `members[value eq "…"]`: about one and the same entry."""

    def __init__(self, entries: Entries, parameters: Parameters) -> None:
        self._entries = entries
        self._parameters = parameters

    def visit_comparison(self, node: Comparison) -> LiteralString:
        column = _column_of(self._entries, node.attr_path.attr.lower(), node.attr_path)
        value = node.value
        if column.kind == "boolean" and isinstance(value, str):  # Entra ID: primary eq "True"
            value = value.lower() == "true"
        return compare(column, node.op, value, self._parameters)

    def visit_present(self, node: Present) -> LiteralString:
        return present(_column_of(self._entries, node.attr_path.attr.lower(), node.attr_path))

    def visit_value_path(self, node: ValuePath) -> LiteralString:
        raise _unanswerable(str(node))

    def visit_not(self, node: Not) -> LiteralString:
        return _negated(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> LiteralString:
        return _joined(node, [self.visit(term) for term in node.terms])


def _column_of(entries: Entries, name: str, path: AttrPath) -> Column:
    column = entries.columns.get(name)
    if column is None:
        raise _unanswerable(str(path))
    return column


def _unanswerable(what: str) -> InvalidFilterException:
    return InvalidFilterException(detail=f"{what} cannot be filtered by.")


def _exists(entries: Entries, condition: LiteralString, *, negated: bool = False) -> LiteralString:
    found: LiteralString = f"EXISTS (SELECT {entries.rows} AND {condition})"
    return _negated(found) if negated else found


def _negated(condition: LiteralString) -> LiteralString:
    return f"NOT ({condition})"


def _joined(node: LogicalExpr, terms: list[LiteralString]) -> LiteralString:
    joiner: LiteralString = " AND " if node.op is LogicalOperator.and_ else " OR "
    return f"({joiner.join(terms)})"


def present(column: Column) -> LiteralString:
    """Whether the attribute has a value; an empty text is none."""
    if column.kind in {"folded", "exact"}:
        return f"coalesce({column.sql}, '') <> ''"
    return f"({column.sql}) IS NOT NULL"


def compare(
    column: Column, op: CompareOperator, value: Any, parameters: Parameters
) -> LiteralString:
    """One comparison; it is true or false, never NULL, so that `not` turns it round.

    Raises:
        InvalidFilterException: the operator or the value does not fit the attribute.
    """
    if value is None:
        return _compare_with_nothing(column, op)
    match column.kind:
        case "uuid":
            return _compare_ids(column, op, value, parameters)
        case "boolean":
            if not isinstance(value, bool) or op not in {CompareOperator.eq, CompareOperator.ne}:
                raise _does_not_fit(op, value)
            placeholder: LiteralString = f"{parameters.add(value)}::boolean"
        case "time":
            if not isinstance(value, datetime) or op in _TEXTUAL:
                raise _does_not_fit(op, value)
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            placeholder = f"{parameters.add(aware)}::timestamptz"
        case "folded" | "exact":
            if not isinstance(value, str):
                raise _does_not_fit(op, value)
            folded = value.lower() if column.kind == "folded" else value
            placeholder = f"{parameters.add(folded)}::text"
    return _compare_values(column, op, placeholder)


_TEXTUAL: Final = {CompareOperator.co, CompareOperator.sw, CompareOperator.ew}
_SIGNS: Final[dict[CompareOperator, LiteralString]] = {
    CompareOperator.eq: "=",
    CompareOperator.gt: ">",
    CompareOperator.ge: ">=",
    CompareOperator.lt: "<",
    CompareOperator.le: "<=",
}


def _compare_values(
    column: Column, op: CompareOperator, placeholder: LiteralString
) -> LiteralString:
    sql = column.sql
    match op:
        case CompareOperator.ne:
            return f"({sql}) IS DISTINCT FROM {placeholder}"
        case CompareOperator.co:
            found: LiteralString = f"position({placeholder} IN {sql}) > 0"
        case CompareOperator.sw:
            found = f"starts_with({sql}, {placeholder})"
        case CompareOperator.ew:
            found = f"right({sql}, length({placeholder})) = {placeholder}"
        case _:
            found = f"({sql}) {_SIGNS[op]} {placeholder}"
    return f"coalesce({found}, false)" if column.nullable else found


def _compare_ids(
    column: Column, op: CompareOperator, value: Any, parameters: Parameters
) -> LiteralString:
    """Ids are compared as ids, which an index knows; parts of them as text."""
    if not isinstance(value, str):
        raise _does_not_fit(op, value)
    if op in _TEXTUAL or op in ORDERING_OPERATORS:
        as_text = Column(f"({column.sql})::text", "exact")
        return _compare_values(as_text, op, f"{parameters.add(value)}::text")
    try:
        wanted = UUID(value)
    except ValueError:
        return "true" if op is CompareOperator.ne else "false"
    return _compare_values(column, op, f"{parameters.add(wanted)}::uuid")


def _compare_with_nothing(column: Column, op: CompareOperator) -> LiteralString:
    match op:
        case CompareOperator.eq:
            return _negated(present(column))
        case CompareOperator.ne:
            return present(column)
        case _:
            raise _does_not_fit(op, None)


def _does_not_fit(op: CompareOperator, value: Any) -> InvalidFilterException:
    return InvalidFilterException(detail=f"{op.value} {value!r} does not fit the attribute.")
