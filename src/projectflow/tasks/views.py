"""Saved views: a query with how its tasks are shown, of one person or shared with others."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record, to_json
from projectflow.core.paging import Page, decode_cursor, encode_cursor, page_of
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    VersionConflict,
)
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.find import check_query
from projectflow.tasks.query.errors import InvalidQuery
from projectflow.tasks.query.groups import groupings_of, values_of
from projectflow.tasks.query.orders import order_of
from projectflow.tasks.service import VISIBLE

Layout = Literal["list", "board", "timeline", "calendar"]
ViewName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
QueryText = Annotated[str, Meta(description="in the language of docs/query-language.md")]
GroupName = Annotated[str, Meta(max_length=250, description="as in a query's `group:`")]
SortText = Annotated[
    str, Meta(max_length=400, description="as in a query's `order:`: priority,due-desc")
]
Columns = Annotated[
    list[Annotated[str, Meta(max_length=60, pattern=r"^[A-Za-z][\w.:-]*$(?!\n)")]],
    Meta(max_length=50),
]


class ViewNotFound(NotFound):
    """There is no such view."""


class ViewExists(Conflict):
    """A view with this id exists."""


CONSTRAINTS["saved_views_pkey"] = ViewExists


class Configuration(Struct, frozen=True):
    """What a view finds and how it shows it."""

    query: QueryText = ""
    layout: Layout = "list"
    group_by: GroupName | None = None
    sub_group_by: GroupName | None = None
    sort: SortText | None = None
    columns: Columns = []


class View(Configuration, frozen=True, kw_only=True):
    """A query that somebody keeps. `project_id` is where it is shown; null for the workspace."""

    id: UUID
    name: str
    is_shared: bool
    project_id: UUID | None
    owner_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class NewView(Configuration, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A view to keep; `id` may be made by the client (UUIDv7)."""

    name: ViewName
    id: UUID | UnsetType = UNSET
    is_shared: bool = False
    project_id: UUID | None = None


class ViewPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a view; absent fields stay as they are."""

    name: ViewName | UnsetType = UNSET
    query: QueryText | UnsetType = UNSET
    layout: Layout | UnsetType = UNSET
    group_by: GroupName | None | UnsetType = UNSET
    sub_group_by: GroupName | None | UnsetType = UNSET
    sort: SortText | None | UnsetType = UNSET
    columns: Columns | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    project_id: UUID | None | UnsetType = UNSET
    version: int | UnsetType = UNSET


CONFIGURED: Final = Configuration.__struct_fields__
CHANGEABLE: Final = ("name", *CONFIGURED, "is_shared", "project_id")
VIEW_COLUMNS: Final = (
    "v.id, v.name, v.configuration, v.is_shared, v.project_id, v.owner_id, v.version,"
    " v.created_at, v.updated_at"
)
SEEN_VIEWS: Final = (
    "v.tenant_id = $1 AND (v.owner_id = $3 OR (v.is_shared AND (v.project_id IS NOT NULL OR $4)))"
    " AND (v.project_id IS NULL"
    " OR EXISTS (SELECT FROM projects p WHERE p.tenant_id = $1 AND p.id = v.project_id"
    f" AND {VISIBLE}))"
)
"""Whether somebody sees view `v`: $2 and $3 as in `VISIBLE`, $4 that they are no viewer."""


def _bind(actor: Actor) -> tuple[UUID, bool, UUID, bool]:
    return actor.tenant_id, actor.sees_all_projects, actor.user_id, actor.role != "viewer"


async def list_views(
    db: Db, actor: Actor, *, project_id: UUID | None, limit: int, cursor: str | None
) -> Page[View]:
    """The views that somebody sees, by name: their own and those shared with them.

    `project_id` leaves those of one project.

    Raises:
        Forbidden: the role may not read tasks.
        InvalidInput: the cursor is not one of this list's.
    """
    actor.must_be_allowed("task", "read", "in_project")
    after = decode_cursor(cursor, tuple[str, UUID]) or ("", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT {VIEW_COLUMNS} FROM saved_views v
        WHERE {SEEN_VIEWS} AND ($5::uuid IS NULL OR v.project_id = $5) AND (v.name, v.id) > ($6, $7)
        ORDER BY v.name, v.id LIMIT $8
        """,
        *_bind(actor),
        project_id,
        *after,
        limit + 1,
    )
    return page_of([view_of(row) for row in rows], limit, lambda v: encode_cursor(v.name, v.id))


def view_of(row: asyncpg.Record) -> View:
    """The view of a row of `VIEW_COLUMNS`."""
    stored = msgspec.json.decode(row["configuration"], type=Configuration)
    others = {name: value for name, value in row.items() if name != "configuration"}
    return View(**asdict(stored), **others)


async def read_view(db: Db, actor: Actor, view_id: UUID) -> View:
    """One view.

    Raises:
        Forbidden: the role may not read tasks.
        ViewNotFound: it does not exist, or the actor does not see it.
    """
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"SELECT {VIEW_COLUMNS} FROM saved_views v WHERE {SEEN_VIEWS} AND v.id = $5",
        *_bind(actor),
        view_id,
    )
    if row is None:
        raise ViewNotFound
    return view_of(row)


async def create_view(db: Db, actor: Actor, new: NewView) -> View:
    """Keep a query. Whoever reads tasks may keep their own; to share takes more than a viewer.

    Raises:
        Forbidden: the role may not.
        InvalidQuery, InvalidInput: name the field that is wrong.
        ViewExists: the client's id was used before.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await _check(db, actor, new)
    await _check_place(db, actor, new.project_id, shared=new.is_shared)
    row = await db.fetchrow(
        f"""
        INSERT INTO saved_views AS v (tenant_id, id, project_id, owner_id, name, is_shared,
                                      configuration)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {VIEW_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        new.project_id,
        actor.user_id,
        new.name.strip(),
        new.is_shared,
        _stored(new),
    )
    view = view_of(only(row))
    await _log(db, actor, "view.created", view, CHANGEABLE)
    return view


async def update_view(
    db: Db, actor: Actor, view_id: UUID, patch: ViewPatch, expected: int | None
) -> View:
    """Change a view; nothing is written when nothing differs.

    Raises:
        ViewNotFound, VersionConflict: as their names say; the latter carries the view as it is.
        Forbidden: it is somebody else's.
        InvalidQuery, InvalidInput: name the field that is wrong.
    """
    view = await _lock(db, actor, view_id, expected)
    changes = {f: v for f in CHANGEABLE if (v := getattr(patch, f)) is not UNSET}
    if "name" in changes:
        changes["name"] = changes["name"].strip()
    wanted = msgspec.structs.replace(view, **changes)
    changed = [f for f in CHANGEABLE if getattr(view, f) != getattr(wanted, f)]
    if not changed:
        return view
    await _check(db, actor, wanted)
    if {"is_shared", "project_id"} & set(changed):
        await _check_place(db, actor, wanted.project_id, shared=wanted.is_shared)
    row = await db.fetchrow(
        f"""
        UPDATE saved_views v SET project_id = $3, name = $4, is_shared = $5, configuration = $6,
            version = v.version + 1, updated_at = now()
        WHERE v.tenant_id = $1 AND v.id = $2 RETURNING {VIEW_COLUMNS}
        """,
        actor.tenant_id,
        view_id,
        wanted.project_id,
        wanted.name,
        wanted.is_shared,
        _stored(wanted),
    )
    after = view_of(only(row))
    await _log(db, actor, "view.updated", after, changed)
    return after


async def delete_view(db: Db, actor: Actor, view_id: UUID, expected: int | None) -> None:
    """Remove a view; the tasks that it showed stay.

    Raises:
        ViewNotFound, VersionConflict, Forbidden: as for a change.
    """
    view = await _lock(db, actor, view_id, expected)
    await db.execute(
        "DELETE FROM saved_views WHERE tenant_id = $1 AND id = $2", actor.tenant_id, view_id
    )
    gone = msgspec.structs.replace(view, version=view.version + 1)
    await _log(db, actor, "view.deleted", gone, ())


async def _lock(db: Db, actor: Actor, view_id: UUID, expected: int | None) -> View:
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {VIEW_COLUMNS} FROM saved_views v WHERE {SEEN_VIEWS} AND v.id = $5 FOR UPDATE OF v
        """,
        *_bind(actor),
        view_id,
    )
    if row is None:
        raise ViewNotFound
    view = view_of(row)
    if view.owner_id != actor.user_id and not actor.may_always("task", "update"):
        raise Forbidden("This view is somebody else's.")
    if expected is not None and expected != view.version:
        raise VersionConflict(current=view)
    return view


async def _check(db: Db, actor: Actor, view: Configuration) -> None:
    if view.sub_group_by is not None and view.group_by is None:
        raise InvalidInput.of("sub_group_by", "needs a group")
    group, sub_group, sort = (
        values_of(text) if text is not None else []
        for text in (view.group_by, view.sub_group_by, view.sort)
    )
    asked = await check_query(db, actor, view.query, [*group, *sub_group, *sort])
    with _NamedAfter("group_by"):
        groupings_of(group, asked.named, asked.parameters)
    with _NamedAfter("sub_group_by"):
        groupings_of([*group, *sub_group], asked.named, asked.parameters)
    with _NamedAfter("sort"):
        order_of(sort, asked.named, asked.parameters)


class _NamedAfter:
    """What is wrong with a part of a query that stands in a field of its own."""

    def __init__(self, field: str) -> None:
        self._field = field

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, InvalidQuery):
            raise InvalidInput.of(self._field, error.errors[0].message) from None


async def _check_place(db: Db, actor: Actor, project_id: UUID | None, *, shared: bool) -> None:
    """Refuse a project that the actor does not see, and sharing by those who only read."""
    if project_id is not None:
        try:
            await require_project(db, actor, project_id)
        except Problem:
            raise InvalidInput.of("project_id", "is not a project of yours") from None
    if not shared:
        return
    if project_id is not None:
        await must_be_allowed_in(db, actor, project_id, "task", "create")
    else:
        actor.must_be_allowed("task", "create", "in_project")


def _stored(view: Configuration) -> str:
    return to_json({field: getattr(view, field) for field in CONFIGURED})


async def _log(
    db: Db, actor: Actor, event: str, view: View, changed: list[str] | tuple[str, ...]
) -> None:
    """Its name and query are its people's own words, often about others: they are not logged."""
    payload = {"after": {"is_shared": view.is_shared}, "changed": changed}
    change = Change(event, "view", view.id, view.version, payload, view.project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
