"""Any table as tasks: which column is what, guessed from its name or said by a person."""

from decimal import Decimal
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from projectflow.core.problems import InvalidInput
from projectflow.imports.dates import DateOrder, any_moment
from projectflow.imports.incoming import (
    Incoming,
    IncomingState,
    IncomingTag,
    IncomingTask,
    Person,
)
from projectflow.imports.tables import Table
from projectflow.imports.values import fingerprint, hours, text
from projectflow.imports.words import category_of_word, priority_of

FieldName = Literal[
    "key", "title", "description", "status", "priority", "assignee", "reporter", "tags", "parent",
    "start_date", "due_date", "estimated_hours", "created_at", "completed_at", "ignore",
]  # fmt: skip
NAMES: Final[dict[FieldName, tuple[str, ...]]] = {
    "title": ("title", "summary", "name", "task", "task name", "subject", "titel", "aufgabe"),
    "key": ("id", "key", "issue key", "task id", "nr", "no", "number", "schlüssel", "nummer"),
    "description": ("description", "notes", "note", "body", "details", "beschreibung", "notizen"),
    "status": ("status", "state", "column", "list", "section", "section/column", "stage"),
    "priority": ("priority", "prio", "priorität"),
    "assignee": ("assignee", "assigned to", "owner", "responsible", "zuständig", "bearbeiter"),
    "reporter": ("reporter", "creator", "created by", "author", "erstellt von"),
    "tags": ("tags", "labels", "label", "tag", "category", "schlagwörter"),
    "parent": ("parent", "parent id", "parent issue", "parent task", "übergeordnet"),
    "start_date": ("start date", "start", "begin", "beginn", "startdatum"),
    "due_date": ("due date", "due", "deadline", "finish", "end date", "fällig", "fälligkeitsdatum"),
    "estimated_hours": ("estimate", "estimated hours", "hours", "effort", "aufwand", "stunden"),
    "created_at": ("created", "created at", "creation date", "erstellt"),
    "completed_at": ("completed", "completed at", "closed", "resolved", "erledigt am"),
}
SHOWN_ROWS: Final = 10
CHECKED_ROWS: Final = 1000
ColumnName = Annotated[str, Meta(max_length=500)]


class Mapping(Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is what; columns that are not named are guessed, or left out."""

    columns: dict[ColumnName, FieldName] = {}
    dates: DateOrder = "auto"
    tag_separator: Annotated[str, Meta(min_length=1, max_length=3)] = ","


class ColumnPreview(Struct, frozen=True):
    """A column, what it is taken for, and how many of its first thousand cells cannot be that."""

    name: str
    field: FieldName
    samples: list[str]
    unreadable: int


class Preview(Struct, frozen=True):
    """What a file holds, before anything is brought in."""

    encoding: str
    delimiter: str
    row_count: int
    columns: list[ColumnPreview]
    rows: list[list[str]]


def guess(name: str) -> FieldName:
    """What a column is by its name."""
    plain = " ".join(name.casefold().replace("_", " ").split())
    for field, names in NAMES.items():
        if plain in names:
            return field
    return "ignore"


def complete(table: Table, mapping: Mapping) -> list[FieldName]:
    """The field of each column; a guess loses to what was said, and only one column has a field.

    Raises:
        InvalidInput: a column that is not there is named, two are the same, or there is no title.
    """
    unknown = [name for name in mapping.columns if name not in table.columns]
    if unknown:
        raise InvalidInput.of("mapping", f"names the column {unknown[0]:.80}, which is not there")
    fields: list[FieldName] = []
    said = set(mapping.columns.values()) - {"ignore"}
    for name in table.columns:
        field: FieldName = mapping.columns.get(name) or guess(name)
        guessed = name not in mapping.columns
        if guessed and (field in fields or field in said):
            field = "ignore"
        fields.append(field)
    for field in said:
        if fields.count(field) > 1 and field != "tags":
            raise InvalidInput.of("mapping", f"takes two columns for {field}")
    if "title" not in fields:
        raise InvalidInput.of("mapping", "has no column for the title")
    return fields


def preview(table: Table, mapping: Mapping) -> Preview:
    """What would become of a table, without a title too.

    Raises:
        InvalidInput: as `complete`, but for the title.
    """
    fields: list[FieldName]
    try:
        fields = complete(table, mapping)
    except InvalidInput:
        if any(name not in table.columns for name in mapping.columns):
            raise
        fields = [mapping.columns.get(name) or guess(name) for name in table.columns]
    columns = [
        ColumnPreview(
            name,
            field,
            [cell[:200] for row in table.rows[:50] if (cell := row[place].strip())][:3],
            sum(not _is_readable(row[place], field, mapping) for row in table.rows[:CHECKED_ROWS]),
        )
        for place, (name, field) in enumerate(zip(table.columns, fields, strict=True))
    ]
    rows = [[cell[:200] for cell in row] for row in table.rows[:SHOWN_ROWS]]
    return Preview(table.encoding, table.delimiter, len(table.rows), columns, rows)


def _is_readable(cell: str, field: FieldName, mapping: Mapping) -> bool:
    cell = cell.strip()
    if not cell:
        return field != "title"
    match field:
        case "start_date" | "due_date" | "created_at" | "completed_at":
            return any_moment(cell, mapping.dates) is not None
        case "estimated_hours":
            return _hours(cell) is not None
        case "priority":
            return priority_of(cell) is not None
        case _:
            return True


def read_mapped(table: Table, mapping: Mapping, name: str) -> Incoming:
    """The table as what comes in.

    Raises:
        InvalidInput: as `complete`.
    """
    fields = complete(table, mapping)
    incoming = Incoming(source="table", key=text(name, 90) or "table", name=name, tasks=[])
    states, people, tags = dict[str, IncomingState](), dict[str, Person](), dict[str, None]()
    seen: set[str] = set()
    for number, row in enumerate(table.rows):
        cells: dict[FieldName, str] = {}
        labels: list[str] = []
        for field, cell in zip(fields, row, strict=True):
            if field == "tags":
                labels += [t for each in cell.split(mapping.tag_separator) if (t := text(each, 50))]
            elif field != "ignore":
                cells[field] = cell.strip()
        task = _task(cells, labels, number, mapping, people, incoming)
        if task is None or task.key in seen:
            incoming.skip("row", f"row {number + 2}", "it has no title, or a key that came before")
            continue
        seen.add(task.key)
        word = cells.get("status") or "To do"
        states.setdefault(task.state, IncomingState(task.state, word, category_of_word(word)))
        tags |= dict.fromkeys(task.tags)
        incoming.tasks.append(task)
    incoming.states = list(states.values()) or [IncomingState("to do", "To do", "unstarted")]
    incoming.people, incoming.tags = list(people.values()), [IncomingTag(tag) for tag in tags]
    incoming.counts = {"rows": len(table.rows), "tasks": len(incoming.tasks)}
    for column, field in zip(table.columns, fields, strict=True):
        if field == "ignore":
            incoming.skip("column", column, "not taken")
    return incoming


def _task(
    cells: dict[FieldName, str],
    labels: list[str],
    number: int,
    mapping: Mapping,
    people: dict[str, Person],
    incoming: Incoming,
) -> IncomingTask | None:
    title = cells.get("title", "")
    if not title:
        return None

    def moment_of(field: FieldName):  # noqa: ANN202
        cell = cells.get(field, "")
        found = any_moment(cell, mapping.dates)
        if cell and found is None:
            incoming.skip(field.replace("_", " "), title, f"{cell:.40} is not a date")
        return found

    effort, start = cells.get("estimated_hours", ""), moment_of("start_date")
    if effort and _hours(effort) is None:
        incoming.skip("estimate", title, f"{effort:.40} is no number of hours up to 999.99")
    if cells.get("priority") and priority_of(cells["priority"]) is None:
        incoming.skip("priority", title, f"{cells['priority']:.40} is no priority that we know")
    # Without a key of its own, a row is known again by what stands in it.
    key = text(cells.get("key"), 90) or f"row {fingerprint(title, labels).hex()}"
    return IncomingTask(
        key=key,
        title=title,
        description=cells.get("description", ""),
        state=(cells.get("status") or "To do").casefold()[:90],
        age=(number,),
        priority=priority_of(cells.get("priority", "")),
        assignees=[k for k in [_person(cells.get("assignee", ""), people)] if k],
        reporter=_person(cells.get("reporter", ""), people),
        parent=text(cells.get("parent"), 90) or None,
        start_date=start.date() if start else None,
        due_date=moment_of("due_date"),
        estimated_hours=_hours(effort),
        tags=labels,
        created_at=moment_of("created_at"),
        completed_at=moment_of("completed_at"),
    )


def _person(name: str, people: dict[str, Person]) -> str | None:
    key = text(name, 90)
    if not key:
        return None
    people.setdefault(key, Person(key, key.partition("@")[0], key if "@" in key else None))
    return key


def _hours(cell: str) -> Decimal | None:
    """`1.5`, `1,5`, `1:30`, `2h`."""
    plain = cell.strip().casefold().removesuffix("hours").removesuffix("h").strip()
    whole, colon, minutes = plain.partition(":")
    if colon and whole.isdecimal() and minutes.isdecimal() and int(minutes[:4]) < 60:
        return hours(Decimal(whole[:6]) + Decimal(minutes[:2]) / 60)
    return hours(plain.replace(",", "."))
