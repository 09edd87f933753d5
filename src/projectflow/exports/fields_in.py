"""The custom fields of a project that is brought in, beside those that the workspace has."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.exports.bringing_in import Renaming, batches, decoded, raw
from projectflow.exports.catalog import EXPORTED
from projectflow.exports.reading import UNDECODABLE, Archive, NotAnExport, Rows
from projectflow.exports.writing import is_null
from projectflow.tasks.custom_fields import lock_names
from projectflow.tasks.field_types import MAX_FIELDS, MAX_OPTIONS

T = TypeVar("T")
MOST_ROWS: Final = 20_000
"""Fields of an export, and again its options, deleted ones included."""
LONGEST_NAME: Final = 100
Skip = Callable[[str, str, str], None]
"""Takes what kind of thing is not as it was, its name, and why."""


class _Field(Struct, frozen=True):
    id: UUID
    project_id: UUID | None
    name: str
    kind: str
    deleted_at: datetime | None


class _Option(Struct, frozen=True):
    id: UUID
    field_id: UUID
    name: str
    deleted_at: datetime | None


class FieldsIn:
    """Decides which fields are meant to be ones that are here, and which are new.

    A field of all projects becomes the one here that is called the same, is of the same kind and
    has its options; else it becomes the project's own: no other project gets a field by this.
    """

    def __init__(self, db: Db, actor: Actor, archive: Archive, new: Renaming, skip: Skip) -> None:
        """Nothing is decided until `decide`."""
        self._db = db
        self._actor = actor
        self._archive = archive
        self._new = new
        self._skip = skip
        self._known: set[UUID] = set()
        self._names: dict[UUID, str] = {}
        self._lost: set[UUID] = set()
        """Options of known fields that are not here: deleted ones, which nobody sees."""

    async def decide(self) -> None:
        """Look at all fields of the export, before any of them is written.

        Raises:
            NotAnExport: they cannot be read, or are too many.
        """
        fields: Sequence[_Field] = await self._read("custom_fields", list[_Field])
        options: Sequence[_Option] = await self._read("custom_field_options", list[_Option])
        if not fields:
            return
        await lock_names(self._db, self._actor)
        of_field: dict[UUID, list[_Option]] = defaultdict(list)
        for option in options:
            of_field[option.field_id].append(option)
        here = await self._fields_of_all_projects()
        taken = set(here)
        for field in fields:
            found = here.get(field.name.strip().lower())
            if found is not None and await self._is(field, found, of_field[field.id]):
                self._known.add(field.id)
                self._new.known[field.id] = found.id
                continue
            if sum(option.deleted_at is None for option in of_field[field.id]) > MAX_OPTIONS:
                raise NotAnExport(f"The export's custom_field_options are more than {MAX_OPTIONS}.")
            if field.deleted_at is None:
                self._names[field.id] = self._free_name(field.name, taken)
        if len(self._names) > MAX_FIELDS:
            raise NotAnExport(f"The project would have more than {MAX_FIELDS} custom fields.")

    async def _read(self, table: str, shape: type[list[T]]) -> list[T]:
        found: list[T] = []
        async for batch in batches(self._archive, EXPORTED[table]):
            try:
                found += msgspec.json.decode(msgspec.json.encode(batch), type=shape)
            except UNDECODABLE as error:
                raise NotAnExport(f"The export is damaged: {table} cannot be read.") from error
            if len(found) > MOST_ROWS:
                raise NotAnExport(f"The export holds too many {table}.")
        return found

    async def _fields_of_all_projects(self) -> dict[str, _Field]:
        rows = await self._db.fetch(
            """
            SELECT id, project_id, name, kind, deleted_at FROM custom_fields
            WHERE tenant_id = $1 AND project_id IS NULL AND deleted_at IS NULL
            """,
            self._actor.tenant_id,
        )
        return {row["name"].strip().lower(): _Field(*row) for row in rows}

    async def _is(self, field: _Field, found: _Field, options: Sequence[_Option]) -> bool:
        """Whether one that is here is meant; then its options are meant too."""
        if field.project_id is not None or field.deleted_at is not None or field.kind != found.kind:
            return False
        rows = await self._db.fetch(
            """
            SELECT id, lower(name) AS name FROM custom_field_options
            WHERE tenant_id = $1 AND field_id = $2 AND deleted_at IS NULL
            """,
            self._actor.tenant_id,
            found.id,
        )
        here = {row["name"]: row["id"] for row in rows}
        if any(o.deleted_at is None and o.name.lower() not in here for o in options):
            return False
        for option in options:
            if option.deleted_at is None:
                self._new.known[option.id] = here[option.name.lower()]
            else:
                self._lost.add(option.id)
        return True

    def _free_name(self, name: str, taken: set[str]) -> str:
        """The name, or one with a number: on one task no two fields are called the same."""
        free, number = name, 1
        while free.strip().lower() in taken:
            number += 1
            free = f"{name[: LONGEST_NAME - 4]} {number}"
        taken.add(free.strip().lower())
        if free != name:
            self._skip("field", name, f"another field is called so: this one is “{free}”")
        return free

    def changed(self, table: str, old: Rows, renamed: Rows, project_id: UUID) -> Rows | None:
        """A row of a field, an option or a value as it is written; None where it is here already.

        Raises:
            NotAnExport: it names what is not in the export.
        """
        if table == "custom_fields":
            field_id: UUID = decoded(old, "id", UUID)
            if field_id in self._known:
                return None
            name = self._names.get(field_id)
            named = renamed if name is None else {**renamed, "name": raw(name)}
            return {**named, "project_id": raw(project_id)}
        if decoded(old, "field_id", UUID) in self._known:
            if table == "custom_field_options":
                return None
            if not is_null(old["option_id"]) and decoded(old, "option_id", UUID) in self._lost:
                return None
        return renamed
