"""The tools that change nothing. What they raise is what the services raise that they call."""

from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from projectflow.agents.tools import Call, tool
from projectflow.analytics.forecasting.prediction import CompletionPrediction, predict_completion
from projectflow.auth.permissions import Permission
from projectflow.auth.scopes import Scope, check_scope
from projectflow.auth.types import WITHOUT_NUL, User
from projectflow.core.paging import Page
from projectflow.core.problems import Forbidden
from projectflow.planning.timeline import TimelineMilestone, UnmetWish, read_timeline
from projectflow.projects import members
from projectflow.projects import service as projects
from projectflow.projects.types import ProjectStatus, ProjectSummary
from projectflow.projects.workflow import States, read_workflow
from projectflow.search import service as searching
from projectflow.search.types import KINDS, Kind, SearchPage
from projectflow.tasks.comment_types import Comment
from projectflow.tasks.comments import list_comments
from projectflow.tasks.dependencies import Dependencies, list_dependencies
from projectflow.tasks.find import find_tasks
from projectflow.tasks.relations import Relations, list_relations
from projectflow.tasks.service import read_task as read_task_by_id
from projectflow.tasks.service import read_task_by_key
from projectflow.tasks.types import Task
from projectflow.users.service import list_users

COMMENTS_AT_ONCE: Final = 50
NAMED_TASKS: Final = 200
Cursor = Annotated[str, Meta(max_length=2000, description="next_cursor of the page before")]
TaskName = Annotated[
    str, Meta(max_length=60, pattern=WITHOUT_NUL, description="its key, such as WEB-42, or its id")
]
PageLength = Annotated[int, Meta(ge=1, le=100)]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What to search for."""

    text: Annotated[str, Meta(min_length=1, max_length=200, description="words, or a key")]
    kinds: Annotated[list[Kind], Meta(min_length=1, max_length=4)] | None = None
    project_id: UUID | None = None
    archived: bool = False
    limit: Annotated[int, Meta(ge=1, le=50)] = 20
    cursor: Cursor | None = None


@tool("Search", "task", "read")
async def search(call: Call, given: Words) -> SearchPage:
    """Find tasks, projects, comments and attachments by their words, the best first."""
    return await searching.search(
        call.db,
        call.actor,
        call.search,
        given.text,
        kinds=given.kinds or KINDS,
        project_id=given.project_id,
        archived=given.archived,
        limit=given.limit,
        cursor=given.cursor,
    )


class TaskQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A query, and which page of what it finds."""

    query: Annotated[
        str, Meta(max_length=1000, description='assignee:me status:started due<7d -tag:x "words"')
    ] = ""
    limit: PageLength = 25
    cursor: Cursor | None = None
    include_total: bool = False


@tool("Query tasks", "task", "read")
async def query_tasks(call: Call, given: TaskQuery) -> Page[Task]:
    """Find tasks by their fields, over all projects; without a query the newest first.

    Terms are joined by spaces (and), OR, NOT or -, and brackets. Fields: assignee, reporter (me, a
    name, an id, none), status (a category: backlog, unstarted, started, completed, cancelled, open;
    or a state's key), priority (low < medium < high < urgent), tag, project (its key), key, parent,
    milestone, title, due, start, created, updated, completed (a day: 2026-01-31, today, friday, 7d,
    -2w; compare with < > =), estimate, actual (hours), is: (overdue, blocked, blocking, open,
    closed, archived, subtask), has: (due, comments, dependencies, time, …). order:priority,-due
    sorts. A query that is wrong is answered with the place where it is.
    """
    return await find_tasks(
        call.db,
        call.actor,
        given.query,
        limit=given.limit,
        cursor=given.cursor,
        include_total=given.include_total,
    )


class TaskToRead(Struct, frozen=True, forbid_unknown_fields=True):
    """Which task, and which page of its comments."""

    task: TaskName
    comments_cursor: Cursor | None = None


class TaskDetails(Struct, frozen=True):
    """A task with what is tied to it."""

    task: Task
    dependencies: Dependencies
    relations: Relations
    comments: list[Comment] | None
    """Oldest first; null where the key may not read comments."""
    comments_next_cursor: str | None


@tool("Read a task", "task", "read")
async def read_task(call: Call, given: TaskToRead) -> TaskDetails:
    """One task with its comments, its relations, and what it waits for and holds up."""
    task = await find_task(call, given.task)
    comments: Page[Comment] | None = None
    with suppress(Forbidden):
        comments = await list_comments(
            call.db, call.actor, task.id, limit=COMMENTS_AT_ONCE, cursor=given.comments_cursor
        )
    return TaskDetails(
        task,
        await list_dependencies(call.db, call.actor, task.id),
        await list_relations(call.db, call.actor, task.id),
        None if comments is None else comments.items,
        None if comments is None else comments.next_cursor,
    )


async def find_task(call: Call, name: str) -> Task:
    """The task of a key or an id.

    Raises:
        TaskNotFound: there is none, or the actor may not see it.
    """
    try:
        task_id = UUID(name)
    except ValueError:
        return await read_task_by_key(call.db, call.actor, name)
    return await read_task_by_id(call.db, call.actor, task_id)


class ProjectList(Struct, frozen=True, forbid_unknown_fields=True):
    """Which projects."""

    status: ProjectStatus | None = None
    limit: PageLength = 50
    cursor: Cursor | None = None


@tool("List projects", "project", "read")
async def list_projects(call: Call, given: ProjectList) -> Page[ProjectSummary]:
    """The projects that you see, newest first: all but the archived, or those of one status."""
    return await projects.list_projects(
        call.db,
        call.actor,
        status=given.status,
        templates=False,
        limit=given.limit,
        cursor=given.cursor,
    )


class OneProject(Struct, frozen=True, forbid_unknown_fields=True):
    """Which project."""

    project_id: UUID


@tool("List states", "project", "read")
async def list_states(call: Call, given: OneProject) -> States:
    """The states that a project's tasks go through, in their order; a task's status is a key."""
    return await read_workflow(call.db, call.actor, given.project_id)


class PeopleList(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose people; pages are of those of the workspace."""

    project_id: UUID | None = None
    limit: PageLength = 50
    cursor: Cursor | None = None


class Somebody(Struct, frozen=True):
    """A person, as far as one needs to know them to give them work."""

    id: UUID
    name: str
    email: str
    role: str
    """In the project, or in the workspace."""
    is_active: bool


class People(Struct, frozen=True):
    """People by name."""

    items: list[Somebody]
    next_cursor: str | None


@tool("List people", "project", "read")
async def list_people(call: Call, given: PeopleList) -> People:
    """The people of a project; without one those of the workspace, if the key may read users."""
    if given.project_id is not None:
        found = await members.list_members(call.db, call.actor, given.project_id)
        return People([_somebody(m.user, m.role) for m in found.items], None)
    check_scope(call.actor, Scope(Permission("user", "read"), everywhere=True))
    page = await list_users(
        call.db, call.actor, active=True, limit=given.limit, cursor=given.cursor
    )
    return People([_somebody(user, user.role) for user in page.items], page.next_cursor)


def _somebody(user: User, role: str) -> Somebody:
    name = f"{user.first_name} {user.last_name}"
    return Somebody(user.id, name, user.email, role, user.is_active)


class PlannedTask(Struct, frozen=True):
    """A task on the critical path: where it ends later, the project does."""

    id: UUID
    key: str
    title: str
    status: str
    assignee_id: UUID | None
    start: datetime
    finish: datetime
    progress: int


class Outlook(Struct, frozen=True):
    """When a project ends by its plan."""

    project_id: UUID
    method: Annotated[str, Meta(description="how it was computed")]
    start: datetime | None
    finish: datetime | None
    task_count: int
    critical_path: list[PlannedTask]
    critical_count: int
    """Of all critical tasks; at most 200 are listed."""
    unmet: list[UnmetWish]
    """Deadlines, constraints and dependencies that the plan does not keep; at most 200."""
    milestones: list[TimelineMilestone]


class Outset(Struct, frozen=True, forbid_unknown_fields=True):
    """Which project to forecast."""

    project_id: UUID
    by: Annotated[date, Meta(description="a day whose chance is wanted")] | None = None


@tool("Forecast of a project", "task", "read")
async def forecast_project(call: Call, given: Outset) -> CompletionPrediction:
    """By when all open tasks of a project are done: P50, P80 and P95, drawn from this history.

    `method` is null where there is too little history, and `missing` says what is missing; do not
    guess a date then. `coverage` says how often earlier forecasts of this project were right.
    """
    return await predict_completion(call.db, call.actor, given.project_id, given.by)


METHOD: Final = (
    "critical path: one date, from dependencies, durations and working calendars as they are"
    " planned. It says nothing of how probable the date is."
)


@tool("Timeline of a project", "task", "read")
async def project_timeline(call: Call, given: OneProject) -> Outlook:
    """When a project ends by its plan, the critical path, and what the plan does not keep.

    Computed from dependencies, durations and working calendars (critical path method): one date,
    and no probability. `forecast_project` gives those.
    """
    timeline = await read_timeline(call.db, call.actor, given.project_id)
    by_id = {task.id: task for task in timeline.tasks}
    critical = [by_id[task_id] for task_id in timeline.critical_path[:NAMED_TASKS]]
    return Outlook(
        timeline.project_id,
        METHOD,
        timeline.start,
        timeline.finish,
        len(timeline.tasks),
        [
            PlannedTask(
                t.id, t.key, t.title, t.status, t.assignee_id, t.start, t.finish, t.progress
            )
            for t in critical
        ],
        len(timeline.critical_path),
        timeline.unmet[:NAMED_TASKS],
        timeline.milestones,
    )
