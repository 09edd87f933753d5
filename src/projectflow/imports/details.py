"""What hangs on imported tasks: parents, dependencies, relations, checklists, comments, links."""

from collections import Counter
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change
from projectflow.imports import rows
from projectflow.imports.acyclic import dependencies_without_circles, parents_without_circles
from projectflow.imports.incoming import Incoming, IncomingDependency
from projectflow.imports.links import Link, Links
from projectflow.imports.rows import (
    AttachmentRow,
    ChecklistItemRow,
    CommentRow,
    DependencyRow,
    RelationRow,
)
from projectflow.imports.values import fingerprint, text
from projectflow.tasks.cycles import lock_dependencies

Found = dict[str, tuple[Any, bytes]]


class Details:
    """One run's, after its tasks are written. `tasks` and `people` are our ids by their keys."""

    def __init__(
        self,
        db: Db,
        actor: Actor,
        incoming: Incoming,
        project_id: UUID,
        tasks: dict[str, UUID],
        people: dict[str, UUID],
        changes: list[Change],
    ) -> None:
        """Events are added to `changes`, for the run to write at its end."""
        self._db = db
        self._actor = actor
        self._incoming = incoming
        self._project_id = project_id
        self._tasks = tasks
        self._people = people
        self._changes = changes

    async def save_structure(self) -> None:
        """Put tasks below their parents, and make them wait for one another."""
        incoming = self._incoming
        titles = {task.key: task.title for task in incoming.tasks}
        named: dict[str, str] = {}
        for task in incoming.tasks:
            if task.parent is not None and task.parent in self._tasks:
                named[task.key] = task.parent
            elif task.parent is not None:
                incoming.skip("parent", task.title, "it is not in the file")
        if not named and not incoming.dependencies and not incoming.relations:
            return
        parents, cut = parents_without_circles(named)
        for key in cut:
            incoming.skip("parent", titles[key], "it would be below itself")
        await lock_dependencies(self._db, self._actor)
        await self._set_parents(parents)
        await self._save_dependencies(titles)
        await self._save_relations()

    async def _set_parents(self, parents: dict[str, str]) -> None:
        """A parent that a person has set here stays, where it would close a circle with another."""
        present = await self._db.fetch(
            """
            SELECT id, parent_id FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND parent_id IS NOT NULL
            """,
            self._actor.tenant_id,
            self._project_id,
        )
        wanted = {self._tasks[child]: self._tasks[parent] for child, parent in parents.items()}
        together = {row["id"]: row["parent_id"] for row in present} | wanted
        kept, cut = parents_without_circles(together)
        await rows.set_parents(
            self._db,
            self._actor.tenant_id,
            {child: parent for child, parent in kept.items() if child in wanted},
        )
        for _ in (child for child in cut if child in wanted):
            self._incoming.skip("parent", "", "it would be below itself")

    async def _save_dependencies(self, titles: dict[str, str]) -> None:
        incoming = self._incoming
        wanted: dict[tuple[UUID, UUID], IncomingDependency] = {}
        for each in incoming.dependencies:
            ends = self._tasks.get(each.task), self._tasks.get(each.waits_for)
            if ends[0] is None or ends[1] is None:
                incoming.skip("dependency", titles.get(each.task, ""), "one end is not in the file")
            elif ends[0] == ends[1]:
                incoming.skip("dependency", titles[each.task], "it waits for itself")
            else:
                wanted[ends[0], ends[1]] = each
        if not wanted:
            return
        present = await self._db.fetch(
            "SELECT task_id, depends_on_task_id FROM task_dependencies WHERE tenant_id = $1",
            self._actor.tenant_id,
        )
        above = await self._db.fetch(
            "SELECT id, parent_id FROM tasks WHERE tenant_id = $1 AND parent_id IS NOT NULL",
            self._actor.tenant_id,
        )
        kept, cut = dependencies_without_circles(
            {row["id"]: row["parent_id"] for row in above},
            [pair for row in present if (pair := (row[0], row[1])) not in wanted],
            list(wanted),
        )
        for pair in cut:
            incoming.skip("dependency", titles[wanted[pair].task], "tasks would wait in a circle")
        made = [
            DependencyRow(
                uuid7(),
                *pair,
                wanted[pair].type,
                wanted[pair].lag_minutes,
                wanted[pair].lag_is_elapsed,
            )
            for pair in kept
        ]
        saved = 0
        for batch in rows.batches(made):
            saved += await rows.save_dependencies(
                self._db, self._actor.tenant_id, self._actor.user_id, batch
            )
        if saved:
            payload = {"after": made}
            self._log("dependencies.imported", "project", self._project_id, payload)

    async def _save_relations(self) -> None:
        made: list[RelationRow] = []
        for each in self._incoming.relations:
            task, other = self._tasks.get(each.task), self._tasks.get(each.other)
            if task is None or other is None or task == other:
                self._incoming.skip("relation", each.task, "one end is not in the file")
            else:
                made.append(RelationRow(task, other, each.kind))
        for batch in rows.batches(made):
            await rows.save_relations(self._db, self._actor.tenant_id, self._actor.user_id, batch)

    async def save_checklists(self) -> None:
        """Write the items of checklists in their order."""
        known, found = await self._known("checklist_item"), Found()
        places: Counter[UUID] = Counter()
        for task in self._incoming.tasks:
            task_id = self._tasks[task.key]
            for step in task.steps:
                places[task_id] += 1
                row = ChecklistItemRow(
                    self._id_of(known, step.key),
                    task_id,
                    text(step.checklist, 200),
                    text(step.title, 1000) or "(no title)",
                    step.is_done,
                    places[task_id],
                )
                found[step.key] = (row, fingerprint(step.checklist, step.title, step.is_done))
        for batch in rows.batches(await self._fresh("checklist_item", known, found)):
            await rows.save_checklist_items(self._db, self._actor.tenant_id, batch)

    async def save_comments(self) -> None:
        """Write the comments with their authors and times."""
        known, found = await self._known("comment"), Found()
        for task in self._incoming.tasks:
            for each in task.comments:
                body = text(each.body, 50_000)
                if not body:
                    self._incoming.skip("comment", task.title, "it is empty")
                    continue
                author_id = self._people.get(each.author or "")
                if author_id is None:
                    self._incoming.skip(
                        "comment author", body, "unknown: you are shown as the author"
                    )
                row = CommentRow(
                    self._id_of(known, each.key),
                    self._tasks[task.key],
                    author_id or self._actor.user_id,
                    body,
                    each.created_at,
                )
                found[each.key] = (row, fingerprint(body))
        for batch in rows.batches(await self._fresh("comment", known, found)):
            await rows.save_comments(self._db, self._actor.tenant_id, batch)

    async def save_attachments(self) -> None:
        """Write the links; files themselves are in no export that we read."""
        known, found = await self._known("attachment"), Found()
        for task in self._incoming.tasks:
            for each in task.links:
                url = text(each.url, 2000)
                if not url.startswith(("https://", "http://")):
                    self._incoming.skip("attachment", each.name, "it has no web address")
                    continue
                name = text(each.name, 255) or url[:255]
                row = AttachmentRow(
                    self._id_of(known, each.key), self._tasks[task.key], name, url, each.created_at
                )
                found[each.key] = (row, fingerprint(name, url))
        for batch in rows.batches(await self._fresh("attachment", known, found)):
            await rows.save_attachments(self._db, self._actor.tenant_id, self._actor.user_id, batch)

    def _links(self) -> Links:
        return Links(self._db, self._actor.tenant_id, self._incoming.source, self._project_id)

    async def _known(self, entity_type: str) -> dict[str, Link]:
        return await self._links().of(entity_type)

    def _id_of(self, known: dict[str, Link], key: str) -> UUID:
        return known[key].entity_id if key in known else uuid7()

    async def _fresh(self, entity_type: str, known: dict[str, Link], found: Found) -> list[Any]:
        """Keep the rows that are new or changed, with their links and events."""
        fresh: list[Any] = []
        remembered: dict[str, Link] = {}
        for external, (row, hashed) in found.items():
            if external in known and known[external].content_hash == hashed:
                continue
            fresh.append(row)
            remembered[external] = Link(row.id, hashed)
            happened = "updated" if external in known else "created"
            payload = {"task_id": row.task_id, "after": row}
            self._log(f"{entity_type}.{happened}", entity_type, row.id, payload)
        await self._links().remember(entity_type, remembered)
        return fresh

    def _log(self, event: str, entity_type: str, entity_id: UUID, payload: dict[str, Any]) -> None:
        self._changes.append(Change(event, entity_type, entity_id, 1, payload, self._project_id))
