"""A query's condition as SQL: literal text, with every value of the query a bound parameter."""

from difflib import get_close_matches
from typing import Final, LiteralString

from projectflow.tasks.query.asker import Asker
from projectflow.tasks.query.conditions import VAGUE, Writing
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.fields import ALIASES, DAYS, FIELDS, canonical, condition_of, words
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.parser import SETTINGS
from projectflow.tasks.query.properties import ARCHIVED
from projectflow.tasks.query.syntax import AllOf, AnyOf, Node, Not, Query, Term, Value, Words

NAMES: Final = (*FIELDS, *ALIASES, *SETTINGS)


def compile_query(query: Query, asker: Asker, parameters: Parameters) -> LiteralString:
    """Which tasks a query means, over task `t`.

    What it compares with is added to `parameters`, of which the first three are there already:
    $1 the tenant, $2 whether the asker sees all projects, $3 the asker. Deleted tasks are never
    meant, archived ones only where `is:archived` is asked.

    Raises:
        InvalidQuery: names the place of a field or value that is not known.
    """
    found: list[LiteralString] = ["t.deleted_at IS NULL"]
    if query.condition is None:
        return f"{found[0]} AND t.archived_at IS NULL"
    if not _asks_for_archived(query.condition):
        found.append("t.archived_at IS NULL")
    parts = query.condition.parts if isinstance(query.condition, AllOf) else (query.condition,)
    by_state = all(_is_of_state(part) for part in parts)
    writing = Writing(asker, parameters, by_state)
    return " AND ".join([*found, *(_condition(part, writing) for part in parts)])


def needs_time_zone(query: Query) -> bool:
    """Whether the query means other tasks in another time zone."""
    return any(canonical(field) in DAYS for field in query.fields)


NARROW: Final = frozenset({"assignee", "key", "parent", "milestone", "due"})
"""Fields with an index and values that few tasks share."""


def is_narrow(query: Query) -> bool:
    """Whether all that a query means is soon found, whatever order it is shown in.

    The planner cannot know: it expects that a page is a tenth of everything, and would rather go
    through all tasks in that order until enough of them fit.
    """
    node = query.condition
    parts = node.parts if isinstance(node, AllOf) else (node,)
    return any(
        isinstance(part, Term)
        and canonical(part.field.text) in NARROW
        and part.operator == "="
        and not any(value.word in VAGUE for value in part.values)
        for part in parts
    )


def _condition(node: Node, to: Writing) -> LiteralString:
    match node:
        case Words():
            return words(node.value, to)
        case Term():
            condition = condition_of(node.field.text)
            if condition is None:
                raise _no_such_field(node.field)
            return condition(node, to)
        case Not():
            # What is unknown of a task does not hold of it: `-due<today` has those without one.
            return f"({_condition(node.part, to)}) IS NOT TRUE"
        case AllOf():
            return f"({' AND '.join([_condition(part, to) for part in node.parts])})"
        case AnyOf():
            return f"({' OR '.join([_condition(part, to) for part in node.parts])})"


def _no_such_field(name: Value) -> InvalidQuery:
    close = get_close_matches(name.text.lower(), NAMES, n=1)
    hint = (
        f"did you mean “{close[0]}”?" if close else "put text with such a sign in quotation marks"
    )
    return InvalidQuery.at(name.place, f"there is no field “{name.text}”; {hint}")


def _is_of_state(node: Node) -> bool:
    return isinstance(node, Term) and canonical(node.field.text) == "status"


def _asks_for_archived(node: Node) -> bool:
    match node:
        case Words():
            return False
        case Term():
            return canonical(node.field.text) == "is" and any(
                value.text.lower() == ARCHIVED for value in node.values
            )
        case Not():
            return _asks_for_archived(node.part)
        case AllOf() | AnyOf():
            return any(_asks_for_archived(part) for part in node.parts)
