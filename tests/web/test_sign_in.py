"""Everything that somebody can sign in with, in a browser."""

import time

from playwright.sync_api import Browser, Page, expect
from pyotp.totp import TOTP
from tests.web.conftest import Visitor

PASSWORD = "eleven loaves of rye"


def test_a_code_then_a_recovery_code_are_asked_for_after_the_password(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    totp, codes = set_up_authenticator(visitor)

    sign_out(page)
    give_password(page)
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_focused()
    code.press_sequentially("000000")
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    page.evaluate("text => navigator.clipboard.writeText(text)", spaced(next_code(totp)))
    code.press("Control+v")
    page.wait_for_url("**/w/**/projects")

    sign_out(page)
    give_password(page)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[3])
    page.get_by_label("Recovery code").press("Enter")
    page.wait_for_url("**/w/**/projects")

    sign_out(page)
    give_password(page)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[3])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This code is wrong, or was used already")).to_be_visible()
    page.get_by_label("Recovery code").fill(codes[4])
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/w/**/projects")
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    expect(page.get_by_text("8 of 10 left")).to_be_visible()


def test_a_passkey_signs_in_alone_and_after_the_password(visitor: Visitor) -> None:
    visitor.create_workspace()
    page = visitor.page
    give_authenticator(page)
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("dialog", name="Add a passkey").get_by_label("Name").fill("Baker's laptop")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(
        10
    )
    page.get_by_role("button", name="I have saved them").click()
    expect(page.get_by_role("list", name="Passkeys")).to_contain_text("Not used yet")

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/w/**/projects")
    sign_out(page)
    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/w/**/projects")

    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    passkeys = page.get_by_role("list", name="Passkeys")
    expect(passkeys).to_contain_text("Last used just now")
    passkeys.get_by_role("button", name="Rename Baker's laptop").click()
    page.get_by_role("dialog", name="Rename the passkey").get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Rename", exact=True).click()
    passkeys.get_by_role("button", name="Remove Old laptop").click()
    page.get_by_role("button", name="Remove passkey").click()
    expect(passkeys).to_have_count(0)

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("does not open this workspace")
    give_password(page)
    page.wait_for_url("**/w/**/projects")


def test_who_is_invited_where_a_second_step_is_required_sets_it_up_on_the_way_in(
    visitor: Visitor, browser: Browser
) -> None:
    visitor.create_workspace()
    page = visitor.page
    set_up_authenticator(visitor)
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/workspace")
    page.get_by_role("switch", name="Require two-step verification").click()
    page.get_by_role("dialog").get_by_role("button", name="Require").click()
    expect(page.get_by_role("switch", name="Require two-step verification")).to_be_checked()
    page.goto(f"{visitor.base}/w/{visitor.slug}/people")
    page.get_by_role("button", name="Invite people").first.click()
    dialog = page.get_by_role("dialog", name="Invite people")
    dialog.get_by_label("Email").fill("grace@example.org")
    dialog.get_by_label("First name").fill("Grace")
    dialog.get_by_label("Last name").fill("Hopper")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    link = dialog.get_by_label("Invitation link").input_value()

    context = browser.new_context()
    theirs = context.new_page()
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill("compilers are people too")
    theirs.get_by_role("button", name="Join workspace").click()
    theirs.get_by_role("button", name="Set up an authenticator app").click()
    expect(theirs.get_by_role("img", name="QR code")).to_be_visible()
    theirs.get_by_label("Code", exact=True).fill(TOTP(shown_key(theirs)).now())
    theirs.get_by_role("button", name="I have saved them").click()
    theirs.wait_for_url(f"**/w/{visitor.slug}/projects")

    # Nothing but a second factor would let them in again, and the last one can't go.
    theirs.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    theirs.get_by_role("button", name="Remove authenticator").click()
    theirs.get_by_role("button", name="Remove", exact=True).click()
    expect(theirs.get_by_role("alert")).to_contain_text("this is the last you have")
    context.close()


def set_up_authenticator(visitor: Visitor) -> tuple[TOTP, list[str]]:
    """Give who is signed in an authenticator app: it, and their recovery codes."""
    page = visitor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{visitor.base}/w/{visitor.slug}/settings/security")
    page.get_by_role("button", name="Set up authenticator").click()
    totp = TOTP(shown_key(page))
    page.get_by_label("Code", exact=True).fill(totp.now())
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    told = codes.all_text_contents()
    page.get_by_role("button", name="I have saved them").click()
    return totp, told


def shown_key(page: Page) -> str:
    return page.get_by_role("group", name="Key").get_by_role("code").inner_text().replace(" ", "")


def next_code(totp: TOTP) -> str:
    """The code of the next half minute: each counts once, and clocks may differ by one."""
    return totp.at(time.time() + totp.interval)


def spaced(code: str) -> str:
    """As apps show it, and as it comes out of the clipboard."""
    return f"{code[:3]} {code[3:]}"


def give_authenticator(page: Page) -> None:
    """A device that holds passkeys and knows its person."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account: Ada Lovelace").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.wait_for_url("**/sign-in*")


def give_password(page: Page) -> None:
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
