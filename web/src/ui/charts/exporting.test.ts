import { expect, it } from "vitest"
import { csvOf, svgOf } from "./exporting"

const columns = [
  { label: "Person", of: (row: { who: string; hours: number | null }) => row.who },
  { label: "Hours", of: (row: { who: string; hours: number | null }) => row.hours, isNumber: true },
]

it("writes numbers as they are, and quotes what would break a line", () => {
  expect(csvOf([{ who: 'Ada, "the first"', hours: -1.5 }], columns)).toBe('Person,Hours\r\n"Ada, ""the first""",-1.5\r\n')
})

it("hands no formula to a spreadsheet, and leaves empty what is not known", () => {
  expect(csvOf([{ who: "=1+1", hours: null }], columns)).toBe("Person,Hours\r\n'=1+1,\r\n")
})

it("gives a drawing its title and its own looks", () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"))
  svg.querySelector("path")?.setAttribute("style", "fill: rgb(1, 2, 3)")
  const written = svgOf(svg, "Finished")
  expect(written).toContain("<title>Finished</title>")
  expect(written).toContain("fill: rgb(1, 2, 3)")
  expect(svg.querySelector("title")).toBeNull()
})

it("says in the drawing what its colours stand for", () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("width", "300")
  svg.setAttribute("height", "200")
  const written = svgOf(svg, "Finished", [{ label: "Planned", color: "rgb(1, 2, 3)", mark: "dashed" }])
  expect(written).toContain(">Planned</text>")
  expect(written).toContain('viewBox="0 0 300 226"')
})
