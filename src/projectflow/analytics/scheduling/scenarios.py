"""Scenarios of a project: made, read, changed, dropped."""

import asyncio
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.analytics.scheduling.fork import forked, named_people
from projectflow.analytics.scheduling.scenario_types import (
    MAX_SCENARIOS,
    NewScenario,
    Scenario,
    ScenarioChanges,
    ScenarioExists,
    ScenarioMerged,
    ScenarioNotFound,
    ScenarioPatch,
    Scenarios,
    TooManyScenarios,
)
from projectflow.analytics.scheduling.staff import read_staffed
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record, to_json
from projectflow.core.problems import CONSTRAINTS, VersionConflict
from projectflow.planning.assignments import check_people
from projectflow.planning.plan_dates import lock_plan
from projectflow.planning.project_plan import ProjectPlan
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.service import VISIBLE

SCENARIO_COLUMNS: Final = (
    "s.id, s.project_id, s.name, s.changes, s.version, s.created_by, s.created_at, s.updated_at,"
    " s.merged_at"
)
LOGGED: Final = ("name", "changes")
Versions = dict[UUID, tuple[int, int]]
"""Of each task that a scenario names: its version, and that of how it is scheduled."""

CONSTRAINTS["scenarios_pkey"] = ScenarioExists


async def list_scenarios(db: Db, actor: Actor, project_id: UUID) -> Scenarios:
    """A project's scenarios, oldest first; at most 20.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    rows = await db.fetch(
        f"""
        SELECT {SCENARIO_COLUMNS} FROM scenarios s
        WHERE s.tenant_id = $1 AND s.project_id = $2 ORDER BY s.created_at, s.id LIMIT $3
        """,
        actor.tenant_id,
        project_id,
        MAX_SCENARIOS,
    )
    return Scenarios([scenario_of(row) for row in rows])


async def make_scenario(db: Db, actor: Actor, project_id: UUID, new: NewScenario) -> Scenario:
    """Fork a project's plan.

    Raises:
        ProjectNotFound, ProjectTooLarge, InvalidSchedule: as for a timeline.
        Forbidden: the actor may not change all tasks of the project.
        InvalidInput: names the change that cannot be.
        TooManyScenarios, ScenarioExists: as their names say.
    """
    await require_project(db, actor, project_id)
    await must_be_allowed_in(db, actor, project_id, "task", "update")
    await lock_plan(db, actor, project_id)
    count = await db.fetchval(
        "SELECT count(*) FROM scenarios WHERE tenant_id = $1 AND project_id = $2",
        actor.tenant_id,
        project_id,
    )
    if count >= MAX_SCENARIOS:
        raise TooManyScenarios
    versions = await _checked(db, actor, project_id, new.changes)
    row = await db.fetchrow(
        f"""
        INSERT INTO scenarios AS s (tenant_id, id, project_id, name, changes, based_on, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {SCENARIO_COLUMNS}
        """,
        actor.tenant_id,
        uuid7() if new.id is UNSET else new.id,
        project_id,
        new.name.strip(),
        to_json(new.changes),
        to_json(versions),
        actor.user_id,
    )
    made = scenario_of(only(row))
    await log_scenario(db, actor, made, "scenario.created", {"after": made})
    return made


async def read_scenario(db: Db, actor: Actor, scenario_id: UUID) -> Scenario:
    """A scenario.

    Raises:
        ScenarioNotFound: it does not exist, or the actor may not see its project.
    """
    actor.must_be_allowed("task", "read", "in_project")
    row = await db.fetchrow(
        f"""
        SELECT {SCENARIO_COLUMNS}
        FROM scenarios s JOIN projects p ON p.tenant_id = $1 AND p.id = s.project_id
        WHERE s.tenant_id = $1 AND s.id = $4 AND {VISIBLE}
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        scenario_id,
    )
    if row is None:
        raise ScenarioNotFound
    return scenario_of(row)


async def change_scenario(
    db: Db, actor: Actor, scenario_id: UUID, patch: ScenarioPatch, expected: int | None
) -> Scenario:
    """Change a scenario; new changes are made upon the plan of now.

    Raises:
        ScenarioNotFound, Forbidden, VersionConflict, ScenarioMerged: as their names say.
        InvalidInput: names the change that cannot be.
    """
    scenario, versions = await lock_scenario(db, actor, scenario_id, expected)
    if scenario.merged_at is not None:
        raise ScenarioMerged
    wanted = scenario
    if isinstance(patch.name, str):
        wanted = replace(wanted, name=patch.name.strip())
    if isinstance(patch.changes, ScenarioChanges):
        wanted = replace(wanted, changes=patch.changes)
        versions = await _checked(db, actor, scenario.project_id, patch.changes)
    elif wanted == scenario:
        return scenario
    return await write_scenario(db, actor, scenario, wanted, versions)


async def write_scenario(
    db: Db, actor: Actor, before: Scenario, wanted: Scenario, versions: Versions
) -> Scenario:
    """Store a scenario that is locked, with its event."""
    row = await db.fetchrow(
        f"""
        UPDATE scenarios s SET name = $3, changes = $4, based_on = $5, version = s.version + 1,
            updated_at = now()
        WHERE s.tenant_id = $1 AND s.id = $2 RETURNING {SCENARIO_COLUMNS}
        """,
        actor.tenant_id,
        before.id,
        wanted.name,
        to_json(wanted.changes),
        to_json(versions),
    )
    saved = scenario_of(only(row))
    await log_scenario(db, actor, saved, "scenario.updated", difference(before, saved, *LOGGED))
    return saved


async def drop_scenario(
    db: Db, actor: Actor, scenario_id: UUID, expected: int | None = None
) -> None:
    """Drop a scenario; undo brings it back.

    Raises:
        ScenarioNotFound, Forbidden, VersionConflict: as their names say.
    """
    scenario, versions = await lock_scenario(db, actor, scenario_id, expected)
    await db.execute(
        "DELETE FROM scenarios WHERE tenant_id = $1 AND id = $2", actor.tenant_id, scenario_id
    )
    gone = replace(scenario, version=scenario.version + 1)
    payload = {"before": scenario, "based_on": versions}
    await log_scenario(db, actor, gone, "scenario.dropped", payload)


async def lock_scenario(
    db: Db, actor: Actor, scenario_id: UUID, expected: int | None = None
) -> tuple[Scenario, Versions]:
    """Hold a scenario that the actor may change, with the versions that it was made from.

    Raises:
        ScenarioNotFound, Forbidden, VersionConflict: as their names say.
    """
    row = await db.fetchrow(
        f"""
        SELECT s.based_on, {SCENARIO_COLUMNS}
        FROM scenarios s JOIN projects p ON p.tenant_id = $1 AND p.id = s.project_id
        WHERE s.tenant_id = $1 AND s.id = $4 AND {VISIBLE} FOR NO KEY UPDATE OF s
        """,
        actor.tenant_id,
        actor.sees_all_projects,
        actor.user_id,
        scenario_id,
    )
    if row is None:
        actor.must_be_allowed("task", "read", "in_project")
        raise ScenarioNotFound
    scenario = scenario_of(row)
    await must_be_allowed_in(db, actor, scenario.project_id, "task", "update")
    if expected is not None and expected != scenario.version:
        raise VersionConflict(current=scenario)
    return scenario, msgspec.json.decode(row["based_on"], type=Versions)


async def _checked(db: Db, actor: Actor, project_id: UUID, changes: ScenarioChanges) -> Versions:
    """The versions of what the changes name, if they can be."""
    people = named_people(changes)
    if people:
        await check_people(db, actor, people)
    basis = await read_staffed(db, actor, project_id, set(people.values()))
    await asyncio.to_thread(forked, basis, changes)
    return versions_of(basis.plan, changes)


def versions_of(plan: ProjectPlan, changes: ScenarioChanges) -> Versions:
    """Of the tasks that changes name, as the plan has them."""
    named = {each.task_id for each in changes.tasks}
    named |= {first for each in changes.added for first in each.depends_on}
    return {
        task.id: (task.version, task.schedule_version) for task in plan.tasks if task.id in named
    }


def scenario_of(row: asyncpg.Record) -> Scenario:
    """A row that has `SCENARIO_COLUMNS`."""
    values: dict[str, Any] = {name: row[name] for name in Scenario.__struct_fields__}
    values["changes"] = msgspec.json.decode(row["changes"], type=ScenarioChanges)
    return Scenario(**values)


async def log_scenario(
    db: Db, actor: Actor, scenario: Scenario, event: str, payload: dict[str, Any]
) -> None:
    """Write what happened to a scenario into the log."""
    change = Change(event, "scenario", scenario.id, scenario.version, payload, scenario.project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
