"""Runs of agents, and the tools of the MCP server."""

from typing import Final
from uuid import UUID

from tests.isolation.sample import Sample
from tests.people import Person
from uuid_utils.compat import uuid7

from projectflow.agents.runs import begin_run, end_run
from projectflow.agents.types import Agent
from projectflow.auth.types import Actor
from projectflow.tasks.service import update_task
from projectflow.tasks.types import TaskPatch

SAMPLES: Final = {
    "GET /agent-runs": Sample("/agent-runs"),
    "POST /agent-runs/{run_id}/undo": Sample("/agent-runs/{run}/undo"),
}
EXPECTED: Final = {
    # route                             own adm man far-m asg mem far viw far-v
    "GET /agent-runs":                 "200 200 200 200 200 200 200 200 200",
    "POST /agent-runs/{run_id}/undo":  "200 200 404 404 404 404 404 404 404",
}  # fmt: skip
USES_UP: Final = {"POST /agent-runs/{run_id}/undo"}
SPENDING: Final = {"POST /agent-runs/{run_id}/undo"}

TOOLS: Final = {
    "search": ("GET /search", {"text": "Web", "project_id": "{project}"}),
    "query_tasks": ("GET /tasks", {"query": "key:{key}", "cursor": None}),
    "read_task": ("GET /tasks/{task_id}", {"task": "{task}"}),
    "list_projects": ("GET /projects", {}),
    "list_states": ("GET /projects/{project_id}/states", {"project_id": "{project}"}),
    "list_people": ("GET /projects/{project_id}/members", {"project_id": "{project}"}),
    "project_timeline": ("GET /projects/{project_id}/timeline", {"project_id": "{project}"}),
    "forecast_project": ("GET /projects/{project_id}/forecast", {"project_id": "{project}"}),
    "create_task": (
        "POST /projects/{project_id}/tasks", {"project_id": "{project}", "title": "New"}
    ),
    "change_task": ("PATCH /tasks/{task_id}", {"task": "{task}", "description": "{random}"}),
    "comment_on_task": ("POST /tasks/{task_id}/comments", {"task": "{key}", "body": "New"}),
    "log_time": (
        "POST /tasks/{task_id}/time-entries",
        {"task": "{task}", "started_at": "2024-01-05T09:00:00Z", "minutes": 30},
    ),
    "undo_run": ("POST /agent-runs/{run_id}/undo", {"run_id": "{run}"}),
}  # fmt: skip
"""The route that does what a tool does, and example arguments."""


async def furnish(owner: Person, ids: dict[str, str], mark: str) -> dict[str, str]:
    """A run with one change."""
    actor = Actor(owner.id, owner.tenant_id, "owner", UUID(ids["api_key"]))
    run_id = uuid7()
    async with owner.app.state.database.tenant(owner.tenant_id) as db:
        await begin_run(db, Agent(actor, mark, None), run_id)
        await update_task(db, actor, UUID(ids["free"]), TaskPatch(description=mark), None)
        await end_run(db, actor, run_id)
    return {"run": str(run_id)}
