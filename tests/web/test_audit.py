"""The audit log in the browser: sentences, filters, details, and taking it away."""

import csv
import json
from pathlib import Path

from playwright.sync_api import Page, expect
from tests.web.conftest import Visitor


def test_what_was_done_is_found_and_taken_away(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/workspace")
    page.get_by_label("Workspace name").fill("Bakery & Sons")
    page.get_by_role("button", name="Save workspace").click()
    expect(page.get_by_text("Workspace saved")).to_be_visible()

    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Audit log").click()
    events = page.get_by_role("table", name="Events")
    renamed = "Ada Lovelace renamed “Corner Bakery” to “Bakery & Sons”"
    expect(events.get_by_role("button").first).to_contain_text(renamed)
    expect(events.get_by_text("Ada Lovelace signed in with a password")).to_be_visible()

    events.get_by_role("button", name=renamed).click()
    changes = page.get_by_role("table", name="Changes")
    expect(changes.get_by_role("row", name="Name")).to_contain_text("Corner BakeryBakery & Sons")

    page.get_by_label("Type").fill("signed in")
    page.get_by_role("option", name="Signed in", exact=True).click()
    expect(events.get_by_text(renamed)).to_have_count(0)
    expect(events.get_by_role("button")).to_have_count(1)
    page.reload()
    expect(events.get_by_role("button")).to_have_count(1)

    rows = list(csv.DictReader(_export(page, "CSV, for spreadsheets").read_text().splitlines()))
    assert [row["type"] for row in rows] == ["user.signed_in"]

    page.get_by_role("button", name="Clear filters").click()
    expect(events.get_by_text("Ada Lovelace exported the audit log as CSV")).to_be_visible()
    lines = _export(page, "NDJSON, for programs").read_text().splitlines()
    assert "audit.exported" in {json.loads(line)["type"] for line in lines}


def test_days_narrow_the_log_and_an_empty_one_says_so(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/audit?until=2020-01-01")
    expect(page.get_by_label("Until")).to_have_value("2020-01-01")
    expect(page.get_by_text("Nothing that happened matches these filters.")).to_be_visible()
    page.get_by_label("Until").fill("")
    expect(page.get_by_text("Ada Lovelace created the workspace")).to_be_visible()


def _export(page: Page, kind: str) -> Path:
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=kind).click()
    return download.value.path()
