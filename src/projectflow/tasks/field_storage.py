"""How tasks' values of custom fields are stored, and the event of a change."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, LiteralString
from uuid import UUID

import asyncpg

from projectflow.core.db import Db
from projectflow.core.events import Change
from projectflow.tasks.field_kinds import FieldValue
from projectflow.tasks.field_types import CustomField, FieldKind
from projectflow.tasks.types import Task

KEPT: Final[LiteralString] = """
    SELECT v.task_id, v.field_id, (array_agg(v.text_value))[1] AS text_value,
        (array_agg(v.number_value))[1] AS number_value, (array_agg(v.date_value))[1] AS date_value,
        (array_agg(v.person_id))[1] AS person_id,
        array_agg(o.id ORDER BY o.position, o.id) FILTER (WHERE o.id IS NOT NULL) AS option_ids
    FROM task_field_values v LEFT JOIN custom_field_options o
        ON o.tenant_id = $1 AND o.id = v.option_id AND o.deleted_at IS NULL
"""
"""One row a task and field; its options are those that are not deleted."""


def kept(kind: FieldKind, row: asyncpg.Record) -> FieldValue | None:
    match kind:
        case "text" | "url":
            return row["text_value"]
        case "number":
            return row["number_value"]
        case "date":
            return row["date_value"]
        case "person":
            return row["person_id"]
        case "select" | "multi_select":
            return row["option_ids"] or None


def told(kind: FieldKind, value: FieldValue | None) -> str | list[str] | None:
    match value:
        case None:
            return None
        case Decimal():
            return f"{value:f}"
        case list():
            return str(value[0]) if kind == "select" else [str(each) for each in value]
        case _:
            return str(value)


async def values_of(
    db: Db, tenant_id: UUID, task_ids: Sequence[UUID], fields: Mapping[UUID, CustomField]
) -> dict[UUID, dict[UUID, FieldValue]]:
    """What tasks have in these fields, by task and field."""
    rows = await db.fetch(
        f"""
        {KEPT} WHERE v.tenant_id = $1 AND v.task_id = ANY ($2::uuid[])
            AND v.field_id = ANY ($3::uuid[])
        GROUP BY v.task_id, v.field_id
        """,
        tenant_id,
        list(task_ids),
        list(fields),
    )
    found: dict[UUID, dict[UUID, FieldValue]] = {}
    for row in rows:
        value = kept(fields[row["field_id"]].kind, row)
        if value is not None:
            found.setdefault(row["task_id"], {})[row["field_id"]] = value
    return found


async def insert_values(
    db: Db, tenant_id: UUID, values: Mapping[UUID, Mapping[UUID, FieldValue | None]]
) -> None:
    """Put values, by task and field, where there are none yet."""
    rows: list[tuple[Any, ...]] = []
    for task_id, by_field in values.items():
        for field_id, value in by_field.items():
            rows += _rows(task_id, field_id, value)
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    await db.execute(
        """
        INSERT INTO task_field_values (tenant_id, task_id, field_id, place, text_value,
                                       number_value, date_value, person_id, option_id)
        SELECT $1, v.* FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::text[],
            $6::numeric[], $7::date[], $8::uuid[], $9::uuid[]) AS v
        """,
        tenant_id,
        *columns,
    )


def _rows(task_id: UUID, field_id: UUID, value: FieldValue | None) -> list[tuple[Any, ...]]:
    def row(place: int = 0, **kept: Any) -> tuple[Any, ...]:
        names = ("text", "number", "date", "person", "option")
        return (task_id, field_id, place, *(kept.get(name) for name in names))

    match value:
        case None:
            return []
        case str():
            return [row(text=value)]
        case Decimal():
            return [row(number=value)]
        case date():
            return [row(date=value)]
        case UUID():
            return [row(person=value)]
        case list():
            return [row(place, option=each) for place, each in enumerate(value)]


def field_set(
    task: Task, field: CustomField, before: FieldValue | None, after: FieldValue | None
) -> Change:
    """The event of a field of a task that was set, or cleared."""
    payload = {
        "field_id": field.id,
        "before": told(field.kind, before),
        "after": told(field.kind, after),
    }
    return Change(
        "task.field_set", "task", task.id, task.version, payload, project_id=task.project_id
    )
