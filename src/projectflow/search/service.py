"""Finding things by their words: asked of the index, shown from the database."""

import re
from collections.abc import Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

import asyncpg
from msgspec import Struct

from projectflow.auth.permissions import Resource
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.paging import decode_cursor, encode_cursor
from projectflow.core.problems import Forbidden, InvalidInput
from projectflow.search.highlight import Terms
from projectflow.search.index import IndexAway, SearchIndex
from projectflow.search.postgres import PostgresIndex
from projectflow.search.types import (
    Engine,
    Hit,
    Kind,
    Question,
    SearchPage,
    SearchResult,
)

KEY: Final = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-([1-9][0-9]{0,8})")
READING: Final[dict[Kind, Resource]] = {
    "task": "task", "attachment": "task", "comment": "comment", "project": "project",
}  # fmt: skip
"""What one must be allowed to read for each kind."""


class Search:
    """The index that is asked, and PostgreSQL's in its place when it is away."""

    def __init__(self, index: SearchIndex) -> None:
        """`index` is PostgreSQL's own, or another engine's."""
        self.index = index
        self._own = PostgresIndex()

    async def ask(
        self, db: Db, question: Question, engine: Engine | None
    ) -> tuple[list[Hit], Engine]:
        """The hits and who gave them; `engine` is who gave the page before.

        Raises:
            InvalidInput: the page before came from an engine that does not answer now.
        """
        for index in (self.index, self._own) if self.index.engine != "postgresql" else (self._own,):
            if engine is not None and engine != index.engine:
                continue
            try:
                return await index.search(db, question), index.engine
            except IndexAway:
                continue
        raise InvalidInput.of("cursor", "is of a search engine that is away; start again")


class _Cursor(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    engine: Engine
    place: tuple[Any, ...]


async def search(
    db: Db,
    actor: Actor,
    by: Search,
    text: str,
    *,
    kinds: Sequence[Kind],
    project_id: UUID | None,
    archived: bool,
    limit: int,
    cursor: str | None,
) -> SearchPage:
    """A page of what the actor may see and a text finds, the best first.

    What the index gives is read again from the database, within what the actor sees: a page may
    therefore be shorter than `limit` though another follows.

    Raises:
        Forbidden: the role may read nothing of what is searched.
        InvalidInput: there is no text, or the cursor is not one of this search's.
    """
    kinds = _readable(actor, kinds)
    if not text.strip():
        raise InvalidInput.of("q", "is missing")
    before = decode_cursor(cursor, _Cursor)
    seen, listed = await _projects(db, actor, project_id)
    exact = await _by_key(db, actor, text, seen) if "task" in kinds else None
    room = limit - (exact is not None and before is None)
    question = Question(
        actor.tenant_id,
        text,
        tuple(kinds),
        seen,
        listed,
        archived,
        room + 1,
        before.place or None if before else None,
    )
    hits, engine = await by.ask(db, question, before.engine if before else None)
    shown = [hit for hit in hits[:room] if (hit.kind, hit.id) != ("task", exact)]
    first = [] if exact is None or before is not None else [Hit("task", exact, ())]
    items = await _read(db, actor, [*first, *shown], Terms(text), seen, listed, archived=archived)
    # An empty place is the beginning, after the task whose key was asked for.
    last = hits[room - 1].place if room and len(hits) > room else ()
    return SearchPage(
        items=items,
        next_cursor=encode_cursor(engine, last) if len(hits) > room else None,
        engine=engine,
        is_fallback=engine != by.index.engine,
    )


def _readable(actor: Actor, kinds: Sequence[Kind]) -> list[Kind]:
    """Those of the kinds that the actor may read anywhere.

    Raises:
        Forbidden: none of them.
    """
    readable: list[Kind] = []
    refusal: Forbidden | None = None
    for kind in dict.fromkeys(kinds):
        try:
            actor.must_be_allowed(READING[kind], "read", "in_project", "is_member")
            readable.append(kind)
        except Forbidden as error:
            refusal = refusal or error
    if refusal is not None and not readable:
        raise refusal
    return readable


async def _projects(db: Db, actor: Actor, project_id: UUID | None) -> tuple[list[UUID], list[UUID]]:
    """The projects whose tasks the actor sees, and those that they see themselves."""
    rows = await db.fetch(
        """
        SELECT p.id, $2 OR m.user_id IS NOT NULL AS seen, $4 OR m.user_id IS NOT NULL AS listed
        FROM projects p LEFT JOIN project_members m
            ON m.tenant_id = $1 AND m.project_id = p.id AND m.user_id = $3
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL AND NOT p.is_template
          AND ($5::uuid IS NULL OR p.id = $5)
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        actor.may_always("project", "read"),
        project_id,
    )
    return [row["id"] for row in rows if row["seen"]], [row["id"] for row in rows if row["listed"]]


async def _by_key(db: Db, actor: Actor, text: str, seen: list[UUID]) -> UUID | None:
    """The task whose key this is, where the actor sees it."""
    matched = KEY.fullmatch(text.strip())
    if matched is None:
        return None
    return await db.fetchval(
        """
        SELECT t.id FROM projects p JOIN tasks t
            ON t.tenant_id = $1 AND t.project_id = p.id AND t.number = $3
        WHERE p.tenant_id = $1 AND p.key = $2 AND t.deleted_at IS NULL
          AND p.id = ANY ($4::uuid[])
        """,
        actor.tenant_id,
        matched[1].upper(),
        int(matched[2]),
        seen,
    )


COLUMNS: Final[dict[Kind, LiteralString]] = {
    "task": """
        SELECT t.id, p.id, p.key, t.id, p.key || '-' || t.number, t.title,
               left(t.description, 50000), t.archived_at IS NOT NULL, t.created_at
        FROM tasks t JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE t.tenant_id = $1 AND t.id = ANY ($2::uuid[]) AND p.id = ANY ($3::uuid[])
          AND t.deleted_at IS NULL AND p.deleted_at IS NULL
          AND ($4 OR t.archived_at IS NULL)
    """,
    "comment": """
        SELECT c.id, p.id, p.key, t.id, p.key || '-' || t.number, t.title, left(c.body, 50000),
               t.archived_at IS NOT NULL, c.created_at
        FROM comments c JOIN tasks t ON t.tenant_id = $1 AND t.id = c.task_id
            JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE c.tenant_id = $1 AND c.id = ANY ($2::uuid[]) AND p.id = ANY ($3::uuid[])
          AND c.deleted_at IS NULL AND t.deleted_at IS NULL AND p.deleted_at IS NULL
          AND ($4 OR t.archived_at IS NULL)
    """,
    "attachment": """
        SELECT a.id, p.id, p.key, t.id, p.key || '-' || t.number, a.name, NULL,
               t.archived_at IS NOT NULL, a.created_at
        FROM attachments a JOIN tasks t ON t.tenant_id = $1 AND t.id = a.task_id
            JOIN projects p ON p.tenant_id = $1 AND p.id = t.project_id
        WHERE a.tenant_id = $1 AND a.id = ANY ($2::uuid[]) AND p.id = ANY ($3::uuid[])
          AND a.deleted_at IS NULL AND t.deleted_at IS NULL AND p.deleted_at IS NULL
          AND ($4 OR t.archived_at IS NULL)
    """,
    "project": """
        SELECT p.id, p.id, p.key, NULL::uuid, p.key, p.name, left(p.description, 50000),
               p.status = 'archived', p.created_at
        FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($2::uuid[]) AND p.id = ANY ($3::uuid[])
          AND p.deleted_at IS NULL AND ($4 OR p.status <> 'archived')
    """,
}
"""What is shown of each kind."""


async def _read(
    db: Db,
    actor: Actor,
    hits: Sequence[Hit],
    terms: Terms,
    seen: list[UUID],
    listed: list[UUID],
    *,
    archived: bool,
) -> list[SearchResult]:
    """The hits as they are now; what the actor may not see, whatever the index says, is not there.

    A key is asked for by name, so the archive does not hide it.
    """
    found: dict[tuple[Kind, UUID], SearchResult] = {}
    for kind, columns in COLUMNS.items():
        ids = [hit.id for hit in hits if hit.kind == kind]
        if ids:
            named = any(hit.kind == kind and not hit.place for hit in hits)
            among = listed if kind == "project" else seen
            for row in await db.fetch(columns, actor.tenant_id, ids, among, archived or named):
                found[kind, row[0]] = _result(kind, row, terms)
    return [found[hit.kind, hit.id] for hit in hits if (hit.kind, hit.id) in found]


def _result(kind: Kind, row: asyncpg.Record, terms: Terms) -> SearchResult:
    entry_id, project_id, project_key, task_id, key, title, body, is_archived, created_at = row
    return SearchResult(
        kind=kind,
        id=entry_id,
        project_id=project_id,
        project_key=project_key,
        task_id=task_id,
        key=key,
        title=terms.mark(title),
        snippet=terms.snippet(body, always=kind == "comment"),
        is_archived=is_archived,
        created_at=created_at,
    )
