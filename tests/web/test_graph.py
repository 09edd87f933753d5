"""The dependencies of a project as a graph: walked along by keyboard, read as a table."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection


@pytest.fixture
def inspection(at_board: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(at_board.page)
    yield made
    assert not made.found, "\n".join(made.found)


def test_the_graph_is_walked_along_by_keyboard_and_read_as_a_table(
    at_board: Visitor, inspection: Inspection
) -> None:
    page, look = at_board.page, inspection.look
    page.keyboard.press("8")
    expect(page.get_by_role("heading", name="Nothing waits for anything yet")).to_be_visible()
    look(page, "an empty graph")
    known = {task["title"]: task for task in at_board.call("GET", "/tasks?limit=100", {})["items"]}
    for waits, first in (("Rye", "Order the oven"), ("Rye", "Find a place"), ("Sourdough", "Rye")):
        body = {"depends_on_task_id": known[first]["id"]}
        at_board.call("POST", f"/tasks/{known[waits]['id']}/dependencies", body)

    graph = page.get_by_role("group", name="Dependency graph")
    rye = graph.get_by_role("button", name=f"{known['Rye']['key']} Rye")
    expect(rye).to_be_visible(timeout=15_000)
    sourdough = graph.get_by_role("button", name="Sourdough")
    expect(sourdough).to_have_accessible_name(re.compile(f"waits for {known['Rye']['key']}"))
    expect(graph.get_by_text("critical").first).to_be_visible()
    look(page, "graph")

    # By keyboard alone: along the links, back again, nearer, and into a task.
    sourdough.focus()
    page.keyboard.press("ArrowLeft")
    expect(rye).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(rye).not_to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(rye).to_be_focused()
    zoom = page.get_by_role("group", name="Zoom")
    page.keyboard.press("+")
    expect(zoom).to_contain_text("120 %")
    page.keyboard.press("-")
    expect(zoom).to_contain_text("100 %")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Rye")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Close").click()

    # By mouse: nearer until it is larger than its room, then pulled.
    for _ in range(4):
        zoom.get_by_role("button", name="Zoom in").click()
    before = rye.bounding_box()
    room = graph.bounding_box()
    assert before is not None
    assert room is not None
    page.mouse.move(room["x"] + room["width"] - 40, room["y"] + 10)
    page.mouse.down()
    page.mouse.move(room["x"] + room["width"] - 240, room["y"] + 10)
    page.mouse.up()
    after = rye.bounding_box()
    assert after is not None
    assert after["x"] < before["x"]
    zoom.get_by_role("button", name="Fit").click()
    expect(zoom).not_to_contain_text("200 %")

    page.get_by_role("button", name="Table", exact=True).click()
    table = page.get_by_role("table", name="What waits for what")
    row = table.get_by_role("row", name="Sourdough")
    expect(row.get_by_role("cell").first).to_have_text(known["Rye"]["key"])
    look(page, "graph as a table")
