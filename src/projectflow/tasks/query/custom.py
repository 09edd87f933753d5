"""Custom fields in a query: `field."Story points">5`, `order:field.Severity`, `group:field.Team`.

A name may be a field of the workspace, or one of each of several projects, of several kinds.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from projectflow.tasks.field_types import CHOSEN, FieldKind
from projectflow.tasks.query.conditions import (
    ABSENT,
    SIGNS,
    VAGUE,
    Condition,
    Writing,
    contains,
    days,
    either,
    matches,
    only_equals,
    unknown,
)
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.parameters import Parameters
from projectflow.tasks.query.people import person
from projectflow.tasks.query.syntax import Term, Value

NAME: Final = re.compile(r'field\.(?:"((?:[^"\\]|\\.)*)"|([^"]+))', re.IGNORECASE | re.DOTALL)
NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?", re.ASCII)
MOST_TOLD: Final = 10


class NamedField(Struct, frozen=True):
    """A field that a query's name may mean; the options' names are in lower case."""

    id: UUID
    project_id: UUID | None
    kind: FieldKind
    options: Mapping[str, UUID]


Named = Mapping[str, Sequence[NamedField]]
"""The fields that somebody sees, by the names of their query in lower case."""


def custom_name(text: str) -> str | None:
    """The name in `field.Severity` or `field."Story points"`, in lower case; None for others."""
    matched = NAME.fullmatch(text)
    if matched is None:
        return None
    quoted, plain = matched.groups()
    return (
        re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL).lower() if plain is None else plain.lower()
    )


def fields_of(value: Value, name: str, named: Named) -> Sequence[NamedField]:
    """The fields of a name.

    Raises:
        InvalidQuery: there is none.
    """
    if not named.get(name):
        message = f"there is no custom field “{name}” that you may see"
        raise InvalidQuery.at(value.place, message)
    return named[name]


def of_these(fields: Sequence[NamedField], parameters: Parameters) -> LiteralString:
    """Whether value `v` of task `t` is in one of the fields, and that is one of the task's."""
    found: list[LiteralString] = []
    everywhere = [f.id for f in fields if f.project_id is None]
    if len(everywhere) == 1:
        found.append(f"v.field_id = {parameters.add(everywhere[0])}::uuid")
    elif everywhere:
        found.append(f"v.field_id = ANY ({parameters.add(everywhere)}::uuid[])")
    somewhere = [(f.id, f.project_id) for f in fields if f.project_id is not None]
    if len(somewhere) == 1:
        field, project = parameters.add(somewhere[0][0]), parameters.add(somewhere[0][1])
        found.append(f"(v.field_id = {field}::uuid AND t.project_id = {project}::uuid)")
    elif somewhere:
        ids, projects = ([*each] for each in zip(*somewhere, strict=True))
        pairs: LiteralString = f"{parameters.add(ids)}::uuid[], {parameters.add(projects)}::uuid[]"
        both: LiteralString = f"(v.field_id, t.project_id) IN (SELECT * FROM unnest({pairs}))"
        found.append(both)
    return either(found)


def custom(term: Term, name: str, to: Writing) -> LiteralString:
    """A custom field has one of the values, compares so, or is empty.

    Raises:
        InvalidQuery: names the place of what is wrong for every field of this name.
    """
    fields = fields_of(term.field, name, to.named)
    found: list[LiteralString] = []
    values: list[Value] = []
    for value in term.values:
        if value.word not in VAGUE:
            values.append(value)
            continue
        only_equals(term)
        filled = _exists(fields, _is_there(fields, to), to)
        found.append(f"NOT ({filled})" if value.word in ABSENT else f"({filled})")
    if values:
        found.append(_any_kind(replace(term, values=tuple(values)), fields, to))
    return either(found)


def _exists(
    fields: Sequence[NamedField], condition: LiteralString, to: Writing, *, few: bool = False
) -> LiteralString:
    """Task `t` has such a value.

    As a test of a truth it is no join: one plan serves all workspaces, and for an average one the
    planner would read everybody's tasks. `few` says that such values are soon found, and the
    tasks by them.
    """
    if few and len(fields) == 1:
        project = fields[0].project_id
        here: LiteralString = "" if project is None else f"t.project_id = {to.bind(project)} AND "
        return (
            f"({here}t.id = ANY (ARRAY(SELECT v.task_id FROM task_field_values v"
            f" WHERE v.tenant_id = $1 AND v.field_id = {to.bind(fields[0].id)} AND {condition})))"
        )
    return (
        "(EXISTS (SELECT FROM task_field_values v WHERE v.tenant_id = $1 AND v.task_id = t.id"
        f" AND {of_these(fields, to.parameters)} AND {condition})) IS TRUE"
    )


def _is_there(fields: Sequence[NamedField], to: Writing) -> LiteralString:
    """Whether a value counts: an option that was deleted does not."""
    options = [option for field in fields for option in field.options.values()]
    if not any(field.kind in CHOSEN for field in fields):
        return "true"
    return f"(v.option_id IS NULL OR v.option_id = ANY ({to.bind(options)}::uuid[]))"


def _any_kind(term: Term, fields: Sequence[NamedField], to: Writing) -> LiteralString:
    """What the values mean in fields of one kind need mean nothing in those of another."""
    found: list[LiteralString] = []
    wrong: InvalidQuery | None = None
    kinds: list[FieldKind] = list(dict.fromkeys([field.kind for field in fields]))
    for kind in kinds:
        these = [field for field in fields if field.kind == kind]
        bound = len(to.parameters.values)
        try:
            condition = _CONDITIONS[kind](these)(term, to)
        except InvalidQuery as error:
            # A parameter that no text names would be refused.
            del to.parameters.values[bound:]
            wrong = wrong or error
        else:
            few = to.alone and term.operator == "=" and kind not in CHOSEN
            found.append(f"({_exists(these, condition, to, few=few)})")
    if not found and wrong is not None:
        raise wrong
    return either(found)


def _number(term: Term, to: Writing) -> LiteralString:
    found: list[LiteralString] = []
    for value in term.values:
        if not NUMBER.fullmatch(value.text):
            raise unknown(value, "a number, such as 5 or 1.25")
        bound = to.bind(Decimal(value.text))
        found.append(f"v.number_value {SIGNS[term.operator]} {bound}::numeric")
    return either(found)


def _chosen(fields: Sequence[NamedField]) -> Condition:
    options: dict[str, list[UUID]] = {}
    for field in fields:
        for name, option in field.options.items():
            options.setdefault(name, []).append(option)

    def condition(term: Term, to: Writing) -> LiteralString:
        only_equals(term)
        chosen: list[UUID] = []
        for value in term.values:
            if value.text.lower() not in options:
                more = ", …" if len(options) > MOST_TOLD else ""
                told = ", ".join(list(options)[:MOST_TOLD])
                raise unknown(value, f"{told}{more}" if told else "nothing, as it has no options")
            chosen += options[value.text.lower()]
        return matches("v.option_id", "uuid", chosen, to)

    return condition


def _plain(condition: Condition) -> Callable[[Sequence[NamedField]], Condition]:
    def of(fields: Sequence[NamedField]) -> Condition:
        del fields
        return condition

    return of


_CONDITIONS: Final[Mapping[FieldKind, Callable[[Sequence[NamedField]], Condition]]] = {
    "text": _plain(contains("v.text_value", None)),
    "url": _plain(contains("v.text_value", None)),
    "number": _plain(_number),
    "date": _plain(days("v.date_value", "date", nullable=False)),
    "person": _plain(person("v.person_id", nullable=False)),
    "select": _chosen,
    "multi_select": _chosen,
}


def names_among(texts: Iterable[str]) -> set[str]:
    """The custom fields that these name."""
    return {name for text in texts if (name := custom_name(text)) is not None}
