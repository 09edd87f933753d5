"""Bringing a Trello board in: one transaction, from the project to the last event."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.events import Change, record_all
from projectflow.imports import rows
from projectflow.imports.links import Link, Links
from projectflow.imports.people import invite_people, people_of
from projectflow.imports.rows import AttachmentRow, ChecklistItemRow, CommentRow, TaskRow
from projectflow.imports.trello import (
    Card,
    TrelloBoard,
    comments_of,
    counts_of,
    created_at,
    fingerprint,
    moment,
    text,
)
from projectflow.imports.types import MAX_SKIPPED_SHOWN, ImportReport, Skipped
from projectflow.imports.workflow import color_of, states_of, tag_of
from projectflow.projects.service import add_states, insert_project, list_states, project_created
from projectflow.projects.types import NewProject, NewState

Tell = Callable[[int, str], Awaitable[None]]
"""Told how many cards are done, and what is being done now."""

EVENTS_AT_ONCE = 5_000


class Target(Struct, frozen=True):
    """The project that a board becomes, and the state that each list becomes."""

    project_id: UUID
    states: dict[str, NewState]


class BoardImport:
    """One run. Nothing is visible to anybody until the transaction around it commits."""

    def __init__(self, db: Db, actor: Actor, board: TrelloBoard, tell: Tell) -> None:
        """`actor` is whoever asked for the import: the project and its events are theirs."""
        self._db = db
        self._actor = actor
        self._board = board
        self._tell = tell
        self._changes: list[Change] = []
        self.report = ImportReport(counts=counts_of(board))

    async def run(self) -> ImportReport:
        """Bring everything in; what the workspace has already is brought up to date."""
        await self._tell(0, "project")
        await self._wait_for_other_runs()
        target = await self._find_or_create_project()
        people = await invite_people(
            self._db, self._actor, target.project_id, people_of(self._board).values(), self._changes
        )
        tags = await self._declare_tags()
        tasks = await self._save_cards(target, people, tags)
        await self._tell(len(self._board.cards), "checklists")
        await self._save_checklists(target, tasks)
        await self._tell(len(self._board.cards), "comments")
        await self._save_comments(target, tasks, people)
        await self._save_attachments(target, tasks)
        await self._tell(len(self._board.cards), "events")
        for start in range(0, len(self._changes), EVENTS_AT_ONCE):
            batch = self._changes[start : start + EVENTS_AT_ONCE]
            await record_all(self._db, self._actor.tenant_id, self._actor.user_id, batch)
        return self.report

    def _skip(self, kind: str, name: str, reason: str) -> None:
        self.report.skipped_count += 1
        if len(self.report.skipped) < MAX_SKIPPED_SHOWN:
            self.report.skipped.append(Skipped(kind, text(name, 100), reason))

    async def _wait_for_other_runs(self) -> None:
        """Two imports of one board at once would each make a project."""
        await self._db.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            f"{self._actor.tenant_id} trello {self._board.id}",
        )

    def _links(self, scope_id: UUID) -> Links:
        return Links(self._db, self._actor.tenant_id, "trello", scope_id)

    async def _find_or_create_project(self) -> Target:
        boards = self._links(self._actor.tenant_id)
        link = (await boards.of("project")).get(self._board.id)
        project = await self._db.fetchrow(
            """
            SELECT id, key FROM projects
            WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
            """,
            self._actor.tenant_id,
            link.entity_id if link else None,
        )
        lists = sorted(self._board.lists, key=lambda each: (each.closed, each.pos, each.id))
        if project is None:
            states = states_of(lists, [])
            name = text(self._board.name, 200) or "Trello board"
            new = NewProject(name=name, description=text(self._board.desc, 100_000) or None)
            made = await insert_project(self._db, self._actor, new, list(states.values()))
            self._changes.append(project_created(made))
            hashed = fingerprint(self._board.name)
            await boards.remember("project", {self._board.id: Link(made.id, hashed)})
            await self._remember_states(made.id, states)
            project_id, self.report.project_key = made.id, made.key
        else:
            project_id, self.report.project_key = project["id"], project["key"]
            states = await self._extend_workflow(project_id)
        self.report.project_id = project_id
        return Target(project_id, states)

    async def _extend_workflow(self, project_id: UUID) -> dict[str, NewState]:
        """The states that lists became before, and new states for lists that are new."""
        present = {s.id: s for s in await list_states(self._db, self._actor, project_id)}
        links = await self._links(project_id).of("workflow_state")
        states = {
            external: NewState(s.key, s.name, s.category, s.color)
            for external, link in links.items()
            if (s := present.get(link.entity_id)) is not None
        }
        fresh = [each for each in self._board.lists if each.id not in states]
        added = states_of(fresh, [s.key for s in present.values()])
        await add_states(self._db, self._actor, project_id, list(added.values()))
        await self._remember_states(project_id, added)
        return states | added

    async def _remember_states(self, project_id: UUID, states: dict[str, NewState]) -> None:
        ids = {s.key: s.id for s in await list_states(self._db, self._actor, project_id)}
        links = {
            external: Link(ids[state.key], fingerprint(state.name))
            for external, state in states.items()
        }
        await self._links(project_id).remember("workflow_state", links)

    async def _declare_tags(self) -> dict[str, str]:
        tags = {label.id: tag_of(label) for label in self._board.labels}
        colors = {tag_of(label): color_of(label) for label in self._board.labels}
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
        return tags

    async def _save_cards(
        self, target: Target, people: dict[str, UUID], tags: dict[str, str]
    ) -> dict[str, UUID]:
        """Write the cards as tasks; returns the task's id for each card that has one."""
        links = self._links(target.project_id)
        known = await links.of("task")
        new: list[Card] = []
        changed: list[Card] = []
        cards = {card.id: card for card in self._board.cards}
        for card in cards.values():
            if card.id_list not in target.states:
                self._skip("card", card.name, "its list is not in the export")
            elif card.id not in known:
                new.append(card)
            elif known[card.id].content_hash != self._card_hash(card):
                changed.append(card)
            else:
                self.report.unchanged += 1
        ids = {card.id: uuid7() for card in new}
        ids |= {external: link.entity_id for external, link in known.items() if external in cards}
        made = [self._task_row(card, ids[card.id], target, people, tags) for card in new]
        await self._insert(target, new, made)
        edited = [self._task_row(card, ids[card.id], target, people, tags) for card in changed]
        await self._update(target, edited)
        saved = {c.id: Link(ids[c.id], self._card_hash(c)) for c in [*new, *changed]}
        await links.remember("task", saved)
        return ids

    def _card_hash(self, card: Card) -> bytes:
        closed = any(each.closed for each in self._board.lists if each.id == card.id_list)
        return fingerprint(
            card.name, card.desc, card.closed, card.id_list, card.due, card.start,
            sorted(card.id_labels), card.id_members, closed,
        )  # fmt: skip

    def _task_row(
        self,
        card: Card,
        task_id: UUID,
        target: Target,
        people: dict[str, UUID],
        tags: dict[str, str],
    ) -> TaskRow:
        name = text(card.name, 100_000)
        description = text(card.desc, 100_000)
        if len(name) > 255:
            self._skip("card title", name, "shortened to 255 characters; whole in the description")
            description = f"{name}\n\n{description}"[:100_000]
        for value, what in ((card.due, "due date"), (card.start, "start date")):
            if value and moment(value) is None:
                self._skip(what, card.name, f"{text(value, 40)} is not a date")
        if len(card.id_members) > 1:
            self._skip("card members", card.name, "a task has one assignee: the first one")
        state = target.states[card.id_list]
        active = moment(card.date_last_activity) or datetime.now(UTC)
        closed = card.closed or any(s.closed for s in self._board.lists if s.id == card.id_list)
        assignees = [people[m] for m in card.id_members if m in people]
        return TaskRow(
            id=task_id,
            title=name[:255] or "(no title)",
            description=description or None,
            status=state.key,
            assignee_id=assignees[0] if assignees else None,
            due_date=moment(card.due),
            start_date=moment(card.start),
            tags=list(dict.fromkeys(tags[label] for label in card.id_labels if label in tags))[:20],
            completed_at=active if state.category == "completed" else None,
            archived_at=active if closed else None,
            created_at=created_at(card.id),
            updated_at=moment(card.date_last_activity),
        )

    async def _insert(self, target: Target, cards: list[Card], made: list[TaskRow]) -> None:
        """Number new tasks in the order they were made, rank them in the order they stand."""
        if not made:
            return
        tenant_id, project_id = self._actor.tenant_id, target.project_id
        first = await rows.reserve_numbers(self._db, tenant_id, project_id, len(made))
        place = {
            each.id: index
            for index, each in enumerate(
                sorted(self._board.lists, key=lambda each: (each.closed, each.pos, each.id))
            )
        }
        by_age = sorted(range(len(made)), key=lambda i: (cards[i].id_short, cards[i].id))
        by_rank = sorted(
            range(len(made)), key=lambda i: (place[cards[i].id_list], cards[i].pos, cards[i].id)
        )
        numbers = {index: first + n for n, index in enumerate(by_age)}
        ranks = {index: first + n for n, index in enumerate(by_rank)}
        numbered = [_numbered(made[i], numbers[i], ranks[i]) for i in by_age]
        done = 0
        for batch in rows.batches(numbered):
            await rows.insert_tasks(self._db, tenant_id, project_id, self._actor.user_id, batch)
            done += len(batch)
            await self._tell(done, "cards")
        self.report.created = len(made)
        for task in numbered:
            self._log("task.created", "task", task.id, target, {"after": task})

    async def _update(self, target: Target, edited: list[TaskRow]) -> None:
        for batch in rows.batches(edited):
            versions = await rows.update_tasks(self._db, self._actor.tenant_id, batch)
            self.report.updated += len(versions)
            for task in batch:
                version = versions.get(task.id, 1)
                self._log("task.updated", "task", task.id, target, {"after": task}, version)

    async def _save_checklists(self, target: Target, tasks: dict[str, UUID]) -> None:
        links = self._links(target.project_id)
        known = await links.of("checklist_item")
        found: dict[str, tuple[ChecklistItemRow, bytes]] = {}
        places: Counter[UUID] = Counter()
        for checklist in sorted(self._board.checklists, key=lambda c: (c.pos, c.id)):
            task_id = tasks.get(checklist.id_card)
            if task_id is None:
                self._skip("checklist", checklist.name, "its card is not in the export")
                continue
            for item in sorted(checklist.check_items, key=lambda i: (i.pos, i.id)):
                places[task_id] += 1
                item_id = known[item.id].entity_id if item.id in known else uuid7()
                row = ChecklistItemRow(
                    item_id,
                    task_id,
                    text(checklist.name, 200),
                    text(item.name, 1000) or "(no title)",
                    item.state == "complete",
                    places[task_id],
                )
                found[item.id] = (row, fingerprint(checklist.name, item.name, item.state))
        for batch in rows.batches(await self._fresh(links, "checklist_item", known, found, target)):
            await rows.save_checklist_items(self._db, self._actor.tenant_id, batch)

    async def _save_comments(
        self, target: Target, tasks: dict[str, UUID], people: dict[str, UUID]
    ) -> None:
        links = self._links(target.project_id)
        known = await links.of("comment")
        found: dict[str, tuple[CommentRow, bytes]] = {}
        for action in comments_of(self._board):
            task_id = tasks.get(action.data.card.id) if action.data.card else None
            author = action.member_creator.id if action.member_creator else action.id_member_creator
            body = text(action.data.text, 50_000)
            if task_id is None or not body:
                reason = "it is empty" if task_id else "its card is not in the export"
                self._skip("comment", body, reason)
                continue
            author_id = people.get(author or "")
            if author_id is None:
                self._skip("comment author", body, "unknown: you are shown as the author")
            comment_id = known[action.id].entity_id if action.id in known else uuid7()
            row = CommentRow(
                comment_id, task_id, author_id or self._actor.user_id, body, moment(action.date)
            )
            found[action.id] = (row, fingerprint(body))
        promised = sum(card.badges.comments for card in self._board.cards)
        if promised > len(comments_of(self._board)):
            missing = promised - len(comments_of(self._board))
            self._skip("comments", f"{missing} comments", "the export does not hold them")
        for batch in rows.batches(await self._fresh(links, "comment", known, found, target)):
            await rows.save_comments(self._db, self._actor.tenant_id, batch)

    async def _save_attachments(self, target: Target, tasks: dict[str, UUID]) -> None:
        links = self._links(target.project_id)
        known = await links.of("attachment")
        found: dict[str, tuple[AttachmentRow, bytes]] = {}
        for card in self._board.cards:
            for each in card.attachments if card.id in tasks else []:
                url = text(each.url, 2000)
                if not url.startswith(("https://", "http://")):
                    self._skip("attachment", each.name or "", "it has no web address")
                    continue
                attachment_id = known[each.id].entity_id if each.id in known else uuid7()
                name = text(each.name, 255) or url[:255]
                row = AttachmentRow(attachment_id, tasks[card.id], name, url, moment(each.date))
                found[each.id] = (row, fingerprint(name, url))
        for batch in rows.batches(await self._fresh(links, "attachment", known, found, target)):
            await rows.save_attachments(self._db, self._actor.tenant_id, self._actor.user_id, batch)

    async def _fresh(
        self,
        links: Links,
        entity_type: str,
        known: dict[str, Link],
        found: dict[str, tuple[Any, bytes]],
        target: Target,
    ) -> list[Any]:
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
            self._log(f"{entity_type}.{happened}", entity_type, row.id, target, payload)
        await links.remember(entity_type, remembered)
        return fresh

    def _log(
        self,
        event: str,
        entity_type: str,
        entity_id: UUID,
        target: Target,
        payload: dict[str, Any],
        version: int = 1,
    ) -> None:
        self._changes.append(
            Change(event, entity_type, entity_id, version, payload, target.project_id)
        )


def _numbered(task: TaskRow, number: int, rank: int) -> TaskRow:
    return replace(task, number=number, rank=rank)
