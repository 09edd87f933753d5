"""A real Trello board, dragged in a real browser, outlives kill -9 of everything."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.embedded.stack import Stack
from tests.imports.boards import card
from tests.web.conftest import REAL_BOARD, Visitor
from tests.web.test_board import drag


@pytest.fixture
def own_stack() -> Iterator[Stack]:
    """A stack that only this test kills."""
    folder = Path(tempfile.mkdtemp(prefix="pf-kill-", dir="/tmp"))
    folder.chmod(0o711)
    stack = Stack(folder / "home").up()
    yield stack
    stack.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def board_of_206(tmp_path: Path) -> Path:
    """The real export where it lies beside the repository, else one of the same size."""
    if REAL_BOARD.exists():
        return REAL_BOARD
    lists = [{"id": f"{n:024x}", "name": f"List {n}", "pos": n} for n in range(21)]
    cards = [
        {**card(n, "a1", f"Card {n}", pos=n), "idList": f"{n % 21:024x}", "attachments": []}
        for n in range(1, 207)
    ]
    file = tmp_path / "board.json"
    file.write_text(json.dumps({"id": "b", "name": "Big", "lists": lists, "cards": cards}))
    return file


def test_a_dragged_card_of_an_imported_board_outlives_kill_9(
    browser: Browser, own_stack: Stack, board_of_206: Path
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    visitor = Visitor(context.new_page(), f"http://localhost:{own_stack.port}")
    page = visitor.page
    visitor.create_workspace()
    visitor.import_board(board_of_206)
    expect(page.get_by_text("206 tasks")).to_be_visible()
    expect(page.get_by_role("region", name="column")).to_have_count(21)
    columns = page.get_by_role("region", name="column")
    moved = columns.nth(0).get_by_role("article").first
    name = moved.get_attribute("aria-label") or ""

    drag(page, moved, columns.nth(1).get_by_role("article").first)
    expect(columns.nth(1).get_by_label(name, exact=True).first).to_be_visible()
    own_stack.kill_everything()
    own_stack.up()

    page.reload()
    expect(page.get_by_text("206 tasks")).to_be_visible()
    expect(columns.nth(1).get_by_label(name, exact=True).first).to_be_visible()
    expect(columns.nth(0).get_by_label(name, exact=True)).to_have_count(0)
    context.close()
