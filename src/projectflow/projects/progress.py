"""How far the work on something is: tasks by category, and hours of their estimates."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct


class Progress(Struct, frozen=True):
    """Tasks by the category of their state, with those that were put away, without the trash.

    What was cancelled is no part of the whole that a share is of.
    """

    total: int
    backlog: int
    unstarted: int
    started: int
    completed: int
    cancelled: int
    estimated_hours: Decimal
    """Of all tasks but the cancelled."""
    completed_hours: Decimal
    """The part of these estimates that belongs to completed tasks."""
    share: float | None
    """Completed tasks of all, 0 to 1; null where there are none."""
    share_by_estimate: float | None
    """The same, each task weighed by its estimate; null where nothing is estimated."""


PROGRESS_COLUMNS: Final = (
    "count(*) AS total, count(*) FILTER (WHERE s.category = 'backlog') AS backlog,"
    " count(*) FILTER (WHERE s.category = 'unstarted') AS unstarted,"
    " count(*) FILTER (WHERE s.category = 'started') AS started,"
    " count(*) FILTER (WHERE s.category = 'completed') AS completed,"
    " count(*) FILTER (WHERE s.category = 'cancelled') AS cancelled,"
    " coalesce(sum(t.estimated_hours) FILTER (WHERE s.category <> 'cancelled'), 0)"
    " AS estimated_hours,"
    " coalesce(sum(t.estimated_hours) FILTER (WHERE s.category = 'completed'), 0)"
    " AS completed_hours"
)
"""Of tasks `t`, each with its state `s`."""
WIDTH: Final = 8


def progress_of(values: Sequence[Any]) -> Progress:
    """The progress that `PROGRESS_COLUMNS` tell of."""
    total, *others, cancelled, estimated, done = values
    completed, whole = others[-1], total - cancelled
    return Progress(
        *values,
        share=completed / whole if whole else None,
        share_by_estimate=float(done / estimated) if estimated else None,
    )


NO_PROGRESS: Final = progress_of((0, 0, 0, 0, 0, 0, Decimal(0), Decimal(0)))
"""Where there are no tasks yet."""
