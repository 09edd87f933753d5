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

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-family", "font-size", "font-weight", "color"]

/** A drawing that looks the same outside this page: what its styles amount to is written into it. */
export function svgOf(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")]
  originals.forEach((original, index) => {
    const look = getComputedStyle(original)
    for (const property of DRAWN) copies[index]?.style.setProperty(property, look.getPropertyValue(property))
  })
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  copy.style.background = getComputedStyle(document.documentElement).backgroundColor
  const named = document.createElementNS("http://www.w3.org/2000/svg", "title")
  named.textContent = title
  copy.prepend(named)
  return new XMLSerializer().serializeToString(copy)
}
