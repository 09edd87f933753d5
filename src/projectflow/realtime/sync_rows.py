"""Touched rows as they are now, and the removal of those that are not to be seen any more."""

from collections.abc import Iterable
from typing import Final, LiteralString
from uuid import UUID

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.realtime.sync_access import Access, small_ones
from projectflow.realtime.sync_models import MODELS, Found, read_rows
from projectflow.realtime.sync_touched import Touched
from projectflow.realtime.sync_types import SyncChange

LINKS: Final[dict[str, LiteralString]] = {
    "dependency": "(d.task_id = ANY ($4::uuid[]) OR d.depends_on_task_id = ANY ($4::uuid[]))",
    "relation": "(r.task_id = ANY ($4::uuid[]) OR r.other_task_id = ANY ($4::uuid[]))",
}
"""Finds rows by the task at either end."""


async def present_rows(db: Db, actor: Actor, access: Access, touched: Touched) -> list[SyncChange]:
    """What to do with every row that was touched; at most four queries a model.

    Projects that were lost come first, because with them goes all that names them, and some of
    that may be seen still: a manager sees projects without their tasks.
    """
    lost = [each for each in access.closed if not access.sees_tasks(each)]
    changes = [SyncChange("project", str(each), "remove") for each in lost]
    small = await small_ones(db, actor, access.opened) if access.opened else set[UUID]()
    changes += [SyncChange("project", str(e), "load") for e in access.opened if e not in small]
    removed = {("project", str(each)) for each in lost}
    for name in MODELS:
        found = await _read(db, actor, name, touched, [*small, *lost])
        gone = [each for each in touched.ids.get(name, ()) if each not in found]
        changes += [
            SyncChange(name, each, "remove") for each in gone if (name, each) not in removed
        ]
        changes += [SyncChange(name, each, "put", row) for each, row in found.items()]
    changes += [
        SyncChange("task_details", str(task_id), "touch", parts=sorted(parts))
        for task_id, parts in touched.parts.items()
    ]
    return changes


async def _read(
    db: Db, actor: Actor, name: str, touched: Touched, projects: Iterable[UUID]
) -> dict[str, object]:
    """The touched rows of a model that the asker sees, by id; all of them in `projects`."""
    model = MODELS[name]
    if not model.may(actor):
        touched.ids.pop(name, None)
        return {}
    if name in touched.whole:
        return dict(await read_rows(db, actor, name, "true"))
    found: list[Found] = []
    if ids := touched.ids.get(name):
        found += await read_rows(db, actor, name, model.match, list(ids))
    within = {**touched.within.get(name, {}), **dict.fromkeys(projects)}
    if within and model.within is not None:
        found += await read_rows(db, actor, name, model.within, list(within))
    if name in LINKS and touched.linked:
        found += await read_rows(db, actor, name, LINKS[name], list(touched.linked))
    return dict(found)
