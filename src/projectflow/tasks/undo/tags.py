"""A tag gets the colour back that it had."""

from collections.abc import Sequence

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.tags import color_tag
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of


@inverse_of("tag.colored")
async def put_color_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Colour tags as they were; a word that was made a tag stays one."""
    for event in events:
        name = event.after["name"]
        color = await db.fetchval(
            "SELECT color FROM tags WHERE tenant_id = $1 AND name = $2 FOR NO KEY UPDATE",
            actor.tenant_id,
            name,
        )
        if color != event.after["color"]:
            raise ChangedSince.of("color")
        await color_tag(db, actor, name, event.before.get("color"))
