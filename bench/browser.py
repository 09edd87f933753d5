"""How fast the web app is in a real Chromium: `python -m bench.browser`.

    .venv/bin/python -m bench.browser                     # 5,000 tasks in one project
    .venv/bin/python -m bench.browser --tasks 5000 50000
    .venv/bin/python -m bench.browser --lighthouse        # and what `npx lighthouse` says

The stack and the built web app as `projectflow up` serves them (build first: `npm run build` in
web/). For each size a workspace with one project, and then, in a window of 1440 x 900:

* first board: from the start of a navigation until cards have been painted, with the rows in
  IndexedDB and the app in the browser's cache, over several reloads;
* edit: from the key that makes a change until the frame that shows it has been painted, over 50
  changes each of a card moved on the board and a priority set in the list;
* frames a second while a card is dragged over the board, and while the board, a column and the
  list are scrolled. The display has 60;
* JavaScript, gzipped, that sign-in and the board load before anybody does anything;
* the JavaScript heap after a garbage collection.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from playwright.async_api import BrowserContext, Page, Playwright, async_playwright

from bench.browser_data import Workspace, add_tasks, call, open_workspace
from bench.stack import Stack, running_stack
from projectflow.core.db import Database, connect

FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-precise-memory-info",
]
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or ""
RELOADS: Final = 12
EDITS: Final = 50
PATIENCE_SECONDS: Final = 120
LIGHTHOUSE: Final = "lighthouse@12.8.2"
"""The newest that Node 20 runs; no dependency of ours."""

WATCH: Final = Path(__file__).with_suffix(".js").read_text()


class Row(NamedTuple):
    """One figure."""

    what: str
    tasks: int
    measured: str


async def main() -> None:
    """Print one table."""
    arguments = _parse()
    rows: list[Row] = []
    load = os.getloadavg()[0]
    # One address signs in and reads often.
    limits = {"PROJECTFLOW_API_LIMIT": "100000", "PROJECTFLOW_VISITOR_LIMIT": "100000"}
    with running_stack(**limits) as stack:
        database = await connect(stack.settings)
        try:
            async with async_playwright() as playwright:
                for size in arguments.tasks:
                    async with _browser(playwright) as context:
                        async for row in _measure(context, stack, database, size):
                            print(*row, sep="; ", file=sys.stderr)
                            rows.append(row)
                if arguments.lighthouse:
                    rows += await _lighthouse(playwright, stack, database, arguments.tasks[0])
        finally:
            await database.close()
    print(f"\nload before {load:.1f}, after {os.getloadavg()[0]:.1f}\n")
    print("| | tasks | |\n| --- | --- | --- |")
    for row in rows:
        print(f"| {row.what} | {row.tasks:,} | {row.measured} |")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[5_000])
    parser.add_argument("--lighthouse", action="store_true")
    return parser.parse_args()


@asynccontextmanager
async def _browser(playwright: Playwright, *flags: str) -> AsyncGenerator[BrowserContext]:
    """A browser with a profile of its own on disk, as a person has one."""
    # The browser may write on while its profile is taken away.
    with tempfile.TemporaryDirectory(prefix="pf-profile-", ignore_cleanup_errors=True) as profile:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=[*FLAGS, *flags],
            viewport={"width": 1440, "height": 900},
        )
        try:
            yield context
        finally:
            await context.close()


async def _measure(
    context: BrowserContext, stack: Stack, database: Database, size: int
) -> AsyncGenerator[Row]:
    base = f"http://localhost:{stack.settings.port}"
    page = context.pages[0]
    await page.add_init_script(WATCH)
    yield Row("JavaScript of sign-in, gzipped", size, await _javascript(page, f"{base}/sign-in"))
    workspace, project_id = await _furnish(page, base, database, size)
    board = workspace.address(f"projects/{project_id}/board")
    yield Row("first board, nothing kept yet", size, f"{await _fill_store(page, board):.0f} ms")
    yield Row("first board, warm", size, await _first_boards(page, board))
    yield Row("JavaScript of the board, gzipped", size, await _javascript(page, board))
    yield Row("heap, board", size, await _heap(page))
    yield Row("edit: a card moved", size, _spread(await _moves(page)))
    yield Row("drag", size, await _drag(page))
    yield Row("scroll a column", size, await _scroll(page, "[data-column] ol", 4_000))
    await page.goto(workspace.address(f"projects/{project_id}/list"))
    await page.locator("[role=row] [data-card]").first.wait_for()
    yield Row("edit: a priority in the list", size, _spread(await _priorities(page)))
    yield Row("scroll the list", size, await _scroll(page, "[role=grid]", 12_000))
    yield Row("heap, list", size, await _heap(page))


async def _furnish(
    page: Page, base: str, database: Database, size: int, name: str = "bench"
) -> tuple[Workspace, UUID]:
    workspace = await open_workspace(page.request, base, f"{name}-{size}")
    body = {"name": "Second shop", "key": "SHOP"}
    project = await call(page.request, workspace, "POST", "/projects", body)
    await add_tasks(database, workspace, UUID(project["id"]), size)
    return workspace, UUID(project["id"])


async def _fill_store(page: Page, board: str) -> float:
    """Load everything once; gives back the milliseconds until it was on screen."""
    await page.goto(board)
    await page.locator("main article").first.wait_for(timeout=120_000)
    cold = await _when(page)
    await _until(
        page,
        "hasKept()",
    )
    return cold


async def _until(page: Page, expression: str) -> None:
    """Playwright's own waiting evaluates a string, which our policy forbids in the page."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if await page.evaluate(expression):
            return
        await asyncio.sleep(0.02)
    raise SystemExit(f"waited for {expression} in vain")


async def _when(page: Page) -> float:
    await _until(page, "window.firstCards !== undefined")
    return await page.evaluate("window.firstCards")


async def _first_boards(page: Page, board: str) -> str:
    """By the clock, and in processor time of the page's thread, which others' work hardly moves."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def spent() -> float:
        told = await session.send("Performance.getMetrics")
        return 1000 * next(m["value"] for m in told["metrics"] if m["name"] == "TaskDuration")

    times: list[float] = []
    processor: list[float] = []
    for _ in range(RELOADS):
        await page.goto("about:blank")
        before = await spent()
        await page.goto(board)
        times.append(await _when(page))
        processor.append(await spent() - before)
        await page.wait_for_load_state("networkidle")
    await session.detach()
    least = f"least {min(times):.0f} ms"
    mine = f"processor p50 {statistics.median(processor):.0f} ms, least {min(processor):.0f} ms"
    return f"{_spread(times)}, {least}; {mine}"


async def _javascript(page: Page, address: str) -> str:
    """What comes over the wire for a page, in a browser that knows nothing."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await session.send("Network.setBypassServiceWorker", {"bypass": True})
    await page.goto(address)
    await page.wait_for_load_state("networkidle")
    sizes: list[int] = await page.evaluate(
        """performance.getEntriesByType("resource")
             .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
             .map(({ encodedBodySize }) => encodedBodySize)"""
    )
    await session.send("Network.setCacheDisabled", {"cacheDisabled": False})
    await session.send("Network.setBypassServiceWorker", {"bypass": False})
    await session.detach()
    return f"{sum(sizes) / 1000:.0f} kB in {len(sizes)} files"


async def _moves(page: Page) -> list[float]:
    """Lift the first card of the first column, over to the next and down, and back."""
    column = "[data-column]:nth-of-type({})"
    for turn in range(EDITS):
        here, there = (1, 2) if turn % 2 == 0 else (2, 1)
        await page.locator(f"{column.format(here)} [data-card]").first.focus()
        await page.keyboard.press(" ")
        await page.keyboard.press("ArrowRight" if turn % 2 == 0 else "ArrowLeft")
        goal = f"{column.format(there)} ol"
        await page.evaluate("([selector, key]) => awaitEdit(selector, key)", [goal, " "])
        await page.keyboard.press(" ")
        await _until(page, f"edits.length > {turn}")
    return await _edits(page)


async def _priorities(page: Page) -> list[float]:
    """Open the field of a line, click the other priority."""
    for turn in range(EDITS):
        cell = "[aria-rowindex='3'] [data-field=priority]"
        await page.locator(f"{cell} button").click()
        option = page.get_by_role("option", name="Urgent" if turn % 2 == 0 else "Low")
        await option.wait_for()
        await page.evaluate("([selector, key]) => awaitEdit(selector, key)", [cell, "click"])
        await option.click()
        await _until(page, f"edits.length > {turn}")
    return await _edits(page)


async def _edits(page: Page) -> list[float]:
    return await page.evaluate("edits.splice(0)")


async def _drag(page: Page) -> str:
    """One card over all columns and back, for three seconds."""
    card = await page.locator("[data-column]:nth-of-type(1) article").first.bounding_box()
    if card is None:
        raise SystemExit("no card to drag")
    x, y = card["x"] + 60, card["y"] + 30
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 20, y + 20, steps=4)
    await page.evaluate("countFrames()")
    for step in range(180):
        along = step % 90 if step % 180 < 90 else 90 - step % 90
        await page.mouse.move(x + along * 10, y + 40 + (step * 7) % 500)
        await asyncio.sleep(1 / 120)
    times: list[float] = await page.evaluate("framesCounted()")
    await page.keyboard.press("Escape")
    await page.mouse.up()
    return _frames(times)


async def _scroll(page: Page, selector: str, distance: int) -> str:
    """Down and up again, as a hand does it."""
    box = await page.locator(selector).first.bounding_box()
    if box is None:
        raise SystemExit(f"no {selector} to scroll")
    session = await page.context.new_cdp_session(page)
    await page.evaluate("countFrames()")
    await session.send(
        "Input.synthesizeScrollGesture",
        {
            "x": box["x"] + 100,
            "y": 500,
            "yDistance": -distance,
            "speed": 3000,
            "repeatCount": 1,
            "gestureSourceType": "mouse",
        },
    )
    times: list[float] = await page.evaluate("framesCounted()")
    await session.detach()
    return _frames(times)


async def _heap(page: Page) -> str:
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    used = await session.send("Runtime.getHeapUsage")
    await session.detach()
    return f"{used['usedSize'] / 1e6:.0f} MB"


async def _lighthouse(
    playwright: Playwright, stack: Stack, database: Database, size: int
) -> list[Row]:
    """In a browser that is signed in, which Lighthouse drives by its debugging port."""
    base = f"http://localhost:{stack.settings.port}"
    rows: list[Row] = []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with _browser(playwright, f"--remote-debugging-port={port}") as context:
        rows.append(
            Row("Lighthouse, sign-in", size, await _ask_lighthouse(f"{base}/sign-in", port))
        )
        workspace, project_id = await _furnish(context.pages[0], base, database, size, "light")
        board = workspace.address(f"projects/{project_id}/board")
        await _fill_store(context.pages[0], board)
        rows.append(Row("Lighthouse, board", size, await _ask_lighthouse(board, port)))
    return rows


async def _ask_lighthouse(address: str, port: int) -> str:
    words = (
        *("npx", "--yes", LIGHTHOUSE, address, f"--port={port}", "--quiet"),
        *("--preset=desktop", "--disable-storage-reset"),
        *("--only-categories=performance,accessibility", "--output=json"),
    )
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    if process.returncode != 0:
        return "did not run"
    told: dict[str, dict[str, float]] = json.loads(said)["categories"]
    return ", ".join(f"{name} {100 * each['score']:.0f}" for name, each in told.items())


def _spread(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return f"p50 {statistics.median(times):.0f} ms, p95 {cuts[-1]:.0f} ms, of {len(times)}"


def _frames(times: Sequence[float]) -> str:
    gaps = [later - sooner for sooner, later in pairwise(times)]
    rate = 1000 * len(gaps) / (times[-1] - times[0])
    late = sum(gap > 25 for gap in gaps)
    return f"{rate:.1f} frames/s, longest {max(gaps):.0f} ms, {late} of {len(gaps)} late"


if __name__ == "__main__":
    asyncio.run(main())
