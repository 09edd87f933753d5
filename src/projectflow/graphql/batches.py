"""The services' lists and rows, for many parents at once: a level of a query is one statement."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from msgspec import Struct

from projectflow.auth.types import USER_COLUMNS, Actor, User
from projectflow.core.db import Db
from projectflow.core.paging import decode_cursor, encode_cursor
from projectflow.core.problems import Forbidden
from projectflow.graphql.connections import EdgeRow, Slice, slice_of
from projectflow.projects.service import SEEN
from projectflow.projects.types import PROJECT_COLUMNS, STATE_COLUMNS, Project, State
from projectflow.tasks.comment_types import COMMENT_COLUMNS, MENTIONS, Comment
from projectflow.tasks.comments import reactions_of
from projectflow.tasks.listing import SORTS, bind, cursor_at, keyset_of, where
from projectflow.tasks.service import VISIBLE
from projectflow.tasks.types import TASK_COLUMNS, SortField, SortOrder, Task, TaskFilters
from projectflow.users.teams import TEAM_COLUMNS, Team

T = TypeVar("T")
CHILDREN_SORTED_BY: SortField = "position"


class TaskArguments(Struct, frozen=True):
    """How a list of tasks is asked for; its encoded form names the batch."""

    filters: TaskFilters
    sort: SortField
    order: SortOrder
    first: int
    after: str | None


class Paging(Struct, frozen=True):
    """How any other list is asked for."""

    first: int
    after: str | None


async def users_by_id(db: Db, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, User]:
    """Those of these people that the actor may know of.

    Without the right to read the workspace's people: oneself, and those of one's projects.
    """
    shared = actor.may_always("user", "read") and actor.project_ids is None
    rows = await db.fetch(
        f"""
        SELECT {USER_COLUMNS} FROM users u
        WHERE u.tenant_id = $1 AND u.id = ANY ($2::uuid[]) AND ($3 OR u.id = $4 OR EXISTS (
            SELECT FROM project_members m
            JOIN projects p ON p.tenant_id = $1 AND p.id = m.project_id AND p.deleted_at IS NULL
            WHERE m.tenant_id = $1 AND m.user_id = u.id AND ($5 OR EXISTS (
                SELECT FROM project_members own WHERE own.tenant_id = $1
                  AND own.project_id = m.project_id AND own.user_id = $4))))
        """,
        actor.tenant_id,
        list(ids),
        shared,
        actor.user_id,
        actor.may_always("project", "read"),
    )
    return {row["id"]: User(*row) for row in rows}


async def projects_by_id(db: Db, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Project]:
    """Those of these projects that the actor may see."""
    actor.must_be_allowed("project", "read", "is_member")
    rows = await db.fetch(
        f"""
        SELECT {PROJECT_COLUMNS} FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($4::uuid[]) AND {SEEN}
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        list(ids),
    )
    return {row["id"]: Project(*row) for row in rows}


async def tasks_by_id(db: Db, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Task]:
    """Those of these tasks that the actor may see."""
    actor.must_be_allowed("task", "read", "in_project")
    rows = await db.fetch(
        f"""
        SELECT {TASK_COLUMNS} FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($4::uuid[]) AND t.deleted_at IS NULL AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(ids),
    )
    return {row["id"]: Task(*row) for row in rows}


async def comments_by_id(db: Db, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Comment]:
    """Those of these comments that the actor may see."""
    actor.must_be_allowed("comment", "read", "in_project")
    rows = await db.fetch(
        f"""
        SELECT {COMMENT_COLUMNS}, {MENTIONS} FROM comments c
        JOIN tasks t ON t.tenant_id = $1 AND t.id = c.task_id AND t.deleted_at IS NULL
        JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE c.tenant_id = $1 AND c.id = ANY ($4::uuid[]) AND c.deleted_at IS NULL AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(ids),
    )
    return {each.id: each for each in await _comments(db, actor, rows)}


async def teams_by_id(db: Db, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Team]:
    """Those of these teams that there are."""
    actor.must_be_allowed("team", "read")
    rows = await db.fetch(
        f"SELECT {TEAM_COLUMNS} FROM teams t WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[])",
        actor.tenant_id,
        list(ids),
    )
    return {row["id"]: Team(*row) for row in rows}


async def states_by_project(
    db: Db, actor: Actor, projects: Sequence[UUID]
) -> dict[UUID, list[State]]:
    """The workflows of projects that were read as visible before."""
    rows = await db.fetch(
        f"""
        SELECT {STATE_COLUMNS}, s.project_id FROM workflow_states s
        WHERE s.tenant_id = $1 AND s.project_id = ANY ($2::uuid[]) ORDER BY s.position, s.id
        """,
        actor.tenant_id,
        list(projects),
    )
    found: dict[UUID, list[State]] = {each: [] for each in projects}
    for *state, project_id in rows:
        found[project_id].append(State(*state))
    return found


async def tasks_of_projects(
    db: Db, actor: Actor, asked: TaskArguments, projects: Sequence[UUID]
) -> dict[UUID, Slice | Exception]:
    """A page of tasks of each of these projects."""
    actor.must_be_allowed("task", "read", "in_project")
    keyset, after = keyset_of(asked.sort, asked.order, asked.after)
    by = SORTS[asked.sort]
    rows = await db.fetch(
        f"""
        SELECT p.id AS parent, page.* FROM projects p LEFT JOIN LATERAL (
            SELECT {TASK_COLUMNS} FROM tasks t WHERE {where(asked.filters, "p.id")} AND {keyset}
            ORDER BY {by.expression} {asked.order}, t.id {asked.order} LIMIT $12
        ) page ON true
        WHERE p.tenant_id = $1 AND p.id = ANY ($4::uuid[]) AND {VISIBLE}
        """,
        *bind(actor, list(projects), asked.filters),
        asked.first + 1,
        *after,
    )
    found = _pages(
        rows, lambda v: Task(*v), lambda t: cursor_at(t, asked.sort), asked.first, asked.after
    )
    hidden = Forbidden("You are not a member of this project.")
    return {each: found.get(each, hidden) for each in projects}


async def children_of_tasks(
    db: Db, actor: Actor, asked: Paging, tasks: Sequence[UUID]
) -> dict[UUID, Slice | Exception]:
    """A page of the tasks that stand below each of these, by position."""
    after = decode_cursor(asked.after, tuple[str, UUID])
    rows = await db.fetch(
        f"""
        SELECT parents.id AS parent, page.* FROM unnest($4::uuid[]) AS parents (id)
        CROSS JOIN LATERAL (
            SELECT {TASK_COLUMNS}
            FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
            WHERE t.tenant_id = $1 AND t.parent_id = parents.id AND t.deleted_at IS NULL
              AND t.archived_at IS NULL AND {VISIBLE}
              AND ($5::text IS NULL OR (t.position, t.id) > ($5, $6::uuid))
            ORDER BY t.position, t.id LIMIT $7
        ) page
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        list(tasks),
        *(after or (None, None)),
        asked.first + 1,
    )
    found = _pages(
        rows,
        lambda v: Task(*v),
        lambda t: cursor_at(t, CHILDREN_SORTED_BY),
        asked.first,
        asked.after,
    )
    return _or_empty(found, tasks, asked)


async def comments_of_tasks(
    db: Db, actor: Actor, asked: Paging, tasks: Sequence[UUID]
) -> dict[UUID, Slice | Exception]:
    """A page of the comments on each of these tasks, which were read as visible before."""
    actor.must_be_allowed("comment", "read", "in_project")
    after = decode_cursor(asked.after, tuple[datetime, UUID])
    rows = await db.fetch(
        f"""
        SELECT page.* FROM unnest($2::uuid[]) AS parents (id) CROSS JOIN LATERAL (
            SELECT {COMMENT_COLUMNS}, {MENTIONS} FROM comments c
            WHERE c.tenant_id = $1 AND c.task_id = parents.id AND c.deleted_at IS NULL
              AND ($3::timestamptz IS NULL OR (c.created_at, c.id) > ($3, $4::uuid))
            ORDER BY c.created_at, c.id LIMIT $5
        ) page
        """,
        actor.tenant_id,
        list(tasks),
        *(after or (None, None)),
        asked.first + 1,
    )
    by_task: dict[UUID, list[Comment]] = {}
    for comment in await _comments(db, actor, rows):
        by_task.setdefault(comment.task_id, []).append(comment)
    found = {
        task: _slice(comments, lambda c: encode_cursor(c.created_at, c.id), asked)
        for task, comments in by_task.items()
    }
    return _or_empty(found, tasks, asked)


async def members_of_projects(
    db: Db, actor: Actor, asked: Paging, projects: Sequence[UUID]
) -> dict[UUID, Slice | Exception]:
    """A page of the people of each of these projects, which were read as visible before."""
    after = decode_cursor(asked.after, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT parents.id AS parent, page.* FROM unnest($2::uuid[]) AS parents (id)
        CROSS JOIN LATERAL (
            SELECT {USER_COLUMNS}, m.role AS project_role, m.created_at AS joined_at
            FROM project_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
            WHERE m.tenant_id = $1 AND m.project_id = parents.id
              AND (u.first_name, u.last_name, u.id) > ($3, $4, $5)
            ORDER BY u.first_name, u.last_name, u.id LIMIT $6
        ) page
        """,
        actor.tenant_id,
        list(projects),
        *after,
        asked.first + 1,
    )
    edges: dict[UUID, list[EdgeRow]] = {each: [] for each in projects}
    for parent, *values, role, joined_at in rows:
        user = User(*values)
        edges[parent].append(EdgeRow(user, _name_cursor(user), (role, joined_at)))
    return {
        each: slice_of(found[: asked.first], more=len(found) > asked.first, after=asked.after)
        for each, found in edges.items()
    }


async def members_of_teams(
    db: Db, actor: Actor, asked: Paging, teams: Sequence[UUID]
) -> dict[UUID, Slice | Exception]:
    """A page of the people of each of these teams."""
    actor.must_be_allowed("team", "read")
    actor.must_be_allowed("user", "read")
    after = decode_cursor(asked.after, tuple[str, str, UUID]) or ("", "", UUID(int=0))
    rows = await db.fetch(
        f"""
        SELECT parents.id AS parent, page.* FROM unnest($2::uuid[]) AS parents (id)
        CROSS JOIN LATERAL (
            SELECT {USER_COLUMNS}
            FROM team_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id
            WHERE m.tenant_id = $1 AND m.team_id = parents.id
              AND (u.first_name, u.last_name, u.id) > ($3, $4, $5)
            ORDER BY u.first_name, u.last_name, u.id LIMIT $6
        ) page
        """,
        actor.tenant_id,
        list(teams),
        *after,
        asked.first + 1,
    )
    found = _pages(rows, lambda v: User(*v), _name_cursor, asked.first, asked.after)
    return _or_empty(found, teams, asked)


def _name_cursor(user: User) -> str:
    return encode_cursor(user.first_name, user.last_name, user.id)


async def _comments(db: Db, actor: Actor, rows: Sequence[asyncpg.Record]) -> list[Comment]:
    reactions = await reactions_of(db, actor, [row["id"] for row in rows])
    made: list[Comment] = []
    for row in rows:
        values: list[Any] = [*row, reactions.get(row["id"], [])]
        made.append(Comment(*values))
    return made


def _pages(
    rows: Sequence[asyncpg.Record],
    make: Callable[[Sequence[Any]], T],
    cursor_of: Callable[[T], str],
    first: int,
    after: str | None,
) -> dict[UUID, Slice]:
    """Rows that begin with their parent's id, as a page a parent; a NULL row is an empty page."""
    found: dict[UUID, list[T]] = {}
    for parent, *values in rows:
        items = found.setdefault(parent, [])
        if values[0] is not None:
            items.append(make(values))
    paging = Paging(first, after)
    return {parent: _slice(items, cursor_of, paging) for parent, items in found.items()}


def _slice(items: list[T], cursor_of: Callable[[T], str], asked: Paging) -> Slice:
    edges = [EdgeRow(item, cursor_of(item)) for item in items[: asked.first]]
    return slice_of(edges, more=len(items) > asked.first, after=asked.after)


def _or_empty(
    found: dict[UUID, Slice], parents: Sequence[UUID], asked: Paging
) -> dict[UUID, Slice | Exception]:
    empty = slice_of([], more=False, after=asked.after)
    return {each: found.get(each, empty) for each in parents}
