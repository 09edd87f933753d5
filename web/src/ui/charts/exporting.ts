import type { LegendEntry } from "./Legend"

/** A column of the numbers behind a chart. */
export interface Column<Row> {
  label: string
  of: (row: Row) => string | number | null
  isNumber?: boolean
  /** Makes its cells buttons that lead to what they name; null where they cannot. */
  opens?: (row: Row) => (() => void) | null
}

const SPECIAL = /[",\r\n]/
/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/

function cell(value: string | number | null): string {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The numbers as CSV (RFC 4180), with the columns' names first. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map(({ label }) => cell(label)), ...rows.map((row) => columns.map(({ of }) => cell(of(row))))]
  return lines.map((line) => `${line.join(",")}\r\n`).join("")
}

const SVG = "http://www.w3.org/2000/svg"
const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight", "color"]

/** A drawing that looks the same outside this page: what its styles amount to is written into it. */
export function svgOf(svg: SVGSVGElement, title: string, legend: readonly LegendEntry[] = []): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")]
  originals.forEach((original, index) => {
    const look = getComputedStyle(original)
    for (const property of DRAWN) copies[index]?.style.setProperty(property, look.getPropertyValue(property))
  })
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  copy.style.background = getComputedStyle(document.documentElement).backgroundColor
  const named = document.createElementNS(SVG, "title")
  named.textContent = title
  copy.prepend(named)
  if (legend.length > 0) addLegend(copy, legend)
  return new XMLSerializer().serializeToString(copy)
}

const LEGEND_LINE = 18

/** Below the drawing, a line for each. Styles are set one by one: our CSP lets no attribute of them by. */
function addLegend(svg: SVGSVGElement, legend: readonly LegendEntry[]): void {
  const [width, height] = ["width", "height"].map((side) => Number.parseFloat(svg.getAttribute(side) ?? "") || 0) as [number, number]
  const full = height + legend.length * LEGEND_LINE + 8
  svg.setAttribute("height", String(full))
  svg.setAttribute("viewBox", `0 0 ${width} ${full}`)
  svg.style.height = `${full}px`
  const ink = colorOf("var(--ink-muted)")
  legend.forEach(({ label, color, opacity = 1, mark }, line) => {
    const middle = height + 8 + line * LEGEND_LINE
    const sign = document.createElementNS(SVG, "path")
    sign.setAttribute("d", `M8 ${middle}h14`)
    Object.assign(sign.style, { stroke: colorOf(color), strokeWidth: mark === "square" ? "9" : "2.5", strokeOpacity: String(opacity), strokeDasharray: mark === "dashed" ? "5 3" : "" })
    const words = document.createElementNS(SVG, "text")
    words.setAttribute("x", "30")
    words.setAttribute("y", String(middle + 4))
    Object.assign(words.style, { fill: ink, font: "11px sans-serif" })
    words.textContent = label
    svg.append(sign, words)
  })
}

/** What a token is now, in this theme. */
function colorOf(token: string): string {
  const probe = document.createElement("span")
  probe.style.color = token
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
