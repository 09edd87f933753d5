"""Whether forecasts came true: what they cover, what they cost, and what to learn from it."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS: Final = (0.5, 0.8, 0.95)
SIMULATED_WEIGHT: Final = 10.0
"""How many past forecasts count as much as the simulation itself."""


class Level(Struct, frozen=True):
    """How the forecasts of one level did."""

    level: float
    """What was promised, e.g. 0.8: in four of five times it is done by then."""
    covered: float
    """In which share of the forecasts it was."""
    pinball_loss: float
    """Days, on average (Koenker and Bassett 1978): the lower the better."""


class Coverage(Struct, frozen=True):
    """What a series of forecasts was worth, each made without knowing what came after it."""

    forecasts: int
    levels: tuple[Level, ...]


def measure(promised: Sequence[Sequence[float]], outcomes: Sequence[float]) -> Coverage | None:
    """Compare forecasts with what came.

    Args:
        promised: For each forecast its quantiles at `LEVELS`, in days.
        outcomes: What it took, in days.

    Returns:
        None without any forecast.
    """
    if not outcomes:
        return None
    came = np.array(outcomes)
    levels: list[Level] = []
    for n, level in enumerate(LEVELS):
        said = np.array([each[n] for each in promised])
        missed = came - said
        loss = np.where(missed >= 0, level * missed, (level - 1) * missed)
        levels.append(Level(level, float(np.mean(came <= said)), float(np.mean(loss))))
    return Coverage(len(outcomes), tuple(levels))


def corrected(samples: Floats, past: Sequence[float]) -> Floats:
    """A forecast as its predecessors' errors teach it to be.

    What a simulation leaves out (new work, interruptions, holidays nobody entered) shows in how far
    earlier outcomes lay from earlier medians. The ratio to the median is drawn from those with
    weight n, from the simulation's own with `SIMULATED_WEIGHT`.

    Args:
        samples: Positive values of the simulation.
        past: Of earlier forecasts whose outcome is known, outcome over median.

    Returns:
        As many values, sorted.
    """
    median = float(np.median(samples))
    own = np.sort(samples)
    if not past or median <= 0:
        return own
    values = np.concatenate([np.array(past) * median, own])
    weights = np.concatenate([np.ones(len(past)), np.full(own.size, SIMULATED_WEIGHT / own.size)])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    wanted = (np.arange(own.size) + 0.5) / own.size * reached[-1]
    return np.append(values[order], values.max())[np.searchsorted(reached, wanted)]
