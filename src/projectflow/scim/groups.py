"""Teams as SCIM sees them: groups with members."""

from collections.abc import Sequence
from typing import Final, LiteralString
from uuid import UUID

import asyncpg
from scim2_models import InvalidValueException, Meta, NotFoundException, Reference
from uuid_utils.compat import uuid7

from projectflow.core.db import Db, only
from projectflow.core.events import Change, record_all
from projectflow.scim.filters import Attributes, Column, Entries
from projectflow.scim.schemas import Group, Member
from projectflow.scim.types import Provisioner

COLUMNS: Final = "g.id, g.name, g.external_id, g.version, g.created_at, g.updated_at"
_MEMBERS: Final = (
    "FROM team_members m JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id"
    " AND u.deleted_at IS NULL WHERE m.tenant_id = $1 AND m.team_id = g.id"
)
MEMBERS: Final = f"ARRAY(SELECT m.user_id {_MEMBERS} ORDER BY m.user_id) AS members"
NO_MEMBERS: Final = "NULL::uuid[] AS members"
ATTRIBUTES: Final = Attributes(
    single={
        ("id", None): Column("g.id", "uuid"),
        ("external_id", None): Column("g.external_id", "exact", nullable=True),
        ("display_name", None): Column("lower(g.name)", "folded"),
        ("meta", "created"): Column("g.created_at", "time"),
        ("meta", "last_modified"): Column("g.updated_at", "time"),
    },
    entries={
        "members": Entries(
            _MEMBERS,
            {"value": Column("m.user_id", "uuid"), "type": Column("'user'", "folded")},
        )
    },
)


async def find(
    db: Db, by: Provisioner, group_id: str, *, lock: bool, with_members: bool = True
) -> Group:
    """One team.

    Raises:
        NotFoundException: this workspace has no team of this id.
    """
    try:
        parsed = UUID(group_id)
    except ValueError:
        raise _not_found() from None
    if lock:  # first, so that the members read are those of the last who changed them
        await db.execute(
            "SELECT FROM teams WHERE tenant_id = $1 AND id = $2 FOR UPDATE", by.tenant_id, parsed
        )
    members: LiteralString = MEMBERS if with_members else NO_MEMBERS
    row = await db.fetchrow(
        f"SELECT {COLUMNS}, {members} FROM teams g WHERE g.tenant_id = $1 AND g.id = $2",
        by.tenant_id,
        parsed,
    )
    if row is None:
        raise _not_found()
    return resource(row)


def _not_found() -> NotFoundException:
    return NotFoundException(detail="There is no such group in this workspace.")


async def create(db: Db, by: Provisioner, wanted: Group) -> UUID:
    """Make a team with its members.

    Raises:
        InvalidValueException: a value cannot be stored, or a member is nobody here.
    """
    group_id = uuid7()
    name, external_id = _name(wanted), _external_id(wanted)
    await db.execute(
        "INSERT INTO teams (tenant_id, id, name, external_id) VALUES ($1, $2, $3, $4)",
        by.tenant_id,
        group_id,
        name,
        external_id,
    )
    members = _member_ids(wanted)
    await _add(db, by, group_id, members)
    changes = [by.change("team.created", "team", group_id, 1, after={"name": name})]
    changes += _memberships(by, group_id, 1, "team.member_added", members)
    await record_all(db, by.tenant_id, None, changes)
    return group_id


async def update(db: Db, by: Provisioner, wanted: Group) -> UUID:
    """Make a team as wanted: its name, its foreign id and who is in it.

    Raises:
        NotFoundException: there is no such team.
        InvalidValueException: a value cannot be stored, or a member is nobody here.
    """
    current = await find(db, by, str(wanted.id), lock=True)
    group_id = UUID(current.id)
    name, external_id = _name(wanted), _external_id(wanted)
    was, will = set(_member_ids(current)), set(_member_ids(wanted))
    added, removed = sorted(will - was), sorted(was - will)
    renamed, renumbered = name != current.display_name, external_id != current.external_id
    if not (added or removed or renamed or renumbered):
        return group_id
    await _add(db, by, group_id, added)
    await db.execute(
        "DELETE FROM team_members WHERE tenant_id = $1 AND team_id = $2 AND user_id = ANY ($3)",
        by.tenant_id,
        group_id,
        removed,
    )
    row = await db.fetchrow(
        """
        UPDATE teams SET name = $3, external_id = $4, version = version + 1, updated_at = now()
        WHERE tenant_id = $1 AND id = $2 RETURNING version
        """,
        by.tenant_id,
        group_id,
        name,
        external_id,
    )
    version: int = only(row)["version"]
    changes: list[Change] = []
    if renamed:
        names = {"before": {"name": current.display_name}, "after": {"name": name}}
        changes.append(by.change("team.renamed", "team", group_id, version, **names))
    if renumbered:
        changed = ["external_id"]
        changes.append(by.change("team.updated", "team", group_id, version, changed=changed))
    changes += _memberships(by, group_id, version, "team.member_added", added)
    changes += _memberships(by, group_id, version, "team.member_removed", removed)
    await record_all(db, by.tenant_id, None, changes)
    return group_id


async def delete(db: Db, by: Provisioner, group_id: str) -> None:
    """Remove a team; its people stay in the workspace.

    Raises:
        NotFoundException: there is no such team.
    """
    group = await find(db, by, group_id, lock=True, with_members=False)
    row = await db.fetchrow(
        "DELETE FROM teams WHERE tenant_id = $1 AND id = $2 RETURNING version",
        by.tenant_id,
        UUID(group.id),
    )
    before = {"name": group.display_name}
    version = only(row)["version"] + 1
    deleted = by.change("team.deleted", "team", UUID(group.id), version, before=before)
    await record_all(db, by.tenant_id, None, [deleted])


async def _add(db: Db, by: Provisioner, group_id: UUID, members: Sequence[UUID]) -> None:
    if not members:
        return
    # Whoever deletes these people meanwhile waits, and then takes them out of the team again.
    people = await db.fetch(
        """
        SELECT id FROM users WHERE tenant_id = $1 AND id = ANY ($2) AND deleted_at IS NULL
        ORDER BY id FOR SHARE
        """,
        by.tenant_id,
        members,
    )
    if len(people) < len(members):
        raise InvalidValueException(detail="members: a value is nobody's id in this workspace.")
    await db.execute(
        """
        INSERT INTO team_members (tenant_id, team_id, user_id)
        SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING
        """,
        by.tenant_id,
        group_id,
        members,
    )


def _memberships(
    by: Provisioner, group_id: UUID, version: int, event: str, members: Sequence[UUID]
) -> list[Change]:
    return [by.change(event, "team", group_id, version, user_id=member) for member in members]


def _member_ids(group: Group) -> list[UUID]:
    """Each member once, in the order of ids, which is the order of locks."""
    try:
        return sorted({UUID(member.value or "") for member in group.members or []})
    except ValueError:
        raise InvalidValueException(
            detail="members: a value is nobody's id in this workspace."
        ) from None


def _name(group: Group) -> str:
    name = (group.display_name or "").strip()
    if not name or len(name) > 100 or "\x00" in name:
        raise InvalidValueException(detail="displayName needs 1 to 100 characters, no NUL.")
    return name


def _external_id(group: Group) -> str | None:
    external_id = group.external_id
    if external_id is not None and (len(external_id) > 255 or "\x00" in external_id):
        raise InvalidValueException(detail="externalId has more than 255 characters, or a NUL.")
    return external_id


def resource(row: asyncpg.Record) -> Group:
    """A row as a resource; its `members` are ids, or NULL where nobody asked for them."""
    members: list[UUID] = row["members"] or []
    return Group(
        id=str(row["id"]),
        external_id=row["external_id"],
        display_name=row["name"],
        members=[
            Member(value=str(each), ref=Reference(f"Users/{each}"), type="User") for each in members
        ]
        or None,
        meta=Meta(
            resource_type="Group",
            created=row["created_at"],
            last_modified=row["updated_at"],
            version=f'W/"{row["version"]}"',
        ),
    )
