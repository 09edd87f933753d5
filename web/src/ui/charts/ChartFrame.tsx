import { useId, useRef, useState, type ReactNode } from "react"
import { saveFile } from "@/lib/saveFile"
import { IconButton } from "@/ui/Button"
import { Menu } from "@/ui/Menu"
import { ChartTitle } from "./chartTitle"
import { DataTable } from "./DataTable"
import { csvOf, svgOf, type Column } from "./exporting"
import { Legend, type LegendEntry } from "./Legend"

interface ChartFrameProps<Row> {
  title: string
  /** One sentence that says what the chart shows, for those who do not see it and those in a hurry. */
  summary: string
  /** The numbers behind the drawing: the table and the CSV file are made from them. */
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  /** Height of the drawing in pixels. */
  height?: number
  /** What the numbers are, as docs define them. */
  meaning?: string
  /** What the colours stand for, where there is more than one. */
  legend?: readonly LegendEntry[]
  /** What is chosen about the drawing: hours or tasks. */
  choice?: ReactNode
  children: ReactNode
}

/** A chart with its sentence, its numbers as a table, and both to take away. */
export function ChartFrame<Row>({ title, summary, rows, columns, height = 240, meaning, legend, choice, children }: ChartFrameProps<Row>) {
  const [asTable, setAsTable] = useState(false)
  const drawing = useRef<HTMLDivElement>(null)
  const id = useId()
  const name = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")
  const saveDrawing = () => {
    const svg = drawing.current?.querySelector<SVGSVGElement>("svg.recharts-surface")
    if (svg) saveFile(new Blob([svgOf(svg, title, legend)], { type: "image/svg+xml" }), `${name}.svg`)
  }

  return (
    <figure aria-labelledby={id} className="flex min-w-0 flex-col rounded-xl border border-line bg-raised p-4 shadow-card">
      <figcaption className="mb-3 flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h3 id={id} className="text-sm font-semibold text-ink">
            {title}
          </h3>
          <p className="mt-0.5 text-xs text-ink-muted">{summary}</p>
        </div>
        {choice}
        <Menu
          button={<IconButton icon="more" label={`Actions for ${title}`} />}
          actions={[
            { label: asTable ? "Show as chart" : "Show as table", icon: asTable ? "timeline" : "list", onSelect: () => setAsTable(!asTable) },
            {
              label: "Download as CSV",
              icon: "download",
              startsGroup: true,
              onSelect: () => saveFile(new Blob([csvOf(rows, columns)], { type: "text/csv;charset=utf-8" }), `${name}.csv`),
            },
            ...(asTable ? [] : [{ label: "Download as SVG", icon: "download" as const, onSelect: saveDrawing }]),
          ]}
        />
      </figcaption>
      {asTable ? (
        <DataTable caption={title} rows={rows} columns={columns} maxHeight={height} />
      ) : (
        <div ref={drawing} style={{ height }} className="min-w-0 text-2xs">
          <ChartTitle value={title}>{children}</ChartTitle>
        </div>
      )}
      {legend && !asTable && <Legend entries={legend} />}
      {meaning && (
        <details className="mt-2 text-xs text-ink-muted">
          <summary className="w-fit cursor-pointer rounded hover:text-ink">What this counts</summary>
          <p className="mt-1 max-w-prose">{meaning}</p>
        </details>
      )}
    </figure>
  )
}
