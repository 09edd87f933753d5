"""getProjectMetrics: how a project's work flows, what is in it now, and what it is worth."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from msgspec import Struct

from projectflow.analytics.durations import (
    Durations,
    Spread,
    cycle_seconds,
    durations_of,
    lead_seconds,
    percent,
    seconds,
    spread,
)
from projectflow.analytics.earned_value import (
    HOUR,
    EarnedValue,
    Work,
    cents,
    cuts_of,
    in_hours,
    in_money,
)
from projectflow.analytics.facts import NO_HOURS
from projectflow.analytics.flows import (
    Now,
    Piece,
    Totals,
    now_of,
    pieces_of,
    totals_of,
    waited_seconds,
)
from projectflow.analytics.people import PersonNumbers, by_person
from projectflow.analytics.prices import load_prices
from projectflow.analytics.ranges import Asked, Cut, TimeRange, cut_range
from projectflow.analytics.scopes import Freshness, freshness, names_of
from projectflow.analytics.store import AnalyticsStore, Completion, Present, Scope, Worked
from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.problems import Forbidden
from projectflow.planning.baseline_costs import sees_costs
from projectflow.planning.calendars import load_timetables
from projectflow.projects.access import require_project
from projectflow.projects.membership import must_be_allowed_in

MAX_COMPLETIONS: Final = 20_000
"""Of which durations are measured: the latest."""
MAX_PLANNED: Final = 20_000
MAX_WAITS: Final = 50_000
SHOWN_COMPLETIONS: Final = 500
SHOWN_IN_PROGRESS: Final = 100
MEASURED_IN_PROGRESS: Final = 5_000


class Completed(Struct, frozen=True, kw_only=True):
    """A point of the scatter plot."""

    task_id: UUID
    key: str | None
    """Null where the task went to the trash since, or to where the reader sees it no longer."""
    title: str | None
    completed_at: datetime
    lead_seconds: int
    cycle_seconds: int | None


class Underway(Struct, frozen=True, kw_only=True):
    """A task in progress, and how long it is."""

    task_id: UUID
    key: str | None
    title: str | None
    status: str
    assignee_id: UUID | None
    age_seconds: int
    """Since it was first started."""
    in_state_seconds: int
    """Since it came into its state."""
    blocked_since: datetime | None


class OnTime(Struct, frozen=True):
    """Of the completions in the range of tasks that were due: when these were done."""

    on_time: int
    late: int
    on_time_percent: Decimal | None


class Hours(Struct, frozen=True):
    """Planned against actual: the estimates of the plan as it is now, and all tracked time."""

    estimated: Decimal
    estimated_is_partial: bool
    """Whether more than 20,000 tasks have estimates, of which so many are in the sum."""
    tracked: Decimal
    tracked_in_range: Decimal


class ProjectMetricsInTime(Struct, frozen=True, kw_only=True):
    """A project in numbers, over a range of time; docs/metrics.md defines each."""

    project_id: UUID
    range: TimeRange
    fresh: Freshness
    now: Now
    totals: Totals
    pieces: list[Piece]
    durations: Durations
    measured: int
    """Of how many completions the durations are: all in the range, or the latest 20,000."""
    completions: list[Completed]
    """The latest 500, newest first."""
    on_time: OnTime
    waited_seconds: int
    """How long open tasks waited for others within the range, all together."""
    waited_is_partial: bool
    """Whether they waited more than 50,000 times, of which so many are in the sum."""
    in_progress: list[Underway]
    """The oldest 100."""
    ages: Spread
    """Ages of tasks in progress, in seconds."""
    ages_are_partial: bool
    """Whether more than 5,000 tasks are in progress, of which the oldest are measured."""
    people: list[PersonNumbers]
    hours: Hours
    earned_value: EarnedValue | None
    """Null where more than 20,000 tasks have estimates."""


async def read_project_metrics(
    db: Db, actor: Actor, store: AnalyticsStore, project_id: UUID, asked: Asked
) -> ProjectMetricsInTime:
    """Count a project's work over a range of time.

    Raises:
        ProjectNotFound, Forbidden: the actor may not read this project's tasks.
        InvalidInput: the range is none.
    """
    actor.must_be_allowed("task", "read", "in_project")
    await require_project(db, actor, project_id)
    cut = await cut_range(db, actor, asked)
    scope = Scope(actor.tenant_id, (project_id,))
    fresh = await freshness(db, actor, store)
    flows = await store.flow(db, scope, cut.edges)
    done = await store.completions(db, scope, cut.start, cut.end, MAX_COMPLETIONS)
    present = await store.present(db, scope, fresh.as_of)
    timetables = await load_timetables(db, actor, project_id, [])
    waits = await store.waits(db, scope, cut.start, cut.end, MAX_WAITS + 1)
    underway, ages, ages_are_partial = await _in_progress(db, actor, store, scope, fresh.as_of)
    money = await _Money.read(db, actor, store, scope, cut, fresh.as_of)
    return ProjectMetricsInTime(
        project_id=project_id,
        range=cut.range,
        fresh=fresh,
        now=now_of(present),
        totals=totals_of(flows),
        pieces=pieces_of(cut, flows, fresh.as_of),
        durations=durations_of(done, timetables.project),
        measured=len(done),
        completions=await _scatter(db, actor, done[:SHOWN_COMPLETIONS]),
        on_time=on_time_of(done),
        waited_seconds=waited_seconds(waits[:MAX_WAITS], cut.start, min(cut.end, fresh.as_of)),
        waited_is_partial=len(waits) > MAX_WAITS,
        in_progress=underway,
        ages=ages,
        ages_are_partial=ages_are_partial,
        people=await _people(db, actor, project_id, present, done, money.in_range),
        hours=money.hours,
        earned_value=money.earned_value(present),
    )


async def _in_progress(
    db: Db, actor: Actor, store: AnalyticsStore, scope: Scope, now: datetime
) -> tuple[list[Underway], Spread, bool]:
    """The oldest tasks in progress, how old all are, and whether that is all of them."""
    found = await store.in_progress(db, scope, MEASURED_IN_PROGRESS + 1)
    tasks = found[:MEASURED_IN_PROGRESS]
    shown = tasks[:SHOWN_IN_PROGRESS]
    names = await names_of(db, actor, [task.task_id for task in shown])
    underway = [
        Underway(
            task_id=task.task_id,
            key=named.key if (named := names.get(task.task_id)) else None,
            title=named.title if named else None,
            status=task.status,
            assignee_id=task.assignee_id,
            age_seconds=seconds(task.started_at, now),
            in_state_seconds=seconds(task.entered_at, now),
            blocked_since=task.blocked_since,
        )
        for task in shown
    ]
    ages = spread([seconds(task.started_at, now) for task in tasks])
    return underway, ages, len(found) > len(tasks)


async def _scatter(db: Db, actor: Actor, done: Sequence[Completion]) -> list[Completed]:
    names = await names_of(db, actor, [each.task_id for each in done])
    return [
        Completed(
            task_id=each.task_id,
            key=named.key if (named := names.get(each.task_id)) else None,
            title=named.title if named else None,
            completed_at=each.completed_at,
            lead_seconds=lead_seconds(each),
            cycle_seconds=cycle_seconds(each),
        )
        for each in done
    ]


def on_time_of(done: Sequence[Completion]) -> OnTime:
    """Which of these were done by when they were due."""
    due = [(each.completed_at, each.due_at) for each in done if each.due_at is not None]
    on_time = sum(completed <= wanted for completed, wanted in due)
    return OnTime(on_time, len(due) - on_time, percent(on_time, len(due)))


async def _people(
    db: Db,
    actor: Actor,
    project_id: UUID,
    present: Sequence[Present],
    done: Sequence[Completion],
    worked: Sequence[Worked],
) -> list[PersonNumbers]:
    try:
        await must_be_allowed_in(db, actor, project_id, "time_entry", "read")
    except Forbidden:
        return by_person(present, done, None)
    return by_person(present, done, worked)


class _Money(Struct, frozen=True):
    """What was planned and what was tracked, and at which prices."""

    hours: Hours
    in_range: list[Worked]
    value: EarnedValue | None

    def earned_value(self, present: Sequence[Present]) -> EarnedValue | None:
        if self.value is None:
            return None
        unestimated = sum(each.unestimated for each in present)
        return EarnedValue(
            as_of=self.value.as_of,
            hours=self.value.hours,
            currency=self.value.currency,
            money=self.value.money,
            unpriced_hours=self.value.unpriced_hours,
            unscheduled_hours=self.value.unscheduled_hours,
            unestimated_tasks=unestimated,
        )

    @classmethod
    async def read(
        cls, db: Db, actor: Actor, store: AnalyticsStore, scope: Scope, cut: Cut, now: datetime
    ) -> "_Money":
        (project_id,) = scope.project_ids
        # Whoever may read its tasks may know its currency; that they see it is checked.
        currency: str = await db.fetchval(
            "SELECT budget_currency FROM projects WHERE tenant_id = $1 AND id = $2",
            actor.tenant_id,
            project_id,
        )
        as_of = min(now, cut.end)
        prices = None
        if await sees_costs(db, actor, project_id):
            prices = await load_prices(db, actor, currency)
        cuts = cuts_of(cut, as_of, prices)
        work = Work(
            await store.planned(db, scope, MAX_PLANNED + 1),
            await store.worked(db, scope, cuts),
            cuts,
        )
        first, last = cuts.index(cut.start) + 1, cuts.index(cut.end)
        in_range = [each for each in work.worked if first <= each.place <= last]
        hours = Hours(
            cents(sum((each.estimate * HOUR for each in work.planned[:MAX_PLANNED]), Decimal(0))),
            len(work.planned) > MAX_PLANNED,
            cents(sum((each.seconds for each in work.worked), Decimal(0))),
            cents(sum((each.seconds for each in in_range), Decimal(0))),
        )
        if len(work.planned) > MAX_PLANNED:
            return cls(hours, in_range, None)
        money = None if prices is None else in_money(cut, work, as_of, now, prices)
        unscheduled = (e.estimate for e in work.planned if e.due_at is None)
        value = EarnedValue(
            as_of=as_of,
            hours=in_hours(cut, work, as_of, now),
            currency=currency,
            money=money[0] if money else None,
            unpriced_hours=money[1] if money else None,
            unscheduled_hours=sum(unscheduled, NO_HOURS),
            unestimated_tasks=0,
        )
        return cls(hours, in_range, value)
