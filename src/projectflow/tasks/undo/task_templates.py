"""Task templates: what was kept goes, what was taken away returns, what was changed goes back."""

from collections.abc import Sequence
from typing import Any

import msgspec

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.tasks.template_types import NewTemplate, Template, TemplatePatch
from projectflow.tasks.templates import (
    TemplateNotFound,
    create_template,
    delete_template,
    read_template,
    update_template,
)
from projectflow.tasks.undo.registry import ChangedSince, Logged, differing, inverse_of


@inverse_of("task_template.created")
async def take_templates_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Take templates away that nobody has changed since."""
    for event in events:
        await _check_unchanged(db, actor, event)
        await delete_template(db, actor, event.entity_id, None)


@inverse_of("task_template.updated")
async def put_templates_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Give templates the name and the blueprint that they had."""
    for event in events:
        await _check_unchanged(db, actor, event)
        patch = msgspec.convert(event.before, TemplatePatch, strict=False)
        await update_template(db, actor, event.entity_id, patch, None)


@inverse_of("task_template.deleted")
async def return_templates(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Keep templates again, under the ids that they had."""
    for event in events:
        was = msgspec.convert(event.before, Template, strict=False)
        new = NewTemplate(was.name, was.task, was.id, was.project_id)
        await create_template(db, actor, new)


async def _check_unchanged(db: Db, actor: Actor, event: Logged) -> None:
    try:
        template = await read_template(db, actor, event.entity_id, lock=True)
    except TemplateNotFound:
        raise ChangedSince.of("template", "is gone") from None
    now: dict[str, Any] = msgspec.to_builtins(template)
    left = {f: v for f, v in event.after.items() if f in ("name", "task")}
    if errors := differing(left, now):
        raise ChangedSince(errors)
