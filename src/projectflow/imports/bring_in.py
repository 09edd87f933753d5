"""Bringing a project of another tool in: one transaction, from the project to the last event."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, note_events, record_all
from projectflow.imports import rows
from projectflow.imports.details import Details
from projectflow.imports.incoming import Incoming, IncomingTask
from projectflow.imports.links import Link, Links
from projectflow.imports.people import invite_people
from projectflow.imports.rows import TaskRow
from projectflow.imports.types import ImportReport
from projectflow.imports.values import fingerprint, text
from projectflow.imports.workflow import states_of
from projectflow.projects.service import (
    ProjectNotFound,
    add_states,
    insert_project,
    list_states,
    project_created,
)
from projectflow.projects.types import NewProject, NewState

Tell = Callable[[int, str], Awaitable[None]]
"""Told how many tasks are done, and what is being done now."""

EVENTS_AT_ONCE = 5_000


class Target(Struct, frozen=True):
    """The project that it comes into, and the state that each list or status becomes."""

    project_id: UUID
    states: dict[str, NewState]


class BringIn:
    """One run. Nothing is visible to anybody until the transaction around it commits."""

    def __init__(
        self, db: Db, actor: Actor, incoming: Incoming, tell: Tell, project_id: UUID | None = None
    ) -> None:
        """`actor` is whoever asked for the import: the project and its events are theirs.

        Without `project_id` it comes into the project that it came into before, else a new one.
        """
        self._db = db
        self._actor = actor
        self._incoming = incoming
        self._tell = tell
        self._into = project_id
        self._changes: list[Change] = []
        self.report = ImportReport(counts=incoming.counts)

    async def run(self) -> ImportReport:
        """Bring everything in; what the workspace has already is brought up to date.

        Raises:
            ProjectNotFound: the project that it was to come into is gone.
        """
        incoming = self._incoming
        await self._tell(0, "project")
        await self._wait_for_other_runs()
        target = await self._find_or_create_project()
        people = await invite_people(
            self._db,
            self._actor,
            target.project_id,
            incoming.source,
            incoming.people,
            self._changes,
        )
        await self._declare_tags()
        tasks = await self._save_tasks(target, people)
        details = Details(
            self._db, self._actor, incoming, target.project_id, tasks, people, self._changes
        )
        total = len(incoming.tasks)
        await self._tell(total, "structure")
        await details.save_structure()
        await self._tell(total, "checklists")
        await details.save_checklists()
        await self._tell(total, "comments")
        await details.save_comments()
        await details.save_attachments()
        await self._tell(total, "events")
        # Nobody is notified of what another tool knew all along.
        await note_events(self._db, imported=True)
        for start in range(0, len(self._changes), EVENTS_AT_ONCE):
            batch = self._changes[start : start + EVENTS_AT_ONCE]
            await record_all(self._db, self._actor.tenant_id, self._actor.user_id, batch)
        self.report.skipped, self.report.skipped_count = incoming.skipped, incoming.skipped_count
        return self.report

    async def _wait_for_other_runs(self) -> None:
        """Two imports of one project at once would each make one."""
        await self._db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            f"{self._actor.tenant_id} {self._incoming.source} {self._incoming.key}",
        )

    def _links(self, scope_id: UUID) -> Links:
        return Links(self._db, self._actor.tenant_id, self._incoming.source, scope_id)

    async def _find_or_create_project(self) -> Target:
        incoming, projects = self._incoming, self._links(self._actor.tenant_id)
        link = (await projects.of("project")).get(incoming.key)
        wanted = self._into or (link.entity_id if link else None)
        project = await self._db.fetchrow(
            """
            SELECT id, key FROM projects
            WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
            """,
            self._actor.tenant_id,
            wanted,
        )
        if project is None and self._into is not None:
            raise ProjectNotFound
        if project is None:
            states = states_of(incoming.states, [])
            name = text(incoming.name, 200) or "Imported"
            new = NewProject(name=name, description=text(incoming.description, 100_000) or None)
            made = await insert_project(self._db, self._actor, new, list(states.values()))
            self._changes.append(project_created(made))
            await projects.remember(
                "project", {incoming.key: Link(made.id, fingerprint(incoming.name))}
            )
            await self._remember_states(made.id, states)
            project_id, self.report.project_key = made.id, made.key
        else:
            project_id, self.report.project_key = project["id"], project["key"]
            states = await self._extend_workflow(project_id)
        self.report.project_id = project_id
        return Target(project_id, states)

    async def _extend_workflow(self, project_id: UUID) -> dict[str, NewState]:
        """The states that came before or are called the same, and new states for the others."""
        present = await list_states(self._db, self._actor, project_id)
        links = await self._links(project_id).of("workflow_state")
        taken = {link.entity_id for link in links.values()}
        by_id = {s.id: s for s in present}
        by_name = {s.name.casefold(): s for s in present if s.id not in taken}
        states: dict[str, NewState] = {}
        for each in self._incoming.states:
            link = links.get(each.key)
            found = by_id.get(link.entity_id) if link else by_name.get(each.name.casefold())
            if found is not None:
                states[each.key] = NewState(found.key, found.name, found.category, found.color)
        fresh = [each for each in self._incoming.states if each.key not in states]
        added = states_of(fresh, [s.key for s in present])
        await add_states(self._db, self._actor, project_id, list(added.values()))
        await self._remember_states(project_id, states | added)
        return states | added

    async def _remember_states(self, project_id: UUID, states: dict[str, NewState]) -> None:
        ids = {s.key: s.id for s in await list_states(self._db, self._actor, project_id)}
        links = {
            external: Link(ids[state.key], fingerprint(state.name))
            for external, state in states.items()
        }
        await self._links(project_id).remember("workflow_state", links)

    async def _declare_tags(self) -> None:
        colors = {tag.name: tag.color for tag in self._incoming.tags}
        await self._db.execute(
            """
            INSERT INTO tags AS t (tenant_id, name, color)
            SELECT $1, n.name, n.color FROM unnest($2::text[], $3::text[]) AS n (name, color)
            ON CONFLICT (tenant_id, name) DO NOTHING
            """,
            self._actor.tenant_id,
            list(colors),
            list(colors.values()),
        )

    async def _save_tasks(self, target: Target, people: dict[str, UUID]) -> dict[str, UUID]:
        """Write the tasks; returns our id for each key that has one."""
        links = self._links(target.project_id)
        known = await links.of("task")
        new: list[IncomingTask] = []
        changed: list[IncomingTask] = []
        incoming = {task.key: task for task in self._incoming.tasks}
        for task in incoming.values():
            if task.key not in known:
                new.append(task)
            elif known[task.key].content_hash != task.fingerprint():
                changed.append(task)
            else:
                self.report.unchanged += 1
        ids = {task.key: uuid7() for task in new}
        ids |= {key: link.entity_id for key, link in known.items() if key in incoming}
        await self._insert(target, [(t, self._row(t, ids[t.key], target, people)) for t in new])
        await self._update(target, [self._row(t, ids[t.key], target, people) for t in changed])
        saved = {t.key: Link(ids[t.key], t.fingerprint()) for t in [*new, *changed]}
        await links.remember("task", saved)
        return ids

    def _row(
        self, task: IncomingTask, task_id: UUID, target: Target, people: dict[str, UUID]
    ) -> TaskRow:
        title, description = text(task.title, 100_000), text(task.description, 100_000)
        if len(title) > 255:
            self._incoming.skip(
                "title", title, "shortened to 255 characters; whole in the description"
            )
            description = f"{title}\n\n{description}"[:100_000]
        if len(task.assignees) > 1:
            self._incoming.skip("assignees", title, "a task has one assignee: the first one")
        if len(task.tags) > 20:
            self._incoming.skip("tags", title, "a task has 20 tags: the first ones")
        state = target.states[task.state]
        touched = task.updated_at or datetime.now(UTC)
        assignees = [people[key] for key in task.assignees if key in people]
        return TaskRow(
            id=task_id,
            title=title[:255] or "(no title)",
            description=description or None,
            status=state.key,
            priority=task.priority,
            assignee_id=assignees[0] if assignees else None,
            reporter_id=people.get(task.reporter or ""),
            estimated_hours=task.estimated_hours,
            due_date=task.due_date,
            start_date=task.start_date,
            tags=list(dict.fromkeys(task.tags))[:20],
            completed_at=(task.completed_at or touched) if state.category == "completed" else None,
            archived_at=task.archived_at,
            created_at=task.created_at,
            updated_at=task.updated_at,
        )

    async def _insert(self, target: Target, made: Sequence[tuple[IncomingTask, TaskRow]]) -> None:
        """Number new tasks in the order they were made, rank them in the order they stand."""
        if not made:
            return
        tenant_id, project_id = self._actor.tenant_id, target.project_id
        first = await rows.reserve_numbers(self._db, tenant_id, project_id, len(made))
        by_age = sorted(range(len(made)), key=lambda i: (*made[i][0].age, made[i][0].key))
        numbered = [
            replace(made[place][1], number=first + n, rank=first + place)
            for n, place in enumerate(by_age)
        ]
        done = 0
        for batch in rows.batches(numbered):
            await rows.insert_tasks(self._db, tenant_id, project_id, self._actor.user_id, batch)
            done += len(batch)
            await self._tell(done, "tasks")
        self.report.created = len(made)
        self._changes += [
            Change("task.created", "task", task.id, 1, {"after": task}, project_id)
            for task in numbered
        ]

    async def _update(self, target: Target, edited: list[TaskRow]) -> None:
        for batch in rows.batches(edited):
            versions = await rows.update_tasks(self._db, self._actor.tenant_id, batch)
            self.report.updated += len(versions)
            self._changes += [
                Change(
                    "task.updated",
                    "task",
                    task.id,
                    versions.get(task.id, 1),
                    {"after": task},
                    target.project_id,
                )
                for task in batch
            ]
