"""The tools that change something. What they raise is what the services raise that they call."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from projectflow.agents import runs
from projectflow.agents.reading import TaskName, find_task
from projectflow.agents.tools import Call, RunId, tool
from projectflow.agents.types import RunUndone
from projectflow.tasks import comments, time_entries
from projectflow.tasks import service as tasks
from projectflow.tasks.comment_types import Comment, NewComment
from projectflow.tasks.time_types import NewTimeEntry, TimeEntry
from projectflow.tasks.types import NewTask, Task, TaskPatch


class TaskToCreate(NewTask, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task, and the project that it belongs to."""

    project_id: UUID
    run_id: RunId | UnsetType = UNSET
    dry_run: bool = False


@tool("Create a task", "task", "create", writes=True, idempotent=False)
async def create_task(call: Call, given: TaskToCreate) -> Task:
    """Add a task at the end of a project. Descriptions are Markdown, dates ISO 8601.

    With an id that you make (a UUIDv7), a call that is repeated is refused instead of making a
    second task. Without a status it starts in the first state that is not begun.
    """
    return await tasks.create_task(call.db, call.actor, given.project_id, given)


class TaskToChange(TaskPatch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of which task."""

    task: TaskName
    run_id: RunId | UnsetType = UNSET
    dry_run: bool = False


@tool("Change a task", "task", "update", writes=True, destructive=True)
async def change_task(call: Call, given: TaskToChange) -> Task:
    """Change fields of a task: title, description, state, priority, assignee, dates, tags, parent.

    What you leave out stays as it is; null empties a field; tags are replaced as a whole. Send the
    version that you have read to be refused, instead of overwriting, when somebody changed it.
    """
    task = await find_task(call, given.task)
    expected = None if given.version is UNSET else given.version
    return await tasks.update_task(call.db, call.actor, task.id, given, expected)


class CommentToWrite(NewComment, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to say about which task."""

    task: TaskName
    run_id: RunId | UnsetType = UNSET
    dry_run: bool = False


@tool("Comment on a task", "comment", "create", writes=True, idempotent=False)
async def comment_on_task(call: Call, given: CommentToWrite) -> Comment:
    """Say something about a task, in Markdown; `@[Name](user:id)` mentions a person."""
    task = await find_task(call, given.task)
    return await comments.add_task_comment(call.db, call.actor, task.id, given)


class TimeToLog(NewTimeEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Time that was worked on which task."""

    task: TaskName
    run_id: RunId | UnsetType = UNSET
    dry_run: bool = False


@tool("Log time", "time_entry", "create", writes=True, idempotent=False)
async def log_time(call: Call, given: TimeToLog) -> TimeEntry:
    """Write down time that your person worked on a task: its start, and its minutes or its end."""
    task = await find_task(call, given.task)
    return await time_entries.add_time_entry(call.db, call.actor, task.id, given)


class RunToUndo(Struct, frozen=True, forbid_unknown_fields=True):
    """Which run to undo."""

    run_id: UUID
    dry_run: bool = False


@tool("Undo a run", "task", "update", writes=True, destructive=True, joins_run=False)
async def undo_run(call: Call, given: RunToUndo) -> RunUndone:
    """Take back all that a run of yours changed in the last 24 hours: all of it, or nothing.

    Refused where somebody changed since what the run had touched, and the answer names it. It needs
    the scopes of what it does: task:delete to take tasks away that the run had made.
    """
    return await runs.undo_run(call.db, call.actor, given.run_id)
