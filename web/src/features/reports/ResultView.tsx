import type { ReportResult } from "@/lib/api/types"
import { momentOf } from "@/lib/dates"
import { formatNumber } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import type { Column } from "@/ui/charts/exporting"
import { Skeleton } from "@/ui/states"
import { groupName } from "./figures"
import { sentenceOf } from "./plot"
import { heightOf, ReportChart } from "./ReportChart"
import { ResultTable } from "./ResultTable"
import { dimensionName } from "./words"

interface ResultViewProps {
  title: string
  result: ReportResult
}

/** What a report comes to: the drawing, the numbers, and what is not in them. */
export function ResultView({ title, result }: ResultViewProps) {
  const counted = result.tasks === 1 ? "1 task" : `${formatNumber(result.tasks)} tasks`
  return (
    <div className="space-y-4">
      {result.tasks === 0 && <p className="rounded-xl border border-line bg-raised px-4 py-6 text-center text-sm text-ink-muted">No task matches the query. Loosen it, or choose a longer time.</p>}
      {result.tasks > 0 && result.chart !== "none" && (
        <ChartFrame title={title} summary={sentenceOf(result)} rows={result.rows} columns={columnsOf(result)} height={heightOf(result)}>
          <ReportChart result={result} />
        </ChartFrame>
      )}
      {result.tasks > 0 && <ResultTable result={result} caption={`Numbers of ${title}`} />}
      {result.notes.length > 0 && (
        <ul aria-label="What to know about these numbers" className="space-y-1 text-xs text-ink-muted">
          {result.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <p className="text-xs text-ink-faint">
        {counted} that you see, as of {momentOf(result.as_of)}; days of {result.time_zone.replaceAll("_", " ")}.
      </p>
    </div>
  )
}

type Row = ReportResult["rows"][number]

function columnsOf({ dimensions, measures }: ReportResult): Column<Row>[] {
  return [
    ...dimensions.map(({ name }, at): Column<Row> => ({ label: dimensionName(name), of: ({ keys }) => groupName(keys[at], name) })),
    ...measures.map(({ label }, at): Column<Row> => ({ label, of: ({ values }) => (values[at] == null ? null : Number(values[at])), isNumber: true })),
  ]
}

export function ResultSkeleton() {
  return (
    <div role="status" aria-label="Counting" className="space-y-4">
      <Skeleton className="h-80 rounded-xl" />
      <Skeleton className="h-48 rounded-xl" />
    </div>
  )
}
