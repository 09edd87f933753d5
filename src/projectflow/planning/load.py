"""How work lies on a person's days: the rules of docs/resources.md, without a database.

Figures are minutes. A person's days begin by their own clock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.planning.calendars import Presence, midnight
from projectflow.planning.types import LAST_DATE

ONE_DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=5 * 366)
"""A task that is to last longer is counted as if it were due then."""
SOON: Final = 60
"""Days in which overdue work finds a working day, if it finds any."""
FULL: Final = 10_000
"""All of somebody's time, in hundredths of a percent."""


class OpenTask(Struct, frozen=True):
    """A task that is somebody's, is not done, and has work left."""

    id: UUID
    project_id: UUID
    user_id: UUID
    key: str
    title: str
    hours: Decimal
    """Estimated, without those that were spent on it."""
    start_date: date | None
    due_date: datetime

    @property
    def minutes(self) -> int:
        """What is left to do."""
        return int((self.hours * 60).quantize(Decimal(1), ROUND_HALF_UP))


class UsualDays:
    """A range of days, with the working minutes of each: the same for all who work alike."""

    def __init__(self, presence: Presence, first: date, count: int) -> None:
        """`count` days from `first` on, of somebody who is never away."""
        self.dates = [first + timedelta(days=n) for n in range(count)]
        self.edges = [
            midnight(presence.zone, day) for day in [*self.dates, first + count * ONE_DAY]
        ]
        worked = [presence.usual.worked(edge) for edge in self.edges]
        self.capacity = [after - before for before, after in pairwise(worked)]


class Days:
    """A range of somebody's days, with the working minutes of each."""

    def __init__(self, presence: Presence, usual: UsualDays) -> None:
        """Those of `usual`, which is of somebody who works alike, without the absences."""
        self.presence = presence
        self.dates = usual.dates
        self.edges = usual.edges
        self.first = usual.dates[0]
        self.capacity = usual.capacity.copy()
        for start, end in presence.away:
            if start < self.edges[-1] and self.edges[0] < end:
                self._take_away(start, end)

    def _take_away(self, start: int, end: int) -> None:
        usual = self.presence.usual
        first = max(bisect_right(self.edges, start) - 1, 0)
        last = min(bisect_left(self.edges, end), len(self.capacity))
        for n in range(first, last):
            begin, until = max(self.edges[n], start), min(self.edges[n + 1], end)
            self.capacity[n] -= usual.worked(until) - usual.worked(begin)

    def place(self, day: date) -> int:
        """Which of the days it is; below zero or past the last where it is none of them."""
        return (day - self.first).days

    def within(self, first: date, last: date) -> range:
        """The places of the days from one to another, both included."""
        return range(max(self.place(first), 0), min(self.place(last) + 1, len(self.dates)))


def days_of(people: dict[UUID, Presence], first: date, count: int) -> dict[UUID, Days]:
    """Everybody's `count` days from `first` on."""
    alike: dict[tuple[int, str], UsualDays] = {}
    days: dict[UUID, Days] = {}
    for user_id, presence in people.items():
        kind = (id(presence.usual), presence.zone.key)
        if kind not in alike:
            alike[kind] = UsualDays(presence, first, count)
        days[user_id] = Days(presence, alike[kind])
    return days


def planned(task: OpenTask, days: Days, today: date) -> Iterator[tuple[int, int]]:
    """What of a task is to be done on which of the days: place and minutes.

    What is left is spread evenly over the working time from the task's start, but not before
    today, to the end of the day it is due: Microsoft Project's flat work contour. Overdue work is
    due on the next working day. Where the person does not work at all until it is due, all of it
    stands on that day.
    """
    presence = days.presence
    first, last = _span(task, presence, today)
    places = days.within(first, last)
    if not places:
        return
    begin = midnight(presence.zone, first)
    total = presence.worked(begin, midnight(presence.zone, last + ONE_DAY))
    if total == 0:
        if days.place(last) in places:
            yield days.place(last), task.minutes
        return
    minutes = task.minutes
    done = presence.worked(begin, days.edges[places[0]])
    for place in places:
        after = done + days.capacity[place]
        # Rounded so that all days together are the whole.
        share = minutes * after // total - minutes * done // total
        if share:
            yield place, share
        done = after


def _span(task: OpenTask, presence: Presence, today: date) -> tuple[date, date]:
    due = min(task.due_date.astimezone(presence.zone).date(), LAST_DATE)
    if due < today:
        day = _next_working_day(presence, today)
        return day, day
    first = min(max(task.start_date or today, today), due)
    return first, min(due, first + LONGEST)


def _next_working_day(presence: Presence, today: date) -> date:
    for n in range(SOON):
        day = today + timedelta(days=n)
        begin, end = (midnight(presence.zone, d) for d in (day, day + ONE_DAY))
        if presence.worked(begin, end):
            return day
    return today


def rounded(hundredths: int) -> int:
    """Minutes, from minutes times hundredths of a percent."""
    return (hundredths + FULL // 2) // FULL
