"""What makes a project schedule itself: the events that can move one of its tasks.

A consumer of the log, which writes a job for each project that a burst of events concerns. What
moves is found by the job (auto_schedule.py), which reads the project as it is by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from projectflow.core.consumers import Consumer, Event
from projectflow.core.db import Db
from projectflow.core.jobs import enqueue

AUTO_SCHEDULE_JOB: Final = "auto_schedule"
MAX_HOPS: Final = 50
"""From project to project. Tasks never wait for each other in a circle, so this only ends chains
that are longer."""
MOVING: Final = frozenset({
    "start_date", "due_date", "estimated_hours", "status", "completed_at", "assignee_id",
    "parent_id", "archived_at", "project_id",
})  # fmt: skip
"""The fields of a task that a schedule is made from."""
PARTLY: Final = {
    "task.updated": MOVING,
    "task.moved": MOVING,
    "project.updated": frozenset({"start_date"}),
    "project.settings_changed": frozenset({"auto_schedule"}),
    "workflow_state.updated": frozenset({"category"}),
}
"""Events that matter where one of these fields changed."""
OF_ALL: Final = frozenset({"workspace.calendar_changed"})
OF_PERSON: Final = frozenset({
    "absence.created", "absence.updated", "absence.deleted", "user.updated", "user.role_changed",
})  # fmt: skip
OF_PROJECT: Final = frozenset({"project.deleted", "project.restored"})
"""All of its tasks hold others no more, or again."""
WHOLE: Final = frozenset({
    "task.created", "task.deleted", "task.restored", "task.transferred", "task.scheduled",
    "dependency.added", "dependency.removed", "dependency.changed", "dependencies.imported",
    "project.calendar_changed", "project.unarchived", "import.succeeded",
})  # fmt: skip
log = structlog.get_logger()
TYPES: Final = tuple(sorted(PARTLY.keys() | OF_ALL | OF_PERSON | OF_PROJECT | WHOLE))


class AutoScheduleJob(Struct, frozen=True):
    """Which project to schedule, because of which events of the log."""

    tenant_id: UUID
    project_id: UUID
    first_seq: int
    last_seq: int
    caused_by: int
    """The last of them, or that of another project which led to them."""
    actor_id: UUID | None
    """Who made that change; what moves is logged as theirs."""
    hops: int = 0


class _Concerns(Struct, frozen=True):
    """One event, read."""

    seq: int
    caused_by: int
    actor_id: UUID | None
    hops: int
    projects: frozenset[UUID]
    task_id: UUID | None = None
    project_id: UUID | None = None
    """A project on whose tasks those of others may wait."""
    person_id: UUID | None = None
    is_everywhere: bool = False
    own: UUID | None = None
    """The project that the scheduler wrote it in."""


def auto_schedule_consumer() -> Consumer:
    """Follows the log for all projects that schedule themselves."""
    return Consumer(
        name="auto_schedule", consume=plan_jobs, types=TYPES, start="present", batch=1000
    )


async def plan_jobs(db: Db, tenant_id: UUID, events: Sequence[Event]) -> None:
    """Write a job for each project that these events concern and that schedules itself."""
    rows = await db.fetch(
        """
        SELECT id FROM projects
        WHERE tenant_id = $1 AND settings @> '{"auto_schedule": true}' AND deleted_at IS NULL
          AND status <> 'archived'
        """,
        tenant_id,
    )
    automatic = frozenset(row["id"] for row in rows)
    if not automatic:
        return
    read = [each for event in events if (each := _read(event)) is not None]
    waiting = await _waiting(db, tenant_id, read, automatic)
    people = await _projects_of(db, tenant_id, read, automatic)
    jobs: dict[UUID, AutoScheduleJob] = {}
    for each in read:
        concerned = set(each.projects) | waiting.get(each.task_id or each.project_id, set())
        if each.is_everywhere:
            concerned |= automatic
        elif each.person_id is not None:
            concerned |= people.get(each.person_id, set())
        for project_id in (concerned & automatic) - {each.own}:
            first = jobs[project_id].first_seq if project_id in jobs else each.seq
            jobs[project_id] = AutoScheduleJob(
                tenant_id, project_id, first, each.seq, each.caused_by, each.actor_id, each.hops
            )
    for job in jobs.values():
        if job.hops <= MAX_HOPS:
            await enqueue(db, AUTO_SCHEDULE_JOB, job)
        else:
            log.warning("auto_schedule_ends", project=str(job.project_id), caused_by=job.caused_by)


def _read(event: Event) -> _Concerns | None:
    """What an event may move; None where that is nothing."""
    payload = event.read()
    before, after = _fields(payload, "before"), _fields(payload, "after")
    if event.type in PARTLY and PARTLY[event.type].isdisjoint(before.keys() | after.keys()):
        return None
    cause: int | None = payload.get("caused_by")
    projects = {event.project_id, _id(before.get("project_id"))}
    if event.type in OF_PERSON:
        said = _id(after.get("user_id", before.get("user_id")))
        person = event.entity_id if event.entity_type == "user" else said
    else:
        person = None
    if event.type == "import.succeeded":
        projects.add(_id(after.get("project_id")))
    return _Concerns(
        seq=event.seq,
        caused_by=event.seq if cause is None else cause,
        actor_id=event.actor_id,
        hops=0 if cause is None else payload.get("hops", 0) + 1,
        projects=frozenset(each for each in projects if each is not None),
        task_id=event.entity_id if event.entity_type == "task" else None,
        project_id=event.entity_id if event.type in OF_PROJECT else None,
        person_id=person,
        # An absence's event that does not name the person: whoever it is.
        is_everywhere=event.type in OF_ALL or (event.type in OF_PERSON and person is None),
        own=None if cause is None else event.project_id,
    )


def _fields(payload: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = payload.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _id(value: Any) -> UUID | None:
    return None if value is None else msgspec.convert(value, UUID)


async def _waiting(
    db: Db, tenant_id: UUID, read: Iterable[_Concerns], automatic: frozenset[UUID]
) -> dict[UUID | None, set[UUID]]:
    """The projects, by the task or project that theirs wait for."""
    rows = await db.fetch(
        """
        SELECT DISTINCT d.depends_on_task_id AS id, t.project_id
        FROM task_dependencies d
        JOIN tasks t ON t.tenant_id = $1 AND t.id = d.task_id AND t.project_id = ANY ($4::uuid[])
        WHERE d.tenant_id = $1 AND d.depends_on_task_id = ANY ($2::uuid[])
        UNION
        SELECT DISTINCT first.project_id, t.project_id
        FROM tasks first
        JOIN task_dependencies d ON d.tenant_id = $1 AND d.depends_on_task_id = first.id
        JOIN tasks t ON t.tenant_id = $1 AND t.id = d.task_id AND t.project_id = ANY ($4::uuid[])
        WHERE first.tenant_id = $1 AND first.project_id = ANY ($3::uuid[])
        """,
        tenant_id,
        list({each.task_id for each in read if each.task_id}),
        list({each.project_id for each in read if each.project_id}),
        list(automatic),
    )
    return _grouped((row["id"], row["project_id"]) for row in rows)


async def _projects_of(
    db: Db, tenant_id: UUID, read: Iterable[_Concerns], automatic: frozenset[UUID]
) -> dict[UUID | None, set[UUID]]:
    """The projects in which people have tasks."""
    people = {each.person_id for each in read if each.person_id}
    if not people:
        return {}
    rows = await db.fetch(
        """
        SELECT DISTINCT t.assignee_id AS id, t.project_id FROM tasks t
        WHERE t.tenant_id = $1 AND t.assignee_id = ANY ($2::uuid[])
          AND t.project_id = ANY ($3::uuid[]) AND t.deleted_at IS NULL
        """,
        tenant_id,
        list(people),
        list(automatic),
    )
    return _grouped((row["id"], row["project_id"]) for row in rows)


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID | None, set[UUID]]:
    grouped: dict[UUID | None, set[UUID]] = {}
    for key, value in pairs:
        grouped.setdefault(key, set()).add(value)
    return grouped
