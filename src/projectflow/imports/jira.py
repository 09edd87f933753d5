"""Jira's CSV export ("Export → CSV (all fields)"): an issue a row, a column for each value of many.

Columns as https://support.atlassian.com/jira-software-cloud/docs/export-issues/ describes them.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal

from projectflow.imports.dates import jira_moment
from projectflow.imports.incoming import (
    Incoming,
    IncomingComment,
    IncomingDependency,
    IncomingLink,
    IncomingRelation,
    IncomingState,
    IncomingTag,
    IncomingTask,
    Person,
)
from projectflow.imports.tables import NotATable, Table, read_table
from projectflow.imports.values import fingerprint, hours, text
from projectflow.imports.words import category_of_word, priority_of

NEEDED: Final = ("Summary", "Issue key")
SECOND: Final = Decimal(1) / 3600
PLAIN_TYPES: Final = {"", "task", "sub-task", "subtask"}
TAKEN: Final = {
    "Summary", "Issue key", "Issue id", "Issue Type", "Status", "Project key", "Project name",
    "Project type", "Project description", "Priority", "Assignee", "Assignee Id", "Reporter",
    "Reporter Id", "Creator", "Creator Id", "Created", "Updated", "Resolved", "Due date",
    "Description", "Labels", "Parent", "Parent id", "Parent key", "Original estimate",
    "Σ Original Estimate", "Comment", "Attachment", "Status Category", "Status Category Changed",
    "Custom field (Start date)", "Last Viewed", "Work Ratio", "Custom field (Rank)", "Votes",
    "Σ Remaining Estimate", "Σ Time Spent", "Parent summary", "Custom field (Issue color)",
}  # fmt: skip
"""What is taken, and what says nothing that people have written."""
Role = Literal["Assignee", "Reporter", "Creator"]
LINK = re.compile(r"(Inward|Outward) issue link \((.*)\)")


class Row:
    """One issue, by its columns' names."""

    def __init__(self, places: dict[str, list[int]], cells: list[str]) -> None:
        """`places` are those of the table."""
        self._places = places
        self._cells = cells

    def all(self, column: str) -> list[str]:
        """The values of a column that stands there several times."""
        cells = (self._cells[place].strip() for place in self._places.get(column, ()))
        return [cell for cell in cells if cell]

    def __getitem__(self, column: str) -> str:
        """The first value; empty where there is none."""
        return next(iter(self.all(column)), "")


def read_jira(content: bytes) -> Incoming:
    """Read an export.

    Raises:
        NotATable: it is not CSV, or lacks the columns that every export has.
    """
    table = read_table(content)
    places = table.places()
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise NotATable(f"This is not Jira's CSV export: it has no column {missing[0]}.")
    rows = [Row(places, cells) for cells in table.rows]
    first = rows[0]["Project name"] if rows else ""
    projects = list(dict.fromkeys(key for row in rows if (key := row["Project key"])))
    incoming = Incoming(
        source="jira",
        key=" ".join(projects)[:90] or "jira",
        name=first or "Jira import",
        description=rows[0]["Project description"] if rows else "",
        tasks=[],
    )
    if len(projects) > 1:
        incoming.skip("projects", " ".join(projects), "all of them come into one project")
    people, states, tags = dict[str, Person](), dict[str, IncomingState](), dict[str, None]()
    keys = {row["Issue id"]: row["Issue key"] for row in rows}
    comments = 0
    seen: set[str] = set()
    for number, row in enumerate(rows):
        task = _task(row, number, keys, people, incoming)
        if task is None or task.key in seen:
            incoming.skip("row", row["Summary"], "it has no issue key, or one that came before")
            continue
        seen.add(task.key)
        status = row["Status"] or "To Do"
        category = category_of_word(row["Status Category"]) or category_of_word(status)
        states.setdefault(task.state, IncomingState(task.state, status, category))
        tags |= dict.fromkeys(task.tags)
        comments += len(task.comments)
        incoming.tasks.append(task)
        _add_links(row, places, incoming)
    incoming.states = sorted(states.values(), key=lambda s: _ORDER.get(s.category or "", 1))
    incoming.people, incoming.tags = list(people.values()), [IncomingTag(tag) for tag in tags]
    incoming.counts = {"rows": len(rows), "issues": len(incoming.tasks), "comments": comments}
    _report_columns(table, incoming)
    return incoming


_ORDER: Final = {"backlog": 0, "unstarted": 1, "started": 2, "completed": 3, "cancelled": 4}


def _task(
    row: Row, number: int, keys: dict[str, str], people: dict[str, Person], incoming: Incoming
) -> IncomingTask | None:
    key = text(row["Issue key"], 90)
    if not key:
        return None
    for column in ("Created", "Updated", "Resolved", "Due date"):
        if row[column] and jira_moment(row[column]) is None:
            incoming.skip(column.lower(), key, f"{text(row[column], 40)} is not a date")
    start = jira_moment(row["Custom field (Start date)"])
    kind = text(row["Issue Type"], 50)
    parent = row["Parent key"] or keys.get(row["Parent id"] or row["Parent"]) or row["Parent"]
    return IncomingTask(
        key=key,
        title=row["Summary"],
        description=row["Description"],
        state=(row["Status"] or "To Do").casefold()[:90],
        # Jira lists the newest first.
        age=(jira_moment(row["Created"]) is None, jira_moment(row["Created"]), -number),
        priority=priority_of(row["Priority"]),
        assignees=[k for k in [_person(row, "Assignee", people)] if k],
        reporter=_person(row, "Reporter", people) or _person(row, "Creator", people),
        parent=parent or None,
        start_date=start.date() if start else None,
        due_date=jira_moment(row["Due date"]),
        estimated_hours=hours(row["Original estimate"], SECOND),
        tags=[
            tag
            for word in [kind if kind.casefold() not in PLAIN_TYPES else "", *row.all("Labels")]
            if (tag := text(word, 50))
        ],
        created_at=jira_moment(row["Created"]),
        updated_at=jira_moment(row["Updated"]),
        completed_at=jira_moment(row["Resolved"]),
        comments=list(_comments(row, key, people)),
        links=list(_attachments(row, key)),
    )


def _person(
    row: Row, role: Literal["Assignee", "Reporter", "Creator"], people: dict[str, Person]
) -> str | None:
    name = row[role]
    key = text(row[f"{role} Id"] or name, 90)
    if not key:
        return None
    people.setdefault(key, Person(key, name or key, key if "@" in key else None))
    return key


def _comments(row: Row, key: str, people: dict[str, Person]) -> Iterator[IncomingComment]:
    """`date;author;text`, of which the text may hold semicolons."""
    for cell in row.all("Comment"):
        when, _, rest = cell.partition(";")
        author, _, body = rest.partition(";")
        at = jira_moment(when)
        if at is None or not body:
            at, author, body = None, "", cell
        author = text(author, 90)
        if author:
            people.setdefault(author, Person(author, author, author if "@" in author else None))
        said = f"{key} {when if at else ''} {author}"[:80]
        yield IncomingComment(_unused(said, cell), author or None, body, at)


def _attachments(row: Row, key: str) -> Iterator[IncomingLink]:
    """`date;author;name;address`."""
    for cell in row.all("Attachment"):
        parts = cell.split(";")
        name = parts[2] if len(parts) > 3 else ""
        yield IncomingLink(_unused(key, cell), name, parts[-1], jira_moment(parts[0]))


def _unused(base: str, cell: str) -> str:
    return f"{base[:60]} {fingerprint(cell).hex()[:16]}"


def _add_links(row: Row, places: dict[str, list[int]], incoming: Incoming) -> None:
    key = row["Issue key"]
    for column in places:
        matched = LINK.fullmatch(column)
        if not matched:
            continue
        outward, kind = matched[1] == "Outward", matched[2].casefold()
        for other in row.all(column):
            if "block" in kind or "depend" in kind:
                waits, on = (other, key) if outward else (key, other)
                incoming.dependencies.append(IncomingDependency(waits, on))
            else:
                sort: Literal["relates", "duplicates"] = (
                    "duplicates" if "duplicate" in kind or "clone" in kind else "relates"
                )
                incoming.relations.append(IncomingRelation(key, other, sort))


def _report_columns(table: Table, incoming: Incoming) -> None:
    """Name the columns that hold something we have no place for."""
    for name, places in table.places().items():
        if name in TAKEN or LINK.fullmatch(name):
            continue
        filled = sum(any(row[place].strip() for place in places) for row in table.rows)
        if filled:
            incoming.skip("column", name, f"not taken; {filled} rows have it")
