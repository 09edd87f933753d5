"""Adding and taking away working time, by bisection in running totals.

A moment is a minute since 1970-01-01T00:00 (see calendars.py). `worked` is the running total: it
grows by one a working minute and stands still between shifts, so one total is a whole gap of
moments; `finish_at` is the gap's beginning (17:00 on Friday), `start_at` its end (08:00 on Monday).
"""

from bisect import bisect_left, bisect_right
from datetime import datetime

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from projectflow.core.problems import InvalidInput
from projectflow.tasks.schedule.calendars import (
    DAY,
    Interval,
    WorkingCalendar,
    check_calendar,
    intersect,
    working_intervals,
)

FIRST_DAY = -25_567  # 1900-01-01
LAST_DAY = 84_006  # 2200-01-01
FIRST_STEP = 366


class NoWorkingTime(InvalidInput):
    """The working time runs out: it would begin before 1900 or end after 2200."""


class Timetable:
    """The time that all of some calendars share: workspace, project and person.

    Built as far as it is asked for, and keeps what it built: make one for each set of calendars
    and use it for many schedules. Not for use from two threads at once.
    """

    __slots__ = ("_calendars", "_first", "_last", "_step", "ends", "starts", "totals", "zoned")

    def __init__(self, *calendars: WorkingCalendar) -> None:
        """Take one calendar or more.

        Raises:
            InvalidCalendar, UnknownHolidays: one of them is not right.
        """
        for calendar in calendars:
            check_calendar(calendar)
        self._calendars = calendars
        self.zoned = any(calendar.zone is not None for calendar in calendars)
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.totals = [0]
        self._first = self._last = 0
        self._step = FIRST_STEP

    def without(self, begin: datetime, end: datetime) -> "Timetable":
        """The same time but for an absence."""
        first, *rest = self._calendars
        return Timetable(replace(first, absences=(*first.absences, (begin, end))), *rest)

    def worked(self, moment: int) -> int:
        """Working minutes up to a moment, from a zero that stays the same."""
        if not self._first <= moment < self._last:
            self._reach(moment)
        at = bisect_right(self.starts, moment) - 1
        if at < 0:
            return self.totals[0]
        return self.totals[at] + min(moment, self.ends[at]) - self.starts[at]

    def all_worked(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """`worked` for many moments, in an array of the same shape."""
        if moments.size == 0:
            return moments
        for end in (int(moments.min()), int(moments.max())):
            self.worked(end)
        starts, ends = np.array(self.starts, np.int64), np.array(self.ends, np.int64)
        totals = np.array(self.totals, np.int64)
        if starts.size == 0:
            return np.full_like(moments, totals[0])
        at = np.searchsorted(starts, moments, side="right") - 1
        within = totals[at] + np.minimum(moments, ends[at]) - starts[at]
        return np.where(at < 0, totals[0], within)

    def finish_at(self, total: int) -> int:
        """The first moment with that many minutes worked: where work of that length ends."""
        at = bisect_left(self.totals, total) - 1
        if at < 0 or at == len(self.starts):
            self._reach_total(total)
            at = bisect_left(self.totals, total) - 1
        return self.starts[at] + total - self.totals[at]

    def start_at(self, total: int) -> int:
        """The last moment with no more than that worked: where the next minute of work begins."""
        at = bisect_right(self.totals, total) - 1
        if at < 0 or at >= len(self.starts):
            self._reach_total(total)
            at = bisect_right(self.totals, total) - 1
        return self.starts[at] + total - self.totals[at]

    def run(self, moment: int, duration: int) -> Interval:
        """Start at the first working minute from a moment on, and work so many minutes (over 0)."""
        if not self._first <= moment < self._last:
            self._reach(moment)
        at = bisect_right(self.starts, moment) - 1
        if at < 0 or moment >= self.ends[at]:
            at += 1
            if at == len(self.starts):
                self._grow_until_work_after(moment)
                return self.run(moment, duration)
            moment = self.starts[at]
        finish = moment + duration
        if finish <= self.ends[at]:
            return moment, finish
        return moment, self.finish_at(self.totals[at] + finish - self.starts[at])

    def last_start(self, moment: int) -> int:
        """The last working minute that begins at a moment or before it."""
        total = self.worked(moment)
        begin = self.start_at(total)
        return moment if begin == moment else self.finish_at(total) - 1

    def at_or_after(self, moment: int) -> int:
        """The moment itself if work happens then or has just ended, else where work begins."""
        total = self.worked(moment)
        return moment if self.finish_at(total) == moment else self.start_at(total)

    def at_or_before(self, moment: int) -> int:
        """The moment itself if work happens then or is about to, else where work ended."""
        total = self.worked(moment)
        return moment if self.start_at(total) == moment else self.finish_at(total)

    def _reach(self, moment: int) -> None:
        if not FIRST_DAY * DAY <= moment < LAST_DAY * DAY:
            raise NoWorkingTime
        if self._first == self._last:
            day = moment // DAY
            self._first = self._last = day * DAY
            self._grow(back=True)
            self._grow(back=False)
        while moment < self._first:
            self._grow(back=True)
        while moment >= self._last:
            self._grow(back=False)

    def _reach_total(self, total: int) -> None:
        if self._first == self._last:
            self._reach(0)
        while total <= self.totals[0]:
            self._grow(back=True)
        while total >= self.totals[-1]:
            self._grow(back=False)

    def _grow_until_work_after(self, moment: int) -> None:
        while not self.ends or self.ends[-1] <= moment:
            self._grow(back=False)

    def _grow(self, *, back: bool) -> None:
        """Build more days, twice as many as the last time."""
        if back:
            last = self._first // DAY
            first = max(last - self._step, FIRST_DAY)
        else:
            first = self._last // DAY
            last = min(first + self._step, LAST_DAY)
        if first == last:
            raise NoWorkingTime
        self._step *= 2
        found = self._intervals(first, last)
        starts = [start for start, _ in found]
        ends = [end for _, end in found]
        if back:
            total = self.totals[0]
            before: list[int] = []
            for start, end in reversed(found):
                total -= end - start
                before.append(total)
            before.reverse()
            self.starts, self.ends = starts + self.starts, ends + self.ends
            self.totals = before + self.totals
            self._first = first * DAY
        else:
            total = self.totals[-1]
            for start, end in found:
                total += end - start
                self.totals.append(total)
            self.starts += starts
            self.ends += ends
            self._last = last * DAY

    def _intervals(self, first: int, last: int) -> list[Interval]:
        if not self._calendars:
            return [(first * DAY, last * DAY)]
        shared = working_intervals(self._calendars[0], first, last)
        for calendar in self._calendars[1:]:
            shared = intersect(shared, working_intervals(calendar, first, last))
        return shared
