"""A report's result as a PDF: the chart, what is to be said of it, and the table."""

import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from projectflow.analytics.reports.types import ReportColumn, Result, Row

FONT: Final = "NotoSans"
MAX_BARS: Final = 24
"""Groups in a chart: the first ones; the table has them all."""
MAX_SERIES: Final = 8
LONGEST_LABEL: Final = 16
INKS: Final = [
    colors.HexColor(ink)
    for ink in (
        "#4477aa",
        "#ee6677",
        "#228833",
        "#ccbb44",
        "#66ccee",
        "#aa3377",
        "#bbbbbb",
        "#222255",
    )
]
"""Told apart also by those who see colours differently: Paul Tol's bright scheme (SRON, 2021)."""
TITLE: Final = ParagraphStyle("title", fontName=FONT, fontSize=16, leading=20)
TEXT: Final = ParagraphStyle("text", fontName=FONT, fontSize=8, leading=10)
RIGHT: Final = ParagraphStyle("right", parent=TEXT, alignment=TA_RIGHT)


def as_pdf(name: str, result: Result) -> bytes:
    """The document, on landscape A4."""
    _load_font()
    as_of = f"As of {result.as_of:%Y-%m-%d %H:%M} UTC; days by {result.time_zone}"
    about = f"{as_of}; {result.tasks:,} tasks"
    story: list[Flowable] = [_paragraph(name, TITLE), _paragraph(about), Spacer(0, 4 * mm)]
    chart = _chart(result)
    if chart is not None:
        drawn = f"Drawn: {_heading(result.measures[0], result)}"
        story += [_paragraph(drawn), chart, Spacer(0, 4 * mm)]
    story += [_paragraph(note) for note in result.notes]
    story += [Spacer(0, 2 * mm), _table(result)]
    packed = io.BytesIO()
    document = SimpleDocTemplate(
        packed, pagesize=landscape(A4), title=_plain(name), author="ProjectFlow",
        leftMargin=15 * mm, rightMargin=15 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
    )  # fmt: skip
    document.build(story)
    return packed.getvalue()


@cache
def _load_font() -> None:
    """A PDF's own fonts know Western European letters alone."""
    file = files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf"
    pdfmetrics.registerFont(TTFont(FONT, io.BytesIO(file.read_bytes())))


def _plain(text: str) -> str:
    return "".join(c for c in text if c >= " ")


def _paragraph(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Text as text: reportlab would read it as markup."""
    return Paragraph(escape(_plain(text)), style)


def _table(result: Result) -> Table:
    headings = [*result.dimensions, *result.measures]
    rows: list[list[Any]] = [
        [_paragraph(_heading(e, result), TEXT if e.unit is None else RIGHT) for e in headings]
    ]
    rows += [
        [*(_paragraph(key.label) for key in row.keys), *map(_number, row.values)]
        for row in result.rows
    ]
    labels = ["Total", *[""] * (len(result.dimensions) - 1)] if result.dimensions else []
    rows.append([*labels, *map(_number, result.totals)])
    width = (landscape(A4)[0] - 32 * mm) / len(headings)
    table = Table(
        rows, colWidths=[min(width, 60 * mm)] * len(headings), repeatRows=1, hAlign="LEFT"
    )
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), FONT, 8),
                ("LINEBELOW", (0, 0), (-1, 0), 0.75, colors.black),
                ("LINEABOVE", (0, -1), (-1, -1), 0.75, colors.black),
                ("LINEBELOW", (0, 1), (-1, -2), 0.25, colors.lightgrey),
                ("ALIGN", (len(result.dimensions), 1), (-1, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return table


def _heading(column: ReportColumn, result: Result) -> str:
    unit = {"days": "days", "percent": "%", "money": result.currency}.get(column.unit or "")
    return f"{column.label} ({unit})" if unit else column.label


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:,f}"


def _chart(result: Result) -> Drawing | None:
    """Of the first measure; a second dimension gives each group several bars, or several lines."""
    rows = [row for row in result.rows if row.keys]
    if result.chart == "none" or not rows:
        return None
    groups, series = _pivot(rows, adds_up=result.measures[0].unit in {"tasks", "a_week", "hours"})
    known = [value for _, values in series for value in values if value is not None]
    if not known:
        return None
    drawing = Drawing(landscape(A4)[0] - 32 * mm, 80 * mm)
    if result.chart == "pie":
        sums = [sum(values[n] or 0 for _, values in series) for n in range(len(groups))]
        if min(sums) < 0 or not any(sums):
            return None
        _add_pie(drawing, groups, sums)
        return drawing
    # A line with gaps in it, or of one point, is bars.
    has_gaps = len(groups) == 1 or any(v is None for _, values in series for v in values)
    is_line = result.chart == "line" and not has_gaps
    chart: Any = HorizontalLineChart() if is_line else VerticalBarChart()
    chart.x, chart.y = 14 * mm, 20 * mm
    chart.width, chart.height = drawing.width - 70 * mm, drawing.height - 24 * mm
    chart.data = [values for _, values in series]
    chart.categoryAxis.categoryNames = [_short(group) for group in groups]
    labels: Any = chart.categoryAxis.labels
    labels.fontName, labels.fontSize, labels.angle, labels.boxAnchor = FONT, 7, 30, "ne"
    chart.valueAxis.labels.fontName, chart.valueAxis.labels.fontSize = FONT, 7
    chart.valueAxis.valueMin = min(0.0, *known)
    marks: Any = chart.lines if is_line else chart.bars
    for n in range(len(series)):
        if is_line:
            marks[n].strokeColor, marks[n].strokeWidth = INKS[n], 1.5
        else:
            marks[n].fillColor, marks[n].strokeColor = INKS[n], None
    drawing.add(chart)
    names = [name for name, _ in series] if len(series) > 1 else [result.measures[0].label]
    _add_legend(drawing, names)
    return drawing


def _pivot(
    rows: Sequence[Row], *, adds_up: bool
) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """The groups of the first dimension, and for each of the second the numbers in these.

    Where there is nothing a sum is 0, and anything else is left out.
    """
    first = list(dict.fromkeys(row.keys[0].label for row in rows))[:MAX_BARS]
    second = list(dict.fromkeys(_second(row) for row in rows))[:MAX_SERIES]
    numbers: dict[tuple[str, str], float | None] = {}
    if adds_up:
        numbers = dict.fromkeys(product(first, second), 0.0)
    for row in rows:
        place = (row.keys[0].label, _second(row))
        if row.values[0] is not None:
            # Two of one name share a place.
            numbers[place] = (numbers.get(place) or 0.0) + float(row.values[0])
    return first, [(s, [numbers.get((f, s)) for f in first]) for s in second]


def _second(row: Row) -> str:
    return row.keys[1].label if len(row.keys) > 1 else ""


def _add_pie(drawing: Drawing, groups: Sequence[str], sums: Sequence[float]) -> None:
    shown = sorted(zip(sums, groups, strict=True), reverse=True)[:MAX_SERIES]
    rest = sum(sums) - sum(amount for amount, _ in shown)
    if rest > 0:
        last, _ = shown[-1]
        shown[-1] = (last + rest, "Others")
    pie: Any = Pie()
    pie.x, pie.y, pie.width, pie.height = 20 * mm, 5 * mm, 70 * mm, 70 * mm
    pie.data = [amount for amount, _ in shown]
    for n in range(len(shown)):
        pie.slices[n].fillColor = INKS[n]
    drawing.add(pie)
    _add_legend(drawing, [name for _, name in shown])


def _add_legend(drawing: Drawing, names: Sequence[str]) -> None:
    legend: Any = Legend()
    legend.x, legend.y = drawing.width - 50 * mm, drawing.height - 6 * mm
    legend.fontName, legend.fontSize, legend.alignment = FONT, 7, "right"
    legend.columnMaximum = MAX_SERIES + 1
    legend.colorNamePairs = [(INKS[n], _short(name)) for n, name in enumerate(names)]
    drawing.add(legend)


def _short(text: str) -> str:
    plain = _plain(text)
    return plain if len(plain) <= LONGEST_LABEL else f"{plain[: LONGEST_LABEL - 1]}…"
