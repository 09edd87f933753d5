"""Mentions: `@[Name](user:<id>)` in Markdown names a person, outside of code.

To Markdown that is an `@` before a link, so a reader that knows nothing of mentions shows `@Name`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

import anyio
from markdown_it import MarkdownIt
from markdown_it.token import Token

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput
from projectflow.tasks.audience import who_may_see
from projectflow.tasks.types import Task

MAX_MENTIONS: Final = 50
"""People in one text."""
SCHEME: Final = "user:"
LONGEST_PARAGRAPH: Final = 3000
"""Characters; a longer one mentions nobody. What brackets mean takes the square of their number."""
MARKDOWN: Final = MarkdownIt("commonmark")
BLOCKS: Final = MarkdownIt("commonmark")
BLOCKS.core.ruler.disable("inline")
LENGTH_AT_ONCE: Final = 2000
"""Characters that are parsed on the event loop; more take a thread."""


async def mentioned_in(
    db: Db, actor: Actor, project_id: UUID, text: str | None, field: str
) -> list[UUID]:
    """Whom a text names, of those who may see the project's tasks.

    Raises:
        InvalidInput: it names more than 50 people; `field` says where.
    """
    named = await _named(text)
    if len(named) > MAX_MENTIONS:
        raise InvalidInput.of(field, f"mentions more than {MAX_MENTIONS} people")
    return await who_may_see(db, actor.tenant_id, project_id, named)


async def _named(text: str | None) -> list[UUID]:
    if text is None or SCHEME not in text.lower():
        return []
    if len(text) <= LENGTH_AT_ONCE:
        return find_mentions(text)
    return await anyio.to_thread.run_sync(find_mentions, text)


def find_mentions(text: str) -> list[UUID]:
    """The ids that a Markdown text mentions, in its order and each once."""
    env: dict[str, Any] = {}
    blocks = [block.content for block in BLOCKS.parse(text, env) if block.type == "inline"]
    found = (user_id for block in blocks for user_id in _in_paragraph(block, env))
    return list(dict.fromkeys(found))


def _in_paragraph(text: str, env: dict[str, Any]) -> Iterator[UUID]:
    """Whom a paragraph, heading or list item mentions."""
    if "@" not in text or len(text) > LONGEST_PARAGRAPH:
        return
    tokens: list[Token] = []
    MARKDOWN.inline.parse(text, MARKDOWN, env, tokens)
    yield from _in_line(tokens)


def _in_line(tokens: list[Token]) -> Iterator[UUID]:
    for before, token in pairwise(tokens):
        if token.type == "link_open" and before.type == "text" and before.content.endswith("@"):
            href = str(token.attrs.get("href", ""))
            if href.lower().startswith(SCHEME):
                try:
                    yield UUID(href[len(SCHEME) :])
                except ValueError:
                    continue


async def note_mentions(db: Db, actor: Actor, task: Task, before: str | None = None) -> None:
    """Keep whom a task's description mentions, after it was `before`.

    Raises:
        InvalidInput: as for `mentioned_in`.
    """
    if before == task.description or (
        SCHEME not in (before or "").lower() and SCHEME not in (task.description or "").lower()
    ):
        return
    people = await mentioned_in(db, actor, task.project_id, task.description, "description")
    rows = await db.fetch(
        "SELECT user_id FROM task_mentions WHERE tenant_id = $1 AND task_id = $2 ORDER BY user_id",
        actor.tenant_id,
        task.id,
    )
    known = [row["user_id"] for row in rows]
    if people == known:
        return
    await db.execute(
        """
        WITH gone AS (
            DELETE FROM task_mentions
            WHERE tenant_id = $1 AND task_id = $2 AND user_id <> ALL ($3::uuid[])
        )
        INSERT INTO task_mentions (tenant_id, task_id, user_id)
        SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING
        """,
        actor.tenant_id,
        task.id,
        people,
    )
    change = Change(
        "task.people_mentioned",
        "task",
        task.id,
        task.version,
        payload={"before": {"mentions": known}, "after": {"mentions": people}},
        project_id=task.project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)


async def replace_comment_mentions(
    db: Db, actor: Actor, comment_id: UUID, people: Sequence[UUID]
) -> None:
    """Keep whom a comment mentions now."""
    await db.execute(
        """
        WITH gone AS (
            DELETE FROM comment_mentions
            WHERE tenant_id = $1 AND comment_id = $2 AND user_id <> ALL ($3::uuid[])
        )
        INSERT INTO comment_mentions (tenant_id, comment_id, user_id)
        SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING
        """,
        actor.tenant_id,
        comment_id,
        list(people),
    )
