"""Says what is wrong with a schedule, minute by minute, from what the words mean.

Written from docs/scheduling.md and docs/auto-scheduling.md, and from nothing of the scheduler but
its input: a minute is worked or not, a person does one thing in it or nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from projectflow.tasks.schedule.types import Activity, Constraint, Link, LinkType, Network

MINUTE = timedelta(minutes=1)
Works = Callable[[datetime], bool]
"""Whether a minute that begins then is worked."""


@dataclass(frozen=True)
class Did:
    """Somebody (or nobody) does a task from one moment to another."""

    start: datetime
    finish: datetime
    person: UUID | None
    length: int
    """Working minutes that it takes them."""


def complaints(
    network: Network,
    works: Mapping[UUID | None, Works],
    schedule: Mapping[UUID, Did],
    now: datetime,
) -> list[str]:
    """Everything that is wrong; nothing for a feasible schedule.

    Args:
        network: What was to be scheduled.
        works: When each person works; nobody's tasks are done in the project's time.
        schedule: Of each task without sub-tasks.
        now: Nothing that has not begun starts before.
    """
    tasks = {item.id: item for item in network.activities}
    below = leaves_below(network)
    found: list[str] = []
    for task_id, did in schedule.items():
        found += alone(tasks[task_id], did, works[did.person], max(now, network.start))
    found += at_once(tasks, schedule)
    for link in network.links:
        found += broken(link, below, tasks, works, schedule)
    for summary in network.activities:
        if summary.constraint is Constraint.START_NO_EARLIER_THAN and below[summary.id] != [
            summary.id
        ]:
            found += [
                f"{task_id} starts before what it is part of may"
                for task_id in below[summary.id]
                if is_free(tasks[task_id]) and summary.constraint_date is not None
                and schedule[task_id].start < summary.constraint_date
            ]  # fmt: skip
    return found


def leaves_below(network: Network) -> dict[UUID, list[UUID]]:
    """Of each task the tasks without sub-tasks in it; of such a task itself."""
    children: dict[UUID, list[UUID]] = {}
    for item in network.activities:
        if item.parent_id is not None:
            children.setdefault(item.parent_id, []).append(item.id)

    def leaves(task_id: UUID) -> list[UUID]:
        if task_id not in children:
            return [task_id]
        return [leaf for child in children[task_id] for leaf in leaves(child)]

    return {item.id: leaves(item.id) for item in network.activities}


def is_free(item: Activity) -> bool:
    return not (item.pinned or item.progress or item.actual_start or item.actual_finish)


def minutes(works: Works, start: datetime, finish: datetime) -> int:
    """Working minutes from one moment to another."""
    count, moment = 0, start
    while moment < finish:
        count += works(moment)
        moment += MINUTE
    return count


def alone(item: Activity, did: Did, works: Works, since: datetime) -> list[str]:
    """What is wrong with a task by itself."""
    name = str(item.id)
    if item.actual_finish is not None:
        return []
    if item.progress:
        return [] if did.start == item.start else [f"{name} has begun and was moved"]
    if item.pinned:
        assert item.start is not None
        moved = did.start < item.start or minutes(works, item.start, did.start) > 0
        return [f"{name} is pinned and was moved"] if moved else []
    return placed(item, did, works, since) + unwished(item, did, works)


def placed(item: Activity, did: Did, works: Works, since: datetime) -> list[str]:
    """Whether a task takes the time that it needs, in working time, from now on."""
    name = str(item.id)
    found: list[str] = []
    if did.start < since:
        found.append(f"{name} starts in the past")
    if did.length == 0:
        if did.start != did.finish:
            found.append(f"{name} is a milestone and lasts")
    else:
        if not works(did.start) or not works(did.finish - MINUTE):
            found.append(f"{name} starts or ends when nobody works")
        if minutes(works, did.start, did.finish) != did.length:
            found.append(f"{name} does not take its time")
    return found


def unwished(item: Activity, did: Did, works: Works) -> list[str]:
    """Whether a task is earlier than its own date lets it be."""
    wanted = item.constraint_date
    if wanted is None:
        return []
    if item.constraint in {Constraint.START_NO_EARLIER_THAN, Constraint.MUST_START_ON}:
        return [f"{item.id} starts too early"] if did.start < wanted else []
    if (
        item.constraint in {Constraint.FINISH_NO_EARLIER_THAN, Constraint.MUST_FINISH_ON}
        and did.finish < wanted
        and minutes(works, did.finish, wanted) > 0
    ):
        return [f"{item.id} finishes too early"]
    return []


def at_once(tasks: Mapping[UUID, Activity], schedule: Mapping[UUID, Did]) -> list[str]:
    """Tasks that somebody does at once, unless both were put there by people."""
    found: list[str] = []
    people: dict[UUID, list[tuple[datetime, datetime, UUID]]] = {}
    for task_id, did in schedule.items():
        item = tasks[task_id]
        if did.person is not None and did.start < did.finish and item.actual_finish is None:
            people.setdefault(did.person, []).append((did.start, did.finish, task_id))
    for who, spans in people.items():
        free = sorted(span for span in spans if is_free(tasks[span[2]]))
        found += [f"{who} does two tasks at once" for a, b in pairwise(free) if b[0] < a[1]]
        for start, finish, task_id in spans:
            if not is_free(tasks[task_id]):
                found += [
                    f"{who} does a task beside {task_id}"
                    for begin, end, _ in free
                    if begin < finish and start < end
                ]
    return found


def broken(
    link: Link,
    below: Mapping[UUID, Sequence[UUID]],
    tasks: Mapping[UUID, Activity],
    works: Mapping[UUID | None, Works],
    schedule: Mapping[UUID, Did],
) -> list[str]:
    """A dependency that is not kept; of a summary, one of each of its tasks."""
    from_finish = link.type in {LinkType.FINISH_TO_START, LinkType.FINISH_TO_FINISH}
    to_finish = link.type in {LinkType.FINISH_TO_FINISH, LinkType.START_TO_FINISH}
    found: list[str] = []
    for first in below[link.predecessor_id]:
        for then in below[link.successor_id]:
            if not is_free(tasks[then]):
                continue
            done, next_ = schedule[first], schedule[then]
            clock = works[next_.person]
            since = done.finish if from_finish else done.start
            moment = next_.finish if to_finish else next_.start
            if not kept(since, moment, link, clock, to_finish=to_finish):
                found.append(f"{then} does not wait for {first}: {link.type.name} {link.lag}")
    return found


def kept(since: datetime, moment: datetime, link: Link, works: Works, *, to_finish: bool) -> bool:
    """Whether so much time lies between two ends, by the clock or in working minutes."""
    if link.elapsed or not link.lag:
        held = since + link.lag * MINUTE
        # A held finish may lie where work ends before the moment.
        return moment >= held or (to_finish and minutes(works, moment, held) == 0)
    if link.lag > 0:
        return moment >= since and minutes(works, since, moment) >= link.lag
    return moment >= since or minutes(works, moment, since) <= -link.lag
