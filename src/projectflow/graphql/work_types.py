"""Projects, tasks and comments, as GraphQL tells them."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry

from projectflow.auth import types as auth
from projectflow.core.problems import InvalidInput
from projectflow.graphql.batches import Paging, TaskArguments
from projectflow.graphql.connections import (
    DEFAULT_FIRST,
    After,
    Connection,
    First,
    Slice,
    checked_first,
)
from projectflow.graphql.context import Info, parse_id
from projectflow.graphql.people_types import Node, ProjectMemberConnection, User, loaders_of
from projectflow.projects import types as projects
from projectflow.tasks import comment_types as comments
from projectflow.tasks import types as tasks

MAX_VALUES = 100
"""Of one filter."""


@strawberry.enum
class TaskSort(Enum):
    """What tasks are sorted by. Tasks without a due date sort as the latest."""

    POSITION = "position"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    DUE_DATE = "due_date"
    TITLE = "title"
    NUMBER = "number"


@strawberry.enum
class SortOrder(Enum):
    """Which end comes first."""

    ASC = "asc"
    DESC = "desc"


@strawberry.enum
class Priority(Enum):
    """How urgent a task is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


@strawberry.input(description="Which tasks; what is left out means all.")
class TaskFilter:
    """The filters of REST's list."""

    status: list[str] | None = None
    assignee_id: list[strawberry.ID] | None = None
    unassigned: bool = False
    priority: list[Priority] | None = None
    tag: list[str] | None = None
    milestone_id: list[strawberry.ID] | None = None
    no_milestone: bool = False
    text: str | None = None
    archived: bool = False


def filters_of(given: TaskFilter | None) -> tasks.TaskFilters:
    """The filters for the service.

    Raises:
        InvalidInput: a list is too long, or an id is none.
    """
    if given is None:
        return tasks.TaskFilters()
    for name in ("status", "assignee_id", "priority", "tag", "milestone_id"):
        if len(getattr(given, name) or ()) > MAX_VALUES:
            raise InvalidInput.of(f"filter.{name}", f"has more than {MAX_VALUES} values")
    if given.text is not None and len(given.text) > 200:
        raise InvalidInput.of("filter.text", "is longer than 200 characters")
    return tasks.TaskFilters(
        status=given.status or [],
        assignee_id=[parse_id(each, "filter.assigneeId") for each in given.assignee_id or ()],
        unassigned=given.unassigned,
        priority=[each.value for each in given.priority or ()],
        tag=given.tag or [],
        milestone_id=[parse_id(each, "filter.milestoneId") for each in given.milestone_id or ()],
        no_milestone=given.no_milestone,
        text=given.text,
        archived=given.archived,
    )


@strawberry.type(description="A step of a project's workflow.")
class State:
    """A column of the board."""

    id: strawberry.ID
    key: str
    name: str
    category: str
    color: str
    position: int
    version: int


LazyTask = Annotated["Task", strawberry.lazy("projectflow.graphql.work_types")]
LazyComment = Annotated["Comment", strawberry.lazy("projectflow.graphql.work_types")]


async def _owner_of_project(
    parent: strawberry.Parent[projects.Project],
    info: Info,
) -> auth.User | None:
    """Who answers for it."""
    return await loaders_of(info).users.load(parent.owner_id)


async def _states_of_project(
    parent: strawberry.Parent[projects.Project],
    info: Info,
) -> list[projects.State]:
    """Its columns."""
    return await loaders_of(info).states.load(parent.id) or []


async def _tasks_of_project(
    parent: strawberry.Parent[projects.Project],
    info: Info,
    filter: TaskFilter | None = None,  # noqa: A002 - the argument's name
    sort: TaskSort = TaskSort.POSITION,
    order: SortOrder = SortOrder.ASC,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Slice:
    """Its tasks."""
    info.context.opened_by("task")
    asked = TaskArguments(
        filters_of(filter), sort.value, order.value, checked_first(first), after
    )
    return await loaders_of(info).tasks_of(parent.id, asked)


async def _members_of_project(
    parent: strawberry.Parent[projects.Project],
    info: Info,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Slice:
    """Who belongs to it."""
    return await loaders_of(info).members_of(parent.id, Paging(checked_first(first), after))


@strawberry.type(description="A body of work with its own tasks, workflow and members.")
class Project(Node):
    """A project."""

    key: str
    name: str
    description: str | None
    status: str
    start_date: date | None
    end_date: date | None
    budget_amount: Decimal | None
    budget_currency: str
    is_template: bool
    version: int
    created_at: datetime
    updated_at: datetime
    owner: User | None = strawberry.field(resolver=_owner_of_project, description="Null for somebody you may not see.")
    states: list[State] = strawberry.field(resolver=_states_of_project, description="The workflow in its order.")
    tasks: Connection[LazyTask] | None = strawberry.field(resolver=_tasks_of_project)
    members: ProjectMemberConnection | None = strawberry.field(resolver=_members_of_project, description="Its people by name.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a project."""
        return isinstance(obj, projects.Project)


async def _project_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
) -> projects.Project | None:
    """Where it belongs."""
    info.context.opened_by("project")
    return await loaders_of(info).projects.load(parent.project_id)


async def _state_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
) -> projects.State | None:
    """The column that it stands in."""
    info.context.opened_by("project")
    states = await loaders_of(info).states.load(parent.project_id) or []
    return next((each for each in states if each.key == parent.status), None)


async def _assignee_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
) -> auth.User | None:
    """Who does it."""
    if parent.assignee_id is None:
        return None
    return await loaders_of(info).users.load(parent.assignee_id)


async def _reporter_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
) -> auth.User | None:
    """Who asked for it."""
    return await loaders_of(info).users.load(parent.reporter_id)


async def _parent_of_task(
    task: strawberry.Parent[tasks.Task],
    info: Info,
) -> tasks.Task | None:
    """The task that it is a part of."""
    if task.parent_id is None:
        return None
    return await loaders_of(info).tasks.load(task.parent_id)


async def _subtasks_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Slice:
    """What it is made of."""
    return await loaders_of(info).children_of(parent.id, Paging(checked_first(first), after))


async def _comments_of_task(
    parent: strawberry.Parent[tasks.Task],
    info: Info,
    first: First = DEFAULT_FIRST,
    after: After = None,
) -> Slice:
    """What was said about it."""
    info.context.opened_by("comment")
    return await loaders_of(info).comments_of(parent.id, Paging(checked_first(first), after))


@strawberry.type(description="A piece of work in a project.")
class Task(Node):
    """A task."""

    number: int
    key: str
    title: str
    description: str | None
    status: str
    priority: str
    project_id: strawberry.ID
    assignee_id: strawberry.ID | None
    reporter_id: strawberry.ID
    parent_id: strawberry.ID | None
    milestone_id: strawberry.ID | None
    start_date: date | None
    due_date: datetime | None
    estimated_hours: Decimal | None
    actual_hours: Decimal | None
    tags: list[str]
    position: str
    version: int
    completed_at: datetime | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    project: Project | None = strawberry.field(resolver=_project_of_task)
    state: State | None = strawberry.field(resolver=_state_of_task)
    assignee: User | None = strawberry.field(resolver=_assignee_of_task, description="Null for somebody you may not see.")
    reporter: User | None = strawberry.field(resolver=_reporter_of_task, description="Null for somebody you may not see.")
    parent: LazyTask | None = strawberry.field(resolver=_parent_of_task)
    subtasks: Connection[LazyTask] | None = strawberry.field(resolver=_subtasks_of_task, description="Its parts, by position.")
    comments: Connection[LazyComment] | None = strawberry.field(resolver=_comments_of_task, description="Oldest first.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a task."""
        return isinstance(obj, tasks.Task)


@strawberry.type(description="How many people answered a comment with an emoji.")
class Reaction:
    """An emoji below a comment."""

    emoji: str
    count: int
    mine: bool


async def _author_of_comment(
    parent: strawberry.Parent[comments.Comment],
    info: Info,
) -> auth.User | None:
    """Who said it."""
    return await loaders_of(info).users.load(parent.author_id)


async def _task_of_comment(
    parent: strawberry.Parent[comments.Comment],
    info: Info,
) -> tasks.Task | None:
    """What it is about."""
    info.context.opened_by("task")
    return await loaders_of(info).tasks.load(parent.task_id)


async def _mentions_of_comment(
    parent: strawberry.Parent[comments.Comment],
    info: Info,
) -> list[auth.User]:
    """Whom it calls."""
    found = await loaders_of(info).users.load_many(parent.mentions)
    return [each for each in found if each is not None]


@strawberry.type(description="What somebody said about a task, in Markdown.")
class Comment(Node):
    """A comment."""

    task_id: strawberry.ID
    parent_id: strawberry.ID | None
    author_id: strawberry.ID
    body: str
    version: int
    edited_at: datetime | None
    created_at: datetime
    updated_at: datetime
    reactions: list[Reaction]
    author: User | None = strawberry.field(resolver=_author_of_comment, description="Null for somebody you may not see.")
    task: Task | None = strawberry.field(resolver=_task_of_comment)
    mentions: list[User] = strawberry.field(resolver=_mentions_of_comment, description="Whom it names that may see the task.")

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Whether a row is a comment."""
        return isinstance(obj, comments.Comment)
