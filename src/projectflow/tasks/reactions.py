"""Reactions: one emoji says it all."""

import functools
from typing import Final
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record
from projectflow.core.problems import InvalidInput
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.comment_types import Comment, Reactions
from projectflow.tasks.comments import lock_comment, read_reactions

MAX_EMOJI: Final = 30
"""Different ones on one comment."""
VARIATION: Final = "\ufe0f"
"""Asks for the colourful form of a character; some keyboards leave it out."""


async def add_reaction(db: Db, actor: Actor, comment_id: UUID, emoji: str) -> Reactions:
    """Answer a comment with an emoji; doing it again changes nothing.

    Raises:
        CommentNotFound: it does not exist, or the actor may not see it.
        Forbidden: the role may not comment.
        InvalidInput: it is no emoji, or the comment has 30 different ones already.
    """
    comment, project_id = await lock_comment(db, actor, comment_id, None)
    await must_be_allowed_in(db, actor, project_id, "comment", "create")
    said = as_emoji(emoji)
    shown = {each.emoji: each for each in comment.reactions}
    if said in shown and shown[said].mine:
        return Reactions(comment.reactions)
    if said not in shown and len(shown) >= MAX_EMOJI:
        raise InvalidInput.of("emoji", f"the comment has {MAX_EMOJI} different ones already")
    await db.execute(
        """
        INSERT INTO comment_reactions (tenant_id, comment_id, emoji, user_id)
        VALUES ($1, $2, $3, $4)
        """,
        actor.tenant_id,
        comment_id,
        said,
        actor.user_id,
    )
    await _log(db, actor, comment, project_id, "reaction.added", {"after": {"emoji": said}})
    return Reactions(await read_reactions(db, actor, comment_id))


async def remove_reaction(db: Db, actor: Actor, comment_id: UUID, emoji: str) -> Reactions:
    """Take one's own emoji back; without one, nothing changes.

    Raises:
        CommentNotFound, Forbidden, InvalidInput: as for adding it.
    """
    comment, project_id = await lock_comment(db, actor, comment_id, None)
    await must_be_allowed_in(db, actor, project_id, "comment", "create")
    said = as_emoji(emoji)
    if not any(each.emoji == said and each.mine for each in comment.reactions):
        return Reactions(comment.reactions)
    await db.execute(
        """
        DELETE FROM comment_reactions
        WHERE tenant_id = $1 AND comment_id = $2 AND emoji = $3 AND user_id = $4
        """,
        actor.tenant_id,
        comment_id,
        said,
        actor.user_id,
    )
    await _log(db, actor, comment, project_id, "reaction.removed", {"before": {"emoji": said}})
    return Reactions(await read_reactions(db, actor, comment_id))


def as_emoji(text: str) -> str:
    """The emoji in its full form: ❤ with and without its variation selector is one.

    Raises:
        InvalidInput: it is not exactly one emoji of Unicode's list.
    """
    found = _full_forms().get(text.replace(VARIATION, ""))
    if found is None:
        raise InvalidInput.of("emoji", "must be one emoji")
    return found


@functools.cache
def _full_forms() -> dict[str, str]:
    # Takes 8 MB, which a process where nobody reacts can do without.
    import emoji  # noqa: PLC0415

    full = emoji.STATUS["fully_qualified"]
    return {
        each.replace(VARIATION, ""): each
        for each, data in emoji.EMOJI_DATA.items()
        if data["status"] == full
    }


async def _log(
    db: Db,
    actor: Actor,
    comment: Comment,
    project_id: UUID,
    event: str,
    payload: dict[str, dict[str, str]],
) -> None:
    change = Change(
        event,
        "comment",
        comment.id,
        comment.version,
        payload={"task_id": comment.task_id, **payload},
        project_id=project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
