"""The key that a project gets when nobody chooses one."""

import re

from projectflow.auth.types import Actor
from projectflow.core.db import Db


async def suggest_key(db: Db, actor: Actor, name: str) -> str:
    """Suggest a key: the initials of several words or the head of one, numbered when taken."""
    words = re.findall(r"[A-Z0-9]+", name.upper())
    initials = "".join(word[0] for word in words)
    head = initials if len(initials) >= 3 else "".join(words)
    base = re.sub(r"^[0-9]+", "", head)[:6].ljust(2, "P")
    return await free_key(db, actor, base)


async def free_key(db: Db, actor: Actor, wanted: str) -> str:
    """The wanted key, or its head with the first number that no other project has."""
    # Two projects made at once would be given the same key, and one of them refused for it.
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('project keys of ' || $1::text, 0))",
        str(actor.tenant_id),
    )
    head = wanted[:6]
    taken = await db.fetch(
        "SELECT key FROM projects WHERE tenant_id = $1 AND starts_with(key, $2)",
        actor.tenant_id,
        head,
    )
    keys = {row["key"] for row in taken}
    candidates = [wanted, *(f"{head}{n}" for n in range(2, len(keys) + 3))]
    return next(key for key in candidates if key not in keys)
