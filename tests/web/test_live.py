"""Two browsers on one board: each sees what the other does; a cut of the network loses nothing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocket, expect
from tests.web.conftest import Visitor
from tests.web.test_board import drag

GRACE = {"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper"}
KEPT = """async () => (await indexedDB.databases())
    .filter(({name}) => name.startsWith("projectflow-")).map(({name}) => name)"""


class Beside(Visitor):
    """Somebody else of the same workspace, in a browser of their own, on the same board."""

    def __init__(self, page: Page, first: Visitor, link: str) -> None:
        super().__init__(page, first.base)
        self.slug = first.slug
        page.goto(link)
        page.get_by_label("Password", exact=True).fill("compilers are people too")
        page.get_by_role("button", name="Join workspace").click()
        page.wait_for_url(f"**/w/{self.slug}/projects")
        page.goto(first.page.url)
        expect(self.card("Rye")).to_be_visible()


@pytest.fixture
def grace(at_board: Visitor, browser: Browser) -> Iterator[Beside]:
    person = {**GRACE, "id": str(uuid.uuid4()), "role": "admin"}
    link = at_board.call("POST", "/users", person)["link"]
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    beside = Beside(context.new_page(), at_board, link)
    yield beside
    context.close()
    assert beside.errors == []


def go(visitor: Visitor, *, online: bool) -> None:
    """Plug the network in or out."""
    visitor.page.context.set_offline(not online)
    banner = visitor.page.get_by_role("status", name="Connection")
    expect(banner.get_by_text("You\N{RIGHT SINGLE QUOTATION MARK}re offline")).to_have_count(
        0 if online else 1
    )


def step(visitor: Visitor, title: str, *keys: str) -> None:
    """Carry a card by keyboard."""
    button = visitor.card(title).get_by_role("button").first
    button.focus()
    for key in ("Space", *keys, "Space"):
        visitor.page.keyboard.press(key)


def choose(visitor: Visitor, title: str, field: str, value: str) -> None:
    """Set a field of a task in its panel, and close it."""
    page = visitor.page
    visitor.card(title).get_by_role("button").first.click()
    panel = page.get_by_role("dialog", name=title)
    panel.get_by_role("button", name=f"{field}: ").click()
    page.get_by_role("option", name=value).click()
    expect(panel.get_by_role("button", name=f"{field}: {value}")).to_be_visible()
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def add(visitor: Visitor, column: str, title: str) -> None:
    visitor.page.get_by_role("button", name=f"Add task to {column}").click()
    field = visitor.page.get_by_label(f"New task in {column}")
    field.fill(title)
    field.press("Enter")
    field.press("Escape")
    expect(visitor.card(title)).to_be_visible()


def waits(visitor: Visitor) -> Any:
    return visitor.page.get_by_role("status", name="Connection")


def toasts(visitor: Visitor) -> Any:
    return visitor.page.get_by_role("region", name="Notifications")


def test_a_card_dragged_in_one_browser_moves_in_the_other(at_board: Visitor, grace: Beside) -> None:
    drag(at_board.page, at_board.card("Rye"), at_board.card("Order the oven"))

    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)
    assert grace.titles("Doing") == ["Order the oven", "Rye"]
    assert grace.titles("Ideas") == ["Sourdough"]

    add(grace, "Ideas", "Ask the miller")
    expect(at_board.card("Ask the miller")).to_be_visible()
    # The number that the server gave is on both.
    expect(grace.card("Ask the miller")).not_to_contain_text("New")


def test_a_cut_of_30_seconds_loses_nothing_of_either(at_board: Visitor, grace: Beside) -> None:
    go(at_board, online=False)
    step(at_board, "Rye", "ArrowRight", "ArrowDown")
    choose(at_board, "Sourdough", "Priority", "Urgent")
    add(at_board, "Ideas", "Only here so far")
    choose(at_board, "Only here so far", "Priority", "Low")
    expect(waits(at_board)).to_contain_text("4 changes wait")

    choose(grace, "Sourdough", "Assignee", "Unassigned")
    add(grace, "Ideas", "Made meanwhile")
    step(grace, "Order the oven", "ArrowRight")
    assert at_board.titles("Doing") == ["Order the oven", "Rye"]
    assert "Rye" in grace.titles("Ideas")
    # Half a minute is longer than the socket's patience, and than one turn of the back-off.
    at_board.page.wait_for_timeout(30_000)

    go(at_board, online=True)

    for seen in (at_board, grace):
        expect(seen.column("Doing").get_by_role("article").filter(has_text="Rye")).to_be_visible()
        expect(seen.card("Only here so far")).to_be_visible()
        expect(seen.card("Made meanwhile")).to_be_visible()
        expect(seen.column("Doing").get_by_role("article")).to_have_count(1)
    for seen in (at_board, grace):
        seen.card("Sourdough").get_by_role("button").first.click()
        panel = seen.page.get_by_role("dialog", name="Sourdough")
        expect(panel.get_by_role("button", name="Priority: Urgent")).to_be_visible()
        expect(panel.get_by_role("button", name="Assignee: Unassigned")).to_be_visible()
    expect(grace.card("Only here so far").get_by_role("img", name="Low")).to_be_visible()


def test_the_board_and_what_waits_outlive_a_reload_without_network(
    at_board: Visitor, grace: Beside
) -> None:
    page = at_board.page
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    go(at_board, online=False)
    step(at_board, "Rye", "ArrowRight")
    add(at_board, "Ideas", "Written in the tunnel")

    page.reload()

    expect(at_board.column("Doing").get_by_role("article")).to_have_count(2)
    expect(at_board.card("Written in the tunnel")).to_be_visible()
    expect(waits(at_board)).to_contain_text("2 changes wait")
    go(at_board, online=True)
    expect(grace.card("Written in the tunnel")).to_be_visible()
    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)
    expect(grace.card("Written in the tunnel")).to_have_count(1)


def test_two_tabs_share_one_socket_and_the_second_takes_over(
    at_board: Visitor, grace: Beside
) -> None:
    open_sockets: dict[str, set[WebSocket]] = {"first": set(), "second": set()}

    def count(page: Page, tab: str) -> None:
        def opened(socket: WebSocket) -> None:
            open_sockets[tab].add(socket)
            socket.on("close", lambda _: open_sockets[tab].discard(socket))

        page.on("websocket", opened)

    first = at_board.page
    count(first, "first")
    first.reload()
    expect(at_board.card("Rye")).to_be_visible()
    first.wait_for_timeout(300)
    second = first.context.new_page()
    count(second, "second")
    second.goto(first.url)
    expect(second.get_by_role("article").first).to_be_visible()

    step(grace, "Rye", "ArrowRight")
    for page in (first, second):
        doing = page.get_by_role("region", name="Doing column", exact=True)
        expect(doing.get_by_role("article")).to_have_count(2)
    assert (len(open_sockets["first"]), len(open_sockets["second"])) == (1, 0)

    # What the second does is sent by the first, and seen by all.
    second.get_by_role("button", name="Add task to Ideas").click()
    second.get_by_label("New task in Ideas").fill("From the second tab")
    second.get_by_label("New task in Ideas").press("Enter")
    expect(at_board.card("From the second tab")).to_be_visible()
    expect(grace.card("From the second tab")).to_be_visible()

    first.close()
    second.wait_for_timeout(500)
    step(grace, "Sourdough", "ArrowRight")
    doing = second.get_by_role("region", name="Doing column", exact=True)
    expect(doing.get_by_role("article")).to_have_count(3)
    assert len(open_sockets["second"]) == 1


def test_a_conflict_shows_both_values_and_lets_people_insist(
    at_board: Visitor, grace: Beside
) -> None:
    go(at_board, online=False)
    choose(at_board, "Rye", "Priority", "Urgent")
    choose(grace, "Rye", "Priority", "Low")
    expect(grace.card("Rye").get_by_role("img", name="Low")).to_be_visible()

    go(at_board, online=True)

    said = toasts(at_board).get_by_role("alert")
    expect(said).to_contain_text("priority: you chose “urgent”, but meanwhile it became “low”")
    expect(at_board.card("Rye").get_by_role("img", name="Low")).to_be_visible()
    said.get_by_role("button", name="Use mine").click()
    expect(grace.card("Rye").get_by_role("img", name="Urgent")).to_be_visible()


def test_undo_and_redo_by_keyboard(at_board: Visitor, grace: Beside) -> None:
    page = at_board.page
    step(at_board, "Rye", "ArrowRight")
    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)

    page.keyboard.press("Control+z")
    expect(toasts(at_board)).to_contain_text("Undid: move of")
    expect(grace.column("Doing").get_by_role("article")).to_have_count(1)
    assert at_board.titles("Ideas") == ["Rye", "Sourdough"]

    page.keyboard.press("Control+Shift+z")
    expect(toasts(at_board)).to_contain_text("Done again: move of")
    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)

    # In a field the keys are the field's own.
    page.keyboard.press("/")
    page.keyboard.type("oven")
    page.keyboard.press("Control+z")
    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)


def test_undo_without_network_drops_what_was_not_sent(at_board: Visitor, grace: Beside) -> None:
    go(at_board, online=False)
    step(at_board, "Rye", "ArrowRight")
    expect(waits(at_board)).to_contain_text("1 change waits")

    at_board.page.keyboard.press("Control+z")

    expect(toasts(at_board)).to_contain_text("Undid: move of")
    expect(at_board.column("Doing").get_by_role("article")).to_have_count(1)
    expect(waits(at_board)).to_contain_text("You can go on working")
    with at_board.page.expect_response("**/api/v1/sync?**"):
        go(at_board, online=True)
    assert "Rye" in grace.titles("Ideas")


def test_a_change_waits_while_the_server_is_busy(at_board: Visitor, grace: Beside) -> None:
    def busy(route: Route) -> None:
        problem = {"type": "/problems/busy", "title": "Busy", "status": 503, "detail": "Busy."}
        route.fulfill(status=503, body=json.dumps(problem), content_type="application/problem+json")

    at_board.page.route("**/move", busy)
    step(at_board, "Rye", "ArrowRight")
    expect(waits(at_board)).to_contain_text("1 change waits")
    assert at_board.titles("Doing") == ["Rye", "Order the oven"]

    at_board.page.unroute("**/move")

    expect(grace.column("Doing").get_by_role("article")).to_have_count(2)
    expect(waits(at_board)).to_be_empty()


def test_people_see_who_else_is_there_and_who_is_typing(at_board: Visitor, grace: Beside) -> None:
    here = at_board.page.get_by_role("list", name="Also here")
    expect(here.first).to_contain_text("Grace Hopper")
    for seen in (at_board, grace):
        seen.card("Rye").get_by_role("button").first.click()
    panel = at_board.page.get_by_role("dialog", name="Rye")
    expect(panel.get_by_role("list", name="Also here")).to_contain_text("Grace Hopper")

    theirs = grace.page.get_by_role("dialog", name="Rye")
    theirs.get_by_label("Write a comment").press_sequentially("Caraway?")
    expect(panel.get_by_text("Grace Hopper is typing…")).to_be_visible()

    theirs.get_by_role("button", name="Comment", exact=True).click()
    expect(panel.get_by_text("Caraway?")).to_be_visible()
    expect(panel.get_by_text("Grace Hopper is typing…")).to_have_count(0)
    expect(theirs.get_by_text("Caraway?")).to_have_count(1)


def test_who_signs_out_leaves_nothing_in_the_browser(at_board: Visitor) -> None:
    page = at_board.page
    assert len(page.evaluate(KEPT)) == 1

    page.get_by_role("button", name="Account: ").click()
    page.get_by_role("menuitem", name="Sign out").click()

    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.wait_for_function(
        "async () => (await indexedDB.databases())"
        ".every(({name}) => !name.startsWith('projectflow-'))"
    )
    assert page.evaluate("localStorage.getItem('projectflow.session')") is None
