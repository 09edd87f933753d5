"""Real exports of other tools, where they lie beside this checkout: each comes in whole."""

from pathlib import Path
from typing import Any

import pytest
from tests.imports.conftest import BringFile
from tests.people import Person

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = {
    "jira": ("jira-export.csv", {"rows": 22, "issues": 22}, 22),
    "linear": ("linear-export.csv", {"rows": 10, "issues": 10}, 10),
    "github": (
        "github-issues.json", {"issues": 200, "pull_requests": 228, "comments": 645}, 428,
    ),
    "msproject": ("msproject-task-links.xml", {"tasks": 16, "links": 8}, 16),
    "trello": ("trello-board.json", {"cards": 206, "lists": 21}, 206),
}  # fmt: skip
# Of the 645 comments 509 are of issues and 136 of pull requests.
HERE = [source for source, (name, _, _) in FILES.items() if (DATA / name).exists()]


@pytest.mark.parametrize("source", HERE)
async def test_a_real_export_comes_in_whole_and_twice_changes_nothing(
    owner: Person, bring_file: BringFile, source: str
) -> None:
    name, counts, tasks = FILES[source]
    content = (DATA / name).read_bytes()

    report: Any = (await bring_file(owner, source, content))["report"]
    again: Any = (await bring_file(owner, source, content))["report"]

    assert counts.items() <= report["counts"].items(), report["counts"]
    assert (report["created"], report["updated"]) == (tasks, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, tasks)
