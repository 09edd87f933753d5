"""How long a whole network takes to schedule, from plain data to dates.

    .venv/bin/python -m bench.schedule            # 100, 1,000, 10,000 and 100,000 tasks
    .venv/bin/python -m bench.schedule --database # whole timelines of up to 10,000, by HTTP

One task in ten is a summary of the nine after it; each other waits for about 1.4 earlier ones, a
fifth of the links has a lag, types and constraints are mixed, and there are three calendars with
zones and holidays. "First" also builds the calendars, which a service would keep. Best and median
are of the clock, CPU is the least processor time of a run, which other work disturbs less.
"Preview" is what moves when one task gets longer.
"""

import argparse
import os
import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.timelines import run
from projectflow.tasks.schedule.calendars import WorkingCalendar
from projectflow.tasks.schedule.engine import reschedule, schedule
from projectflow.tasks.schedule.timetable import Timetable
from projectflow.tasks.schedule.types import Activity, Constraint, Link, LinkType, Network

SIZES = (100, 1_000, 10_000, 100_000)
START = datetime(2026, 1, 5, 7, tzinfo=UTC)
OFFICE = ((480, 720), (780, 1020))
SHORT = ((540, 720),)
TYPES = (LinkType.FINISH_TO_START,) * 7 + tuple(LinkType)


def calendars() -> dict[str, Timetable]:
    berlin = WorkingCalendar((OFFICE,) * 5 + ((),) * 2, "Europe/Berlin", "DE", "BE")
    friday_off = WorkingCalendar((OFFICE,) * 4 + ((),) * 3, "Europe/Berlin")
    lisbon = WorkingCalendar((SHORT,) * 6 + ((),), "Europe/Lisbon", "PT")
    return {
        "": Timetable(berlin),
        "four days": Timetable(berlin, friday_off),
        "lisbon": Timetable(lisbon),
    }


def network(size: int, tables: dict[str, Timetable]) -> Network:
    """The same network each time; chains of about 30 tasks, so that it ends within years."""
    dice = random.Random(size)
    activities: list[Activity] = []
    links: list[Link] = []
    parent: UUID | None = None
    leaves: list[UUID] = []
    for number in range(size):
        this = UUID(int=number)
        if number % 10 == 0 and number + 1 < size:
            activities.append(Activity(id=this))
            parent = this
            continue
        odd = dice.random()
        activities.append(
            Activity(
                id=this,
                parent_id=parent,
                duration=0 if odd < 0.05 else dice.randrange(60, 2400, 30),
                calendar=dice.choice((None, None, "four days", "lisbon")),
                constraint=Constraint.START_NO_EARLIER_THAN
                if 0.1 < odd < 0.15
                else Constraint.AS_SOON_AS_POSSIBLE,
                constraint_date=START + timedelta(days=dice.randrange(200)),
            )
        )
        for _ in range(dice.choice((0, 1, 1, 2, 3))):
            if leaves and len(leaves) % 30:
                before = leaves[-dice.randrange(1, len(leaves) % 30 + 1)]
                lag = dice.choice((0,) * 8 + (480, -240))
                links.append(Link(before, this, dice.choice(TYPES), lag, dice.random() < 0.2))
        leaves.append(this)
    return Network(
        start=START,
        calendar=tables[""],
        calendars=tables,
        activities=tuple(activities),
        links=tuple(links),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Time whole schedules.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--database", action="store_true")
    asked = parser.parse_args()
    rounds = asked.rounds
    if asked.database:
        run(lambda size: network(size, calendars()), rounds)
        return
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    print("    tasks     links      best    median       CPU     first   preview   (milliseconds)")
    for size in SIZES:
        tables = calendars()
        plan = network(size, tables)
        begun = time.perf_counter()
        before = schedule(plan)
        first = time.perf_counter() - begun
        took: list[float] = []
        cpu: list[float] = []
        for _ in range(rounds if size < 100_000 else 3):
            begun, used = time.perf_counter(), time.process_time()
            schedule(plan)
            took.append(time.perf_counter() - begun)
            cpu.append(time.process_time() - used)
        longer = next(item for item in plan.activities if item.duration)
        begun = time.perf_counter()
        moved = reschedule(
            plan, [Activity(id=longer.id, parent_id=longer.parent_id, duration=9_600)], before
        )
        preview = time.perf_counter() - begun
        times = (min(took), statistics.median(took), min(cpu), first, preview)
        row = " ".join(f"{seconds * 1000:9.1f}" for seconds in times)
        print(f"{size:9,} {len(plan.links):9,} {row}   {len(moved)} move, to {before.finish:%Y-%m}")
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
