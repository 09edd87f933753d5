"""`group:status,assignee`: a closed list of what tasks are grouped and sub-grouped by."""

from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from msgspec import Struct

from projectflow.tasks.query.errors import InvalidQuery, Place
from projectflow.tasks.query.fields import canonical
from projectflow.tasks.query.syntax import Value

MAX_LEVELS: Final = 2


class Grouping(Struct, frozen=True):
    """A group's value as text, such as a query's term takes."""

    name: str
    sql: LiteralString
    join: LiteralString = ""
    repeats: bool = False
    """Whether a task may be in several groups."""


GROUPINGS: Final[Mapping[str, Grouping]] = {
    each.name: each
    for each in (
        Grouping("status", "t.status::text"),
        Grouping(
            "category",
            "s.category::text",
            " JOIN workflow_states s ON s.tenant_id = $1 AND s.project_id = t.project_id"
            " AND s.key = t.status",
        ),
        Grouping("assignee", "t.assignee_id::text"),
        Grouping("reporter", "t.reporter_id::text"),
        Grouping("priority", "t.priority::text"),
        Grouping(
            "project",
            "p.key::text",
            " JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id",
        ),
        Grouping("parent", "t.parent_id::text"),
        Grouping("milestone", "t.milestone_id::text"),
        Grouping(
            "tag",
            "tag.name",
            " LEFT JOIN LATERAL unnest(t.tags) AS tag (name) ON true",
            repeats=True,
        ),
    )
}


def groupings_of(values: Sequence[Value]) -> list[Grouping]:
    """What `group:` asks for.

    Raises:
        InvalidQuery: names the place of what cannot be grouped by.
    """
    found: list[Grouping] = []
    for value in values:
        name = canonical(value.text)
        if name not in GROUPINGS:
            expected = ", ".join(GROUPINGS)
            message = f"“{value.text}” cannot be grouped by: expected {expected}"
            raise InvalidQuery.at(value.place, message)
        if GROUPINGS[name] in found:
            raise InvalidQuery.at(value.place, f"“{name}” is there already")
        if len(found) == MAX_LEVELS:
            raise InvalidQuery.at(value.place, f"tasks are grouped by at most {MAX_LEVELS} fields")
        found.append(GROUPINGS[name])
    return found


def values_of(text: str) -> list[Value]:
    """The fields of `status,assignee` where it stands alone, outside of a query."""
    values: list[Value] = []
    position = 1
    for name in text.split(","):
        values.append(Value(name.strip(), quoted=False, place=Place(position, len(name))))
        position += len(name) + 1
    return values
