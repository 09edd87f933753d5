"""One change to up to 1,000 tasks: all of them or none, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import begin_batch
from projectflow.core.problems import Forbidden, InvalidInput, ProblemDetails
from projectflow.projects.membership import ProjectArchived
from projectflow.tasks.cycles import lock_dependencies, lock_hierarchy_around, parents_close_cycle
from projectflow.tasks.many import Held, hold, log_differences, write_many
from projectflow.tasks.occurrences import continue_series, lock_series
from projectflow.tasks.project_moves import move_trees
from projectflow.tasks.service import check_due_date, check_hours
from projectflow.tasks.tags import declare_tags
from projectflow.tasks.trash import hold_to_restore, hold_to_trash, put_in_trash, take_from_trash
from projectflow.tasks.types import Hours, Moment, Priority, StatusKey, TagNames, Task

MOST: Final = 1000
MAX_TAGS: Final = 20
Reason = Literal["not_found", "forbidden", "version_conflict", "invalid"]


class BulkTask(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the tasks to change; `version` is the one that was read."""

    id: UUID
    version: int | UnsetType = UNSET


class TasksPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of all of them; absent fields stay as they are.

    `deleted` puts them in the trash or brings them back, `project_id` moves them to another
    project with all below them; each of the two stands alone.
    """

    status: StatusKey | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    assignee_id: UUID | None | UnsetType = UNSET
    parent_id: UUID | None | UnsetType = UNSET
    start_date: date | None | UnsetType = UNSET
    due_date: Moment | None | UnsetType = UNSET
    estimated_hours: Hours | None | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    add_tags: TagNames = []
    remove_tags: TagNames = []
    deleted: bool | UnsetType = UNSET
    project_id: UUID | UnsetType = UNSET


FIELDS: Final = (
    "status", "priority", "assignee_id", "parent_id", "start_date", "due_date", "estimated_hours",
)  # fmt: skip


class BulkChange(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tasks to change, and what of them."""

    tasks: Annotated[list[BulkTask], Meta(min_length=1, max_length=MOST)]
    change: TasksPatch


class ChangedTask(Struct, frozen=True):
    """A task that was changed, itself or with one above it."""

    id: UUID
    version: int


class BulkChanged(Struct, frozen=True):
    """What a bulk change did; tasks that were so already are not in it."""

    tasks: list[ChangedTask]


class BulkFailure(Struct, frozen=True):
    """Why one of the tasks cannot be changed so."""

    index: int
    id: UUID
    reason: Reason
    detail: str


class BulkDetails(ProblemDetails, frozen=True, omit_defaults=True, kw_only=True):
    """A problem that also lists what failed (RFC 9457, section 3.2)."""

    failures: list[BulkFailure]


class BulkRefused(InvalidInput):
    """Some of the tasks cannot be changed so; nothing was changed."""

    def __init__(self, failures: Sequence[BulkFailure] = ()) -> None:
        """Name every failure."""
        super().__init__(f"{len(failures)} of the tasks cannot be changed so: nothing was changed.")
        self.failures = list(failures)

    def details(self, instance: str) -> ProblemDetails:
        """The problem with the failures as data."""
        plain = super().details(instance)
        return BulkDetails(
            type=plain.type,
            title=plain.title,
            status=plain.status,
            detail=plain.detail,
            instance=plain.instance,
            failures=self.failures,
        )


async def change_tasks(db: Db, actor: Actor, bulk: BulkChange) -> BulkChanged:
    """Change many tasks at once; their events are one batch, which is undone at once.

    Raises:
        BulkRefused: lists the tasks that are not there, may not be changed, or cannot.
        InvalidInput: names the field that can be so for no task.
    """
    change = bulk.change
    given = [f for f in change.__struct_fields__ if getattr(change, f) not in (UNSET, [])]
    if not given:
        raise InvalidInput.of("change", "changes nothing")
    for alone in ("deleted", "project_id"):
        if alone in given and len(given) > 1:
            raise InvalidInput.of(alone, "stands alone: change other fields by a request of theirs")
    await begin_batch(db)
    asked = [task.id for task in bulk.tasks]
    if isinstance(change.project_id, UUID):
        moved = await move_trees(
            db, actor, asked, change.project_id, check=lambda held: check_held(actor, bulk, held)
        )
        return BulkChanged([ChangedTask(task.id, task.version) for task in moved])
    if isinstance(change.deleted, bool):
        return await _throw_or_restore(db, actor, bulk, deleted=change.deleted)
    return await _patch(db, actor, bulk)


def check_held(actor: Actor, bulk: BulkChange, held: Mapping[UUID, Held]) -> None:
    """Refuse where a task is not there, is another version, or may not be changed."""
    deleted = bulk.change.deleted
    failures: list[BulkFailure] = []
    seen: set[UUID] = set()
    for index, asked in enumerate(bulk.tasks):
        each = held.get(asked.id)
        wrong: tuple[Reason, str] | None = None
        if asked.id in seen:
            wrong = "invalid", "is listed twice"
        elif each is None or (each.deleted_at is not None) != (deleted is False):
            wrong = "not_found", "There is no such task."
        elif asked.version is not UNSET and asked.version != each.task.version:
            wrong = "version_conflict", f"Somebody changed it since: it is {each.task.version} now."
        else:
            try:
                each.must_be_allowed(actor, "update" if deleted is UNSET else "delete")
            except Forbidden as refused:
                wrong = "forbidden", refused.detail
            except ProjectArchived as refused:
                wrong = "invalid", refused.detail
        seen.add(asked.id)
        if wrong is not None:
            failures.append(BulkFailure(index, asked.id, *wrong))
    if failures:
        raise BulkRefused(failures)


async def _throw_or_restore(
    db: Db, actor: Actor, bulk: BulkChange, *, deleted: bool
) -> BulkChanged:
    asked = [task.id for task in bulk.tasks]
    tree = await (hold_to_trash if deleted else hold_to_restore)(db, actor, asked)
    check_held(actor, bulk, {each.task.id: each for each in tree})
    versions = await (put_in_trash if deleted else take_from_trash)(db, actor, tree)
    return BulkChanged([ChangedTask(*each) for each in versions.items()])


async def _patch(db: Db, actor: Actor, bulk: BulkChange) -> BulkChanged:
    change, ids = bulk.change, [task.id for task in bulk.tasks]
    if isinstance(change.estimated_hours, Decimal):
        check_hours(change.estimated_hours)
    if isinstance(change.due_date, datetime):
        check_due_date(change.due_date)
    parent_id = change.parent_id if isinstance(change.parent_id, UUID) else None
    if parent_id is not None:
        await lock_hierarchy_around(db, actor, parent_id)
    if change.status is not UNSET:
        await lock_series(db, actor.tenant_id, task_ids=ids)
    held = await hold(db, actor, ids)
    check_held(actor, bulk, held)
    completes = await _categories(db, actor, bulk, held)
    if parent_id is not None:
        await _check_parent(db, actor, bulk, held, parent_id)
    added = await declare_tags(db, actor, change.add_tags)
    wanted = {each: _wanted(change, held[each].task, added, completes) for each in ids}
    too_many = [i for i, each in enumerate(ids) if len(wanted[each].get("tags", ())) > MAX_TAGS]
    _refuse(bulk, too_many, f"would have more than {MAX_TAGS} tags")
    wanted = {each: fields for each, fields in wanted.items() if fields}
    if not wanted:
        return BulkChanged([])
    if parent_id is not None:
        await lock_dependencies(db, actor)
    written = await write_many(db, actor, wanted)
    if parent_id is not None and await parents_close_cycle(db, actor, list(wanted)):
        raise InvalidInput.of("parent_id", "would make one of the tasks wait for itself")
    before = [held[each].task for each in wanted]
    await log_differences(db, actor, "task.updated", before, written)
    if change.status is not UNSET:
        await continue_series(db, actor, [(task, written[task.id]) for task in before])
    return BulkChanged([ChangedTask(each, written[each].version) for each in wanted])


def _wanted(
    change: TasksPatch, task: Task, added: list[str], completes: Mapping[UUID, bool]
) -> dict[str, Any]:
    """The fields of this task that will be others."""
    fields = {f: v for f in FIELDS if (v := getattr(change, f)) is not UNSET}
    removed = {name.strip() for name in change.remove_tags}
    fields["tags"] = list(dict.fromkeys(t for t in [*task.tags, *added] if t not in removed))
    now = datetime.now(UTC)
    if isinstance(change.archived, bool):
        fields["archived_at"] = (task.archived_at or now) if change.archived else None
    if task.project_id in completes:
        fields["completed_at"] = (task.completed_at or now) if completes[task.project_id] else None
    return {f: v for f, v in fields.items() if v != getattr(task, f)}


def _refuse(bulk: BulkChange, indexes: Sequence[int], detail: str) -> None:
    if indexes:
        raise BulkRefused([BulkFailure(i, bulk.tasks[i].id, "invalid", detail) for i in indexes])


async def _categories(
    db: Db, actor: Actor, bulk: BulkChange, held: Mapping[UUID, Held]
) -> dict[UUID, bool]:
    """For each project of the tasks: whether the wanted status completes a task, until the end."""
    status = bulk.change.status
    if status is UNSET:
        return {}
    rows = await db.fetch(
        """
        SELECT project_id, category = 'completed' AS completes FROM workflow_states
        WHERE tenant_id = $1 AND project_id = ANY ($2::uuid[]) AND key = $3
        FOR KEY SHARE
        """,
        actor.tenant_id,
        list({each.task.project_id for each in held.values()}),
        status,
    )
    completes = {row["project_id"]: row["completes"] for row in rows}
    lacking = [
        i for i, each in enumerate(bulk.tasks) if held[each.id].task.project_id not in completes
    ]
    _refuse(bulk, lacking, "status: is not a state of this project's workflow")
    return completes


async def _check_parent(
    db: Db, actor: Actor, bulk: BulkChange, held: Mapping[UUID, Held], parent_id: UUID
) -> None:
    """Refuse tasks of other projects than the parent's, and those that it stands below."""
    rows = await db.fetch(
        """
        WITH RECURSIVE up AS (
            SELECT id, parent_id, project_id, 1 AS depth FROM tasks
            WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL
            UNION ALL
            SELECT t.id, t.parent_id, t.project_id, up.depth + 1
            FROM tasks t JOIN up ON t.id = up.parent_id
            WHERE t.tenant_id = $1 AND up.depth < 1000
        )
        SELECT id, project_id FROM up
        """,
        actor.tenant_id,
        parent_id,
    )
    above = {row["id"] for row in rows}
    project_id = rows[0]["project_id"] if rows else None
    elsewhere = [
        i for i, each in enumerate(bulk.tasks) if held[each.id].task.project_id != project_id
    ]
    _refuse(bulk, elsewhere, "parent_id: is not a task of this project")
    around = [i for i, each in enumerate(bulk.tasks) if each.id in above]
    _refuse(bulk, around, "parent_id: is the task itself or stands below it")
