"""Fields that hold a person: `me`, an id, a name or an address."""

from typing import Final, LiteralString
from uuid import UUID

from projectflow.tasks.query.conditions import (
    Condition,
    Writing,
    either,
    matches,
    only_equals,
    presence,
)
from projectflow.tasks.query.syntax import Term

KNOWN: Final = (
    "EXISTS (SELECT FROM project_members theirs JOIN project_members mine"
    " ON mine.tenant_id = $1 AND mine.project_id = theirs.project_id AND mine.user_id = $3"
    " WHERE theirs.tenant_id = $1 AND theirs.user_id = u.id)"
)
"""Somebody shares a project with the asker, who therefore knows their name."""


def person(column: LiteralString, *, nullable: bool) -> Condition:
    """A column holds one of these people."""

    def condition(term: Term, to: Writing) -> LiteralString:
        only_equals(term)
        found, values = presence(term, f"{column} IS NULL" if nullable else None)
        ids: list[UUID] = []
        names: list[str] = []
        for value in values:
            if value.word == "me":
                found.append(f"{column} = $3")
            elif (user_id := _uuid(value.text)) is not None:
                ids.append(user_id)
            else:
                names.append(value.text.lower().removeprefix("@"))
        if ids:
            found.append(matches(column, "uuid", ids, to))
        if names:
            found.append(f"{column} IN ({_named(names, to)})")
        return either(found)

    return condition


def _named(names: list[str], to: Writing) -> LiteralString:
    known: LiteralString = "true" if to.asker.knows_everybody else KNOWN
    these: LiteralString = f"ANY ({to.bind(names)}::text[])"
    return (
        f"SELECT u.id FROM users u WHERE u.tenant_id = $1 AND {known} AND (lower(u.email) = {these}"
        f" OR lower(u.first_name) = {these} OR lower(u.last_name) = {these}"
        f" OR lower(u.first_name || ' ' || u.last_name) = {these})"
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
