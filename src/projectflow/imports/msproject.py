"""Microsoft Project's XML (MSPDI): tasks with their outline, links, resources and assignments.

The schema: https://learn.microsoft.com/en-us/office-project/xml-data-interchange/
"""

import re
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from projectflow.core.problems import InvalidInput
from projectflow.imports.incoming import (
    MAX_TASKS,
    Incoming,
    IncomingDependency,
    IncomingState,
    IncomingTask,
    Person,
)
from projectflow.imports.values import hours, moment, text
from projectflow.tasks.dependencies import DependencyType
from projectflow.tasks.types import Priority

NAMESPACE: Final = "{http://schemas.microsoft.com/project}"
TYPES: Final[tuple[DependencyType, ...]] = (
    "finish_to_finish", "finish_to_start", "start_to_finish", "start_to_start",
)  # fmt: skip
ELAPSED: Final = {"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"}
"""The values of LagFormat that count the clock: elapsed minutes, hours, days, weeks, months."""
LONGEST_LAG: Final = 5_256_000
STATES: Final = [
    IncomingState("todo", "To do", "unstarted"),
    IncomingState("doing", "In progress", "started"),
    IncomingState("done", "Done", "completed"),
]
CONSTRAINED: Final = {"1", "2", "3", "4", "5", "6", "7"}
DURATION = re.compile(r"PT(\d{1,7})H(\d{1,2})M(\d{1,2})S")


class NotMicrosoftProject(InvalidInput):
    """This file is not Microsoft Project's XML."""


def read_msproject(content: bytes) -> Incoming:
    """Read a project saved as XML. Its clock has no zone: times are taken as UTC.

    Raises:
        NotMicrosoftProject: it is not such XML, is broken, or hides entities.
    """
    try:
        root: Any = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise NotMicrosoftProject("The file declares entities, which is not read.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise NotMicrosoftProject(f"The file is broken or no XML: {error}.") from None
    if root is None or root.tag != f"{NAMESPACE}Project":
        raise NotMicrosoftProject("The file is not Microsoft Project's XML.")
    tasks = [each for each in _all(root, "Tasks", "Task") if _is_task(each)]
    if len(tasks) > MAX_TASKS:
        raise NotMicrosoftProject(f"The file holds more than {MAX_TASKS:,} tasks.")
    name = _text(root, "Title") or _text(root, "Name").removesuffix(".xml")
    incoming = Incoming(
        source="msproject",
        key=text(_text(root, "GUID") or name, 90) or "msproject",
        name=name or "Microsoft Project",
        tasks=[],
        states=STATES,
    )
    workers = _assignments(root, incoming)
    above: list[str] = []
    for place, each in enumerate(tasks):
        uid, level = _text(each, "UID"), max(1, _whole(_text(each, "OutlineLevel")))
        del above[level - 1 :]
        incoming.tasks.append(
            _task(each, place, above[-1] if above else None, workers.get(uid, []), incoming)
        )
        above.append(uid)
        _add_links(each, incoming)
    incoming.counts = {
        "tasks": len(incoming.tasks),
        "links": sum(len(each.findall(f"{NAMESPACE}PredecessorLink")) for each in tasks),
        "resources": len(incoming.people),
        "milestones": sum(_text(each, "Milestone") == "1" for each in tasks),
    }
    exceptions = len(list(root.iter(f"{NAMESPACE}Exception")))
    if exceptions:
        incoming.skip("calendar", f"{exceptions} exceptions", "calendars are not taken")
    return incoming


def _is_task(each: Element) -> bool:
    """Not the whole project, which is task 0, nor an empty line."""
    named = _text(each, "UID") not in {"", "0"} and _text(each, "IsNull") != "1"
    return named and _text(each, "OutlineLevel") != "0"


def _task(
    each: Element, place: int, parent: str | None, workers: list[str], incoming: Incoming
) -> IncomingTask:
    title, done = _text(each, "Name"), _whole(_text(each, "PercentComplete"))
    summary = _text(each, "Summary") == "1"
    effort = _hours(_text(each, "Work")) or _hours(_text(each, "Duration"))
    estimate = None if summary or effort is None else hours(effort)
    if effort and not summary and estimate is None:
        incoming.skip("duration", title, f"{effort} hours are more than a task may take")
    if _text(each, "ConstraintType") in CONSTRAINED:
        incoming.skip("constraint", title, "constraints are not taken")
    finish, start = moment(_text(each, "Finish")), moment(_text(each, "Start"))
    return IncomingTask(
        key=_text(each, "UID")[:90],
        title=title,
        description=_text(each, "Notes"),
        state="done" if done >= 100 else "doing" if done > 0 else "todo",
        age=(place,),
        priority=_priority(_whole(_text(each, "Priority"), 500)),
        assignees=workers,
        parent=parent,
        start_date=start.date() if start else None,
        due_date=finish,
        estimated_hours=estimate,
        created_at=moment(_text(each, "CreateDate")),
        completed_at=moment(_text(each, "ActualFinish")),
    )


def _priority(number: int) -> Priority:
    """Project counts from 0 to 1000, 500 being what nobody has changed."""
    if number >= 900:
        return "urgent"
    return "high" if number > 500 else "medium" if number == 500 else "low"


def _add_links(each: Element, incoming: Incoming) -> None:
    for link in each.findall(f"{NAMESPACE}PredecessorLink"):
        if _text(link, "CrossProject") == "1":
            incoming.skip("link", _text(each, "Name"), "it leads to another project")
            continue
        # Tenths of minutes; a percentage of the predecessor's duration is format 19 or 20.
        lag = _whole(_text(link, "LinkLag")) // 10
        if _text(link, "LagFormat") in {"19", "20"}:
            incoming.skip("lag", _text(each, "Name"), "a lag in percent is taken as none")
            lag = 0
        number = _whole(_text(link, "Type"), 1)
        incoming.dependencies.append(
            IncomingDependency(
                _text(each, "UID"),
                _text(link, "PredecessorUID"),
                TYPES[number] if 0 <= number < 4 else "finish_to_start",
                max(-LONGEST_LAG, min(LONGEST_LAG, lag)),
                _text(link, "LagFormat") in ELAPSED,
            )
        )


def _assignments(root: Element, incoming: Incoming) -> dict[str, list[str]]:
    """Who works on which task. Material and cost resources are nobody."""
    for each in _all(root, "Resources", "Resource"):
        uid, name = _text(each, "UID"), _text(each, "Name")
        if uid in {"", "0"} or not name:
            continue
        if _text(each, "Type") in {"0", "2"}:
            incoming.skip("resource", name, "material and costs are not taken")
            continue
        incoming.people.append(
            Person(f"{incoming.key[:60]} {uid}", name, _text(each, "EmailAddress"))
        )
    known = {person.key for person in incoming.people}
    found: dict[str, list[str]] = {}
    for each in _all(root, "Assignments", "Assignment"):
        key = f"{incoming.key[:60]} {_text(each, 'ResourceUID')}"
        if key in known:
            found.setdefault(_text(each, "TaskUID"), []).append(key)
    return found


def _all(root: Element, outer: str, inner: str) -> list[Element]:
    return root.findall(f"{NAMESPACE}{outer}/{NAMESPACE}{inner}")


def _text(each: Element, name: str) -> str:
    return (each.findtext(f"{NAMESPACE}{name}") or "").strip()


def _whole(value: str, otherwise: int = 0) -> int:
    try:
        return int(value[:12])
    except ValueError:
        return otherwise


def _hours(duration: str) -> Decimal | None:
    """`PT16H30M0S` in hours; None for none at all."""
    matched = DURATION.fullmatch(duration)
    if matched is None:
        return None
    found = Decimal(matched[1]) + Decimal(matched[2]) / 60
    return found or None
