"""How long work takes here: what was measured, shrunk towards wider experience where it is thin.

The next duration is drawn from a project's own with weight n, and with weight `CONCENTRATION` from
the workspace's, which in turn leans on a prior: the posterior predictive of a hierarchical
Dirichlet process (Ferguson 1973; Teh et al. 2006). Figures are working minutes, or for tasks with
an estimate the ratio of what it took to what was estimated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONCENTRATION: Final = 20.0
"""How many observations of its own count as much as all that is known elsewhere."""
PRIOR_SPREAD: Final = 0.6
"""Standard deviation of the prior's logarithm: one task in six takes over 1.8 times the median."""
ENOUGH: Final = 10
"""With fewer finished tasks in the workspace nothing can be said."""
QUANTILES: Final = 400
"""A distribution is kept as so many equally likely values."""
LEVELS: Final = (np.arange(QUANTILES) + 0.5) / QUANTILES
PRIOR: Final = np.exp(PRIOR_SPREAD * np.array([NormalDist().inv_cdf(level) for level in LEVELS]))
"""Log-normal around 1."""
TAIL: Final = 0.5
"""What is older than anything seen takes on average half as long again."""


@dataclass(frozen=True, slots=True)
class Known:
    """Finished work: a project's own and the whole workspace's, which holds it too."""

    project: Floats
    workspace: Floats


def predictive(known: Known, prior_median: float) -> Floats:
    """The distribution of the next value, as `QUANTILES` equally likely values, sorted.

    Args:
        known: Positive values.
        prior_median: Where the prior lies for a workspace that has finished little; 1 for ratios.
    """
    whole = _mixed(known.workspace, prior_median * PRIOR)
    return _mixed(known.project, whole)


def _mixed(own: Floats, wider: Floats) -> Floats:
    """Quantiles of the mixture n : CONCENTRATION of what was seen and what is known elsewhere."""
    if not own.size:
        return wider
    values = np.concatenate([own, wider])
    weights = np.concatenate(
        [np.ones(own.size), np.full(wider.size, CONCENTRATION / wider.size)],
    )
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return values[order][np.searchsorted(reached, LEVELS * reached[-1])]


def draw(values: Floats, runs: int, dice: np.random.Generator) -> Floats:
    """`runs` of equally likely values."""
    return values[dice.integers(0, values.size, runs, dtype=np.int32)]


def shared_error(known: Known, values: Floats, runs: int, dice: np.random.Generator) -> Floats:
    """What all tasks of a run are off by together, because only so much was seen.

    A distribution learnt from n tasks has a median that is itself uncertain, by its spread over the
    root of n; without this, long projects would look surer than anything learnt from 30 tasks is.
    """
    seen = known.project.size + min(known.workspace.size, CONCENTRATION)
    spread = float(np.std(np.log(values))) / float(np.sqrt(max(seen, 1)))
    return np.exp(dice.normal(0, spread, runs))


def draw_remaining(values: Floats, age: float, runs: int, dice: np.random.Generator) -> Floats:
    """What is left of something that has taken `age` already, given that it is not done.

    Beyond the longest value seen a task goes on for `TAIL` times its age, exponentially.
    """
    older = values[values > age]
    beyond = 1 / (older.size + 1)
    left = dice.exponential(TAIL * max(age, float(values[0])), runs)
    if not older.size:
        return left
    seen = draw(older, runs, dice) - age
    return np.where(dice.random(runs) < beyond, older[-1] - age + left, np.maximum(seen, 0))


def shared_minutes(spans: Sequence[tuple[int, int]]) -> list[float]:
    """Of tasks that one person had in progress at once, each one's share of the time.

    Where two were in progress, each got half: what remains when they are done one by one.

    Args:
        spans: From when to when (excluded), in working minutes of the person.

    Returns:
        In the same order; they sum up to the time in which anything was in progress.
    """
    edges = sorted({edge for span in spans for edge in span})
    if not edges:
        return []
    place = {edge: n for n, edge in enumerate(edges)}
    running = np.zeros(len(edges) + 1)
    for start, end in spans:
        running[place[start]] += 1
        running[place[end]] -= 1
    running = np.cumsum(running)[:-1]
    steps = np.diff(np.array(edges, dtype=np.float64), append=float(edges[-1]))
    shares = np.where(running > 0, steps / np.maximum(running, 1), 0)
    before = np.concatenate([[0.0], np.cumsum(shares)])
    return [float(before[place[end]] - before[place[start]]) for start, end in spans]
