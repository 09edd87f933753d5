"""HTTP for milestones; projects/routes.py takes these in."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from projectflow.auth.edge import reads, writes
from projectflow.auth.scopes import scope
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.http import IfMatch, expected_version
from projectflow.projects import milestones
from projectflow.projects.milestones import (
    MilestoneDetails,
    MilestonePatch,
    Milestones,
    NewMilestone,
)


@get("/projects/{project_id:uuid}/milestones", tags=["Milestones"], operation_id="listMilestones")
@reads
@scope("project", "read")
async def list_milestones(db: Db, actor: Actor, project_id: FromPath[UUID]) -> Milestones:
    """A project's milestones with their progress, the next one due first."""
    return await milestones.list_milestones(db, actor, project_id)


@post("/projects/{project_id:uuid}/milestones", tags=["Milestones"], operation_id="createMilestone")
@writes
@scope("project", "update")
async def create_milestone(
    db: Db, actor: Actor, project_id: FromPath[UUID], data: JSONBody[NewMilestone]
) -> MilestoneDetails:
    """Add a milestone to a project."""
    return await milestones.create_milestone(db, actor, project_id, data)


@get("/milestones/{milestone_id:uuid}", tags=["Milestones"], operation_id="getMilestone")
@reads
@scope("project", "read")
async def get_milestone(db: Db, actor: Actor, milestone_id: FromPath[UUID]) -> MilestoneDetails:
    """One milestone with its progress."""
    return await milestones.read_milestone(db, actor, milestone_id)


@patch("/milestones/{milestone_id:uuid}", tags=["Milestones"], operation_id="updateMilestone")
@writes
@scope("project", "update")
async def update_milestone(
    db: Db,
    actor: Actor,
    milestone_id: FromPath[UUID],
    data: JSONBody[MilestonePatch],
    if_match: IfMatch = None,
) -> MilestoneDetails:
    """Change a milestone; send the version you have read to be told of conflicts."""
    expected = expected_version(if_match, data.version)
    return await milestones.update_milestone(db, actor, milestone_id, data, expected)


@post(
    "/milestones/{milestone_id:uuid}/complete",
    tags=["Milestones"],
    operation_id="completeMilestone",
    status_code=200,
)
@writes
@scope("project", "update")
async def complete_milestone(
    db: Db, actor: Actor, milestone_id: FromPath[UUID], if_match: IfMatch = None
) -> MilestoneDetails:
    """Say that a milestone is reached, whatever is left of its tasks."""
    expected = expected_version(if_match)
    return await milestones.complete_milestone(db, actor, milestone_id, expected)


@post(
    "/milestones/{milestone_id:uuid}/reopen",
    tags=["Milestones"],
    operation_id="reopenMilestone",
    status_code=200,
)
@writes
@scope("project", "update")
async def reopen_milestone(
    db: Db, actor: Actor, milestone_id: FromPath[UUID], if_match: IfMatch = None
) -> MilestoneDetails:
    """Say that a milestone is not reached after all."""
    expected = expected_version(if_match)
    return await milestones.reopen_milestone(db, actor, milestone_id, expected)


@delete("/milestones/{milestone_id:uuid}", tags=["Milestones"], operation_id="deleteMilestone")
@writes
@scope("project", "update")
async def delete_milestone(
    db: Db, actor: Actor, milestone_id: FromPath[UUID], if_match: IfMatch = None
) -> None:
    """Take a milestone away; its tasks stay, without one."""
    await milestones.delete_milestone(db, actor, milestone_id, expected_version(if_match))


handlers: list[ControllerRouterHandler] = [
            list_milestones, create_milestone, get_milestone, update_milestone, complete_milestone,
            reopen_milestone, delete_milestone,
]  # fmt: skip
