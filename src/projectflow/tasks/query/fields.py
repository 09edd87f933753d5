"""The fields that a query may ask about, each with its condition."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from projectflow.tasks.query.conditions import (
    SIGNS,
    Condition,
    Writing,
    contains,
    days,
    either,
    matches,
    only_equals,
    pattern,
    presence,
    unknown,
)
from projectflow.tasks.query.people import person
from projectflow.tasks.query.properties import HAS, IS, OPEN
from projectflow.tasks.query.syntax import Term, Value

CATEGORIES: Final = ("backlog", "unstarted", "started", "completed", "cancelled")
PRIORITIES: Final = ("low", "medium", "high", "urgent")
TASK_KEY: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-(\d{1,9})", re.ASCII)
MAX_DIGITS: Final = 9
NUMBER: Final = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)h?", re.ASCII)


def amount(column: LiteralString) -> Condition:
    """A field of hours, compared with numbers."""

    def condition(term: Term, to: Writing) -> LiteralString:
        found, values = presence(term, f"{column} IS NULL")
        for value in values:
            matched = NUMBER.fullmatch(value.text)
            if matched is None:
                raise unknown(value, "a number of hours, such as 4 or 1.5")
            placeholder = to.bind(Decimal(matched[1]))
            found.append(f"{column} {SIGNS[term.operator]} {placeholder}::numeric")
        return either(found)

    return condition


def _status(term: Term, to: Writing) -> LiteralString:
    """A category, or the key or name of states; `open` is the first three categories."""
    only_equals(term)
    found, values = presence(term, None)
    categories = [v.word for v in values if v.word in CATEGORIES]
    categories += [c for v in values if v.word == "open" for c in CATEGORIES[:3]]
    names = [v.text.lower() for v in values if v.word not in {*CATEGORIES, "open"}]
    if categories:
        found.append(matches("s.category", "text", list(dict.fromkeys(categories)), to))
    if names:
        states = to.bind(names)
        found.append(f"(s.key = ANY ({states}::text[]) OR lower(s.name) = ANY ({states}::text[]))")
    condition: LiteralString = (
        "(t.project_id, t.status) IN (SELECT s.project_id, s.key FROM workflow_states s"
        f" WHERE s.tenant_id = $1 AND {either(found)})"
    )
    # As a test of a truth it is no join: the tasks are looked for by what else is asked, once.
    return condition if to.by_state else f"({condition}) IS TRUE"


def _category(term: Term, to: Writing) -> LiteralString:
    """A category, also where a state is named like one."""
    only_equals(term)
    _, values = presence(term, None)
    for value in values:
        if value.text.lower() not in CATEGORIES:
            raise unknown(value, ", ".join(CATEGORIES))
    wanted = list(dict.fromkeys(value.text.lower() for value in values))
    return (
        "((t.project_id, t.status) IN (SELECT s.project_id, s.key FROM workflow_states s"
        f" WHERE s.tenant_id = $1 AND {matches('s.category', 'text', wanted, to)})) IS TRUE"
    )


def _number(term: Term, to: Writing) -> LiteralString:
    """The number of a task in its project."""
    found, values = presence(term, None)
    for value in values:
        if not (value.text.isascii() and value.text.isdigit() and len(value.text) <= MAX_DIGITS):
            raise unknown(value, "a number, such as 42")
        found.append(f"t.number {SIGNS[term.operator]} {to.bind(int(value.text))}::int")
    return either(found)


def _priority(term: Term, to: Writing) -> LiteralString:
    """A priority, or those below or above one."""
    _, values = presence(term, None)
    wanted: list[str] = []
    for value in values:
        if value.text.lower() not in PRIORITIES:
            raise unknown(value, ", ".join(PRIORITIES))
        at = PRIORITIES.index(value.text.lower())
        match term.operator:
            case "=":
                wanted.append(PRIORITIES[at])
            case "<":
                wanted += PRIORITIES[:at]
            case "<=":
                wanted += PRIORITIES[: at + 1]
            case ">":
                wanted += PRIORITIES[at + 1 :]
            case ">=":
                wanted += PRIORITIES[at:]
    return f"t.priority = ANY ({to.bind(list(dict.fromkeys(wanted)))}::text[])"


def _tag(term: Term, to: Writing) -> LiteralString:
    """One of a task's tags, in any case."""
    only_equals(term)
    found, values = presence(term, "t.tags = '{}'")
    if values:
        tags = to.bind([value.text.lower() for value in values])
        found.append(
            f"EXISTS (SELECT FROM unnest(t.tags) AS tag WHERE lower(tag) = ANY ({tags}::text[]))"
        )
    return either(found)


def _project(term: Term, to: Writing) -> LiteralString:
    """A project's key, or its id."""
    only_equals(term)
    found, values = presence(term, None)
    ids = [i for v in values if (i := _uuid(v)) is not None]
    keys = [v.text.upper() for v in values if _uuid(v) is None]
    if keys:
        named = matches("named.key", "text", keys, to)
        found.append(
            "t.project_id = ANY (ARRAY(SELECT named.id FROM projects named"
            f" WHERE named.tenant_id = $1 AND {named}))"
        )
    if ids:
        found.append(matches("t.project_id", "uuid", ids, to))
    return either(found)


def _key(term: Term, to: Writing) -> LiteralString:
    """A task's key, or its id."""
    only_equals(term)
    found, values = presence(term, None)
    if values:
        tasks = either(_keys(values, "named_project.key, named.number", "named.id", to))
        found.append(
            "t.id IN (SELECT named.id FROM projects named_project"
            " JOIN tasks named ON named.tenant_id = $1 AND named.project_id = named_project.id"
            f" WHERE named_project.tenant_id = $1 AND {tasks})"
        )
    return either(found)


def _parent(term: Term, to: Writing) -> LiteralString:
    """The key or id of the task that a sub-task belongs to, which is of the same project."""
    only_equals(term)
    found, values = presence(term, "t.parent_id IS NULL")
    if values:
        parents = either(_keys(values, "above_project.key, above.number", "above.id", to))
        found.append(
            "t.parent_id IN (SELECT above.id FROM projects above_project"
            " JOIN tasks above ON above.tenant_id = $1 AND above.project_id = above_project.id"
            f" WHERE above_project.tenant_id = $1 AND {parents})"
        )
    return either(found)


def _milestone(term: Term, to: Writing) -> LiteralString:
    """A milestone's name, in any case, or its id."""
    only_equals(term)
    found, values = presence(term, "t.milestone_id IS NULL")
    ids = [i for v in values if (i := _uuid(v)) is not None]
    names = [v.text.lower() for v in values if _uuid(v) is None]
    if names:
        named = matches("lower(named.name)", "text", names, to)
        found.append(
            "t.milestone_id = ANY (ARRAY(SELECT named.id FROM milestones named"
            f" WHERE named.tenant_id = $1 AND {named}))"
        )
    if ids:
        found.append(matches("t.milestone_id", "uuid", ids, to))
    return either(found)


def _keys(
    values: Sequence[Value], key: LiteralString, identity: LiteralString, to: Writing
) -> list[LiteralString]:
    found: list[LiteralString] = []
    ids = [i for v in values if (i := _uuid(v)) is not None]
    named = [_task_key(v) for v in values if _uuid(v) is None]
    if named:
        keys, numbers = to.bind([k for k, _ in named]), to.bind([n for _, n in named])
        found.append(f"({key}) IN (SELECT * FROM unnest({keys}::text[], {numbers}::int[]))")
    if ids:
        found.append(matches(identity, "uuid", ids, to))
    return found


def _task_key(value: Value) -> tuple[str, int]:
    matched = TASK_KEY.fullmatch(value.text)
    if matched is None:
        raise unknown(value, "a task's key, such as WEB-42")
    return matched[1].upper(), int(matched[2])


def _uuid(value: Value) -> UUID | None:
    try:
        return UUID(value.text) if len(value.text) == 36 else None
    except ValueError:
        return None


def _one_of(conditions: Mapping[str, LiteralString]) -> Condition:
    """A closed list of words, each with its condition."""

    def condition(term: Term, to: Writing) -> LiteralString:
        del to
        only_equals(term)
        found: list[LiteralString] = []
        for value in term.values:
            if value.text.lower() not in conditions:
                raise unknown(value, ", ".join(conditions))
            found.append(conditions[value.text.lower()])
        return either(found)

    return condition


def words(value: Value, to: Writing) -> LiteralString:
    """A text stands in a task's title or description, or is its key."""
    wanted = to.bind(pattern(value.text))
    found: list[LiteralString] = [
        f"t.title ILIKE {wanted}::text", f"t.description ILIKE {wanted}::text",
    ]  # fmt: skip
    if matched := TASK_KEY.fullmatch(value.text):
        key, number = to.bind(matched[1].upper()), to.bind(int(matched[2]))
        found.append(
            f"(t.number = {number}::int AND t.project_id = (SELECT named.id FROM projects named"
            f" WHERE named.tenant_id = $1 AND named.key = {key}::text))"
        )
    return either(found)


FIELDS: Final[Mapping[str, Condition]] = {
    "assignee": person("t.assignee_id", nullable=True),
    "reporter": person("t.reporter_id", nullable=False),
    "status": _status,
    "category": _category,
    "priority": _priority,
    "tag": _tag,
    "project": _project,
    "key": _key,
    "number": _number,
    "parent": _parent,
    "milestone": _milestone,
    "title": contains("t.title", None),
    "description": contains("t.description", "coalesce(t.description, '') = ''"),
    "due": days("t.due_date", "timestamptz", nullable=True),
    "start": days("t.start_date", "date", nullable=True),
    "created": days("t.created_at", "timestamptz", nullable=False),
    "updated": days("t.updated_at", "timestamptz", nullable=False),
    "completed": days("t.completed_at", "timestamptz", nullable=True),
    "archived": days("t.archived_at", "timestamptz", nullable=True),
    "estimate": amount("t.estimated_hours"),
    "actual": amount("t.actual_hours"),
    "is": _one_of({**IS, "open": OPEN, "closed": f"({OPEN}) IS NOT TRUE"}),
    "has": _one_of(HAS),
}
ALIASES: Final[Mapping[str, str]] = {
    "label": "tag", "labels": "tag", "tags": "tag", "state": "status", "assignee_id": "assignee",
    "reporter_id": "reporter", "project_id": "project", "parent_id": "parent",
    "milestone_id": "milestone", "due_date": "due",
    "start_date": "start", "created_at": "created", "updated_at": "updated",
    "completed_at": "completed", "archived_at": "archived", "estimated_hours": "estimate",
    "actual_hours": "actual",
}  # fmt: skip
"""Other names: people's, and those of the API."""
DAYS: Final = frozenset({"due", "start", "created", "updated", "completed", "archived"})
"""Fields whose conditions depend on where somebody is."""


def canonical(name: str) -> str:
    """A field's own name."""
    name = name.lower()
    return ALIASES.get(name, name)


def condition_of(field: str) -> Condition | None:
    """A field's condition, by any of its names."""
    return FIELDS.get(canonical(field))
