"""Instances in the format of PSPLIB, made as ProGen makes them.

Kolisch, Sprecher and Drexl, *Characterization and generation of a general class of
resource-constrained project scheduling problems* (1995): network complexity, resource factor and
resource strength.

    python -m tests.analytics.psplib_instances FOLDER [COUNT]
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

Levels = tuple[float, float, float]
COMPLEXITY, FACTORS, STRENGTHS = (1.5, 1.8, 2.1), (0.25, 0.5, 0.75, 1.0), (0.2, 0.5, 0.7, 1.0)


def levels(number: int) -> Levels:
    """The 48 combinations of j30, in their order."""
    number %= 48
    return COMPLEXITY[number // 16], FACTORS[number // 4 % 4], STRENGTHS[number % 4]


def instance(seed: int, jobs: int = 30, resources: int = 4) -> str:
    dice = random.Random(seed)
    complexity, factor, strength = levels(seed)
    last = jobs + 1
    after: list[set[int]] = [set() for _ in range(jobs + 2)]
    for job in range(1, jobs + 1):
        after[dice.choice(range(max(0, job - 8), job)) if job > 3 else 0].add(job)
    while sum(map(len, after)) < complexity * jobs:
        first = dice.randrange(1, jobs)
        after[first].add(dice.randrange(first + 1, min(jobs, first + 12) + 1))
    for job in range(1, jobs + 1):
        if not after[job]:
            after[job].add(last)
    durations = [0, *(dice.randint(1, 10) for _ in range(jobs)), 0]
    demands = [
        [
            dice.randint(1, 10) if 0 < job < last and dice.random() < factor else 0
            for _ in range(resources)
        ]
        for job in range(jobs + 2)
    ]
    starts = [0] * (jobs + 2)
    for job, then in enumerate(after):
        for each in then:
            starts[each] = max(starts[each], starts[job] + durations[job])
    capacities: list[int] = []
    for resource in range(resources):
        least = max(each[resource] for each in demands)
        peak = max(
            sum(d[resource] for job, d in enumerate(demands)
                if starts[job] <= moment < starts[job] + durations[job])
            for moment in range(starts[last] + 1)
        )  # fmt: skip
        capacities.append(max(1, least + round(strength * (max(peak, least) - least))))
    return written(after, durations, demands, capacities)


def written(
    after: Sequence[set[int]],
    durations: Sequence[int],
    demands: Sequence[Sequence[int]],
    capacities: Sequence[int],
) -> str:
    names = "  ".join(f"R {n + 1}" for n in range(len(capacities)))
    lines = ["*" * 72, f"jobs (incl. supersource/sink ):  {len(after)}", "*" * 72]
    lines += ["PRECEDENCE RELATIONS:", "jobnr.    #modes  #successors   successors"]
    lines += [
        f"{job + 1:4} 1 {len(then)} {' '.join(str(each + 1) for each in sorted(then))}".rstrip()
        for job, then in enumerate(after)
    ]
    lines += ["*" * 72, "REQUESTS/DURATIONS:", f"jobnr. mode duration  {names}", "-" * 72]
    lines += [
        f"{job + 1:4} 1 {durations[job]} {' '.join(map(str, demands[job]))}"
        for job in range(len(after))
    ]
    lines += ["*" * 72, "RESOURCEAVAILABILITIES:", f"  {names}"]
    lines += ["  ".join(map(str, capacities)), "*" * 72]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 48):
        (folder / f"j30{number + 1}_1.sm").write_text(instance(number))
