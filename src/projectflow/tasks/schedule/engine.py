"""Scheduling a network, and what changes when some of its tasks change."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from projectflow.tasks.schedule.network import Graph
from projectflow.tasks.schedule.passes import earliest, in_order, latest, planned, slacks
from projectflow.tasks.schedule.rollup import roll_up
from projectflow.tasks.schedule.types import Activity, InvalidSchedule, Move, Network, Schedule
from projectflow.tasks.schedule.unmet import unmet_wishes


def schedule(network: Network) -> Schedule:
    """Give every task its dates and slack.

    The answer does not depend on the order of activities and links. Dependencies come before
    constraints: what cannot be met gets negative slack and is named in `unmet`.

    Raises:
        ScheduleCycle: tasks wait for each other.
        NoWorkingTime: a calendar has no time for a task between 1900 and 2200.
        InvalidSchedule: anything else that cannot be scheduled, by task.
    """
    graph = Graph(network)
    order = in_order(graph)
    early = earliest(graph, order)
    leaves = graph.node_of.values()
    finish = max((early[1][node] for node in leaves), default=graph.start)
    late = latest(graph, order, early, finish)
    dates = planned(graph, order, early, late)
    slack = slacks(graph, order, early, late, finish)
    return Schedule(
        graph.moment(min((dates[0][node] for node in leaves), default=graph.start)),
        graph.moment(finish),
        roll_up(graph, early, late, dates, slack),
        unmet_wishes(graph, early, dates),
    )


def reschedule(
    network: Network, changed: Iterable[Activity], before: Schedule | None = None
) -> tuple[Move, ...]:
    """What moves when some tasks become others: the changed tasks, their dependents, summaries.

    A task dragged to a date is `pinned` there, or wants to `START_NO_EARLIER_THAN` it.

    Args:
        network: as it is now.
        changed: tasks of the network as they would be.
        before: the network's schedule, if the caller has it.

    Raises:
        InvalidSchedule and its kin: as `schedule`; a changed task is not in the network.
    """
    before = before or schedule(network)
    wanted = {item.id: item for item in changed}
    absent = wanted.keys() - before.activities.keys()
    if absent:
        raise InvalidSchedule(f"{min(absent)}: is not among the activities")
    activities = tuple(wanted.get(item.id, item) for item in network.activities)
    return moves(before, schedule(replace(network, activities=activities)))


def moves(before: Schedule, after: Schedule) -> tuple[Move, ...]:
    """The tasks of both schedules whose start or finish differ, the earliest new start first."""
    found = [
        Move(task_id, old.start, old.finish, new.start, new.finish)
        for task_id, old in before.activities.items()
        if (new := after.activities.get(task_id)) is not None
        and (old.start != new.start or old.finish != new.finish)
    ]
    return tuple(sorted(found, key=_by_start))


def _by_start(move: Move) -> tuple[datetime, UUID]:
    return move.start, move.activity_id
