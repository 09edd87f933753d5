import type { ReportResult } from "@/lib/api/types"
import { dimensionName } from "./words"
import { figure, groupName } from "./figures"

/** The numbers as they are, with what all tasks come to. */
export function ResultTable({ result, caption }: { result: ReportResult; caption: string }) {
  const { dimensions, measures, rows, totals, currency } = result
  if (dimensions.length === 0) {
    return (
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        {measures.map(({ name, label, unit }, at) => (
          <div key={name} className="rounded-xl border border-line bg-raised p-4 shadow-card">
            <dt className="text-xs text-ink-muted">{label}</dt>
            <dd className="mt-1 text-xl font-semibold text-ink tabular-nums">{figure(totals[at], unit, currency)}</dd>
          </div>
        ))}
      </dl>
    )
  }
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard
    <div tabIndex={0} role="region" aria-label={`${caption}, scrolled`} className="overflow-x-auto rounded-xl border border-line bg-raised shadow-card">
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-xs text-ink-muted">
          <tr>
            {dimensions.map(({ name }) => (
              <th key={name} scope="col" className="border-b border-line px-3 py-2 text-left font-medium">
                {dimensionName(name)}
              </th>
            ))}
            {measures.map(({ name, label }) => (
              <th key={name} scope="col" className="border-b border-line px-3 py-2 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ keys, values }, at) => (
            <tr key={keys.map(({ value }) => value ?? "").join("\n") || at} className="border-b border-line">
              {dimensions.map(({ name }, place) =>
                place === 0 ? (
                  <th key={name} scope="row" className="px-3 py-1.5 text-left font-normal text-ink">
                    {groupName(keys[place], name)}
                  </th>
                ) : (
                  <td key={name} className="px-3 py-1.5 text-ink">
                    {groupName(keys[place], name)}
                  </td>
                ),
              )}
              {measures.map(({ name, unit }, place) => (
                <td key={name} className="px-3 py-1.5 text-right text-ink tabular-nums">
                  {figure(values[place], unit, currency)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <th scope="row" colSpan={dimensions.length} className="px-3 py-2 text-left font-medium text-ink">
              All tasks
            </th>
            {measures.map(({ name, unit }, place) => (
              <td key={name} className="px-3 py-2 text-right text-ink tabular-nums">
                {figure(totals[place], unit, currency)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
