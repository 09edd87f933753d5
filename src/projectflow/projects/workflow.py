"""A project's workflow: its states, in the order of the board.

What must hold of it: keys and names are its own, there are at most 50 states, and one at least is
open, or no task could begin. All changes of a workflow happen under the project's row; a task
holds its new state (FOR KEY SHARE) while it gets there, so that no category changes under it.
"""

import re
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, difference, record
from projectflow.core.problems import (
    CONSTRAINTS,
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from projectflow.projects.membership import ProjectArchived, must_be_allowed_in
from projectflow.projects.service import (
    SEEN,
    add_states,
    list_states,
    lock_project,
    read_visible,
)
from projectflow.projects.settings import settings_of
from projectflow.projects.types import STATE_COLUMNS, Category, NewState, State
from projectflow.projects.workflow_tasks import (
    complete_tasks,
    count_tasks,
    move_tasks,
    reopen_tasks,
)

MAX_STATES: Final = 50
OPEN: Final = frozenset({"backlog", "unstarted", "started"})
StateName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Color = Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}$(?!\n)", examples=["#22c55e"])]
LOGGED: Final = ("name", "category", "color")


class States(Struct, frozen=True):
    """A workflow in its order; a project has at most 50 states, but for what an import brings."""

    items: list[State]


class AddedState(Struct, frozen=True, forbid_unknown_fields=True):
    """A state to add. It gets a key from its name, and its place after another, or the last."""

    name: StateName
    category: Category
    color: Color = "#94a3b8"
    after_id: UUID | None = None


class StatePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a state; its key stays, and with it its tasks."""

    name: StateName | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    version: int | UnsetType = UNSET


class StateOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """All states of a workflow, in the order that they are to have."""

    state_ids: Annotated[list[UUID], Meta(max_length=1000)]


class StateNotFound(NotFound):
    """There is no such state."""


class StateNameTaken(Conflict):
    """Another state of this project has this name."""


class StateInUse(Conflict):
    """Tasks are in this state: say with `move_to` into which state they go."""


class LastOpenState(Conflict):
    """It is the last state that is neither completed nor cancelled: no task could begin."""


CONSTRAINTS["workflow_states_key_unique"] = StateNameTaken


async def read_workflow(db: Db, actor: Actor, project_id: UUID) -> States:
    """A project's states.

    Raises:
        ProjectNotFound: it does not exist, or the actor may not see it.
    """
    await read_visible(db, actor, project_id)
    return States(await list_states(db, actor, project_id))


async def add_state(db: Db, actor: Actor, project_id: UUID, new: AddedState) -> State:
    """Add a state to a project's workflow.

    Raises:
        ProjectNotFound, Forbidden, ProjectArchived: the actor may not see or change the workflow.
        StateNameTaken: another state has this name.
        InvalidInput: there are 50 already, or `after_id` is none of them.
    """
    states = await _lock(db, actor, project_id)
    name = new.name.strip()
    _check_name(states, name, None)
    if len(states) >= MAX_STATES:
        raise InvalidInput.of("name", f"the project has {MAX_STATES} states already")
    order = [state.id for state in states]
    if new.after_id is not None and new.after_id not in order:
        raise InvalidInput.of("after_id", "is not a state of this project")
    key = _free_key(name, {state.key for state in states})
    made = NewState(key, name, new.category, new.color)
    (state,) = await add_states(db, actor, project_id, [made])
    if new.after_id is not None:
        order.insert(order.index(new.after_id) + 1, state.id)
        await _write_order(db, actor, project_id, order)
        state = await _read(db, actor, project_id, state.id)
    await _log(db, actor, "workflow_state.created", project_id, state, {"after": state})
    return state


def _check_name(states: list[State], name: str, but: UUID | None) -> None:
    taken = {state.name.casefold() for state in states if state.id != but}
    if name.casefold() in taken:
        raise StateNameTaken(errors=[FieldError("name", "is taken by another state")])


def _free_key(name: str, taken: set[str]) -> str:
    """A key of at most 20 characters from a name, numbered when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:20].rstrip("_") or "state"
    numbered = (base[: 20 - len(f"_{n}")] + f"_{n}" for n in range(2, len(taken) + 3))
    return next(key for key in (base, *numbered) if key not in taken)


async def update_state(
    db: Db, actor: Actor, state_id: UUID, patch: StatePatch, expected: int | None
) -> State:
    """Rename or recolour a state, or put it in another category; its key stays.

    A category of its own kind leaves its tasks alone; into `completed` they are completed now, out
    of it they are open again, all in this transaction and named in its event.

    Raises:
        StateNotFound, Forbidden, ProjectArchived: the actor may not see or change the workflow.
        VersionConflict: it was changed since; carries it as it is now.
        StateNameTaken, LastOpenState: as their names say.
        TooManyTasks: a change of category would change more than 10,000 of them.
    """
    project_id, states, state = await _lock_state(db, actor, state_id, expected)
    changes = {f: v for f in LOGGED if (v := getattr(patch, f)) is not UNSET}
    if "name" in changes:
        changes["name"] = changes["name"].strip()
        _check_name(states, changes["name"], state_id)
    wanted = msgspec.structs.replace(state, **changes)
    payload: dict[str, Any] = difference(state, wanted, *LOGGED)
    if not payload["after"]:
        return state
    if wanted.category not in OPEN:
        _check_last_open(states, state)
    row = await db.fetchrow(
        f"""
        UPDATE workflow_states s SET name = $3, category = $4, color = $5, version = version + 1
        WHERE s.tenant_id = $1 AND s.id = $2 RETURNING {STATE_COLUMNS}
        """,
        actor.tenant_id,
        state_id,
        wanted.name,
        wanted.category,
        wanted.color,
    )
    changed = State(*only(row))
    if state.category != "completed" and changed.category == "completed":
        payload |= await complete_tasks(db, actor, project_id, state.key)
    elif state.category == "completed" and changed.category != "completed":
        payload |= await reopen_tasks(db, actor, project_id, state.key)
    await _log(db, actor, "workflow_state.updated", project_id, changed, payload)
    return changed


def _check_last_open(states: list[State], leaving: State) -> None:
    """Refuse to take the last open state; a workflow that came without one has none to lose."""
    if leaving.category in OPEN and not any(
        state.category in OPEN for state in states if state.id != leaving.id
    ):
        raise LastOpenState


async def reorder_states(db: Db, actor: Actor, project_id: UUID, state_ids: list[UUID]) -> States:
    """Put a workflow's states into an order.

    Raises:
        ProjectNotFound, Forbidden, ProjectArchived: the actor may not see or change the workflow.
        InvalidInput: these are not the project's states, each once.
    """
    states = await _lock(db, actor, project_id)
    before = [state.id for state in states]
    if sorted(before) != sorted(state_ids):
        raise InvalidInput.of("state_ids", "must name each state of the project once")
    if before == state_ids:
        return States(states)
    await _write_order(db, actor, project_id, state_ids)
    change = Change(
        "project.workflow_ordered",
        "project",
        project_id,
        payload={"before": {"state_ids": before}, "after": {"state_ids": state_ids}},
        project_id=project_id,
    )
    await record(db, actor.tenant_id, actor.user_id, change)
    return States(await list_states(db, actor, project_id))


async def _write_order(db: Db, actor: Actor, project_id: UUID, order: list[UUID]) -> None:
    await db.execute(
        """
        UPDATE workflow_states s SET position = n.place
        FROM unnest($3::uuid[]) WITH ORDINALITY AS n (id, place)
        WHERE s.tenant_id = $1 AND s.project_id = $2 AND s.id = n.id
        """,
        actor.tenant_id,
        project_id,
        order,
    )


async def delete_state(
    db: Db, actor: Actor, state_id: UUID, move_to: UUID | None, expected: int | None
) -> None:
    """Take a state away. Its tasks, those put away and in the trash too, go into another one.

    Raises:
        StateNotFound, Forbidden, ProjectArchived: the actor may not see or change the workflow.
        VersionConflict: it was changed since; carries it as it is now.
        StateInUse: it has tasks, and `move_to` does not say where they go.
        InvalidInput: `move_to` is not another state of the project.
        LastOpenState, TooManyTasks: as their names say.
    """
    project_id, states, state = await _lock_state(db, actor, state_id, expected)
    _check_last_open(states, state)
    target = next((each for each in states if each.id == move_to and each != state), None)
    if move_to is not None and target is None:
        raise InvalidInput.of("move_to", "is not another state of this project")
    payload: dict[str, Any] = {"before": state, "move_to": None}
    if target is not None:
        payload |= await move_tasks(db, actor, project_id, state.key, target)
        payload["move_to"] = target.key
    elif count := await count_tasks(db, actor, project_id, state.key):
        tasks = "1 task is" if count == 1 else f"{count:,} tasks are"
        raise StateInUse(
            f"{tasks} in this state, archived ones and the trash included:"
            " say with `move_to` into which state they go.",
            errors=[FieldError("move_to", "is missing")],
        )
    await db.execute(
        "DELETE FROM workflow_states WHERE tenant_id = $1 AND id = $2", actor.tenant_id, state_id
    )
    gone = msgspec.structs.replace(state, version=state.version + 1)
    await _log(db, actor, "workflow_state.deleted", project_id, gone, payload)


async def _lock_state(
    db: Db, actor: Actor, state_id: UUID, expected: int | None
) -> tuple[UUID, list[State], State]:
    """Lock the project of a state, and the state against tasks that are about to get there."""
    actor.must_be_allowed("project", "read", "is_member")
    project_id = await db.fetchval(
        f"""
        SELECT p.id FROM workflow_states s
        JOIN projects p ON p.tenant_id = $1 AND p.id = s.project_id
        WHERE s.tenant_id = $1 AND s.id = $4 AND {SEEN}
        """,
        actor.tenant_id,
        actor.may_always("project", "read"),
        actor.user_id,
        state_id,
    )
    if project_id is None:
        raise StateNotFound
    states = await _lock(db, actor, project_id)
    await db.execute(
        "SELECT FROM workflow_states WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
        actor.tenant_id,
        state_id,
    )
    state = next((each for each in states if each.id == state_id), None)
    if state is None:
        raise StateNotFound
    if expected is not None and expected != state.version:
        raise VersionConflict(current=state)
    return project_id, states, state


async def _lock(db: Db, actor: Actor, project_id: UUID) -> list[State]:
    """Lock a workflow that the actor is to change; gives its states."""
    project = await lock_project(db, actor, project_id)
    try:
        await must_be_allowed_in(db, actor, project_id, "project", "update")
    except Forbidden:
        if not (await settings_of(db, actor, project_id)).members_change_workflow:
            raise
        await must_be_allowed_in(db, actor, project_id, "task", "create")
    if project.status == "archived":
        raise ProjectArchived
    return await list_states(db, actor, project_id)


async def _read(db: Db, actor: Actor, project_id: UUID, state_id: UUID) -> State:
    return next(s for s in await list_states(db, actor, project_id) if s.id == state_id)


async def _log(
    db: Db, actor: Actor, event: str, project_id: UUID, state: State, payload: dict[str, Any]
) -> None:
    change = Change(event, "workflow_state", state.id, state.version, payload, project_id)
    await record(db, actor.tenant_id, actor.user_id, change)
