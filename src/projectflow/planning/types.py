"""When work happens, as people write it down."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct, field

from projectflow.core.problems import InvalidInput
from projectflow.tasks.schedule.calendars import (
    DayException,
    InvalidCalendar,
    WorkingCalendar,
    check_calendar,
)
from projectflow.users.types import TimeZone, check_time_zone

MAX_EXCEPTIONS: Final = 500
MAX_SHIFTS: Final = 12
FIRST_DATE: Final = date(2000, 1, 1)
LAST_DATE: Final = date(2199, 12, 31)
"""What this module plans; the scheduler's own limits are a century wider on one side."""


class Shift(Struct, frozen=True, forbid_unknown_fields=True):
    """Working time inside a day, in minutes after its midnight; may end on the next day."""

    start: Annotated[int, Meta(ge=0, lt=1440)]
    end: Annotated[int, Meta(gt=0, le=2880)]


Shifts = Annotated[list[Shift], Meta(max_length=MAX_SHIFTS)]
Week = Annotated[
    list[Shifts], Meta(min_length=7, max_length=7, description="shifts a weekday, Monday first")
]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", description="ISO 3166-1 alpha-2")]
Subdivision = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9-]{1,20}$(?!\n)",
        description="the part of ISO 3166-2 after the country, as in BE",
    ),
]


class SpecialDays(Struct, frozen=True, forbid_unknown_fields=True):
    """Days that differ from their weekday: no shifts is time off."""

    first: date
    last: date
    shifts: Shifts = []
    name: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] = ""


Exceptions = Annotated[
    list[SpecialDays],
    Meta(max_length=MAX_EXCEPTIONS, description="the later one wins where two name a day"),
]


def usual_week() -> list[list[Shift]]:
    """Monday to Friday, nine to five."""
    return [*([Shift(540, 1020)] for _ in range(5)), [], []]


class WorkspaceCalendar(Struct, frozen=True, forbid_unknown_fields=True):
    """When a workspace works."""

    week: Week = field(default_factory=usual_week)
    time_zone: TimeZone = "UTC"
    by_own_clock: bool = True
    """Whether people keep these hours by the clock of their own time zone."""
    country: Country | None = None
    """Whose public holidays are days off."""
    subdivision: Subdivision | None = None
    exceptions: Exceptions = []


class ProjectCalendar(Struct, frozen=True, forbid_unknown_fields=True):
    """What is different in a project. Absent fields are as in the workspace."""

    overrides: bool = False
    """Whether this stands in the place of the workspace's calendar, and not beside it."""
    week: Week | None = None
    time_zone: TimeZone | None = None
    country: Country | None = None
    subdivision: Subdivision | None = None
    exceptions: Exceptions = []


class VersionedWorkspaceCalendar(WorkspaceCalendar, frozen=True, kw_only=True):
    """A workspace's calendar. Version 0 is the one that nobody has changed."""

    version: int


class VersionedProjectCalendar(ProjectCalendar, frozen=True, kw_only=True):
    """A project's calendar. Version 0 is the one that changes nothing."""

    project_id: UUID
    version: int


def check_settings(settings: WorkspaceCalendar | ProjectCalendar) -> None:
    """Refuse what cannot be read as working time, naming the field.

    Raises:
        InvalidInput: so it is.
    """
    week = settings.week or []
    for day, shifts in enumerate(week):
        _check(f"week[{day}]", WorkingCalendar(week=(_minutes(shifts),) * 7))
    closed = ((),) * 7
    for n, days in enumerate(settings.exceptions):
        where = f"exceptions[{n}]"
        if days.first < FIRST_DATE or days.last > LAST_DATE:
            raise InvalidInput.of(where, f"must be between {FIRST_DATE} and {LAST_DATE}")
        _check(where, WorkingCalendar(week=closed, exceptions=(_exception(days),)))
    if settings.time_zone is not None:
        check_time_zone(settings.time_zone)
    if settings.subdivision is not None and settings.country is None:
        raise InvalidInput.of("subdivision", "needs a country")
    if settings.country is not None:
        _check("country", WorkingCalendar(week=closed, country=settings.country))
        _check(
            "subdivision",
            WorkingCalendar(
                week=closed, country=settings.country, subdivision=settings.subdivision
            ),
        )


def _check(field: str, calendar: WorkingCalendar) -> None:
    try:
        check_calendar(calendar)
    except InvalidInput as refusal:
        said = refusal.detail
        if isinstance(refusal, InvalidCalendar):
            said = said.partition(": ")[2]
        raise InvalidInput.of(field, said) from None


def calendar_of(
    settings: WorkspaceCalendar | ProjectCalendar, usual: WorkspaceCalendar
) -> WorkingCalendar:
    """What the scheduler makes of settings; `usual` says what they leave out."""
    return WorkingCalendar(
        week=week_of(usual.week if settings.week is None else settings.week),
        zone=settings.time_zone or usual.time_zone,
        country=settings.country,
        subdivision=settings.subdivision,
        exceptions=tuple(map(_exception, settings.exceptions)),
    )


def week_of(week: list[list[Shift]]) -> tuple[tuple[tuple[int, int], ...], ...]:
    """A week of shifts as the scheduler takes it."""
    return tuple(map(_minutes, week))


def _exception(days: SpecialDays) -> DayException:
    return DayException(days.first, days.last, _minutes(days.shifts))


def _minutes(shifts: list[Shift]) -> tuple[tuple[int, int], ...]:
    return tuple((shift.start, shift.end) for shift in shifts)
