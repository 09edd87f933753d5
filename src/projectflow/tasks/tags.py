"""Tags: words to find tasks by, with a colour each workspace chooses."""

from collections.abc import Sequence

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.tasks.types import Tag, Tags

MAX_TAGS = 1000


async def list_tags(db: Db, actor: Actor) -> Tags:
    """The workspace's tags by name, at most 1,000."""
    actor.must_be_allowed("task", "read", "in_project")
    rows = await db.fetch(
        "SELECT name, color FROM tags WHERE tenant_id = $1 ORDER BY name LIMIT $2",
        actor.tenant_id,
        MAX_TAGS,
    )
    return Tags([Tag(*row) for row in rows])


async def color_tag(db: Db, actor: Actor, name: str, color: str | None) -> Tag:
    """Give a tag a colour, or none; a new word becomes a tag.

    Raises:
        Forbidden: the role may not create tasks, whose tags these are.
    """
    actor.must_be_allowed("task", "create", "in_project")
    before = await db.fetchval(
        "SELECT color FROM tags WHERE tenant_id = $1 AND name = $2 FOR NO KEY UPDATE",
        actor.tenant_id,
        name,
    )
    version = await db.fetchval(
        """
        INSERT INTO tags AS t (tenant_id, name, color) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, name) DO UPDATE SET color = $3, version = t.version + 1
        RETURNING version
        """,
        actor.tenant_id,
        name,
        color,
    )
    colored = Change(
        "tag.colored",
        "tag",
        actor.tenant_id,
        version,
        payload={
            "before": {"name": name, "color": before},
            "after": {"name": name, "color": color},
        },
    )
    await record(db, actor.tenant_id, actor.user_id, colored)
    return Tag(name, color)


async def declare_tags(db: Db, actor: Actor, names: Sequence[str]) -> list[str]:
    """Add words to the workspace's tags that are new; returns them without repeats."""
    tags = list(dict.fromkeys(name.strip() for name in names))
    if tags:
        await db.execute(
            """
            INSERT INTO tags (tenant_id, name) SELECT $1, unnest($2::text[])
            ON CONFLICT DO NOTHING
            """,
            actor.tenant_id,
            sorted(tags),
        )
    return tags
