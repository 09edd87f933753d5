"""Linear's CSV export: an issue a row, dates as JavaScript writes them.

Columns as https://linear.app/docs/exporting-data describes them.
"""

from typing import Final

from projectflow.imports.dates import javascript_moment
from projectflow.imports.incoming import (
    Incoming,
    IncomingState,
    IncomingTag,
    IncomingTask,
    Person,
)
from projectflow.imports.jira import Row
from projectflow.imports.tables import NotATable, read_table
from projectflow.imports.values import text
from projectflow.imports.words import category_of_word, priority_of

NEEDED: Final = ("ID", "Title", "Status")
DATES: Final = ("Created", "Updated", "Completed", "Canceled", "Archived", "Due Date")
NO_PLACE: Final = ("Estimate", "Project", "Cycle Name", "Milestone", "Roadmaps", "Initiatives")
ORDER: Final = {"backlog": 0, "unstarted": 1, "started": 2, "completed": 3, "cancelled": 4}


def read_linear(content: bytes) -> Incoming:
    """Read an export.

    Raises:
        NotATable: it is not CSV, or lacks the columns that every export has.
    """
    table = read_table(content)
    places = table.places()
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise NotATable(f"This is not Linear's CSV export: it has no column {missing[0]}.")
    rows = [Row(places, cells) for cells in table.rows]
    teams = list(dict.fromkeys(team for row in rows if (team := row["Team"])))
    incoming = Incoming(
        source="linear",
        key=" ".join(teams)[:90] or "linear",
        name=" and ".join(teams)[:200] or "Linear import",
        tasks=[],
    )
    states, people, tags = dict[str, IncomingState](), dict[str, Person](), dict[str, None]()
    seen: set[str] = set()
    for number, row in enumerate(rows):
        key = text(row["ID"], 90)
        if not key or key in seen:
            incoming.skip("row", row["Title"], "it has no ID, or one that came before")
            continue
        seen.add(key)
        for column in DATES:
            if row[column] and javascript_moment(row[column]) is None:
                incoming.skip(column.lower(), key, f"{text(row[column], 40)} is not a date")
        task = _task(row, key, number, people)
        states.setdefault(
            task.state, IncomingState(task.state, row["Status"], category_of_word(row["Status"]))
        )
        tags |= dict.fromkeys(task.tags)
        incoming.tasks.append(task)
    incoming.states = sorted(states.values(), key=lambda s: ORDER.get(s.category or "", 1))
    incoming.people, incoming.tags = list(people.values()), [IncomingTag(tag) for tag in tags]
    incoming.counts = {"rows": len(rows), "issues": len(incoming.tasks)}
    for name in NO_PLACE:
        filled = sum(bool(row[name]) for row in rows)
        if filled:
            incoming.skip("column", name, f"not taken; {filled} rows have it")
    return incoming


def _task(row: Row, key: str, number: int, people: dict[str, Person]) -> IncomingTask:
    created = javascript_moment(row["Created"])
    return IncomingTask(
        key=key,
        title=row["Title"],
        description=row["Description"],
        state=row["Status"].casefold()[:90],
        age=(created is None, created, number),
        priority=priority_of(row["Priority"]),
        assignees=[k for k in [_person(row["Assignee"], people)] if k],
        reporter=_person(row["Creator"], people),
        parent=row["Parent issue"] or None,
        due_date=javascript_moment(row["Due Date"]),
        tags=[tag for each in row["Labels"].split(",") if (tag := text(each, 50))],
        created_at=created,
        updated_at=javascript_moment(row["Updated"]),
        completed_at=javascript_moment(row["Completed"]),
        archived_at=javascript_moment(row["Archived"]),
    )


def _person(name: str, people: dict[str, Person]) -> str | None:
    """Linear names people by their address, or by their name where that is hidden."""
    key = text(name, 90)
    if not key:
        return None
    people.setdefault(key, Person(key, key.partition("@")[0], key if "@" in key else None))
    return key
