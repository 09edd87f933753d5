"""Draws the app's icons: `bin/icons`.

The same shapes as web/public/favicon.svg, which has a grid of 32. Maskable ones have no corners of
their own and keep what matters within 80 % (https://www.w3.org/TR/appmanifest/#icon-masks).
"""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

FOLDER: Final = Path(__file__).parents[1] / "web" / "public" / "icons"
ACCENT: Final = "#5b5bd6"
LINES: Final = ((9, 23, 10.5), (9, 18.5, 16), (9, 14, 21.5))
THICK: Final = 2.75
FINER: Final = 4
"""Drawn as many times larger, so that edges come out smooth."""


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name, size, maskable in (
        ("192", 192, False),
        ("512", 512, False),
        ("maskable-512", 512, True),
    ):
        icon = _draw(size, maskable=maskable)
        icon.quantize(64).save(FOLDER / f"{name}.png", optimize=True)


def _draw(size: int, *, maskable: bool) -> Image.Image:
    large = size * FINER
    unit = large / 32
    icon = Image.new("RGBA", (large, large), ACCENT if maskable else "#00000000")
    pen = ImageDraw.Draw(icon)
    if not maskable:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=8 * unit, fill=ACCENT)
    half = THICK / 2
    for start, end, y in LINES:
        box = [start - half, y - half, end + half, y + half]
        pen.rounded_rectangle([edge * unit for edge in box], radius=half * unit, fill="white")
    return icon.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
