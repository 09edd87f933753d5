import type { ImportReport } from "@/lib/api/types"
import { formatNumber } from "@/lib/region"

export function ImportReportView({ report }: { report: ImportReport }) {
  const skipped = report.skipped ?? []
  const more = report.skipped_count - skipped.length
  const counts = Object.entries(report.counts ?? {}).filter(([, count]) => count > 0)
  return (
    <div>
      <h2 className="text-lg font-semibold text-ink">Imported into {report.project_key}</h2>
      <p className="mt-1 text-sm text-ink-muted tabular-nums">
        {formatNumber(report.created)} new, {formatNumber(report.updated)} updated, {formatNumber(report.unchanged)} unchanged
      </p>
      <dl aria-label="What was imported" className="mt-4 grid grid-cols-2 gap-2 sm:grid-cols-3">
        {counts.map(([name, count]) => (
          <div key={name} className="rounded-lg border border-line bg-sunken px-3 py-2">
            <dt className="text-xs text-ink-faint first-letter:uppercase">{name.replaceAll("_", " ")}</dt>
            <dd className="text-lg font-semibold text-ink tabular-nums">{formatNumber(count)}</dd>
          </div>
        ))}
      </dl>
      {skipped.length > 0 && (
        <section aria-labelledby="skipped-heading" className="mt-5">
          <h3 id="skipped-heading" className="mb-1.5 text-sm font-semibold text-ink">
            Left out ({formatNumber(Math.max(report.skipped_count, skipped.length))})
          </h3>
          <ul className="max-h-72 divide-y divide-line overflow-y-auto scroll-thin rounded-lg border border-line">
            {skipped.map(({ kind, name, reason }, index) => (
              <li key={index} className="px-3 py-2 text-sm">
                <span className="font-medium break-words text-ink">{name}</span>{" "}
                <span className="text-xs text-ink-faint">{kind.replaceAll("_", " ")}</span>
                <p className="text-ink-muted">{reason}</p>
              </li>
            ))}
            {more > 0 && <li className="px-3 py-2 text-sm text-ink-faint">and {formatNumber(more)} more</li>}
          </ul>
        </section>
      )}
    </div>
  )
}
