"""Which constraints, deadlines and dependencies the dates do not keep."""

from collections.abc import Iterator
from datetime import datetime

from projectflow.tasks.schedule.network import NEEDS_DATE, Graph, State
from projectflow.tasks.schedule.passes import Dates
from projectflow.tasks.schedule.types import Activity, Constraint, Unmet

STARTS = (
    Constraint.MUST_START_ON,
    Constraint.START_NO_EARLIER_THAN,
    Constraint.START_NO_LATER_THAN,
)
FINISHES_AFTER = (Constraint.MUST_FINISH_ON, Constraint.FINISH_NO_EARLIER_THAN)


def unmet_wishes(graph: Graph, early: Dates, dates: Dates) -> tuple[Unmet, ...]:
    """All of them. Tasks that are done are not asked, nor is a past start where one has begun."""
    found: list[Unmet] = []
    for item in graph.leaves:
        node = graph.node_of[item.id]
        state = graph.states[node]
        if state is State.COMPLETE:
            continue
        start, finish = dates[0][node], dates[1][node]
        if item.constraint in NEEDS_DATE:
            found += _constraint(graph, item, start, finish, state)
        if item.deadline is not None and finish > graph.minute(item.deadline):
            found.append(Unmet(item.id, "deadline", item.deadline, graph.moment(finish)))
        if state is not State.PLANNED:
            found += _dependencies(graph, node, early)
    for summary_id in graph.children:
        found += _summary(graph, graph.activities[summary_id], dates)
    return tuple(sorted(found, key=_place))


def _constraint(
    graph: Graph, item: Activity, start: int, finish: int, state: State
) -> Iterator[Unmet]:
    date, wanted = graph.constraint_minute(item), item.constraint_date
    got = start if item.constraint in STARTS else finish
    if wanted is None or (state is State.STARTED and item.constraint in STARTS):
        return
    if item.duration and item.constraint in FINISHES_AFTER:
        table = graph.timetable_of(item)
        date, got = table.worked(date), table.worked(got)
    match item.constraint:
        case Constraint.MUST_START_ON | Constraint.MUST_FINISH_ON:
            kept = got == date
        case Constraint.START_NO_EARLIER_THAN | Constraint.FINISH_NO_EARLIER_THAN:
            kept = got >= date
        case _:
            kept = got <= date
    if not kept:
        then = start if item.constraint in STARTS else finish
        yield Unmet(item.id, "constraint", wanted, graph.moment(then))


def _dependencies(graph: Graph, node: int, early: Dates) -> Iterator[Unmet]:
    table = graph.timetables[node]
    for edge in graph.incoming[node]:
        moment = early[1 if edge.from_finish else 0][edge.source]
        if edge.lag:
            moment = edge.after(moment)
        got = early[1 if edge.to_finish else 0][node]
        broken = got < moment
        if broken and edge.to_finish and graph.durations[node]:
            broken = table.worked(got) < table.worked(moment)
        if broken:
            yield Unmet(
                graph.owners[node],
                "dependency",
                graph.moment(moment),
                graph.moment(got),
                graph.owners[edge.source],
            )


def _summary(graph: Graph, item: Activity, dates: Dates) -> Iterator[Unmet]:
    """Only the dates that a summary's children must finish by: the others move the children."""
    wishes: list[tuple[str, datetime]] = []
    if item.constraint is Constraint.FINISH_NO_LATER_THAN and item.constraint_date is not None:
        wishes.append(("constraint", item.constraint_date))
    if item.deadline is not None:
        wishes.append(("deadline", item.deadline))
    if not wishes:
        return
    finish = max(dates[1][node] for node in graph.nodes_below(item.id))
    for about, wanted in wishes:
        if finish > graph.minute(wanted):
            kind = "deadline" if about == "deadline" else "constraint"
            yield Unmet(item.id, kind, wanted, graph.moment(finish))


def _place(wish: Unmet) -> tuple[str, str, str]:
    return str(wish.activity_id), wish.about, str(wish.predecessor_id)
