"""Which custom fields a query's names mean, for whoever asks."""

from collections.abc import Sequence
from typing import Final

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import InvalidInput
from projectflow.tasks.custom_fields import SEEN
from projectflow.tasks.query.custom import Named, NamedField, names_among
from projectflow.tasks.query.syntax import Query, Value

MAX_NAMED: Final = 500
"""Projects may call their fields the same; each of them is a value that the query binds."""


async def find_named(db: Db, actor: Actor, query: Query, also: Sequence[Value] = ()) -> Named:
    """The fields that a query names, and those among `also`; asks nothing where there are none.

    Raises:
        InvalidInput: too many fields have these names.
    """
    values = (*query.order, *query.group, *also)
    names = names_among(query.fields) | names_among(
        text.removesuffix("-asc").removesuffix("-desc")
        for text in (value.text.lower() for value in values)
    )
    if not names:
        return {}
    rows = await db.fetch(
        f"""
        SELECT n.name AS asked, f.id, f.project_id, f.kind, ARRAY(
            SELECT o.name::text FROM custom_field_options o
            WHERE o.tenant_id = $1 AND o.field_id = f.id AND o.deleted_at IS NULL
            ORDER BY o.position, o.id) AS names, ARRAY(
            SELECT o.id FROM custom_field_options o
            WHERE o.tenant_id = $1 AND o.field_id = f.id AND o.deleted_at IS NULL
            ORDER BY o.position, o.id) AS ids
        FROM unnest($4::text[]) AS n (name)
        JOIN custom_fields f ON f.tenant_id = $1 AND lower(f.name) = lower(n.name)
        WHERE {SEEN} AND f.deleted_at IS NULL ORDER BY f.id LIMIT $5
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        sorted(names),
        MAX_NAMED + 1,
    )
    if len(rows) > MAX_NAMED:
        raise InvalidInput.of("query", f"its names are those of more than {MAX_NAMED} fields")
    found: dict[str, list[NamedField]] = {}
    for row in rows:
        options = dict(zip((name.lower() for name in row["names"]), row["ids"], strict=True))
        field = NamedField(row["id"], row["project_id"], row["kind"], options)
        found.setdefault(row["asked"], []).append(field)
    return found
