"""Numbers by person: what they have, what they completed, what they tracked."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.durations import Spread, cycle_seconds, spread
from projectflow.analytics.earned_value import cents
from projectflow.analytics.facts import NO_HOURS
from projectflow.analytics.store import Completion, Present, Worked

MAX_PEOPLE: Final = 500
T = TypeVar("T", Present, Completion)


class PersonNumbers(Struct, frozen=True, kw_only=True):
    """One person's part; null is what is assigned to nobody."""

    user_id: UUID | None
    open: int
    started: int
    open_hours: Decimal
    overdue: int
    blocked: int
    completed: int
    """How often a task was completed that was theirs then."""
    completed_hours: Decimal
    """The estimates of these."""
    cycle_seconds: Spread
    tracked_hours: Decimal | None
    """In the range; null for who may not read their time."""


def by_person(
    present: Sequence[Present],
    done: Sequence[Completion],
    worked: Sequence[Worked] | None,
    always: Sequence[UUID] = (),
) -> list[PersonNumbers]:
    """Everybody who has a part, who has most open tasks first; at most 500.

    `worked` is that of the range alone; None: it is not to be seen. `always` are there anyway.
    """
    people: set[UUID | None] = {*always}
    people |= {each.assignee_id for each in present} | {each.assignee_id for each in done}
    people |= {each.user_id for each in worked or ()}
    has, did, tracked = (
        _grouped(present),
        _grouped(done),
        defaultdict[UUID | None, Decimal](Decimal),
    )
    for each in worked or ():
        tracked[each.user_id] += each.seconds
    found = [
        _of(who, has[who], did[who], None if worked is None else tracked[who]) for who in people
    ]
    found.sort(key=lambda each: (-each.open, -each.completed, str(each.user_id)))
    return found[:MAX_PEOPLE]


def _grouped(each: Sequence[T]) -> defaultdict[UUID | None, list[T]]:
    groups: defaultdict[UUID | None, list[T]] = defaultdict(list)
    for one in each:
        groups[one.assignee_id].append(one)
    return groups


def _of(
    who: UUID | None,
    has: Sequence[Present],
    did: Sequence[Completion],
    tracked: Decimal | None,
) -> PersonNumbers:
    cycles = [took for each in did if (took := cycle_seconds(each)) is not None]
    return PersonNumbers(
        user_id=who,
        open=sum(each.tasks for each in has),
        started=sum(each.tasks for each in has if each.category == "started"),
        open_hours=sum((each.hours for each in has), NO_HOURS),
        overdue=sum(each.overdue for each in has),
        blocked=sum(each.blocked for each in has),
        completed=len(did),
        completed_hours=sum((each.estimate or NO_HOURS for each in did), NO_HOURS),
        cycle_seconds=spread(cycles),
        tracked_hours=None if tracked is None else cents(tracked),
    )
