"""What hangs on the tasks of a project that is copied: fields and values, schedules, files.

A file that is copied is the same object of the store under two rows, which both count: the last
of them that goes takes it along (tasks/attachment_work.py).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import Struct
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.storage import take_room
from projectflow.projects.copied_rows import Copy, Pairs

MAX_VALUES: Final = 50_000


class Extent(Struct, frozen=True):
    """The first and the last moment of schedules, and day of fields; none where there are none."""

    first_moment: datetime | None
    last_moment: datetime | None
    first_day: date | None
    last_day: date | None


async def read_extent(db: Db, actor: Actor, task_ids: list[UUID]) -> Extent:
    """Between which dates lies what moves with tasks, beside their own dates."""
    row = await db.fetchrow(
        """
        SELECT least(min(c.constraint_date), min(c.deadline)),
               greatest(max(c.constraint_date), max(c.deadline)),
               (SELECT min(v.date_value) FROM task_field_values v
                WHERE v.tenant_id = $1 AND v.task_id = ANY ($2::uuid[])),
               (SELECT max(v.date_value) FROM task_field_values v
                WHERE v.tenant_id = $1 AND v.task_id = ANY ($2::uuid[]))
        FROM task_schedules c WHERE c.tenant_id = $1 AND c.task_id = ANY ($2::uuid[])
        """,
        actor.tenant_id,
        task_ids,
    )
    return Extent(*only(row))


async def has_too_much(db: Db, actor: Actor, task_ids: list[UUID], most: int) -> bool:
    """Whether tasks have more attachments than `most`, or very many values of fields."""
    return await db.fetchval(
        """
        SELECT (SELECT count(*) FROM attachments
                WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[]) AND deleted_at IS NULL) > $3
            OR (SELECT count(*) FROM task_field_values
                WHERE tenant_id = $1 AND task_id = ANY ($2::uuid[])) > $4
        """,
        actor.tenant_id,
        task_ids,
        most,
        MAX_VALUES,
    )


async def copy_schedules(db: Db, actor: Actor, copy: Copy, pairs: Pairs) -> None:
    """Write how the new tasks are scheduled; none has begun."""
    await db.execute(
        """
        INSERT INTO task_schedules (tenant_id, task_id, constraint_type, constraint_date, deadline,
                                    is_pinned, duration_minutes, start_at)
        SELECT $1, n.new_id, c.constraint_type,
               (c.constraint_date AT TIME ZONE $5::text + make_interval(days => $4::int))
                   AT TIME ZONE $5::text,
               (c.deadline AT TIME ZONE $5::text + make_interval(days => $4::int))
                   AT TIME ZONE $5::text, c.is_pinned, c.duration_minutes,
               (c.start_at AT TIME ZONE $5::text + make_interval(days => $4::int))
                   AT TIME ZONE $5::text
        FROM unnest($2::uuid[], $3::uuid[]) AS n (old_id, new_id)
        JOIN task_schedules c ON c.tenant_id = $1 AND c.task_id = n.old_id
        """,
        actor.tenant_id,
        pairs.old,
        pairs.new,
        copy.days,
        copy.zone,
    )


async def copy_fields(db: Db, actor: Actor, copy: Copy, pairs: Pairs) -> None:
    """Write the project's own fields, what may be chosen of them, and what tasks have in any."""
    rows = await db.fetch(
        """
        SELECT f.id FROM custom_fields f
        WHERE f.tenant_id = $1 AND f.project_id = $2 AND f.deleted_at IS NULL
        ORDER BY f.position, f.id
        """,
        actor.tenant_id,
        copy.source_id,
    )
    fields = _fresh(rows)
    await db.execute(
        """
        INSERT INTO custom_fields (tenant_id, id, project_id, name, kind, position, archived_at)
        SELECT $1, n.new_id, $2, f.name, f.kind, f.position, f.archived_at
        FROM unnest($3::uuid[], $4::uuid[]) AS n (old_id, new_id)
        JOIN custom_fields f ON f.tenant_id = $1 AND f.id = n.old_id
        """,
        actor.tenant_id,
        copy.project_id,
        fields.old,
        fields.new,
    )
    rows = await db.fetch(
        """
        SELECT o.id FROM custom_field_options o
        WHERE o.tenant_id = $1 AND o.field_id = ANY ($2::uuid[]) AND o.deleted_at IS NULL
        """,
        actor.tenant_id,
        fields.old,
    )
    options = _fresh(rows)
    await db.execute(
        """
        INSERT INTO custom_field_options (tenant_id, id, field_id, name, color, position)
        SELECT $1, n.new_id, f.new_id, o.name, o.color, o.position
        FROM unnest($4::uuid[], $5::uuid[]) AS n (old_id, new_id)
        JOIN custom_field_options o ON o.tenant_id = $1 AND o.id = n.old_id
        JOIN unnest($2::uuid[], $3::uuid[]) AS f (old_id, new_id) ON f.old_id = o.field_id
        """,
        actor.tenant_id,
        fields.old,
        fields.new,
        options.old,
        options.new,
    )
    await _copy_values(db, actor, copy, pairs, fields, options)


async def _copy_values(
    db: Db, actor: Actor, copy: Copy, pairs: Pairs, fields: Pairs, options: Pairs
) -> None:
    """In fields of the workspace as in those of the project; not in what is deleted."""
    await db.execute(
        """
        INSERT INTO task_field_values (tenant_id, task_id, field_id, place, text_value,
                                       number_value, date_value, person_id, option_id)
        SELECT $1, n.new_id, coalesce(own.new_id, v.field_id), v.place, v.text_value,
               v.number_value, v.date_value + $8::int, v.person_id,
               coalesce(chosen.new_id, v.option_id)
        FROM unnest($2::uuid[], $3::uuid[]) AS n (old_id, new_id)
        JOIN task_field_values v ON v.tenant_id = $1 AND v.task_id = n.old_id
        JOIN custom_fields f
            ON f.tenant_id = $1 AND f.id = v.field_id AND f.deleted_at IS NULL
           AND (f.project_id IS NULL OR f.project_id = $9)
        LEFT JOIN custom_field_options o ON o.tenant_id = $1 AND o.id = v.option_id
        LEFT JOIN unnest($4::uuid[], $5::uuid[]) AS own (old_id, new_id)
            ON own.old_id = v.field_id
        LEFT JOIN unnest($6::uuid[], $7::uuid[]) AS chosen (old_id, new_id)
            ON chosen.old_id = v.option_id
        WHERE o.deleted_at IS NULL
        """,
        actor.tenant_id,
        pairs.old,
        pairs.new,
        fields.old,
        fields.new,
        options.old,
        options.new,
        copy.days,
        copy.source_id,
    )


def _fresh(rows: Sequence[asyncpg.Record]) -> Pairs:
    return Pairs([row["id"] for row in rows], [uuid7() for _ in rows])


async def copy_attachments(db: Db, actor: Actor, pairs: Pairs, quota: int) -> None:
    """Write the files and links of the new tasks: the objects stay where they are.

    Raises:
        StorageFull: the workspace has no room for as much again.
    """
    # Its row is locked from here on: no file of ours is deleted for good under our hands.
    await take_room(db, actor.tenant_id, 0, quota=2**62)
    copied: int = await db.fetchval(
        """
        WITH copied AS (
            INSERT INTO attachments (tenant_id, id, task_id, uploader_id, name, url, content_type,
                                     size_bytes, object_key, sha256, uploaded_name, preview,
                                     created_at)
            SELECT $1, gen_random_uuid(), n.new_id, $4, a.name, a.url, a.content_type,
                   a.size_bytes, a.object_key, a.sha256, a.uploaded_name, a.preview,
                   now() + row_number() OVER (ORDER BY a.created_at, a.id)
                       * interval '1 microsecond'
            FROM unnest($2::uuid[], $3::uuid[]) AS n (old_id, new_id)
            JOIN attachments a
                ON a.tenant_id = $1 AND a.task_id = n.old_id AND a.deleted_at IS NULL
            RETURNING size_bytes, object_key
        )
        SELECT coalesce(sum(size_bytes) FILTER (WHERE object_key IS NOT NULL), 0)::bigint
        FROM copied
        """,
        actor.tenant_id,
        pairs.old,
        pairs.new,
        actor.user_id,
    )
    if copied:
        await take_room(db, actor.tenant_id, copied, quota)


async def log_parts(db: Db, actor: Actor, project_id: UUID, part_of: int) -> None:
    """Write an event for each of these, as if one by one; `part_of` is that of the project."""
    await db.execute(
        """
        WITH made AS (
            SELECT 1 AS turn, f.position AS place, 'custom_field.created' AS type,
                   'custom_field' AS entity_type, f.id,
                   jsonb_build_object('after', (to_jsonb(f) - 'tenant_id' - 'deleted_at')
                       || jsonb_build_object('options', coalesce((
                           SELECT jsonb_agg(jsonb_build_object(
                               'id', o.id, 'name', o.name, 'color', o.color,
                               'position', o.position) ORDER BY o.position, o.id)
                           FROM custom_field_options o
                           WHERE o.tenant_id = $1 AND o.field_id = f.id), '[]'))) AS payload
            FROM custom_fields f WHERE f.tenant_id = $1 AND f.project_id = $2
            UNION ALL
            SELECT 2, t.number, 'task.field_set', 'task', t.id,
                   jsonb_build_object('field_id', v.field_id, 'before', NULL, 'after',
                       CASE WHEN f.kind = 'multi_select'
                            THEN jsonb_agg(v.option_id ORDER BY v.place)
                            ELSE to_jsonb(min(coalesce(
                                v.text_value, v.number_value::text, v.date_value::text,
                                v.person_id::text, v.option_id::text))) END)
            FROM tasks t
            JOIN task_field_values v ON v.tenant_id = $1 AND v.task_id = t.id
            JOIN custom_fields f ON f.tenant_id = $1 AND f.id = v.field_id
            WHERE t.tenant_id = $1 AND t.project_id = $2
            GROUP BY t.number, t.id, v.field_id, f.kind
            UNION ALL
            SELECT 3, t.number, 'task.scheduled', 'task', t.id,
                   jsonb_build_object(
                       'before', jsonb_build_object(
                           'constraint_type', 'as_soon_as_possible', 'constraint_date', NULL,
                           'deadline', NULL, 'is_pinned', false, 'duration_minutes', NULL),
                       'after', jsonb_build_object(
                           'constraint_type', c.constraint_type,
                           'constraint_date', c.constraint_date, 'deadline', c.deadline,
                           'is_pinned', c.is_pinned, 'duration_minutes', c.duration_minutes))
            FROM tasks t JOIN task_schedules c ON c.tenant_id = $1 AND c.task_id = t.id
            WHERE t.tenant_id = $1 AND t.project_id = $2
            UNION ALL
            SELECT 4, t.number, 'attachment.created', 'attachment', a.id,
                   jsonb_build_object('task_id', t.id, 'after',
                       to_jsonb(a) - ARRAY['tenant_id', 'object_key', 'sha256', 'uploaded_name',
                                           'deleted_at'])
            FROM tasks t JOIN attachments a ON a.tenant_id = $1 AND a.task_id = t.id
            WHERE t.tenant_id = $1 AND t.project_id = $2
        ), counted AS (
            UPDATE event_counters
            SET last_seq = last_seq + (SELECT count(*) FROM made), is_unsettled = true
            WHERE tenant_id = $1 RETURNING last_seq - (SELECT count(*) FROM made) AS base
        )
        INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                            entity_version, payload)
        SELECT $1, counted.base + row_number() OVER (ORDER BY made.turn, made.place, made.id),
               made.type, $3, made.entity_type, made.id, $2, 1,
               made.payload || jsonb_build_object('part_of', $4::bigint)
        FROM counted, made
        """,
        actor.tenant_id,
        project_id,
        actor.user_id,
        part_of,
    )
