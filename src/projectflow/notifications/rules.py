"""How somebody wants to be told of what: in the inbox, by mail at once or in a digest, when not."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record, to_json
from projectflow.core.problems import InvalidInput, VersionConflict
from projectflow.notifications.hours import DigestTime, QuietHours, leave_no_time
from projectflow.notifications.mail_plans import replan_digest
from projectflow.notifications.types import Kind
from projectflow.tasks.service import VISIBLE

MAX_MUTED: Final = 200


class Ways(Struct, frozen=True, forbid_unknown_fields=True):
    """How to tell of a kind of thing."""

    in_app: bool = True
    email: Literal["at_once", "digest", "none"] = "none"


def _at_once() -> Ways:
    return Ways(email="at_once")


def _in_digest() -> Ways:
    return Ways(email="digest")


class WaysByKind(Struct, frozen=True, forbid_unknown_fields=True):
    """How to tell of each kind; what is left out is as by default."""

    mentioned: Ways = field(default_factory=_at_once)
    assigned: Ways = field(default_factory=_at_once)
    overdue: Ways = field(default_factory=_in_digest)
    due_soon: Ways = field(default_factory=_in_digest)
    commented: Ways = field(default_factory=_in_digest)
    unblocked: Ways = field(default_factory=_in_digest)
    state_changed: Ways = field(default_factory=Ways)
    unassigned: Ways = field(default_factory=Ways)
    project_added: Ways = field(default_factory=_at_once)
    reacted: Ways = field(default_factory=Ways)


class NotificationRules(Struct, frozen=True):
    """How somebody wants to be told."""

    email: bool = True
    """Whether mail comes at all; the link in each mail switches it off."""
    kinds: WaysByKind = field(default_factory=WaysByKind)
    muted_project_ids: list[UUID] = []
    """Projects of which nothing is told."""
    quiet_hours: list[QuietHours] = []
    """Mail waits until they are over."""
    digest: DigestTime = field(default_factory=DigestTime)
    version: int = 0
    """0 until somebody has written rules of their own."""

    def ways(self, kind: Kind, project_id: UUID) -> Ways:
        """How to tell of this kind of thing in a project."""
        if project_id in self.muted_project_ids:
            return Ways(in_app=False)
        ways: Ways = getattr(self.kinds, kind)
        return ways if self.email else replace(ways, email="none")


class NewRules(Struct, frozen=True, forbid_unknown_fields=True):
    """Rules in place of those that there are; what is left out is as by default."""

    email: bool = True
    kinds: WaysByKind = field(default_factory=WaysByKind)
    muted_project_ids: Annotated[list[UUID], Meta(max_length=MAX_MUTED)] = []
    quiet_hours: Annotated[list[QuietHours], Meta(max_length=7)] = []
    digest: DigestTime = field(default_factory=DigestTime)
    version: int | UnsetType = UNSET


async def read_rules(db: Db, actor: Actor) -> NotificationRules:
    """The actor's rules."""
    return (await rules_of(db, actor.tenant_id, [actor.user_id]))[actor.user_id]


async def rules_of(
    db: Db, tenant_id: UUID, people: Sequence[UUID]
) -> Mapping[UUID, NotificationRules]:
    """The rules of these people; the defaults for whoever has written none."""
    rows = await db.fetch(
        """
        SELECT user_id, rules, version FROM notification_rules
        WHERE tenant_id = $1 AND user_id = ANY ($2::uuid[])
        """,
        tenant_id,
        people,
    )
    written = {row["user_id"]: _rules(row["rules"], row["version"]) for row in rows}
    return {each: written.get(each, DEFAULTS) for each in people}


DEFAULTS: Final = NotificationRules()


def _rules(stored: str, version: int) -> NotificationRules:
    return replace(msgspec.json.decode(stored, type=NotificationRules), version=version)


async def set_rules(db: Db, actor: Actor, new: NewRules, expected: int | None) -> NotificationRules:
    """Write the actor's rules.

    Raises:
        InvalidInput: names what is wrong.
        VersionConflict: they were changed since; carries them as they are now.
    """
    if leave_no_time(new.quiet_hours):
        raise InvalidInput.of("quiet_hours", "leave no time for mail: switch mail off instead")
    before = await _lock(db, actor.tenant_id, actor.user_id)
    if expected is not None and expected != before.version:
        raise VersionConflict(current=before)
    muted = list(dict.fromkeys(new.muted_project_ids))
    await _check_muted(db, actor, [each for each in muted if each not in before.muted_project_ids])
    wanted = NotificationRules(
        new.email, new.kinds, muted, new.quiet_hours, new.digest, before.version
    )
    if wanted == before:
        return before
    return await _write(db, actor.tenant_id, actor.user_id, before, wanted)


async def stop_mail(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    """Switch somebody's mail off; the rest of their rules stays."""
    before = await _lock(db, tenant_id, user_id)
    if before.email:
        await _write(db, tenant_id, user_id, before, replace(before, email=False))


async def _lock(db: Db, tenant_id: UUID, user_id: UUID) -> NotificationRules:
    """The rules, until the transaction ends: the person's row keeps out who writes the first."""
    await db.execute(
        "SELECT FROM users WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE", tenant_id, user_id
    )
    return (await rules_of(db, tenant_id, [user_id]))[user_id]


async def _check_muted(db: Db, actor: Actor, project_ids: Sequence[UUID]) -> None:
    if not project_ids:
        return
    seen: int = await db.fetchval(
        f"""
        SELECT count(*) FROM projects p
        WHERE p.tenant_id = $1 AND p.id = ANY ($4::uuid[]) AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        project_ids,
    )
    if seen != len(project_ids):
        raise InvalidInput.of("muted_project_ids", "names what is no project that you can see")


async def _write(
    db: Db, tenant_id: UUID, user_id: UUID, before: NotificationRules, wanted: NotificationRules
) -> NotificationRules:
    row = await db.fetchrow(
        """
        INSERT INTO notification_rules AS r (tenant_id, user_id, rules) VALUES ($1, $2, $3)
        ON CONFLICT (tenant_id, user_id)
        DO UPDATE SET rules = excluded.rules, version = r.version + 1, updated_at = now()
        RETURNING rules, version
        """,
        tenant_id,
        user_id,
        to_json(wanted),
    )
    written = _rules(*only(row))
    if written.digest != before.digest:
        await replan_digest(db, tenant_id, user_id, written.digest)
    payload = {"before": before, "after": written}
    change = Change(
        "notification_rules.changed", "notification_rules", user_id, written.version, payload
    )
    await record(db, tenant_id, user_id, change)
    return written
