"""The board: drag by mouse, keyboard and touch; create, filter, edit."""

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from tests.web.conftest import Visitor


def drag(page: Page, card: Any, target: Any) -> None:
    """As a hand does it: press, move away, move over the target in steps, let go."""
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + start["height"] / 2 + 12)
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] * 0.75
    page.mouse.move(x, y, steps=12)
    page.wait_for_timeout(120)
    page.mouse.move(x, y + 2)
    with page.expect_response(lambda r: r.url.endswith("/move") and r.status == 200):
        page.mouse.up()


def test_a_card_dragged_by_mouse_stays_where_it_was_dropped(at_board: Visitor) -> None:
    assert at_board.titles("Ideas") == ["Rye", "Sourdough"]

    drag(at_board.page, at_board.card("Rye"), at_board.card("Order the oven"))

    expect(at_board.column("Doing").get_by_role("article")).to_have_count(2)
    assert at_board.titles("Doing") == ["Order the oven", "Rye"]
    at_board.page.reload()
    expect(at_board.column("Doing").get_by_role("article")).to_have_count(2)
    assert at_board.titles("Doing") == ["Order the oven", "Rye"]
    assert at_board.titles("Ideas") == ["Sourdough"]


def test_a_card_is_moved_by_keyboard_alone_and_each_step_is_announced(at_board: Visitor) -> None:
    page = at_board.page
    at_board.card("Rye").get_by_role("button").first.focus()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    with page.expect_response(lambda r: r.url.endswith("/move") and r.status == 200):
        page.keyboard.press("Space")

    expect(at_board.column("Doing").get_by_role("article")).to_have_count(2)
    spoken = " ".join(page.locator("[aria-live]").all_text_contents())
    assert "Doing" in spoken
    page.reload()
    expect(at_board.column("Doing").get_by_role("article")).to_have_count(2)


def test_escape_puts_a_lifted_card_back(at_board: Visitor) -> None:
    page = at_board.page
    at_board.card("Rye").get_by_role("button").first.focus()

    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")

    assert at_board.titles("Ideas") == ["Rye", "Sourdough"]
    assert at_board.titles("Doing") == ["Order the oven"]


def test_a_card_is_dragged_by_touch(at_board: Visitor, phone: BrowserContext) -> None:
    phone.add_cookies(at_board.page.context.cookies())  # pyright: ignore[reportArgumentType]
    page = phone.new_page()
    page.goto(at_board.page.url)
    first = page.get_by_role("article").filter(has_text="Rye")
    second = page.get_by_role("article").filter(has_text="Sourdough")
    expect(first).to_be_visible()
    start, end = first.bounding_box(), second.bounding_box()
    assert start
    assert end
    x, top, bottom = start["x"] + 60, start["y"] + 20, end["y"] + end["height"] - 4
    finger = phone.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": top})
    page.wait_for_timeout(400)
    for step in range(1, 13):
        touch("touchMove", {"x": x, "y": top + (bottom - top) * step / 12})
        page.wait_for_timeout(16)
    page.wait_for_timeout(120)
    with page.expect_response(lambda r: r.url.endswith("/move") and r.status == 200):
        touch("touchEnd")

    at_board.page.reload()
    # What this browser had is shown first; the move arrives a moment later.
    expect(at_board.column("Ideas").get_by_role("article").first).to_contain_text("Sourdough")
    assert at_board.titles("Ideas") == ["Sourdough", "Rye"]


@pytest.mark.parametrize("status", [409, 422])
def test_a_move_that_is_refused_goes_back_with_a_message(at_board: Visitor, status: int) -> None:
    page = at_board.page
    problem = {
        "type": "/problems/x",
        "title": "X",
        "status": status,
        "detail": "No.",
        "instance": "",
    }

    def refuse(route: Route) -> None:
        route.fulfill(
            status=status, body=json.dumps(problem), content_type="application/problem+json"
        )

    page.route("**/move", refuse)
    at_board.card("Rye").get_by_role("button").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")

    toasts = page.get_by_role("region", name="Notifications")
    expect(toasts.get_by_role("button", name="Dismiss").first).to_be_visible()
    expect(at_board.column("Ideas").get_by_role("article")).to_have_count(2)
    assert at_board.titles("Doing") == ["Order the oven"]


def test_one_key_creates_a_task(at_board: Visitor) -> None:
    page = at_board.page
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New task")
    dialog.get_by_label("Title").fill("Taste the crust")
    dialog.get_by_role("button", name="Create task").click()

    expect(at_board.card("Taste the crust")).to_be_visible()
    page.reload()
    expect(at_board.card("Taste the crust")).to_be_visible()


def test_filters_narrow_the_board_and_live_in_the_address(at_board: Visitor) -> None:
    page = at_board.page
    page.keyboard.press("/")
    page.keyboard.type("oven")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(at_board.card("Order the oven")).to_be_visible()

    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("article")).to_have_count(4)


def test_a_task_is_edited_in_its_panel(at_board: Visitor) -> None:
    page = at_board.page
    at_board.card("Rye").get_by_role("button").first.click()
    panel = page.get_by_role("dialog", name="Rye")
    panel.get_by_label("Title").fill("Rye bread")
    panel.get_by_label("Title").press("Enter")
    panel.get_by_role("button", name="Priority: Medium").click()
    page.get_by_role("option", name="Urgent").click()
    panel.get_by_label("Write a comment").fill("Needs **caraway**")
    panel.get_by_role("button", name="Comment", exact=True).click()
    expect(panel.locator("strong", has_text="caraway")).to_be_visible()

    page.reload()

    panel = page.get_by_role("dialog", name="Rye bread")
    expect(panel.get_by_role("button", name="Priority: Urgent")).to_be_visible()
    expect(panel.locator("strong", has_text="caraway")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(at_board.card("Rye bread")).to_be_visible()


def test_markdown_is_shown_and_cannot_run_anything(at_board: Visitor) -> None:
    page = at_board.page
    at_board.card("Sourdough").get_by_role("button").first.click()
    panel = page.get_by_role("dialog", name="Sourdough")
    panel.get_by_role("button", name="Add a description").click()
    panel.get_by_label("Description").fill(
        "# Feed it\n<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
        "\n\n[click](javascript:window.hacked=1)"
    )
    panel.get_by_role("button", name="Save").click()

    expect(panel.get_by_role("heading", name="Feed it")).to_be_visible()
    assert panel.locator("script, img[onerror], a[href^='javascript']").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_deleted_task_comes_back_by_undo(at_board: Visitor) -> None:
    page = at_board.page
    at_board.card("Sourdough").get_by_role("button").first.click()
    page.get_by_role("button", name="Task actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(at_board.card("Sourdough")).to_have_count(0)

    page.get_by_role("region", name="Notifications").get_by_role("button", name="Undo").click()

    expect(at_board.card("Sourdough")).to_be_visible()
    assert at_board.titles("Ideas") == ["Rye", "Sourdough"]


def test_the_board_works_on_a_phone(at_board: Visitor, phone: BrowserContext) -> None:
    phone.add_cookies(at_board.page.context.cookies())  # pyright: ignore[reportArgumentType]
    page = phone.new_page()
    page.goto(at_board.page.url)

    expect(page.get_by_role("article").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Open sidebar").click()
    expect(page.get_by_role("link", name="Projects").first).to_be_visible()
