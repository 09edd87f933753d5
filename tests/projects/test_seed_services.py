"""docs/seed-services.md names the methods of the seed's services, and what is there."""

import re
from pathlib import Path

from litestar import Litestar
from tests.isolation.samples import registered

ROOT = Path(__file__).parents[2]
METHODS = {
    "createProject", "getProject", "updateProject", "deleteProject", "getProjectTasks",
    "getProjectTimeline", "getProjectMetrics", "assignResources", "getResourceUtilization",
    "createMilestone", "updateMilestone", "deleteMilestone", "createTask", "getTask", "updateTask",
    "deleteTask", "assignTask", "updateTaskStatus", "addTaskComment", "addDependency",
    "removeDependency", "getDependencyGraph", "startTimeTracking", "stopTimeTracking",
    "getTimeEntries", "getTeamPerformance", "getTaskCompletionTrends", "getTenantMetrics",
    "getUsageAnalytics",
}  # fmt: skip
ROWS = re.findall(
    r"^\| `(\w+)` \| (.*) \| (.*) \|$",
    (ROOT / "docs" / "seed-services.md").read_text(),
    re.MULTILINE,
)


def test_every_method_has_a_row() -> None:
    assert {method for method, _, _ in ROWS} == METHODS


def test_every_route_of_the_page_exists(app: Litestar) -> None:
    routes = {re.sub(r"\{\w+\}", "{}", route) for route in registered(app)}
    for method, named, _ in ROWS:
        found = re.findall(r"`([A-Z]+ /[^`]*)`", named)
        assert found, method
        for route in found:
            assert re.sub(r"\{\w+\}", "{}", route) in routes, f"{method}: {route}"


def test_every_test_of_the_page_exists() -> None:
    for method, _, named in ROWS:
        files = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", named)
        assert files, method
        for path, name in files:
            assert not name or f"def {name}(" in (ROOT / path).read_text(), f"{method}: {name}"
