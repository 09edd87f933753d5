"""When the next so many tasks are done, from how many were done a day: for work without structure.

Weeks of the past are drawn with replacement and laid one after the other (a block bootstrap,
Künsch 1989, with the week as its block: it keeps the weekend and what happens in bursts).
"""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEK: Final = 7
MEMORY: Final = 26
"""Weeks that are drawn from: what a team did half a year ago says little of the next one."""
LONGEST: Final = 520
"""Weeks; what takes over ten years is counted as ten."""
FEWEST_WEEKS: Final = 4
FEWEST_DONE: Final = 10


class TooThin(Exception):
    """There is too little history. `missing` says what."""

    def __init__(self, missing: str) -> None:
        """As a sentence."""
        super().__init__(missing)
        self.missing = missing


def days_until(done: Ints, today: int, count: int, runs: int, dice: np.random.Generator) -> Floats:
    """In how many days `count` more tasks are done, a value a run.

    Args:
        done: The days on which tasks were done (numbers of days, sorted), each below `today`.
        today: The first day that is not over.
        count: 1 or more.
        runs: How many values.
        dice: Where chance comes from.

    Raises:
        TooThin: fewer than 4 weeks of history or 10 tasks.
    """
    blocks = _weeks_of(done, today)
    weeks = len(blocks)
    a_week = blocks.sum(axis=1)
    left = np.full(runs, count, dtype=np.int64)
    days = np.full(runs, LONGEST * WEEK, dtype=np.float64)
    waiting = np.arange(runs)
    for week in range(LONGEST):
        drawn = dice.integers(0, weeks, waiting.size)
        ready = a_week[drawn] >= left
        if ready.any():
            reached = np.cumsum(blocks[drawn[ready]], axis=1) >= left[ready][:, None]
            days[waiting[ready]] = week * WEEK + np.argmax(reached, axis=1) + 1
        left = (left - a_week[drawn])[~ready]
        waiting = waiting[~ready]
        if not waiting.size:
            break
    return days


def done_by_day(done: Ints, today: int, weeks: int, runs: int, dice: np.random.Generator) -> Ints:
    """How many tasks are done on each day of the next weeks: a row a run, drawn as above.

    Raises:
        TooThin: as `days_until`.
    """
    blocks = _weeks_of(done, today)
    drawn = dice.integers(0, len(blocks), (runs, weeks))
    return blocks[drawn].reshape(runs, weeks * WEEK)


def _weeks_of(done: Ints, today: int) -> Ints:
    """How many were done on each day of the weeks that are drawn from, a row a week."""
    if done.size < FEWEST_DONE:
        raise TooThin(f"{FEWEST_DONE} tasks must have been done; {done.size} are.")
    weeks = min((today - int(done[0])) // WEEK, MEMORY)
    if weeks < FEWEST_WEEKS:
        raise TooThin(f"The first task must have been done {FEWEST_WEEKS} weeks ago.")
    first = today - weeks * WEEK
    a_day = np.bincount(done[done >= first] - first, minlength=weeks * WEEK)
    blocks = a_day.reshape(weeks, WEEK)
    if not blocks.any():
        raise TooThin(f"No task was done in the last {weeks} weeks.")
    return blocks


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()
