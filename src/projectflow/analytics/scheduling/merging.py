"""Merging a scenario: the plan becomes what the scenario says, as one change."""

import asyncio
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct
from uuid_utils.compat import uuid7

from projectflow.analytics.scheduling.fork import check_changes, date_changes, left_out
from projectflow.analytics.scheduling.scenario_types import (
    Scenario,
    ScenarioChanges,
    ScenarioMerged,
    ScenarioOutdated,
)
from projectflow.analytics.scheduling.scenarios import (
    SCENARIO_COLUMNS,
    lock_scenario,
    log_scenario,
    scenario_of,
    versions_of,
)
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import note_events
from projectflow.planning import reschedule as rescheduling
from projectflow.planning.constraints import TaskSchedulePatch, change_schedule
from projectflow.planning.plan_dates import lock_plan
from projectflow.planning.project_plan import load_plan
from projectflow.tasks.bulk import BulkChange, BulkTask, TasksPatch, change_tasks
from projectflow.tasks.dependencies import NewDependency, add_dependency
from projectflow.tasks.many import hold, log_differences, write_many
from projectflow.tasks.service import create_task
from projectflow.tasks.types import NewTask


class ScenarioMerge(Struct, frozen=True):
    """What came of merging. `batch` is the change's in the log."""

    scenario: Scenario
    batch: UUID
    created: dict[UUID, UUID]
    """The tasks that were added, by their ids in the scenario."""
    assumed: list[UUID]
    """People whose absences or capacity the scenario assumes: those are theirs to write."""


async def merge_scenario(
    db: Db, actor: Actor, scenario_id: UUID, expected: int | None = None
) -> ScenarioMerge:
    """Make a scenario's tasks and dates the plan's; what it leaves out is archived.

    Raises:
        ScenarioNotFound, Forbidden, VersionConflict, ScenarioMerged: as their names say.
        ScenarioOutdated: tasks that it names were changed since.
        InvalidInput: it does not go with the plan any more: names the change.
        BulkRefused: some of the tasks may not be changed.
    """
    scenario, versions = await lock_scenario(db, actor, scenario_id, expected)
    if scenario.merged_at is not None:
        raise ScenarioMerged
    changes = scenario.changes
    await lock_plan(db, actor, scenario.project_id)
    plan = await load_plan(db, actor, scenario.project_id)
    if versions_of(plan, changes) != versions:
        raise ScenarioOutdated
    await asyncio.to_thread(check_changes, plan, changes)
    batch = uuid7()
    await note_events(db, batch=batch)
    gone = left_out(plan, changes)
    await _assign(db, actor, changes, gone)
    dates = date_changes(changes, gone)
    if dates:
        await rescheduling.reschedule(db, actor, scenario.project_id, dates, None)
    if gone:
        leaving = BulkChange([BulkTask(id_) for id_ in sorted(gone)], TasksPatch(archived=True))
        await change_tasks(db, actor, leaving)
    created = await _add(db, actor, scenario)
    row = await db.fetchrow(
        f"""
        UPDATE scenarios s SET merged_at = now(), version = s.version + 1, updated_at = now()
        WHERE s.tenant_id = $1 AND s.id = $2 RETURNING {SCENARIO_COLUMNS}
        """,
        actor.tenant_id,
        scenario.id,
    )
    merged = scenario_of(only(row))
    payload = {"before": {"merged_at": None}, "after": {"merged_at": merged.merged_at}}
    await log_scenario(db, actor, merged, "scenario.merged", payload)
    people = {each.user_id for each in (*changes.absences, *changes.capacities)}
    return ScenarioMerge(merged, batch, created, sorted(people))


async def _assign(db: Db, actor: Actor, changes: ScenarioChanges, gone: set[UUID]) -> None:
    wanted: dict[UUID, Any] = {
        each.task_id: each.assignee_id
        for each in changes.tasks
        if each.assignee_id is not UNSET and each.task_id not in gone
    }
    held = await hold(db, actor, sorted(wanted))
    for each in held.values():
        each.must_be_allowed(actor, "update")
    fields = {
        id_: {"assignee_id": who}
        for id_, who in wanted.items()
        if held[id_].task.assignee_id != who
    }
    if fields:
        written = await write_many(db, actor, fields)
        await log_differences(db, actor, "task.updated", [held[i].task for i in fields], written)


async def _add(db: Db, actor: Actor, scenario: Scenario) -> dict[UUID, UUID]:
    created: dict[UUID, UUID] = {}
    for each in scenario.changes.added:
        new = NewTask(title=each.title, assignee_id=each.assignee_id)
        task = await create_task(db, actor, scenario.project_id, new)
        created[each.id] = task.id
        patch = TaskSchedulePatch(duration_minutes=each.duration_minutes)
        await change_schedule(db, actor, task.id, patch, None)
        for first in each.depends_on:
            link = NewDependency(depends_on_task_id=created.get(first, first))
            await add_dependency(db, actor, task.id, link)
    return created
