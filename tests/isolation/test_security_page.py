"""docs/security.md promises what tests show: each test that it names is there."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
PAGE = (TESTS.parent / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+[^|]*) \|([^|]*)\|[^|]*\| ([^|]+) \|([^|]*)\|([^|]*)\|$", re.MULTILINE
)
STATES = {"met", "partly", "not met", "not applicable", "operator"}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_named_test_exists(file: str, name: str) -> None:
    tree = ast.parse((TESTS / file).read_text())

    assert name in {
        each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_each_requirement_has_one_row_a_state_and_a_reason_where_it_is_not_met() -> None:
    rows = ROW.findall(PAGE)
    ids = [each.strip() for row in rows for each in row[0].split(",")]

    assert len(rows) == len(re.findall(r"^\| \d", PAGE, re.MULTILINE)) > 150
    assert sorted(ids) == sorted(set(ids))
    for requirement, _, state, reason, shown in rows:
        assert state in STATES, requirement
        assert state == "met" or reason.strip(), requirement
        assert state != "met" or reason.strip() or shown.strip(), requirement
