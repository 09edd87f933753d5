"""An owner connects, takes out, looks after and hands over what is here."""

import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from standardwebhooks import Webhook
from tests.web.conftest import Visitor
from tests.web.inspection import Inspection


class Receiver:
    """Another program on this machine, which keeps what it is told."""

    def __init__(self) -> None:
        self.received: SimpleQueue[tuple[dict[str, str], bytes]] = SimpleQueue()
        received = self.received

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                received.put(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def inspection(visitor: Visitor) -> Iterator[Inspection]:
    made = Inspection()
    made.listen(visitor.page)
    yield made
    assert not made.found, "\n".join(made.found)


def test_a_webhook_from_its_secret_to_its_end(
    visitor: Visitor, receiver: Receiver, inspection: Inspection
) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.goto("settings/webhooks")
    expect(page.get_by_text("nothing is sent anywhere")).to_be_visible()
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_label("Address").fill("https://user@example.org")
    dialog.get_by_label("Name").fill("Build server")
    dialog.get_by_role("button", name="Events: any").click()
    page.get_by_role("option", name="Projects").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Create webhook").click()
    expect(dialog.get_by_label("Address")).to_have_attribute("aria-invalid", "true")
    inspection.look(page, "a new webhook, refused")
    dialog.get_by_label("Address").fill(receiver.url)
    dialog.get_by_role("button", name="Create webhook").click()
    made = page.get_by_role("dialog", name="Your new webhook")
    secret = made.get_by_label("Signing secret", exact=True).input_value()
    inspection.look(page, "a webhook's secret")
    made.get_by_role("button", name="Done").click()
    inspection.look(page, "webhooks")

    page.get_by_role("list", name="Webhooks").get_by_role("link", name="Build server").click()
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
    assert secret not in page.content()
    visitor.call("POST", "/projects", {"name": "Spring menu"})
    deliveries = page.get_by_role("table", name="Deliveries")
    row = deliveries.get_by_role("row", name="project.created")
    expect(row.get_by_text("Delivered")).to_be_visible(timeout=20_000)
    expect(row).to_contain_text("Answered 200")
    headers, body = receiver.received.get(timeout=20)
    assert json.loads(body)["type"] == "project.created"
    Webhook(secret).verify(body, headers)
    inspection.look(page, "a webhook with deliveries")

    row.get_by_role("button", name="Send again: project.created").click()
    expect(page.get_by_text("Sending project.created again")).to_be_visible()
    again, _ = receiver.received.get(timeout=20)
    assert again["webhook-id"] == headers["webhook-id"]

    page.get_by_role("button", name="New secret").click()
    page.get_by_role("dialog", name="Replace the secret?").get_by_role(
        "button", name="Replace secret"
    ).click()
    other = page.get_by_role("dialog", name="Your new secret")
    assert other.get_by_label("Signing secret", exact=True).input_value() != secret
    other.get_by_role("button", name="Done").click()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    edit = page.get_by_role("dialog", name="Edit webhook")
    edit.get_by_label("Name").fill("Night builds")
    edit.get_by_role("button", name="Save webhook").click()
    expect(page.get_by_role("heading", name="Night builds")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog", name="Delete Night builds?").get_by_role(
        "button", name="Delete webhook"
    ).click()
    expect(page.get_by_text("nothing is sent anywhere")).to_be_visible()


def test_work_is_taken_out_as_a_whole_as_a_project_and_as_a_calendar(
    visitor: Visitor, inspection: Inspection
) -> None:
    visitor.create_workspace()
    page = visitor.page
    project = visitor.call("POST", "/projects", {"name": "Spring menu", "key": "SPR"})
    visitor.call("POST", f"/projects/{project['id']}/tasks", {"title": "Bake the rye"})
    visitor.goto("settings/export")
    page.get_by_role("button", name="Export the workspace").click()
    rows = page.get_by_role("list", name="Exports")
    expect(rows.get_by_text("Ready")).to_be_visible(timeout=30_000)
    expect(rows).to_contain_text("1 task, kept until")
    inspection.look(page, "exports")
    with page.expect_download() as download:
        rows.get_by_role("button", name="Download the export of Corner Bakery").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("manifest.json"))["kind"] == "workspace"
    rows.get_by_role("button", name="Delete the export of Corner Bakery").click()
    page.get_by_role("dialog", name="Delete this export?").get_by_role(
        "button", name="Delete export"
    ).click()
    expect(page.get_by_text("No export yet.")).to_be_visible()

    visitor.goto(f"projects/{project['id']}/board")
    export = _export_dialog(page)
    with page.expect_download() as download:
        export.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "SPR-tasks.csv"
    assert "Bake the rye" in download.value.path().read_text()
    for name, ending in (("Excel", "xlsx"), ("Microsoft Project", "xml")):
        export = _export_dialog(page)
        export.get_by_role("radio", name=name).click()
        with page.expect_download() as download:
            export.get_by_role("button", name="Export").click()
        assert download.value.suggested_filename.endswith(ending)
    export = _export_dialog(page)
    inspection.look(page, "export a project")
    export.get_by_role("radio", name="Archive").click()
    export.get_by_role("button", name="Export").click()
    with page.expect_download(timeout=30_000) as download:
        export.get_by_role("button", name="Download the export of Spring menu").click(
            timeout=30_000
        )
    assert zipfile.is_zipfile(download.value.path())
    export.get_by_role("button", name="Close").last.click()

    page.get_by_role("button", name="Actions for Spring menu").click()
    page.get_by_role("menuitem", name="Subscribe in a calendar…").click()
    feed = page.get_by_role("dialog", name="Subscribe in a calendar")
    expect(feed.get_by_label("Calendar name")).to_have_value("Spring menu")
    feed.get_by_role("button", name="Make the address").click()
    made = page.get_by_role("dialog", name="Your new calendar")
    url = made.get_by_label("Calendar address", exact=True).input_value()
    inspection.look(page, "a calendar's address")
    made.get_by_role("button", name="Done").click()
    assert page.request.get(url).status == 200
    visitor.goto("settings/calendars")
    page.get_by_role("button", name="Revoke Spring menu").click()
    page.get_by_role("dialog", name="Revoke Spring menu?").get_by_role(
        "button", name="Revoke calendar"
    ).click()
    expect(page.get_by_text("No calendar yet.")).to_be_visible()
    assert page.request.get(url).status == 404


def test_what_is_used_of_what_the_plan_allows(visitor: Visitor, inspection: Inspection) -> None:
    visitor.create_workspace()
    page = visitor.page
    visitor.call("POST", "/projects", {"name": "Spring menu"})
    visitor.goto("settings/usage")
    usage = page.get_by_role("region", name="Usage")
    figures = usage.locator("dl")
    expect(figures.locator("div", has_text="Projects").locator("dd")).to_have_text("1")
    expect(figures.locator("div", has_text="People").locator("dd")).to_have_text("1")
    limits = page.get_by_role("region", name="Limits")
    expect(limits).to_contain_text("0 bytes of")
    expect(limits.locator("div", has_text="Requests of a person").last).to_contain_text("a minute")
    inspection.look(page, "usage and limits")


def test_projects_go_and_come_back_and_the_workspace_gets_another_owner_by_keyboard(
    visitor: Visitor, browser: Browser, inspection: Inspection
) -> None:
    visitor.create_workspace()
    page = visitor.page
    project = visitor.call("POST", "/projects", {"name": "Spring menu"})
    visitor.goto(f"projects/{project['id']}/board")
    menu = page.get_by_role("button", name="Actions for Spring menu")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Delete")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete Spring menu?")
    expect(dialog.get_by_label("Name of the project")).to_be_focused()
    page.keyboard.type("Spring")
    expect(dialog.get_by_role("button", name="Delete project")).to_be_disabled()
    inspection.look(page, "deleting a project")
    page.keyboard.type(" menu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects")
    expect(page.get_by_role("heading", name="Start with a project")).to_be_visible()

    visitor.goto("settings/danger")
    page.get_by_role("button", name="Restore: Spring menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No project is in the trash.")).to_be_visible()
    visitor.goto(f"projects/{project['id']}/board")
    menu.click()
    page.get_by_role("menuitem", name="Archive…").click()
    page.get_by_role("dialog", name="Archive Spring menu?").get_by_role(
        "button", name="Archive project"
    ).click()
    page.wait_for_url("**/projects")

    person = {"email": "bo@example.org", "first_name": "Bo", "last_name": "Member"}
    link = visitor.call("POST", "/users", {**person, "role": "admin"})["link"]
    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill("compilers are people too")
    theirs.get_by_role("button", name="Join workspace").click()
    theirs.wait_for_url(f"**/w/{visitor.slug}/projects")
    context.close()

    visitor.goto("settings/danger")
    page.get_by_role("button", name="Bring back: Spring menu").click()
    expect(page.get_by_text("No project is archived.")).to_be_visible()
    inspection.look(page, "danger zone")
    page.get_by_role("button", name="Hand over…").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Hand over Corner Bakery")
    dialog.get_by_role("button", name="New owner: none").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Bo Member")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="New owner: Bo Member")).to_be_focused()
    dialog.get_by_label("Name of the workspace").focus()
    page.keyboard.type("Corner Bakery")
    inspection.look(page, "handing over")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Bo Member is an owner of Corner Bakery now")).to_be_visible()
    visitor.goto("people")
    people = page.get_by_role("table", name="People")
    expect(people.get_by_role("row", name="Bo Member")).to_contain_text("Owner")
    expect(people.get_by_role("row", name="Ada Lovelace")).to_contain_text("Admin")


def _export_dialog(page: Page) -> Locator:
    """Open it from the project's menu."""
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Actions for Spring menu").click()
    page.get_by_role("menuitem", name="Export…").click()
    return page.get_by_role("dialog", name="Export Spring menu")
