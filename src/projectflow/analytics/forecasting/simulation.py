"""A project's network run thousands of times at once, each time with other durations.

One pass over the tasks in their order; every step is an array with one element a run. People do
one task at a time, in their own working time: a serial schedule generation scheme (Kolisch 1996)
whose priority is the early start of the planned schedule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np
from numpy.typing import NDArray

from projectflow.tasks.schedule.network import Edge, Graph, State
from projectflow.tasks.schedule.timetable import Timetable

Ints = NDArray[np.int32]

GRAIN: Final = 5
"""Minutes of a step of the simulation's clock."""
FIRST_HORIZON: Final = 2 * 366 * 1440 // GRAIN
LAST_HORIZON: Final = 32 * 366 * 1440 // GRAIN
"""What is not done in 32 years is counted as done then."""
MONTH: Final = 31 * 1440 // GRAIN
PILOT: Final = 16
"""Runs that say how far the calendars are needed."""
NOBODY: Final = -1
POOL: Final = -2
"""The task is whoever's of the project is free first."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A timetable as two tables to look up, by steps of `GRAIN` from an origin on."""

    worked: Ints
    """At each step, how many working steps there were."""
    starts: Ints
    """Where the next step of work begins, by how many were worked."""
    finishes: Ints
    """Where work ends, by the same."""

    @classmethod
    def of(cls, table: Timetable, origin: int, horizon: int) -> "Clock":
        """`horizon` steps from the minute `origin` on."""
        for moment in (origin, origin + (horizon + 1) * GRAIN):
            table.worked(moment)  # builds it as far
        begin = -(-(np.array(table.starts, dtype=np.int64) - origin) // GRAIN)
        end = (np.array(table.ends, dtype=np.int64) - origin) // GRAIN
        seen = (end > 0) & (begin < horizon) & (end > begin)
        change = np.zeros(horizon + 1, dtype=np.int8)
        np.add.at(change, np.maximum(begin[seen], 0), 1)
        np.add.at(change, np.minimum(end[seen], horizon), -1)
        works = np.cumsum(change, dtype=np.int8)[:-1]
        steps: Ints = np.flatnonzero(works).astype(np.int32)
        # What does not fit in lies at the horizon.
        return cls(
            np.concatenate([[0], np.cumsum(works, dtype=np.int32)], dtype=np.int32),
            np.concatenate([steps, [horizon, horizon]], dtype=np.int32),
            np.concatenate([[0], steps + 1, [horizon]], dtype=np.int32),
        )

    def place(self, floor: Ints, length: Ints) -> tuple[Ints, Ints]:
        """From when to when work of a length is done that may begin at `floor`."""
        top = self.worked.size - 1
        begun = self.worked[np.minimum(floor, top)]
        last = self.finishes.size - 1
        until = np.minimum(begun + length, last)
        start = self.starts[np.minimum(begun, last)]
        # A milestone happens at once, also between two shifts.
        finish = np.where(length > 0, self.finishes[until], np.minimum(floor, top))
        return np.where(length > 0, start, finish), finish


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be simulated of a network that starts again at `now`."""

    graph: Graph
    now: int
    """A minute; nothing that is not done begins before."""
    lengths: Mapping[int, NDArray[np.float64]]
    """Working minutes that remain of a node, a value a run; other nodes are done or gates."""
    people: Mapping[int, int]
    """Whose a node is: a number of `clocks`, `POOL`, or `NOBODY`."""
    tables: Sequence[Timetable]
    """Of each person."""
    order: Sequence[int]
    """All nodes, what comes before first."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """The outcome, an element a run."""

    finish: NDArray[np.int64]
    """The minute at which the last task is done."""
    critical: dict[int, float]
    """Of each node that work remains of: in which share of the runs the finish hung on it."""
    delayed_by_people: dict[int, float]
    """Of each person: in which share of the runs the finish hung on their being busy."""
    starts: dict[int, NDArray[np.int64]] = field(default_factory=dict[int, NDArray[np.int64]])
    finishes: dict[int, NDArray[np.int64]] = field(default_factory=dict[int, NDArray[np.int64]])


def priority_order(graph: Graph, early: Sequence[int]) -> list[int]:
    """Nodes in an order that dependencies allow; of those that could be next, the earliest."""
    waiting = [len(edges) for edges in graph.incoming]
    ready = [
        (_rank(graph, node), early[node], node) for node, count in enumerate(waiting) if not count
    ]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, _, node = heappop(ready)
        order.append(node)
        for edge in graph.outgoing[node]:
            waiting[edge.target] -= 1
            if not waiting[edge.target]:
                heappush(ready, (_rank(graph, edge.target), early[edge.target], edge.target))
    return order


def _rank(graph: Graph, node: int) -> int:
    """What is in progress goes on first."""
    return 0 if graph.states[node] in {State.STARTED, State.COMPLETE} else 1


def simulate(work: Work, runs: int, *, keep: bool = False) -> Simulated:
    """Run the project `runs` times.

    Args:
        work: Its `lengths` have `runs` elements each.
        runs: How often.
        keep: Whether the dates of each node are wanted, too: 16 bytes a node and run.
    """
    few = min(runs, PILOT)
    pilot = replace(work, lengths={node: each[:few] for node, each in work.lengths.items()})
    horizon = FIRST_HORIZON
    while True:
        finish, spilled = _Run(pilot, few, horizon).go(keep=False)
        if not spilled or horizon >= LAST_HORIZON:
            break
        horizon *= 4
    # The smaller the tables, the faster; half as long again is more than chance adds.
    horizon = min(int(np.max(finish.finish) - work.now) // GRAIN * 3 // 2 + MONTH, LAST_HORIZON)
    while True:
        outcome, spilled = _Run(work, runs, horizon).go(keep=keep)
        if not spilled or horizon >= LAST_HORIZON:
            return outcome
        horizon = min(horizon * 4, LAST_HORIZON)


class _Run:
    """One pass with tables of one size."""

    def __init__(self, work: Work, runs: int, horizon: int) -> None:
        self.work = work
        self.graph = work.graph
        self.runs = runs
        self.horizon = horizon
        count = len(self.graph.owners)
        self.clocks: dict[int, Clock] = {}
        self.starts = np.zeros((count, runs), dtype=np.int32)
        self.finishes = np.zeros((count, runs), dtype=np.int32)
        self.drivers = np.full((count, runs), -1, dtype=np.int32)
        """The node on whose end a node's start (or forced finish) hung; -1 for none."""
        self.free = np.zeros((max(len(work.tables), 1), runs), dtype=np.int32)
        self.last = np.full((max(len(work.tables), 1), runs), -1, dtype=np.int32)
        self.by_person = np.zeros((count, runs), dtype=bool)

    def go(self, *, keep: bool) -> tuple[Simulated, bool]:
        for node in self.work.order:
            length = self.work.lengths.get(node)
            if length is None:
                self._known(node)
            else:
                self._worked(node, np.ceil(length / GRAIN).astype(np.int32))
        done = [node for node in self.work.order if node in self.work.lengths]
        if not done:
            finish = np.full(self.runs, self.work.now, dtype=np.int64)
            return Simulated(finish, {}, {}), False
        finishes = self.finishes[done]
        latest = np.array(done)[np.argmax(finishes, axis=0)]
        finish = self._minutes(np.max(finishes, axis=0))
        critical, by_people = self._chains(latest)
        outcome = Simulated(
            finish,
            critical,
            by_people,
            {node: self._minutes(self.starts[node]) for node in done} if keep else {},
            {node: self._minutes(self.finishes[node]) for node in done} if keep else {},
        )
        return outcome, bool(np.any(finishes >= self.horizon))

    def _minutes(self, steps: Ints) -> NDArray[np.int64]:
        return self.work.now + steps.astype(np.int64) * GRAIN

    def _clock(self, table: Timetable) -> Clock:
        found = self.clocks.get(id(table))
        if found is None:
            found = self.clocks[id(table)] = Clock.of(table, self.work.now, self.horizon)
        return found

    def _step(self, minute: int) -> int:
        """Steps from now on; what was before is now, which only loosens what is over anyway."""
        return min(max(-(-(minute - self.work.now) // GRAIN), 0), self.horizon)

    def _known(self, node: int) -> None:
        """A gate, or what is done: no work is left."""
        if self.graph.states[node] is State.GATE:
            floor, finish_floor = self._floors(node)
            last = floor if finish_floor is None else np.maximum(floor, finish_floor)
            self.starts[node] = self.finishes[node] = last
            return
        start, finish = self.graph.fixed.get(node, (self.work.now, self.work.now))
        self.starts[node] = self._step(start)
        self.finishes[node] = self._step(finish if finish is not None else start)

    def _worked(self, node: int, length: Ints) -> None:
        person = self.work.people.get(node, NOBODY)
        floor, finish_floor = self._floors(node)
        if person == POOL:
            chosen = np.argmin(self.free, axis=0)
            self._wait_for(node, floor, chosen)
            clock = self._clock(self.graph.timetables[node])
        elif person == NOBODY:
            chosen = None
            clock = self._clock(self.graph.timetables[node])
        else:
            chosen = np.full(self.runs, person)
            self._wait_for(node, floor, chosen)
            clock = self._clock(self.work.tables[person])
        start, finish = clock.place(floor, length)
        if finish_floor is not None:
            finish = np.maximum(finish, finish_floor)
        self.starts[node], self.finishes[node] = start, finish
        if chosen is not None:
            columns = np.arange(self.runs)
            self.free[chosen, columns] = finish
            self.last[chosen, columns] = node

    def _wait_for(self, node: int, floor: Ints, chosen: NDArray[np.int64]) -> None:
        """Until the person has done what they do before; `floor` is changed."""
        columns = np.arange(self.runs)
        free = self.free[chosen, columns]
        later = free > floor
        np.copyto(floor, free, where=later)
        np.copyto(self.drivers[node], self.last[chosen, columns], where=later)
        np.copyto(self.by_person[node], later)

    def _floors(self, node: int) -> tuple[Ints, Ints | None]:
        """Where what comes before lets a node start, and finish."""
        graph = self.graph
        if graph.states[node] is State.STARTED or graph.states[node] is State.PINNED:
            # Goes on from now, or begins where somebody put it, whatever it depends on.
            pinned = graph.states[node] is State.PINNED
            begin = self._step(graph.fixed[node][0]) if pinned else 0
            return np.full(self.runs, begin, dtype=np.int32), None
        floor = np.full(self.runs, self._step(graph.start_floors[node]), dtype=np.int32)
        finish_floor: Ints | None = None
        if (wanted := graph.finish_floors[node]) is not None:
            finish_floor = np.full(self.runs, self._step(wanted), dtype=np.int32)
        for edge in graph.incoming[node]:
            moment = self._after(edge)
            driver = self.drivers[node]
            if not edge.to_finish:
                later = moment > floor
                np.copyto(floor, moment, where=later)
                np.copyto(driver, np.int32(edge.source), where=later)
            elif finish_floor is None:
                finish_floor = moment
            else:
                finish_floor = np.maximum(finish_floor, moment)
        return floor, finish_floor

    def _after(self, edge: Edge) -> Ints:
        moment = (self.finishes if edge.from_finish else self.starts)[edge.source]
        if not edge.lag:
            return moment.copy()
        lag = round(edge.lag / GRAIN)
        if edge.timetable is None:
            return np.clip(moment + lag, 0, self.horizon).astype(np.int32)
        clock = self._clock(edge.timetable)
        worked = clock.worked[np.minimum(moment, self.horizon)] + lag
        return clock.finishes[np.clip(worked, 0, clock.finishes.size - 1)]

    def _chains(self, latest: NDArray[np.int64]) -> tuple[dict[int, float], dict[int, float]]:
        """Go back from the last task of each run along what its start hung on."""
        counts = np.zeros(len(self.graph.owners), dtype=np.int64)
        waited = np.zeros((len(self.work.tables), self.runs), dtype=bool)
        columns = np.arange(self.runs)
        node = latest.astype(np.int64)
        whose = np.full(len(self.graph.owners), NOBODY, dtype=np.int64)
        for each, person in self.work.people.items():
            whose[each] = person
        while columns.size:
            np.add.at(counts, node, 1)
            held = self.by_person[node, columns] & (whose[node] >= 0)
            waited[whose[node][held], columns[held]] = True
            before = self.drivers[node, columns]
            going = before >= 0
            node, columns = before[going].astype(np.int64), columns[going]
        critical = {node: float(counts[node]) / self.runs for node in self.work.lengths}
        share = waited.mean(axis=1) if len(self.work.tables) else np.zeros(0)
        return critical, {n: float(value) for n, value in enumerate(share)}
