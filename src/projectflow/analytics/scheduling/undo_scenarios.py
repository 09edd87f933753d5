"""Undo of scenarios: what was made goes, what was dropped comes back, what was merged is open."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from projectflow.analytics.scheduling.scenario_types import (
    Scenario,
    ScenarioChanges,
    ScenarioName,
)
from projectflow.analytics.scheduling.scenarios import (
    Versions,
    drop_scenario,
    lock_scenario,
    log_scenario,
    write_scenario,
)
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import to_json
from projectflow.core.problems import FieldError
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in
from projectflow.tasks.undo.registry import ChangedSince, Logged, inverse_of


class _Fields(Struct, frozen=True):
    name: ScenarioName | UnsetType = UNSET
    changes: ScenarioChanges | UnsetType = UNSET


@inverse_of("scenario.created")
async def take_scenarios_away(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Drop them; they can come back."""
    for event in events:
        await drop_scenario(db, actor, event.entity_id)


@inverse_of("scenario.dropped")
async def return_scenarios(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Make them again as they were."""
    for event in events:
        scenario = msgspec.convert(event.before, Scenario, strict=False)
        await require_project(db, actor, scenario.project_id)
        await must_be_allowed_in(db, actor, scenario.project_id, "task", "update")
        back = replace(scenario, version=scenario.version + 2)
        await db.execute(
            """
            INSERT INTO scenarios (tenant_id, id, project_id, name, changes, based_on, version,
                                   created_by, created_at, merged_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            actor.tenant_id,
            back.id,
            back.project_id,
            back.name,
            to_json(back.changes),
            to_json(event.payload["based_on"]),
            back.version,
            back.created_by,
            back.created_at,
            back.merged_at,
        )
        await log_scenario(db, actor, back, "scenario.created", {"after": back})


@inverse_of("scenario.updated")
async def put_scenarios_back(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """Say what they said before; upon the versions that they have now."""
    for event in events:
        scenario, versions = await lock_scenario(db, actor, event.entity_id)
        left = _fields(event.after)
        wrong = [f for f, value in left.items() if getattr(scenario, f) != value]
        if wrong:
            raise ChangedSince([FieldError(f, "of the scenario was changed since") for f in wrong])
        wanted = replace(scenario, **_fields(event.before))
        known: Versions = {id_: v for id_, v in versions.items() if id_ in _named(wanted)}
        await write_scenario(db, actor, scenario, wanted, known)


@inverse_of("scenario.merged")
async def open_scenarios_again(db: Db, actor: Actor, events: Sequence[Logged]) -> None:
    """They can be merged again, once their changes are saved upon the plan of then."""
    for event in events:
        scenario, _ = await lock_scenario(db, actor, event.entity_id)
        await db.execute(
            """
            UPDATE scenarios SET merged_at = NULL, version = version + 1, updated_at = now()
            WHERE tenant_id = $1 AND id = $2
            """,
            actor.tenant_id,
            scenario.id,
        )
        again = replace(scenario, version=scenario.version + 1)
        payload = {"before": {"merged_at": scenario.merged_at}, "after": {"merged_at": None}}
        await log_scenario(db, actor, again, "scenario.updated", payload)


def _named(scenario: Scenario) -> set[UUID]:
    changes = scenario.changes
    named = {each.task_id for each in changes.tasks}
    return named | {first for each in changes.added for first in each.depends_on}


def _fields(values: dict[str, object]) -> dict[str, object]:
    read = msgspec.convert(values, _Fields, strict=False)
    return {f: v for f in read.__struct_fields__ if (v := getattr(read, f)) is not UNSET}
