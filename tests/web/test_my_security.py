"""API keys, confirming who one is, and a picture of oneself."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
from PIL import Image
from playwright.sync_api import Page, expect
from tests.embedded.stack import Stack
from tests.web.conftest import Visitor


def test_an_api_key_reads_until_it_is_revoked(at_board: Visitor) -> None:
    page = at_board.page
    page.goto(f"{at_board.base}/w/{at_board.slug}/settings/security")
    page.get_by_role("button", name="New API key").click()
    dialog = page.get_by_role("dialog", name="New API key")
    dialog.get_by_label("Name").fill("Nightly report")
    expect(dialog.get_by_role("radio", name="Only read")).to_be_checked()
    dialog.get_by_role("button", name="Projects: any").click()
    page.get_by_role("option", name="Bakery launch").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Create key").click()
    secret = page.get_by_label("API key", exact=True).input_value()
    assert secret.startswith("pf_")
    page.get_by_role("button", name="Done").click()

    assert asks(page, secret, "GET", "/projects") == 200
    assert asks(page, secret, "POST", "/projects") == 403
    page.reload()
    keys = page.get_by_role("list", name="API keys")
    expect(keys).to_contain_text("Only reading · Bakery launch")

    keys.get_by_role("button", name="Revoke Nightly report").click()
    page.get_by_role("button", name="Revoke key").click()
    expect(keys).to_have_count(0)
    assert asks(page, secret, "GET", "/projects") == 401


def test_after_a_while_a_new_key_asks_for_the_password_and_then_goes_on(
    visitor: Visitor, stack: Stack
) -> None:
    visitor.create_workspace()
    page = visitor.page
    let_time_pass(stack, visitor.slug)
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    page.get_by_role("button", name="New API key").click()
    form = page.get_by_role("dialog", name="New API key")
    form.get_by_label("Name").fill("Nightly report")
    form.get_by_role("button", name="Create key").click()

    question = page.get_by_role("dialog", name="Confirm that it is you")
    password = question.get_by_label("Password")
    expect(password).to_be_focused()
    page.keyboard.press("Escape")
    expect(form.get_by_role("alert")).to_contain_text("Nothing was changed")
    expect(form.get_by_label("Name")).to_have_value("Nightly report")

    form.get_by_role("button", name="Create key").click()
    password.fill("not this one")
    password.press("Enter")
    expect(question.get_by_text("This is not your password")).to_be_visible()
    expect(password).to_be_focused()
    password.fill("eleven loaves of rye")
    password.press("Enter")
    expect(page.get_by_label("API key", exact=True)).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("list", name="API keys").get_by_role("listitem")).to_have_count(1)


def test_a_picture_takes_the_place_of_the_initials_until_it_is_removed(
    visitor: Visitor, tmp_path: Path
) -> None:
    visitor.create_workspace()
    page = visitor.page
    picture = tmp_path / "me.png"
    Image.new("RGB", (640, 480), "teal").save(picture)
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/profile")
    page.get_by_label("Picture file").set_input_files(picture)
    expect(page.get_by_role("img", name="Preview")).to_be_visible()
    page.get_by_role("button", name="Save picture").click()

    account = page.get_by_role("button", name="Account: Ada Lovelace")
    expect(account.locator("img")).to_be_visible()
    page.reload()
    expect(account.locator("img")).to_be_visible()
    assert account.locator("img").evaluate("image => image.naturalWidth") > 0

    page.get_by_role("button", name="Remove picture").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(account.locator("[data-initials=AL]")).to_be_visible()


def test_hours_and_language_are_kept_and_dates_are_written_as_there(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/profile")
    page.get_by_label("Friday").fill("4,5")
    time_zone = page.get_by_role("combobox", name="Time zone")
    time_zone.fill("Kiritimati")
    page.get_by_role("option", name="Kiritimati").click()
    page.get_by_role("button", name="Language and region").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_role("status").get_by_text("Profile saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Friday")).to_have_value("4.5")
    expect(page.get_by_text("36,5 hours a week")).to_be_visible()
    expect(page.get_by_role("button", name="Language and region: Deutsch")).to_be_visible()

    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/audit")
    row = page.get_by_role("table", name="Events").get_by_role("row", name="signed in")
    shown = row.get_by_role("time")
    iso = shown.get_attribute("datetime") or ""
    there = datetime.fromisoformat(iso).astimezone(ZoneInfo("Pacific/Kiritimati"))
    expect(shown).to_have_text(there.strftime("%d.%m.%Y, %H:%M"))


def asks(page: Page, secret: str, method: str, path: str) -> int:
    """How the API answers a program that has the key; without the browser's cookies."""
    return page.evaluate(
        """async ([secret, method, path]) => {
            const answer = await fetch("/api/v1" + path, {
                method,
                credentials: "omit",
                headers: {Authorization: "Bearer " + secret, "Content-Type": "application/json"},
                ...(method === "POST" && {body: JSON.stringify({name: "By a key"})}),
            })
            return answer.status
        }""",
        [secret, method, path],
    )


def let_time_pass(stack: Stack, slug: str) -> None:
    """Whoever signed in to this workspace did so eleven minutes ago."""

    async def move_clock() -> None:
        connection = await asyncpg.connect(stack.told()["database_superuser_url"])
        try:
            moved = await connection.execute(
                "UPDATE sessions SET confirmed_at = now() - interval '11 minutes'"
                " WHERE tenant_id = (SELECT id FROM tenants WHERE subdomain = $1)",
                slug,
            )
        finally:
            await connection.close()
        assert moved == "UPDATE 1"

    with ThreadPoolExecutor(1) as outside:  # Playwright has an event loop of its own here.
        outside.submit(asyncio.run, move_clock()).result()
