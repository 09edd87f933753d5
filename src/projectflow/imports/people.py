"""Turning the people of a file into users: found by their address, else invited, not let in yet."""

import re
from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change
from projectflow.imports.incoming import Person
from projectflow.imports.links import Link, Links
from projectflow.imports.types import Source
from projectflow.imports.values import address_part, fingerprint, text
from projectflow.projects.service import add_members

EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f,;:<>()\[\]\\\"]+@[^@\s\x00-\x1f,;:<>()\[\]\\\"]+\.[a-z]+")


async def invite_people(
    db: Db,
    actor: Actor,
    project_id: UUID,
    source: Source,
    people: Sequence[Person],
    changes: list[Change],
) -> dict[str, UUID]:
    """Find or create a user for each person, and make them members of the project.

    Where the file holds no address, it is one under `.invalid`, which never receives mail (RFC
    2606), until an admin gives the real one. Nobody is written to.

    Returns:
        Our user's id for each key.
    """
    links = Links(db, actor.tenant_id, source, actor.tenant_id)
    known = {external: link.entity_id for external, link in (await links.of("user")).items()}
    made: dict[str, Link] = {}
    for person in people:
        if person.key in known:
            continue
        given = text(person.email, 255).lower()
        email = given if EMAIL.fullmatch(given) else f"{address_part(person.key)}@{source}.invalid"
        first, _, last = (text(person.name, 200) or email.partition("@")[0]).partition(" ")
        user_id = uuid7()
        found: UUID = await db.fetchval(
            """
            INSERT INTO users AS u (tenant_id, id, email, password_hash, first_name, last_name,
                                    role, is_active, invited_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'member', false, now())
            ON CONFLICT (tenant_id, email) DO UPDATE SET email = u.email RETURNING id
            """,
            actor.tenant_id,
            user_id,
            email,
            UNUSABLE,
            first[:100] or "Somebody",
            last[:100],
        )
        known[person.key] = found
        made[person.key] = Link(found, fingerprint(person))
        if found == user_id:
            changes.append(Change("user.invited", "user", found, payload={"source": source}))
    await links.remember("user", made)
    members = list({known[person.key]: None for person in people})
    await add_members(db, actor, project_id, members, role="member")
    return known
