import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from "recharts"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import type { Column } from "@/ui/charts/exporting"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Plot } from "@/ui/charts/Plot"

export interface NamedCount {
  name: string
  count: number
  onOpen?: (() => void) | undefined
}

interface BarsChartProps<Row extends NamedCount> {
  title: string
  summary: string
  /** What the first column names: "Project". */
  what: string
  /** What is counted: "Finished". */
  counted: string
  rows: readonly Row[]
  more?: readonly Column<Row>[]
  meaning?: string
}

const DRAWN = 12

/** Things by how many, the most first. */
export function BarsChart<Row extends NamedCount>({ title, summary, what, counted, rows, more = [], meaning }: BarsChartProps<Row>) {
  const drawn = rows.slice(0, DRAWN)
  return (
    <ChartFrame
      title={title}
      summary={summary}
      height={Math.max(120, drawn.length * 24 + 40)}
      rows={rows}
      columns={[
        { label: what, of: ({ name }) => name, opens: ({ onOpen }) => onOpen ?? null },
        { label: counted, of: ({ count }) => count, isNumber: true },
        ...more,
      ]}
      {...(meaning && { meaning })}
    >
      <Plot>
        <BarChart data={drawn} layout="vertical" margin={{ top: 4, right: 12, bottom: 0, left: 0 }}>
          <CartesianGrid {...GRID} vertical horizontal={false} />
          <XAxis {...AXIS} type="number" allowDecimals={false} />
          <YAxis {...AXIS} type="category" dataKey="name" width={108} interval={0} tickFormatter={(name: string) => (name.length > 16 ? `${name.slice(0, 15)}…` : name)} />
          <Tooltip {...TOOLTIP} />
          <Bar dataKey="count" name={counted} fill={SERIES[0]} maxBarSize={16} radius={[0, 3, 3, 0]} isAnimationActive={false} onClick={({ payload }: { payload?: Row }) => payload?.onOpen?.()} />
        </BarChart>
      </Plot>
    </ChartFrame>
  )
}
