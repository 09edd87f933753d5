"""Just enough of Microsoft Project's XML (MSPDI) to compare schedules; the importer comes later."""

from datetime import datetime, time
from pathlib import Path
from uuid import UUID

from defusedxml.ElementTree import parse
from msgspec import Struct

from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Link, LinkType, Network

XML = {"p": "http://schemas.microsoft.com/project"}
ELAPSED = {"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"}
"""The values of LagFormat that count the clock: elapsed minutes, hours, days, weeks, months."""


class Theirs(Struct, frozen=True):
    """What Project computed for a task; slack in working minutes."""

    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_slack: float
    free_slack: float
    critical: bool


def task_id(uid: str) -> UUID:
    return UUID(int=int(uid))


def read(path: Path) -> tuple[Network, dict[UUID, Theirs]]:
    root = parse(path).getroot()
    assert root is not None
    table = Timetable(
        calendar(root.find(f"p:Calendars/p:Calendar[p:UID='{text(root, 'CalendarUID')}']", XML))
    )
    activities, links, theirs = [], [], {}
    for task in root.findall("p:Tasks/p:Task", XML):
        if text(task, "Summary") == "1":
            continue
        this = task_id(text(task, "UID"))
        activities.append(Activity(id=this, duration=minutes(text(task, "Duration"))))
        theirs[this] = Theirs(
            moment(task, "EarlyStart"),
            moment(task, "EarlyFinish"),
            moment(task, "LateStart"),
            moment(task, "LateFinish"),
            int(text(task, "TotalSlack")) / 10,
            int(text(task, "FreeSlack")) / 10,
            text(task, "Critical") == "1",
        )
        links += [
            Link(
                task_id(text(link, "PredecessorUID")),
                this,
                LinkType(int(text(link, "Type"))),
                int(text(link, "LinkLag")) // 10,
                text(link, "LagFormat") in ELAPSED,
            )
            for link in task.findall("p:PredecessorLink", XML)
        ]
    return (
        Network(
            start=moment(root, "StartDate"),
            calendar=table,
            activities=tuple(activities),
            links=tuple(links),
        ),
        theirs,
    )


def calendar(element):
    week = [()] * 7
    for day in element.findall("p:WeekDays/p:WeekDay", XML):
        week[(int(text(day, "DayType")) - 2) % 7] = tuple(
            (minute(text(shift, "FromTime")), minute(text(shift, "ToTime")))
            for shift in day.findall("p:WorkingTimes/p:WorkingTime", XML)
        )
    return WorkingCalendar(tuple(week))


def text(element, name: str) -> str:
    return element.findtext(f"p:{name}", None, XML)


def moment(element, name: str) -> datetime:
    return datetime.fromisoformat(text(element, name))


def minute(clock: str) -> int:
    at = time.fromisoformat(clock)
    return at.hour * 60 + at.minute


def minutes(duration: str) -> int:
    hours, rest = duration.removeprefix("PT").split("H")
    return int(hours) * 60 + int(rest.split("M")[0])
