"""A network as flat lists: leaf tasks and the gates of summaries are nodes, numbered from 0.

A summary does no work of its own. What it depends on holds each of its children, and what depends
on it waits for all of them; so a summary gets up to four gates, nodes without duration in the time
of the clock: one before its children's starts, one before their finishes, one after each. A gate
keeps a link between two summaries of a thousand children at two thousand edges, not a million.
"""

from datetime import datetime
from enum import IntEnum
from uuid import UUID

from msgspec import Struct

from projectflow.tasks.schedule.calendars import DAY, EPOCH, EPOCH_UTC, MINUTE
from projectflow.tasks.schedule.timetable import FIRST_DAY, NoWorkingTime, Timetable
from projectflow.tasks.schedule.types import (
    Activity,
    Constraint,
    InvalidSchedule,
    Link,
    LinkType,
    Network,
)

MAX_MINUTES = 100 * 366 * 1440
"""No duration or lag is longer than a century."""

FINISH_TO_START = LinkType.FINISH_TO_START
FINISH_TO_FINISH = LinkType.FINISH_TO_FINISH
START_TO_FINISH = LinkType.START_TO_FINISH
AS_SOON_AS_POSSIBLE = Constraint.AS_SOON_AS_POSSIBLE
NEEDS_DATE = tuple(Constraint)[2:]
OF_SUMMARIES = (
    Constraint.AS_SOON_AS_POSSIBLE,
    Constraint.START_NO_EARLIER_THAN,
    Constraint.FINISH_NO_LATER_THAN,
)


def out_of_time(task_id: UUID) -> NoWorkingTime:
    """The same problem, with the task's name."""
    return NoWorkingTime(f"{task_id}: there is no working time for it between 1900 and 2200.")


class State(IntEnum):
    """How a node gets its dates."""

    PLANNED = 0
    PINNED = 1
    STARTED = 2
    COMPLETE = 3
    GATE = 4


class Edge(Struct, frozen=True, gc=False):
    """One node holds another."""

    source: int
    target: int
    from_finish: bool
    to_finish: bool
    lag: int
    timetable: Timetable | None
    """In whose working minutes the lag is; None is the clock's."""

    def after(self, moment: int) -> int:
        """The earliest end of the successor, given the predecessor's."""
        table = self.timetable
        return (
            moment + self.lag if table is None else table.finish_at(table.worked(moment) + self.lag)
        )

    def before(self, moment: int) -> int:
        """The latest end of the predecessor, given the successor's."""
        table = self.timetable
        return (
            moment - self.lag if table is None else table.start_at(table.worked(moment) - self.lag)
        )


class Graph:
    """The compiled network; each list is indexed by node, each date is a minute."""

    def __init__(self, network: Network) -> None:
        """Check and compile.

        Raises:
            InvalidSchedule, NoWorkingTime: what is wrong, by task.
        """
        self.network = network
        self._aware = network.start.tzinfo is not None
        self._epoch = EPOCH_UTC if self._aware else EPOCH
        tables = (network.calendar, *network.calendars.values())
        if not self._aware and any(table.zoned for table in tables):
            raise InvalidSchedule("start: needs an offset from UTC, since a calendar has a zone")
        self.start = self.minute(network.start)
        self.activities: dict[UUID, Activity] = {item.id: item for item in network.activities}
        if len(self.activities) != len(network.activities):
            raise InvalidSchedule("activities: an id is there twice")
        self.children: dict[UUID, list[UUID]] = {}
        for item in network.activities:
            if item.parent_id is not None:
                self.children.setdefault(item.parent_id, []).append(item.id)
        self._check_parents()

        self.leaves = [item for item in network.activities if item.id not in self.children]
        count = len(self.leaves)
        self.owners = [item.id for item in self.leaves]
        self.durations = [item.duration for item in self.leaves]
        self.timetables = [self.timetable_of(item) for item in self.leaves]
        self.states = [State.PLANNED] * count
        self.fixed: dict[int, tuple[int, int | None]] = {}
        self.start_floors = [self.start] * count
        self.finish_floors: list[int | None] = [None] * count
        self.start_ceilings: list[int | None] = [None] * count
        self.finish_ceilings: list[int | None] = [None] * count
        self.incoming: list[list[Edge]] = [[] for _ in self.leaves]
        self.outgoing: list[list[Edge]] = [[] for _ in self.leaves]
        self.node_of = {task_id: node for node, task_id in enumerate(self.owners)}
        self._gates: dict[tuple[UUID, bool, bool], int] = {}
        self._held = self._held_summaries()

        for link in network.links:
            self._add_link(link)
        for node, item in enumerate(self.leaves):
            try:
                self._set_up(node, item)
            except NoWorkingTime:
                raise out_of_time(item.id) from None
        for summary_id in self.children:
            self._bound_summary(self.activities[summary_id])

    def minute(self, moment: datetime) -> int:
        """Raises: InvalidSchedule, naive and aware dates are mixed."""
        if (moment.tzinfo is not None) != self._aware:
            raise InvalidSchedule("dates: some have an offset from UTC and some have none")
        return (moment - self._epoch) // MINUTE

    def moment(self, minute: int) -> datetime:
        """The date of a minute, as the network writes dates."""
        return self._epoch + minute * MINUTE

    def timetable_of(self, activity: Activity) -> Timetable:
        """Raises: InvalidSchedule, there is no such calendar."""
        if activity.calendar is None:
            return self.network.calendar
        found = self.network.calendars.get(activity.calendar)
        if found is None:
            raise InvalidSchedule(f"{activity.id}: has no calendar {activity.calendar!r:.60}")
        return found

    def nodes_below(self, summary_id: UUID) -> list[int]:
        """The leaves of a summary, at any depth."""
        below = [summary_id]
        for task_id in below:  # grows while it is read
            below += self.children.get(task_id, ())
        return [self.node_of[task_id] for task_id in below if task_id in self.node_of]

    def _check_parents(self) -> None:
        missing = self.children.keys() - self.activities.keys()
        if missing:
            raise InvalidSchedule(f"{min(missing)}: is a parent and not among the activities")
        sound: set[UUID] = set()
        for summary_id in self.children:
            path: dict[UUID, None] = {}
            above: UUID | None = summary_id
            while above is not None and above not in sound:
                if above in path:
                    raise InvalidSchedule(f"{above}: is its own ancestor")
                path[above] = None
                above = self.activities[above].parent_id
            sound.update(path)

    def _held_summaries(self) -> set[UUID]:
        """The summaries that wait for something, or lie in one that does."""
        held = {link.successor_id for link in self.network.links} & self.children.keys()
        if not held:
            return held
        known: dict[UUID, bool] = dict.fromkeys(held, True)
        for summary_id in self.children:
            path: list[UUID] = []
            above: UUID | None = summary_id
            while above is not None and above not in known:
                path.append(above)
                above = self.activities[above].parent_id
            known.update(dict.fromkeys(path, above is not None and known[above]))
        return {summary_id for summary_id, waits in known.items() if waits}

    def _set_up(self, node: int, item: Activity) -> None:
        if not 0 <= item.duration <= MAX_MINUTES:
            raise InvalidSchedule(f"{item.id}: its duration is below 0 or over a century")
        started = item.actual_start or (item.start if item.progress > 0 else None)
        if item.actual_finish is not None or (item.progress >= 100 and started is not None):
            self.states[node] = State.COMPLETE
            self.fixed[node] = self._done(item, started, self.timetables[node])
        elif started is not None:
            self.states[node] = State.STARTED
            self.fixed[node] = (self.minute(started), None)
        elif item.pinned:
            if item.start is None:
                raise InvalidSchedule(f"{item.id}: is pinned and has no start")
            self.states[node] = State.PINNED
            self.fixed[node] = (self.minute(item.start), None)
        elif (
            item.start is not None
            and not self.incoming[node]
            and (item.parent_id is None or item.parent_id not in self._held)
        ):
            self.start_floors[node] = max(self.start, self.minute(item.start))
        if item.constraint is not AS_SOON_AS_POSSIBLE or item.deadline is not None:
            self._bound_leaf(node, item)

    def _done(self, item: Activity, started: datetime | None, table: Timetable) -> tuple[int, int]:
        if item.actual_finish is None and started is not None:
            start = self.minute(started)
            return start, table.finish_at(table.worked(start) + item.duration)
        finish = self.minute(item.actual_finish or self.network.start)
        if started is None:
            return min(finish, table.start_at(table.worked(finish) - item.duration)), finish
        start = self.minute(started)
        if start > finish:
            if item.actual_start is not None:
                raise InvalidSchedule(f"{item.id}: finished before it started")
            start = min(finish, table.start_at(table.worked(finish) - item.duration))
        return start, finish

    def _bound_leaf(self, node: int, item: Activity) -> None:
        if item.deadline is not None:
            self.finish_ceilings[node] = self.minute(item.deadline)
        if item.constraint not in NEEDS_DATE:
            return
        date = self.constraint_minute(item)
        match item.constraint:
            case Constraint.START_NO_EARLIER_THAN:
                self.start_floors[node] = max(self.start_floors[node], date)
            case Constraint.START_NO_LATER_THAN:
                self.start_ceilings[node] = date
            case Constraint.FINISH_NO_EARLIER_THAN:
                self.finish_floors[node] = date
            case Constraint.FINISH_NO_LATER_THAN:
                self._lower_finish(node, date)
            case Constraint.MUST_START_ON:
                self.start_floors[node] = max(self.start_floors[node], date)
                self.start_ceilings[node] = date
            case _:  # must finish on
                self.finish_floors[node] = date
                self._lower_finish(node, date)

    def constraint_minute(self, item: Activity) -> int:
        """The constraint's date; when nobody works then, the next start or the last finish.

        Raises:
            InvalidSchedule: the constraint has no date.
        """
        if item.constraint_date is None:
            raise InvalidSchedule(f"{item.id}: its constraint has no date")
        date = self.minute(item.constraint_date)
        table = self.timetable_of(item)
        match item.constraint:
            case Constraint.MUST_START_ON | Constraint.START_NO_EARLIER_THAN:
                return table.at_or_after(date) if item.duration == 0 else table.run(date, 1)[0]
            case Constraint.MUST_FINISH_ON | Constraint.FINISH_NO_EARLIER_THAN:
                return table.at_or_before(date)
            case _:
                return date

    def _lower_finish(self, node: int, date: int) -> None:
        ceiling = self.finish_ceilings[node]
        self.finish_ceilings[node] = date if ceiling is None else min(ceiling, date)

    def _bound_summary(self, item: Activity) -> None:
        if item.constraint not in OF_SUMMARIES:
            raise InvalidSchedule(
                f"{item.id}: a task with children can only start no earlier, finish no later"
            )
        if item.constraint is Constraint.START_NO_EARLIER_THAN:
            gate = self._gate(item.id, before=True, finish=False)
            self.start_floors[gate] = self.constraint_minute(item)
        if item.constraint is Constraint.FINISH_NO_LATER_THAN:
            gate = self._gate(item.id, before=False, finish=True)
            self._lower_finish(gate, self.constraint_minute(item))
        if item.deadline is not None:
            gate = self._gate(item.id, before=False, finish=True)
            self._lower_finish(gate, self.minute(item.deadline))

    def _add_link(self, link: Link) -> None:
        first = self.activities.get(link.predecessor_id)
        then = self.activities.get(link.successor_id)
        if first is None or then is None:
            absent = link.predecessor_id if first is None else link.successor_id
            raise InvalidSchedule(f"{absent}: is in a dependency and not among the activities")
        if abs(link.lag) > MAX_MINUTES:
            raise InvalidSchedule(f"{then.id}: a lag is over a century")
        from_finish = link.type is FINISH_TO_START or link.type is FINISH_TO_FINISH
        to_finish = link.type is FINISH_TO_FINISH or link.type is START_TO_FINISH
        source = self.node_of.get(first.id)
        if source is None:
            source = self._gate(first.id, before=False, finish=from_finish)
        target = self.node_of.get(then.id)
        if target is None:
            target = self._gate(then.id, before=True, finish=to_finish)
        table = None if link.elapsed else self.timetable_of(then)
        self._connect(source, target, from_finish, to_finish, link.lag, table)

    def _connect(
        self,
        source: int,
        target: int,
        from_finish: bool,
        to_finish: bool,
        lag: int = 0,
        timetable: Timetable | None = None,
    ) -> None:
        edge = Edge(source, target, from_finish, to_finish, lag, timetable)
        self.outgoing[source].append(edge)
        self.incoming[target].append(edge)

    def _gate(self, summary_id: UUID, *, before: bool, finish: bool) -> int:
        """The node that stands before or after the starts or the finishes of all leaves below."""
        gate, made = self._own_gate(summary_id, before, finish)
        todo = [(gate, summary_id)] if made else []
        while todo:
            above, owner = todo.pop()
            for child in self.children[owner]:
                node = self.node_of.get(child)
                if node is None:
                    node, made = self._own_gate(child, before, finish)
                    if made:
                        todo.append((node, child))
                if before:
                    self._connect(above, node, True, finish)
                else:
                    self._connect(node, above, finish, False)
        return gate

    def _own_gate(self, summary_id: UUID, before: bool, finish: bool) -> tuple[int, bool]:
        key = (summary_id, before, finish)
        made = key not in self._gates
        if made:
            self._gates[key] = len(self.owners)
            self.owners.append(summary_id)
            self.durations.append(0)
            self.timetables.append(self.network.calendar)
            self.states.append(State.GATE)
            self.start_floors.append(FIRST_DAY * DAY)
            self.finish_floors.append(None)
            self.start_ceilings.append(None)
            self.finish_ceilings.append(None)
            self.incoming.append([])
            self.outgoing.append([])
        return self._gates[key], made
