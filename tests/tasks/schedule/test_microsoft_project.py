"""Our dates against those that Microsoft Project 2019 saved for the same network.

The file is not ours to ship: it lies in shared/data beside the repository.
"""

from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.tasks.schedule.mspdi import read

from projectflow.tasks.schedule.calendars import EPOCH, MINUTE
from projectflow.tasks.schedule.engine import schedule
from projectflow.tasks.schedule.types import Constraint

FILE = Path(__file__).parents[4] / "shared" / "data" / "msproject-task-links.xml"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not on this machine")

SAME_WORK = {1, 3, 5, 7, 9, 15}
"""Project writes the next morning where we write the evening before: no work lies between."""
START_HELD = {11: (4_800, 5_280), 13: (4_320, 5_280)}
"""Our and Project's total slack of tasks whose start holds another. See docs/scheduling.md."""


def test_every_date_and_slack_is_projects_but_for_the_explained():
    network, theirs = read(FILE)
    ours = schedule(network).activities
    assert len(theirs) == 16
    found = {
        (task_id.int, name): (getattr(ours[task_id], name), getattr(expected, name))
        for task_id, expected in theirs.items()
        for name in expected.__struct_fields__
        if getattr(ours[task_id], name) != getattr(expected, name)
    }
    names = ("late_start", "late_finish", "total_slack")
    assert found.keys() == {(uid, "late_finish") for uid in SAME_WORK} | {
        (uid, name) for uid in START_HELD for name in names
    }
    for uid in SAME_WORK:
        evening, morning = found[uid, "late_finish"]
        work = [network.calendar.worked(_minute(moment)) for moment in (evening, morning)]
        assert evening < morning
        assert work[0] == work[1]
    for uid, slacks in START_HELD.items():
        assert found[uid, "total_slack"] == slacks


@pytest.mark.parametrize("uid", START_HELD)
def test_with_projects_slack_the_project_would_end_later_with_ours_it_does_not(uid):
    network, theirs = read(FILE)
    before = schedule(network)
    task_id = UUID(int=uid)

    def finish_if_started(moment):
        activities = tuple(
            replace(item, constraint=Constraint.START_NO_EARLIER_THAN, constraint_date=moment)
            if item.id == task_id
            else item
            for item in network.activities
        )
        return schedule(replace(network, activities=activities)).finish

    assert finish_if_started(before.activities[task_id].late_start) == before.finish
    assert finish_if_started(theirs[task_id].late_start) > before.finish


def _minute(moment):
    return (moment - EPOCH) // MINUTE
