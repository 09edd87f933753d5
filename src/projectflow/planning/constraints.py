"""How a task is to be scheduled: constraint, deadline, duration, progress, pinned or not."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import CONSTRAINTS, InvalidInput, VersionConflict
from projectflow.tasks.service import lock_task, must_be_allowed_to, read_task
from projectflow.tasks.types import Moment

MAX_DURATION: Final = 5_256_000
FIRST_YEAR, LAST_YEAR = 1970, 2199
ConstraintType = Literal[
    "as_soon_as_possible", "as_late_as_possible", "must_start_on", "must_finish_on",
    "start_no_earlier_than", "start_no_later_than", "finish_no_earlier_than",
    "finish_no_later_than",
]  # fmt: skip
DATELESS: Final = ("as_soon_as_possible", "as_late_as_possible")
OF_SUMMARIES: Final = ("as_soon_as_possible", "start_no_earlier_than", "finish_no_later_than")
Duration = Annotated[
    int, Meta(ge=0, le=MAX_DURATION, description="working minutes; 0 is a milestone")
]
Percent = Annotated[int, Meta(ge=0, le=100)]


class TaskSchedule(Struct, frozen=True):
    """How a task is to be scheduled; its dates are the task's own."""

    task_id: UUID
    constraint_type: ConstraintType = "as_soon_as_possible"
    constraint_date: datetime | None = None
    deadline: datetime | None = None
    """Moves nothing; a later finish is told of."""
    is_pinned: bool = False
    """Scheduled by hand: it stays where its dates are."""
    duration_minutes: int | None = None
    """Working minutes; null is found from the estimate or the dates."""
    progress: int = 0
    """Percent. A task above 0 has begun and stays at its start."""
    start_at: datetime | None = None
    """When on its start date the task begins, as a schedule was applied last."""
    version: int = 1


SCHEDULE_COLUMNS: Final = (
    "c.task_id, c.constraint_type, c.constraint_date, c.deadline, c.is_pinned,"
    " c.duration_minutes, c.progress, c.start_at, c.version"
)
LOGGED: Final = (
    "constraint_type", "constraint_date", "deadline", "is_pinned", "duration_minutes", "progress",
)  # fmt: skip


class TaskSchedulePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of how a task is scheduled; absent fields stay as they are."""

    constraint_type: ConstraintType | UnsetType = UNSET
    constraint_date: Moment | None | UnsetType = UNSET
    deadline: Moment | None | UnsetType = UNSET
    is_pinned: bool | UnsetType = UNSET
    duration_minutes: Duration | None | UnsetType = UNSET
    progress: Percent | UnsetType = UNSET
    version: int | UnsetType = UNSET


CONSTRAINTS["task_schedules_date_as_constrained"] = lambda: InvalidInput.of(
    "constraint_date", "does not go with this type of constraint"
)


async def read_schedule(db: Db, actor: Actor, task_id: UUID) -> TaskSchedule:
    """How a task is to be scheduled.

    Raises:
        TaskNotFound: it does not exist, or the actor may not see it.
    """
    await read_task(db, actor, task_id)
    return await _read(db, actor, task_id)


async def _read(db: Db, actor: Actor, task_id: UUID) -> TaskSchedule:
    row = await db.fetchrow(
        f"SELECT {SCHEDULE_COLUMNS} FROM task_schedules c"
        " WHERE c.tenant_id = $1 AND c.task_id = $2",
        actor.tenant_id,
        task_id,
    )
    return TaskSchedule(task_id) if row is None else TaskSchedule(*row)


async def change_schedule(
    db: Db, actor: Actor, task_id: UUID, patch: TaskSchedulePatch, expected: int | None
) -> TaskSchedule:
    """Change how a task is scheduled; nothing is written when nothing differs.

    `expected` is the version that the caller has read; None accepts any. No date moves by this
    alone: the timeline shows what comes of it, and a reschedule or applying it writes dates.

    Raises:
        TaskNotFound, Forbidden: the actor may not see or change the task.
        VersionConflict: it was changed since; carries it as it is now.
        InvalidInput: names the field that is wrong.
    """
    task = await lock_task(db, actor, task_id)
    await must_be_allowed_to(db, actor, "update", task)
    before = await _read(db, actor, task_id)
    if expected is not None and expected != before.version:
        raise VersionConflict(current=before)
    given = {f: v for f in LOGGED if (v := getattr(patch, f)) is not UNSET}
    if given.get("constraint_type") in DATELESS and "constraint_date" not in given:
        given["constraint_date"] = None
    wanted = replace(before, **given)
    if wanted == before:
        return before
    check_schedule(wanted)
    if wanted.is_pinned and task.start_date is None and task.due_date is None:
        raise InvalidInput.of("is_pinned", "the task has no dates to stay at")
    if wanted.constraint_type not in OF_SUMMARIES and await _is_summary(db, actor, task_id):
        raise InvalidInput.of(
            "constraint_type", f"of a task with sub-tasks is one of {', '.join(OF_SUMMARIES)}"
        )
    await write_schedules(db, actor, [wanted])
    changed = await _read(db, actor, task_id)
    await record(
        db,
        actor.tenant_id,
        actor.user_id,
        Change(
            "task.scheduled",
            "task",
            task_id,
            task.version,
            payload=difference(before, changed, *LOGGED),
            project_id=task.project_id,
        ),
    )
    return changed


def check_schedule(wanted: TaskSchedule, within: str = "") -> None:
    """Refuse what cannot be scheduled; `within` stands before the names of fields.

    Raises:
        InvalidInput: names the field that is wrong.
    """
    for field in ("constraint_date", "deadline"):
        moment: datetime | None = getattr(wanted, field)
        if moment is not None and not is_plannable(moment):
            raise InvalidInput.of(
                f"{within}{field}", f"is outside of the years {FIRST_YEAR} to {LAST_YEAR}"
            )
    dateless = wanted.constraint_type in DATELESS
    if dateless and wanted.constraint_date is not None:
        raise InvalidInput.of(
            f"{within}constraint_date", f"does not go with {wanted.constraint_type}"
        )
    if not dateless and wanted.constraint_date is None:
        raise InvalidInput.of(
            f"{within}constraint_date", f"is missing: {wanted.constraint_type} needs one"
        )


def is_plannable(moment: datetime) -> bool:
    """Whether a moment lies in the years that are scheduled, in UTC."""
    try:
        return FIRST_YEAR <= moment.astimezone(UTC).year <= LAST_YEAR
    except OverflowError:
        return False


async def _is_summary(db: Db, actor: Actor, task_id: UUID) -> bool:
    row = only(
        await db.fetchrow(
            """
            SELECT EXISTS (SELECT FROM tasks
                           WHERE tenant_id = $1 AND parent_id = $2 AND deleted_at IS NULL)
            """,
            actor.tenant_id,
            task_id,
        )
    )
    return row[0]


async def write_schedules(db: Db, actor: Actor, wanted: Sequence[TaskSchedule]) -> None:
    """Write how tasks are scheduled, each a version further; their events are the caller's."""
    await db.execute(
        """
        INSERT INTO task_schedules AS c (tenant_id, task_id, constraint_type, constraint_date,
                                         deadline, is_pinned, duration_minutes, progress, start_at,
                                         version)
        SELECT $1, w.*, 2
        FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::boolean[],
                    $7::int[], $8::int[], $9::timestamptz[]) AS w
        ON CONFLICT (tenant_id, task_id) DO UPDATE SET
            constraint_type = excluded.constraint_type,
            constraint_date = excluded.constraint_date, deadline = excluded.deadline,
            is_pinned = excluded.is_pinned, duration_minutes = excluded.duration_minutes,
            progress = excluded.progress, start_at = excluded.start_at, version = c.version + 1
        """,
        actor.tenant_id,
        [each.task_id for each in wanted],
        [each.constraint_type for each in wanted],
        [each.constraint_date for each in wanted],
        [each.deadline for each in wanted],
        [each.is_pinned for each in wanted],
        [each.duration_minutes for each in wanted],
        [each.progress for each in wanted],
        [each.start_at for each in wanted],
    )
