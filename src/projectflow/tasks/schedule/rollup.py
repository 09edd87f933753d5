"""From minutes by node to dates by task, summaries from what lies below them."""

from uuid import UUID

from projectflow.tasks.schedule.network import Graph, State
from projectflow.tasks.schedule.passes import Dates
from projectflow.tasks.schedule.types import Planned

Row = tuple[int, int, int, int, int, int, int, int, bool]


def roll_up(
    graph: Graph, early: Dates, late: Dates, dates: Dates, slack: tuple[list[int], list[int]]
) -> dict[UUID, Planned]:
    """Every task's dates, in the order of the network.

    A summary runs from its first child's start to its last child's finish (early, late and
    planned alike), has the smallest total and free slack found below it, and is critical when
    anything below it is.
    """
    limit = graph.network.critical_slack
    rows: dict[UUID, Row] = {}
    for task_id, node in graph.node_of.items():
        total = slack[0][node]
        rows[task_id] = (
            dates[0][node],
            dates[1][node],
            early[0][node],
            early[1][node],
            late[0][node],
            late[1][node],
            total,
            slack[1][node],
            total <= limit and graph.states[node] is not State.COMPLETE,
        )
    for task_id in _deepest_first(graph):
        rows[task_id] = _joined([rows[child] for child in graph.children[task_id]])
    return {task_id: _dated(graph, rows[task_id]) for task_id in graph.activities}


def _dated(graph: Graph, row: Row) -> Planned:
    start, finish, early_start, early_finish, late_start, late_finish, total, free, critical = row
    moment = graph.moment
    return Planned(
        moment(start),
        moment(finish),
        moment(early_start),
        moment(early_finish),
        moment(late_start),
        moment(late_finish),
        total,
        free,
        critical,
    )


def _joined(rows: list[Row]) -> Row:
    columns = list(zip(*rows, strict=True))
    return (
        min(columns[0]),
        max(columns[1]),
        min(columns[2]),
        max(columns[3]),
        min(columns[4]),
        max(columns[5]),
        min(columns[6]),
        min(columns[7]),
        any(columns[8]),
    )


def _deepest_first(graph: Graph) -> list[UUID]:
    tops = [task_id for task_id in graph.children if graph.activities[task_id].parent_id is None]
    found = tops
    for task_id in found:  # grows while it is read
        found += [child for child in graph.children[task_id] if child in graph.children]
    return found[::-1]
