"""Pictures of every page: `bin/screenshots`, with `--docs` also the best for README and docs.

A workspace is filled through the API; each page is then seen in light and dark, 1280 and 390
pixels wide, into screenshots/, which git ignores. docs/screens/ holds the best as WebP.
"""

import argparse
import asyncio
import shutil
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bench.browser import CHROMIUM, FLAGS
from bench.browser_data import Workspace, open_workspace
from bench.screens_data import furnish
from bench.stack import running_stack

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "screenshots"
DOCS: Final = ROOT / "docs" / "screens"
SIZES: Final = {"wide": (1280, 800), "narrow": (390, 844)}
BEFORE_SIGN_IN: Final = ("sign-in", "create-workspace", "forgot-password")
PAGES: Final = {
    "projects": "projects",
    "board": "projects/{project}/board",
    "task": "projects/{project}/board?task={task}",
    "list": "projects/{project}/list",
    "timeline": "projects/{project}/timeline",
    "calendar": "projects/{project}/calendar",
    "workload": "projects/{project}/workload",
    "dashboard": "projects/{project}/dashboard",
    "forecast": "projects/{project}/forecast",
    "graph": "projects/{project}/graph",
    "insights": "insights",
    "reports": "reports",
    "new-report": "reports/new",
    "inbox": "inbox",
    "my-work": "my-work",
    "all-tasks": "tasks",
    "search": "search?q=oven",
    "time": "time",
    "imports": "imports",
    "people": "people",
    "teams": "people/teams",
    "profile": "settings/profile",
    "notifications": "settings/notifications",
    "security": "settings/security",
    "workspace": "settings/workspace",
    "roles": "settings/roles",
    "role": "settings/roles/new",
    "sso": "settings/sso",
    "keys": "settings/workspace-keys",
    "audit": "settings/audit",
    "webhooks": "settings/webhooks",
    "usage": "settings/usage",
    "export": "settings/export",
    "danger": "settings/danger",
    "calendars": "settings/calendars",
}
BEST: Final = (
    "board light wide",
    "board dark narrow",
    "list dark wide",
    "timeline light wide",
    "calendar light wide",
    "workload dark wide",
    "task light wide",
    "palette dark wide",
)
PATIENCE_MS: Final = 15_000


async def main() -> None:
    """Make all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", action="store_true", help="write docs/screens/ too")
    parser.add_argument("--only", nargs="+", help="names of pages")
    arguments = parser.parse_args()
    wanted: list[str] = arguments.only or [*BEFORE_SIGN_IN, *PAGES, "palette"]
    limits = {"PROJECTFLOW_API_LIMIT": "100000", "PROJECTFLOW_VISITOR_LIMIT": "100000"}
    FOLDER.mkdir(exist_ok=True)
    with running_stack(**limits) as stack:
        base = f"http://localhost:{stack.settings.port}"
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await _take(browser, base, wanted)
            await browser.close()
    if arguments.docs:
        _keep_best()


async def _take(browser: Browser, base: str, wanted: list[str]) -> None:
    context = await browser.new_context(reduced_motion="reduce", locale="en-GB")
    page = await context.new_page()
    for name in BEFORE_SIGN_IN:
        if name in wanted:
            await page.goto(f"{base}/{name}")
            await _shoot(page, name)
    workspace = await open_workspace(page.request, base, "bakery")
    others = await browser.new_context()
    ids = await furnish(page.request, others.request, workspace)
    await others.close()
    for name, path in PAGES.items():
        if name in wanted:
            await page.goto(workspace.address(path.format(**ids)))
            await _shoot(page, name)
    if "palette" in wanted:
        await _open_palette(page, workspace, ids)
        await _shoot(page, "palette")


async def _open_palette(page: Page, workspace: Workspace, ids: dict[str, str]) -> None:
    await page.goto(workspace.address(PAGES["board"].format(**ids)))
    await page.locator("main article").first.wait_for(timeout=PATIENCE_MS)
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill("oven")


async def _shoot(page: Page, name: str) -> None:
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            # Fonts, and whatever is drawn a moment after the first.
            await page.evaluate("document.fonts.ready")
            await asyncio.sleep(0.3)
            await page.screenshot(path=FOLDER / f"{name} {theme} {size}.png")


def _keep_best() -> None:
    """As WebP, which shows text at this size without a trace at a third of a PNG's bytes."""
    shutil.rmtree(DOCS, ignore_errors=True)
    DOCS.mkdir(parents=True)
    for name in BEST:
        with Image.open(FOLDER / f"{name}.png") as picture:
            kept = DOCS / f"{name.replace(' ', '-')}.webp"
            picture.convert("RGB").save(kept, quality=82, method=6)
            print(kept.relative_to(ROOT), f"{kept.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    asyncio.run(main())
