"""What axe-core and the browser's console say of a page, in light and in dark."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
HEAR_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI}`))"""
# A colour on its way to another, or a dialog half there, is neither of what people read. What a
# key or click has begun may start to move only two frames later.
SETTLE = """async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    for (let still = 0; still < 3; still++) {
        await frame()
        const moving = document.getAnimations()
            .filter((animation) => animation.effect.getTiming().iterations !== Infinity)
        if (moving.length > 0) still = 0
        await Promise.all(moving.map((animation) => animation.finished.catch(() => undefined)))
    }
}"""
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


class Inspection:
    """Looks at states of pages and keeps what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._axe = AXE.read_text()
        self._state = ""

    def listen(self, page: Page) -> None:
        """Keep what the console says of the page from now on."""
        page.add_init_script(HEAR_VIOLATIONS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.append(f"{self._state}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal that the page turns into a sentence is still logged by the browser itself.
        refused = "Failed to load resource" in message.text and "/api/" in message.location["url"]
        if message.type in {"error", "warning"} and not refused:
            self.found.append(f"{self._state}: {message.text} ({message.location['url']})")

    def look(self, page: Page, state: str) -> None:
        """Try the page as it is now; `state` names it in what is found."""
        self._state = state
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SETTLE)
            if not page.evaluate("() => 'axe' in window"):
                page.evaluate(self._axe)
            result: dict[str, Any] = page.evaluate(RUN)
            self.found += [
                f"{state}, {scheme}: {violation['id']} {node['target']} {node['failureSummary']}"
                for violation in result["violations"]
                if violation["impact"] in SERIOUS
                for node in violation["nodes"]
            ]
