import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetBacktestQuery } from "./api"
import { Section } from "./Section"
import { count, days, outOf, percent } from "./words"

/** What such forecasts would have been worth in the past of this project, beside what they promise. */
export function PastPromises({ projectId }: { projectId: string }) {
  const { currentData: past, error, refetch } = useGetBacktestQuery(projectId, { refetchOnMountOrArgChange: true })
  const likely = past?.coverage?.levels.find(({ level }) => level === 0.8)
  return (
    <Section title="Were such forecasts right?" text="Each week of the past is forecast from what was known then, and compared with what came.">
      {error && !past && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!past && !error && <Skeleton className="h-28 w-full" />}
      {past && !past.coverage && <p className="text-sm text-ink-muted">This project has too little past to tell. It takes some weeks in which tasks were done.</p>}
      {past?.coverage && (
        <>
          <p className="text-sm text-ink">
            In the past, {percent(likely?.covered ?? 0)} of {count(past.coverage.forecasts, "forecast")} came true by the day that {outOf(0.8)} futures promised, over {count(past.weeks, "week")}.
          </p>
          <table className="mt-3 w-full text-sm">
            <caption className="sr-only">What was promised, and what came</caption>
            <thead className="text-xs text-ink-muted">
              <tr>
                <th scope="col" className="border-b border-line py-1 text-left font-medium">Promised</th>
                <th scope="col" className="border-b border-line py-1 text-right font-medium">Came in time</th>
                <th scope="col" className="border-b border-line py-1 text-right font-medium" title="Pinball loss: the smaller, the better">Loss</th>
              </tr>
            </thead>
            <tbody>
              {past.coverage.levels.map(({ level, covered, pinball_loss }) => (
                <tr key={level} className="border-b border-line last:border-0">
                  <th scope="row" className="py-1 text-left font-normal text-ink">{percent(level)}</th>
                  <td className="py-1 text-right tabular-nums text-ink">{percent(covered)}</td>
                  <td className="py-1 text-right tabular-nums text-ink-muted">{days(pinball_loss)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </Section>
  )
}
