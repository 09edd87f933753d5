"""What a scenario says: what would be different from a project's plan."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from projectflow.core.problems import Conflict, NotFound
from projectflow.planning.constraints import Duration
from projectflow.tasks.types import Moment, Title

MAX_SCENARIOS: Final = 20
"""Of one project."""
ScenarioName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")]


class TaskWhatIf(Struct, frozen=True, forbid_unknown_fields=True):
    """What would be different of a task; absent fields are as in the plan."""

    task_id: UUID
    left_out: bool = False
    """Whether it would not be done, with all that is part of it."""
    assignee_id: UUID | None | UnsetType = UNSET
    start_date: date | UnsetType = UNSET
    due_date: Moment | UnsetType = UNSET
    duration_minutes: Duration | UnsetType = UNSET


class AddedTask(Struct, frozen=True, forbid_unknown_fields=True):
    """A task that there would be; its id only names it within the scenario."""

    id: UUID
    title: Title
    duration_minutes: Duration
    assignee_id: UUID | None = None
    depends_on: Annotated[list[UUID], Meta(max_length=20)] = []
    """Tasks of the plan, or added before this one, that would be finished before it starts."""


class AwayWhatIf(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody would be away, both days included."""

    user_id: UUID
    first_day: date
    last_day: date


class CapacityWhatIf(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody would give the project so many percent of their time."""

    user_id: UUID
    units: Annotated[int, Meta(ge=1, le=100)]


class ScenarioChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that would be different."""

    tasks: Annotated[list[TaskWhatIf], Meta(max_length=500)] = []
    added: Annotated[list[AddedTask], Meta(max_length=100)] = []
    absences: Annotated[list[AwayWhatIf], Meta(max_length=100)] = []
    capacities: Annotated[list[CapacityWhatIf], Meta(max_length=100)] = []


class NewScenario(Struct, frozen=True, forbid_unknown_fields=True):
    """A scenario to make; `id` may be made by the client (UUIDv7)."""

    name: ScenarioName
    changes: ScenarioChanges = field(default_factory=ScenarioChanges)
    id: UUID | UnsetType = UNSET


class ScenarioPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; new changes stand in the place of all old ones, upon the plan of now."""

    name: ScenarioName | UnsetType = UNSET
    changes: ScenarioChanges | UnsetType = UNSET
    version: int | UnsetType = UNSET


class Scenario(Struct, frozen=True):
    """A fork of a project's plan."""

    id: UUID
    project_id: UUID
    name: str
    changes: ScenarioChanges
    version: int
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    merged_at: datetime | None


class Scenarios(Struct, frozen=True):
    """All scenarios of a project (at most 20), oldest first."""

    items: list[Scenario]


class ScenarioNotFound(NotFound):
    """There is no such scenario."""


class ScenarioExists(Conflict):
    """A scenario with this id exists."""


class TooManyScenarios(Conflict):
    """The project has 20 scenarios: drop one first."""


class ScenarioMerged(Conflict):
    """The scenario was merged; make another one."""


class ScenarioOutdated(Conflict):
    """Tasks of this scenario were changed since it was made: save its changes again, then merge."""
