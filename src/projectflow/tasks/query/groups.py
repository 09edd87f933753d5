"""`group:status,assignee`: a closed list of what tasks are grouped and sub-grouped by."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, LiteralString

from msgspec import Struct

from projectflow.tasks.query.custom import Named, custom_name, fields_of, of_these
from projectflow.tasks.query.errors import InvalidQuery, Place
from projectflow.tasks.query.fields import canonical
from projectflow.tasks.query.parameters import Parameters
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


ALIASES: Final[tuple[LiteralString, ...]] = ("custom_first", "custom_second")
NAMES: Final = re.compile(r'(?:^|,)((?:"(?:[^"\\]|\\.)*"|[^,"]|")*)', re.DOTALL)


def groupings_of(values: Sequence[Value], named: Named, parameters: Parameters) -> list[Grouping]:
    """What `group:` asks for; what it compares with is added to `parameters`.

    Raises:
        InvalidQuery: names the place of what cannot be grouped by.
    """
    found: list[Grouping] = []
    for value in values:
        name = custom_name(value.text)
        shown = canonical(value.text) if name is None else f"field.{name}"
        if any(grouping.name == shown for grouping in found):
            raise InvalidQuery.at(value.place, f"“{shown}” is there already")
        if len(found) == MAX_LEVELS:
            raise InvalidQuery.at(value.place, f"tasks are grouped by at most {MAX_LEVELS} fields")
        if name is not None:
            found.append(_custom(value, name, named, parameters, ALIASES[len(found)]))
        elif shown in GROUPINGS:
            found.append(GROUPINGS[shown])
        else:
            expected = ", ".join(GROUPINGS)
            message = f"“{value.text}” cannot be grouped by: expected {expected}"
            raise InvalidQuery.at(value.place, message)
    return found


def _custom(
    value: Value, name: str, named: Named, parameters: Parameters, alias: LiteralString
) -> Grouping:
    """By the names of options, or by people."""
    fields = fields_of(value, name, named)
    kinds = {field.kind for field in fields}
    if not kinds <= {"select", "multi_select", "person"} or ("person" in kinds and len(kinds) > 1):
        message = f"“{name}” cannot be grouped by: only fields of options or people can"
        raise InvalidQuery.at(value.place, message)
    these = of_these(fields, parameters)
    options: LiteralString = (
        "SELECT o.name::text AS name FROM task_field_values v JOIN custom_field_options o"
        " ON o.tenant_id = $1 AND o.id = v.option_id AND o.deleted_at IS NULL"
    )
    people: LiteralString = "SELECT v.person_id::text AS name FROM task_field_values v"
    return Grouping(
        f"field.{name}",
        f"{alias}.name",
        f" LEFT JOIN LATERAL ({people if 'person' in kinds else options}"
        f" WHERE v.tenant_id = $1 AND v.task_id = t.id AND {these}) {alias} ON true",
        repeats="multi_select" in kinds,
    )


def values_of(text: str) -> list[Value]:
    """The fields of `status,field."A, b"` where it stands alone, outside of a query."""
    values: list[Value] = []
    for matched in NAMES.finditer(text):
        name = matched[1]
        values.append(
            Value(name.strip(), quoted=False, place=Place(matched.start(1) + 1, len(name)))
        )
    return values
