"""Bringing an exported project into a workspace, beside what is there: all of it gets new ids."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from fractional_indexing import BASE_62_DIGITS, FIError, validate_order_key
from uuid_utils.compat import uuid7

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.events import Change, record_all
from projectflow.core.files import Files
from projectflow.exports.attachments_in import AttachmentsIn, take_room
from projectflow.exports.bringing_in import (
    FilesIn,
    Renaming,
    batches,
    bring_in_table,
    check,
    decoded,
    insert,
    raw,
)
from projectflow.exports.fields_in import FieldsIn
from projectflow.exports.project_tables import PROJECT_TABLES
from projectflow.exports.reading import BATCH, Archive, NotAnExport, Rows
from projectflow.exports.tables import Table
from projectflow.exports.types import Person
from projectflow.exports.writing import is_null
from projectflow.imports.acyclic import dependencies_without_circles, parents_without_circles
from projectflow.imports.people import EMAIL
from projectflow.imports.types import MAX_SKIPPED_SHOWN, ImportReport, Skipped
from projectflow.projects.keys import free_key
from projectflow.projects.service import add_members
from projectflow.tasks.uploads import StorageFull

Tell = Callable[[int, str], Awaitable[None]]
FIELD_TABLES: Final = frozenset({"custom_fields", "custom_field_options", "task_field_values"})


class ProjectIn:
    """One project on its way into a workspace, inside one transaction."""

    def __init__(self, db: Db, actor: Actor, import_id: UUID, archive: Archive) -> None:
        """Nothing happens until `run`."""
        if archive.manifest.project is None:
            raise NotAnExport
        self.report = ImportReport(counts=dict(archive.manifest.tables))
        self._db = db
        self._actor = actor
        self._archive = archive
        self._new = Renaming(import_id, {}, {})
        self._fields = FieldsIn(db, actor, archive, self._new, self._skip)
        self._project_id = self._new.thing(archive.manifest.project.id)
        self._changes: list[Change] = []
        self._size = 0

    async def run(self, files: Files, quota: int, tell: Tell) -> ImportReport:
        """Bring it in: everything, or nothing.

        `quota` is how many bytes the workspace's files may take.

        Raises:
            NotAnExport: what the file holds does not fit together.
            StorageFull: its files do not fit into the workspace.
        """
        stored = FilesIn(files, self._actor.tenant_id, self._archive)
        try:
            await self._find_people()
            await self._fields.decide()
            for done, table in enumerate(PROJECT_TABLES):
                await tell(done, table.name)
                await self._bring_in(table, stored)
            await self._go_on_counting()
            await self._check_circles()
            await add_members(
                self._db, self._actor, self._project_id, [self._actor.user_id], role="manager"
            )
            await self._record()
            await self._take_room(quota)
        except BaseException:
            await stored.take_back()
            raise
        return self.report

    async def _take_room(self, quota: int) -> None:
        if self._size and await take_room(self._db, self._actor.tenant_id, self._size) > quota:
            raise StorageFull

    def _skip(self, kind: str, name: str, reason: str) -> None:
        self.report.skipped_count += 1
        if len(self.report.skipped) < MAX_SKIPPED_SHOWN:
            self.report.skipped.append(Skipped(kind, name[:200], reason))

    async def _find_people(self) -> None:
        """Who has an address here already is meant; others are there, and cannot sign in yet."""
        people = self._archive.people()
        for start in range(0, len(people), BATCH):
            await self._find(people[start : start + BATCH])

    async def _find(self, people: Sequence[Person]) -> None:
        emails = [person.email.lower() for person in people]
        if not all(EMAIL.fullmatch(email) and len(email) <= 255 for email in emails):
            raise NotAnExport("The export is damaged: somebody's address is none.")
        made = [uuid7() for _ in people]
        rows = await self._db.fetch(
            """
            INSERT INTO users AS u (tenant_id, id, email, password_hash, first_name, last_name,
                                    role, is_active, invited_at)
            SELECT $1, n.id, n.email, $5, n.first_name, n.last_name, 'member', false, now()
            FROM unnest($2::uuid[], $3::text[], $4::text[], $6::text[])
                AS n (id, email, first_name, last_name)
            ON CONFLICT (tenant_id, email) DO UPDATE SET email = u.email RETURNING id, email
            """,
            self._actor.tenant_id,
            made,
            emails,
            [person.first_name.replace("\x00", "")[:100] or "Somebody" for person in people],
            UNUSABLE,
            [person.last_name.replace("\x00", "")[:100] for person in people],
        )
        here: dict[str, UUID] = {row["email"]: row["id"] for row in rows}
        self._new.people.update(
            (person.id, here[email]) for person, email in zip(people, emails, strict=True)
        )
        self._changes += [
            Change("user.invited", "user", user_id, payload={"source": "projectflow"})
            for user_id in set(made) & set(here.values())
        ]

    async def _bring_in(self, table: Table, stored: FilesIn) -> None:
        db, tenant_id = self._db, self._actor.tenant_id
        match table.name:
            case "projects":
                await self._bring_in_project(table)
            case "attachments":
                attachments = AttachmentsIn(
                    db,
                    tenant_id,
                    self._archive,
                    stored,
                    lambda name, reason: self._skip("attachment", name, reason),
                )
                await attachments.run(lambda row: self._new.row(table, row))
                self._size = attachments.size
            case "time_entries":
                await self._bring_in_time(table)
            case _:
                written = await bring_in_table(
                    db, tenant_id, self._archive, table, lambda row: self._changed(table, row)
                )
                if table.name == "tasks":
                    self.report.created = written

    def _changed(self, table: Table, row: Rows) -> Rows | None:
        """A row as it is written; None for one that would be in the way here."""
        renamed: Rows | None = self._new.row(table, row)
        if table.name in FIELD_TABLES:
            renamed = self._fields.changed(table.name, row, renamed, self._project_id)
        if renamed is None:
            return None
        if "project_id" in renamed and decoded(renamed, "project_id", UUID) != self._project_id:
            raise NotAnExport("The export is damaged: it holds rows of another project.")
        if table.name == "tasks":
            try:
                validate_order_key(decoded(row, "position", str), BASE_62_DIGITS)
            except FIError as error:
                raise NotAnExport("The export is damaged: a task has no place.") from error
        if table.name == "saved_views":
            try:
                check(table, renamed)
            except NotAnExport:
                self._skip("view", str(decoded(row, "name", str)), "how it shows is not known here")
                return None
        return renamed

    async def _bring_in_project(self, table: Table) -> None:
        """The project itself, by its key, or by one like it where another project has that."""
        named = self._archive.manifest.project
        if named is None:
            raise NotAnExport
        projects: list[Rows] = []
        async for batch in batches(self._archive, table):
            projects += [self._changed(table, row) or row for row in batch]
        if len(projects) != 1 or decoded(projects[0], "id", UUID) != self._project_id:
            raise NotAnExport("The export is damaged: it does not hold its project once.")
        key = await free_key(self._db, self._actor, decoded(projects[0], "key", str))
        if key != named.key:
            self._skip("key", named.key, f"another project has it: this one is {key}")
        check(table, projects[0])
        row = {**projects[0], "key": raw(key), "tenant_id": raw(self._actor.tenant_id)}
        await insert(self._db, table, [row])
        self.report.project_id, self.report.project_key = self._project_id, key

    async def _bring_in_time(self, table: Table) -> None:
        """Time of somebody who worked on something else here at that moment may overlap it."""
        tenant = raw(self._actor.tenant_id)
        async for batch in batches(self._archive, table):
            rows: list[Rows] = []
            for row in batch:
                new = self._changed(table, row)
                if new is None or is_null(row["stopped_at"]):
                    self._skip("time", "", "a timer that was running is not taken")
                    continue
                rows.append({**new, "tenant_id": tenant})
            overlapping = await self._overlapping(rows)
            for new in rows:
                if decoded(new, "id", UUID) in overlapping:
                    new["allows_overlap"] = raw(True)
            await insert(self._db, table, rows)

    async def _overlapping(self, rows: list[Rows]) -> set[UUID]:
        found = await self._db.fetch(
            """
            SELECT n.id FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
                AS n (id, user_id, started_at, stopped_at)
            WHERE n.started_at <= n.stopped_at AND EXISTS (
                SELECT FROM time_entries e
                WHERE e.tenant_id = $1 AND e.user_id = n.user_id AND e.project_id <> $6
                  AND NOT e.allows_overlap AND e.started_at < n.stopped_at
                  AND coalesce(e.stopped_at, e.started_at + interval '24 hours') > n.started_at)
            """,
            self._actor.tenant_id,
            [decoded(row, "id", UUID) for row in rows],
            [decoded(row, "user_id", UUID) for row in rows],
            [decoded(row, "started_at", datetime) for row in rows],
            [decoded(row, "stopped_at", datetime) for row in rows],
            self._project_id,
        )
        return {row["id"] for row in found}

    async def _go_on_counting(self) -> None:
        """New tasks get numbers that none has had, and begin in some state."""
        tenant_id, project_id = self._actor.tenant_id, self._project_id
        counted: int | None = await self._db.fetchval(
            """
            UPDATE project_counters SET last_number = greatest(last_number,
                (SELECT max(number) FROM tasks WHERE tenant_id = $1 AND project_id = $2),
                (SELECT max(number) FROM former_task_keys
                 WHERE tenant_id = $1 AND project_id = $2))
            WHERE tenant_id = $1 AND project_id = $2 AND EXISTS (
                SELECT FROM workflow_states WHERE tenant_id = $1 AND project_id = $2)
            RETURNING last_number
            """,
            tenant_id,
            project_id,
        )
        if counted is None or counted < 0:
            raise NotAnExport("The export is damaged: its project has no states or no numbers.")

    async def _check_circles(self) -> None:
        """A file that somebody has changed by hand holds no task that waits for itself."""
        rows = await self._db.fetch(
            """
            SELECT id, parent_id FROM tasks
            WHERE tenant_id = $1 AND project_id = $2 AND parent_id IS NOT NULL
            """,
            self._actor.tenant_id,
            self._project_id,
        )
        wanted = {row["id"]: row["parent_id"] for row in rows}
        parents, orphans = parents_without_circles(wanted)
        rows = await self._db.fetch(
            """
            SELECT d.task_id, d.depends_on_task_id
            FROM tasks t JOIN task_dependencies d ON d.tenant_id = $1 AND d.task_id = t.id
            WHERE t.tenant_id = $1 AND t.project_id = $2
            """,
            self._actor.tenant_id,
            self._project_id,
        )
        pairs: list[tuple[UUID, UUID]] = [(r["task_id"], r["depends_on_task_id"]) for r in rows]
        _, cut = dependencies_without_circles(parents, [], pairs)
        if orphans or cut:
            raise NotAnExport("The export is damaged: a task in it waits for itself.")

    async def _record(self) -> None:
        """Tell of the project and each of its tasks, in the order of their numbers."""
        tenant_id, project_id = self._actor.tenant_id, self._project_id
        row = await self._db.fetchrow(
            """
            SELECT p.version, jsonb_build_object('after', to_jsonb(p) - 'tenant_id')::text
            FROM projects p WHERE p.tenant_id = $1 AND p.id = $2
            """,
            tenant_id,
            project_id,
        )
        version, payload = only(row)
        made = Change(
            "project.created",
            "project",
            project_id,
            version,
            msgspec.json.decode(payload, type=dict[str, msgspec.Raw]),
            project_id,
        )
        await record_all(self._db, tenant_id, self._actor.user_id, [*self._changes, made])
        # What hangs on the tasks too: who follows the log, such as a search, finds it by its event.
        await self._db.execute(
            """
            WITH made AS (
                SELECT 1 AS place, t.number, 'task' AS kind, t.id, t.version,
                       jsonb_build_object('after', to_jsonb(t) - 'tenant_id') AS payload
                FROM tasks t WHERE t.tenant_id = $1 AND t.project_id = $2
                UNION ALL
                SELECT 2, t.number, 'comment', c.id, c.version,
                       jsonb_build_object('task_id', t.id, 'after', to_jsonb(c) - 'tenant_id')
                FROM tasks t JOIN comments c ON c.tenant_id = $1 AND c.task_id = t.id
                WHERE t.tenant_id = $1 AND t.project_id = $2 AND c.deleted_at IS NULL
                UNION ALL
                SELECT 3, t.number, 'attachment', a.id, a.version,
                       jsonb_build_object('task_id', t.id, 'after',
                           to_jsonb(a) - '{tenant_id,object_key,sha256}'::text[])
                FROM tasks t JOIN attachments a ON a.tenant_id = $1 AND a.task_id = t.id
                WHERE t.tenant_id = $1 AND t.project_id = $2 AND a.deleted_at IS NULL
            ), counted AS (
                UPDATE event_counters c SET is_unsettled = true,
                    last_seq = c.last_seq + (SELECT count(*) FROM made)
                WHERE c.tenant_id = $1 RETURNING c.last_seq
            )
            INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id,
                                entity_version, payload)
            SELECT $1, counted.last_seq + 1
                       - row_number() OVER (ORDER BY m.place DESC, m.number DESC, m.id DESC),
                   m.kind || '.created', $3, m.kind, m.id, $2, m.version, m.payload
            FROM counted, made m
            """,
            tenant_id,
            project_id,
            self._actor.user_id,
        )
