"""Turning a board's members into invited users: they exist, but cannot sign in yet."""

from collections.abc import Iterable
from uuid import UUID

from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change
from projectflow.imports.links import Link, Links
from projectflow.imports.trello import Member, TrelloBoard, fingerprint, text
from projectflow.projects.service import add_members


def people_of(board: TrelloBoard) -> dict[str, Member]:
    """Everybody the export names, by Trello id: members, and those who only commented."""
    commenters = (a.member_creator for a in board.actions if a.member_creator is not None)
    return {person.id: person for person in [*commenters, *board.members]}


async def invite_people(
    db: Db, actor: Actor, project_id: UUID, people: Iterable[Member], changes: list[Change]
) -> dict[str, UUID]:
    """Find or create a user for each person, and make them members of the project.

    An export holds no e-mail addresses: until an admin gives the real one, the address is
    under `.invalid`, which never receives mail (RFC 2606).

    Returns:
        Our user's id for each Trello id.
    """
    links = Links(db, actor.tenant_id, "trello", actor.tenant_id)
    known = {external: link.entity_id for external, link in (await links.of("user")).items()}
    made: dict[str, Link] = {}
    for person in people:
        if person.id in known:
            continue
        first, _, last = (text(person.full_name, 200) or text(person.username, 100)).partition(" ")
        user_id: UUID = await db.fetchval(
            """
            INSERT INTO users AS u (tenant_id, id, email, password_hash, first_name, last_name,
                                    role, is_active, invited_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'member', false, now())
            ON CONFLICT (tenant_id, email) DO UPDATE SET email = u.email RETURNING id
            """,
            actor.tenant_id,
            uuid7(),
            f"{person.id}@trello.invalid".lower(),
            UNUSABLE,
            first[:100] or "Somebody",
            last[:100],
        )
        known[person.id] = user_id
        made[person.id] = Link(user_id, fingerprint(person))
        changes.append(Change("user.invited", "user", user_id, payload={"source": "trello"}))
    await links.remember("user", made)
    members = [known[person.id] for person in people]
    await add_members(db, actor, project_id, members, role="member")
    return known
