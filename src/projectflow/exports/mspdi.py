"""A plan as Microsoft Project's XML (MSPDI), in the order of elements that its schema asks for.

The schema: https://learn.microsoft.com/en-us/office-project/xml-data-interchange/
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from projectflow.exports.plans import (
    DAY,
    Placed,
    Plan,
    dates_of,
    scheduled,
    wanted_start,
    week,
)
from projectflow.exports.sheet_columns import CONTROL
from projectflow.tasks.schedule.types import Link, Planned

NAMESPACE: Final = "http://schemas.microsoft.com/project"
PRIORITIES: Final = {"low": 300, "medium": 500, "high": 700, "urgent": 1000}
DAYS: Final = 7
ELAPSED_DAYS: Final = 8
"""How Project shows a lag, by LagFormat. It is counted in tenths of a minute all the same."""
NOT_EARLIER: Final = 4


def write_mspdi(plan: Plan) -> bytes:
    """The file. Task `WEB-42` has the UID 42, whatever is exported beside it.

    Raises:
        InvalidInput: the links or the estimates leave no time; says which task.
    """
    whole, planned = scheduled(plan)
    root = Element("Project", xmlns=NAMESPACE)
    _add(
        root,
        SaveVersion=14,
        Name=f"{plan.project.key}.xml",
        GUID=str(plan.project.id).upper(),
        Title=plan.project.name,
        CreationDate=plan.project.created_at.replace(tzinfo=None),
        ScheduleFromStart=1,
        StartDate=whole.start,
        FinishDate=whole.finish,
        CalendarUID=1,
        DefaultStartTime="08:00:00",
        DefaultFinishTime="17:00:00",
        MinutesPerDay=DAY,
        MinutesPerWeek=5 * DAY,
        DaysPerMonth=20,
        DurationFormat=DAYS,
    )
    _add_calendar(root)
    uids = {placed.task.id: placed.task.number for placed in plan.tasks}
    before: dict[UUID, list[Link]] = {}
    for link in plan.links:
        before.setdefault(link.successor_id, []).append(link)
    tasks = SubElement(root, "Tasks")
    for place, placed in enumerate(plan.tasks, start=1):
        element = SubElement(tasks, "Task")
        _fill_task(element, place, placed, planned[placed.task.id])
        for link in before.get(placed.task.id, []):
            _add(
                SubElement(element, "PredecessorLink"),
                PredecessorUID=uids[link.predecessor_id],
                Type=link.type.value,
                CrossProject=0,
                LinkLag=link.lag * 10,
                LagFormat=ELAPSED_DAYS if link.elapsed else DAYS,
            )
    _add_people(root, plan, planned)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _add_calendar(root: Element) -> None:
    calendar = SubElement(SubElement(root, "Calendars"), "Calendar")
    _add(calendar, UID=1, Name="Standard", IsBaseCalendar=1, BaseCalendarUID=-1)
    days = SubElement(calendar, "WeekDays")
    shifts_by_day = week().week
    # Project begins its week on Sunday.
    for number, shifts in enumerate((shifts_by_day[6], *shifts_by_day[:6]), start=1):
        day = SubElement(days, "WeekDay")
        _add(day, DayType=number, DayWorking=int(bool(shifts)))
        if shifts:
            times = SubElement(day, "WorkingTimes")
            for since, until in shifts:
                _add(SubElement(times, "WorkingTime"), FromTime=_clock(since), ToTime=_clock(until))


def _fill_task(element: Element, place: int, placed: Placed, planned: Planned) -> None:
    task = placed.task
    start, finish = dates_of(placed, planned)
    outline = ".".join(map(str, placed.outline))
    wanted = wanted_start(placed)
    done = task.category == "completed"
    _add(
        element,
        UID=task.number,
        GUID=str(task.id).upper(),
        ID=place,
        Name=task.title,
        Active=int(task.category != "cancelled"),
        Manual=0,
        Type=0,
        IsNull=0,
        CreateDate=task.created_at.replace(tzinfo=None),
        WBS=outline,
        OutlineNumber=outline,
        OutlineLevel=len(placed.outline),
        Priority=PRIORITIES[task.priority],
        Start=start,
        Finish=finish,
        Duration=_duration(task.minutes),
        DurationFormat=DAYS,
        Work=_duration(round(task.estimated_hours * 60)) if task.estimated_hours else None,
        Estimated=int(not task.estimated_hours),
        Milestone=0,
        Summary=int(placed.is_summary),
        Critical=int(planned.critical),
        EarlyStart=planned.early_start,
        EarlyFinish=planned.early_finish,
        LateStart=planned.late_start,
        LateFinish=planned.late_finish,
        FreeSlack=planned.free_slack * 10,
        TotalSlack=planned.total_slack * 10,
        PercentComplete=_percent(placed),
        ActualFinish=task.completed_at.replace(tzinfo=None) if done and task.completed_at else None,
        ConstraintType=NOT_EARLIER if wanted else 0,
        CalendarUID=-1,
        ConstraintDate=wanted,
        Deadline=finish if task.due_date else None,
        Notes=task.description or None,
    )


def _percent(placed: Placed) -> int:
    """100 for what is completed; for what is under way as much of its estimate as was worked."""
    task = placed.task
    if task.category != "started":
        return 100 if task.category == "completed" else 0
    if not task.estimated_hours or not task.actual_hours:
        return 1
    return min(99, max(1, round(task.actual_hours * 100 / task.estimated_hours)))


def _add_people(root: Element, plan: Plan, planned: dict[UUID, Planned]) -> None:
    uids = {person.id: number for number, person in enumerate(plan.people, start=1)}
    resources = SubElement(root, "Resources")
    for person in plan.people:
        _add(
            SubElement(resources, "Resource"),
            UID=uids[person.id],
            ID=uids[person.id],
            Name=person.name,
            Type=1,
            IsNull=0,
            EmailAddress=person.email,
            MaxUnits="1.00",
        )
    assignments = SubElement(root, "Assignments")
    assigned: Sequence[Placed] = [p for p in plan.tasks if p.task.assignee_id in uids]
    for number, placed in enumerate(assigned, start=1):
        task = placed.task
        start, finish = dates_of(placed, planned[task.id])
        _add(
            SubElement(assignments, "Assignment"),
            UID=number,
            TaskUID=task.number,
            ResourceUID=uids[task.assignee_id] if task.assignee_id else None,
            Finish=finish,
            Start=start,
            Units=1,
            Work=_duration(task.minutes),
        )


def _add(parent: Element, **values: str | int | datetime | None) -> None:
    """Elements by their names, in the order given; none for what is not there."""
    for name, value in values.items():
        if value is not None:
            text = (
                value.replace(microsecond=0).isoformat() if isinstance(value, datetime) else value
            )
            SubElement(parent, name).text = CONTROL.sub("", str(text))


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"
