"""A real Chromium against a whole ProjectFlow that `projectflow up` started."""

import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.embedded.stack import Stack
from tests.imports.boards import board

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
REAL_BOARD = Path(__file__).parents[3] / "shared" / "data" / "trello-board.json"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave browser tests out, and say so, where there is no browser."""
    mine = [item for item in items if item.path.parent == Path(__file__).parent]
    for item in mine:
        item.add_marker("browser")
    if not CHROMIUM and mine:
        config.hook.pytest_deselected(items=mine)
        items[:] = [item for item in items if item not in mine]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A company's own, which calls a provider on this machine; a test is faster than a person."""
    folder = Path(tempfile.mkdtemp(prefix="pf-web-", dir="/tmp"))
    folder.chmod(0o711)
    started = Stack(
        folder / "home",
        PROJECTFLOW_API_LIMIT="100000",
        PROJECTFLOW_VISITOR_LIMIT="100000",
        # All tests sign in from one address, some of them wrongly.
        PROJECTFLOW_LOGIN_ATTEMPTS="1000",
        PROJECTFLOW_PRIVATE_NETWORKS="true",
    ).up()
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


# Other tests run beside on the same two processors.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """A person at a browser window, with a workspace of their own."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.slug = f"w-{uuid.uuid4().hex[:20]}"
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        """The page's own errors; a refused request is what several tests are about."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def create_workspace(self) -> None:
        page = self.page
        page.goto(f"{self.base}/create-workspace")
        page.get_by_label("Workspace name").fill("Corner Bakery")
        page.get_by_label("Workspace address").fill(self.slug)
        page.get_by_label("First name").fill("Ada")
        page.get_by_label("Last name").fill("Lovelace")
        page.get_by_label("Email").fill("ada@example.org")
        page.get_by_label("Password", exact=True).fill("eleven loaves of rye")
        page.get_by_role("button", name="Create workspace").click()
        page.wait_for_url(f"**/w/{self.slug}/projects")

    def goto(self, path: str) -> None:
        """Open a page of the workspace."""
        self.page.goto(f"{self.base}/w/{self.slug}/{path}")

    def call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        """Ask the API as whoever is signed in."""
        refreshed = self.page.request.post(f"{self.base}/api/v1/auth/refresh")
        token = refreshed.json()["access_token"]
        answer = self.page.request.fetch(
            f"{self.base}/api/v1{path}",
            method=method,
            data=body,
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.ok, answer.text()
        return answer.json()

    def import_board(self, file: Path) -> None:
        self.page.goto(f"{self.base}/w/{self.slug}/imports")
        self.page.get_by_label("Trello export file").set_input_files(file)
        self.page.get_by_role("link", name="Open the board").click(timeout=20_000)
        expect(self.page.get_by_role("region", name="column").first).to_be_visible()

    def column(self, name: str) -> Any:
        return self.page.get_by_role("region", name=f"{name} column", exact=True)

    def card(self, title: str) -> Any:
        return self.page.get_by_role("article").filter(has_text=title)

    def titles(self, column: str) -> list[str]:
        """The cards of a column from top to bottom, without their keys."""
        cards = self.column(column).get_by_role("article").all()
        return [(card.get_attribute("aria-label") or "").partition(" ")[2] for card in cards]


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = Visitor(context.new_page(), f"http://localhost:{stack.port}")
    yield made
    context.close()
    assert made.errors == []


@pytest.fixture
def small_board(tmp_path: Path) -> Path:
    file = tmp_path / "bakery.json"
    file.write_text(json.dumps(board()))
    return file


@pytest.fixture
def at_board(visitor: Visitor, small_board: Path) -> Visitor:
    """Somebody who has just imported the small board and looks at it."""
    visitor.create_workspace()
    visitor.import_board(small_board)
    return visitor


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context
    context.close()
