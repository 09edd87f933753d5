import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts"
import type { ScenarioComparison } from "@/lib/api/types"
import { shortDate } from "@/lib/dates"
import { dayPoint, todayIn } from "@/lib/days"
import { formatNumber, region } from "@/lib/region"
import { ChartFrame } from "@/ui/charts/ChartFrame"
import { AXIS, GRID, SERIES, TOOLTIP } from "@/ui/charts/look"
import { Section } from "./Section"
import { count, days, daysApart } from "./words"

type Side = ScenarioComparison["present"]
const HEIGHT = 220

/** A scenario beside the plan of now: finish, cost, risk. */
export function Comparison({ compared, name }: { compared: ScenarioComparison; name: string }) {
  const { present, scenario, currency } = compared
  const ends = [
    { label: "Planned finish", of: ({ outcome }: Side) => outcome.finish },
    { label: "P50", of: ({ p50 }: Side) => p50 },
    { label: "P80", of: ({ p80 }: Side) => p80 },
  ]
  const bars = ends.flatMap(({ label, of }) => {
    const [now, then] = [of(present), of(scenario)]
    return now && then ? [{ label, now: daysFromNow(now), then: daysFromNow(then) }] : []
  })
  const rows: { name: string; now: string; then: string; difference: string }[] = [
    ...ends.map(({ label, of }) => ({ name: label, now: dateOr(of(present)), then: dateOr(of(scenario)), difference: apart(of(present), of(scenario)) })),
    { name: "Cost of open work", now: money(present.cost, currency), then: money(scenario.cost, currency), difference: costApart(present.cost, scenario.cost, currency) },
    { name: "Risk: from P50 to P80", now: spread(present), then: spread(scenario), difference: "" },
    { name: "Late tasks", ...numbers(present.outcome.late_tasks, scenario.outcome.late_tasks) },
    { name: "Hours late, together", ...numbers(Math.round(present.outcome.late_hours), Math.round(scenario.outcome.late_hours)) },
    { name: "Open tasks", ...numbers(present.open_tasks, scenario.open_tasks) },
  ]
  const missing = [...new Set([...present.missing, ...scenario.missing])]

  return (
    <>
      {bars.length > 0 && (
        <ChartFrame
          title="When each plan ends"
          summary={`Planned with everybody's time heeded, ${name} ends ${apart(present.outcome.finish, scenario.outcome.finish) || "at no known time"}${scenario.outcome.finish ? `, ${shortDate(scenario.outcome.finish)}` : ""}.`}
          rows={bars}
          columns={[
            { label: "End", of: ({ label }) => label },
            { label: "Plan of now, days from today", of: ({ now }) => now, isNumber: true },
            { label: `${name}, days from today`, of: ({ then }) => then, isNumber: true },
          ]}
          height={HEIGHT}
        >
          <ResponsiveContainer initialDimension={{ width: 320, height: HEIGHT }}>
            <BarChart data={bars} layout="vertical" margin={{ top: 0, right: 24, bottom: 0, left: 0 }}>
              <CartesianGrid {...GRID} vertical horizontal={false} />
              <XAxis type="number" unit=" d" {...AXIS} />
              <YAxis type="category" dataKey="label" width={92} {...AXIS} />
              <Tooltip {...TOOLTIP} formatter={(value) => `in ${days(Number(value))}`} />
              <Legend formatter={(value: string) => <span className="text-ink-muted">{value}</span>} />
              <Bar dataKey="now" name="Plan of now" fill={SERIES[4]} radius={[0, 4, 4, 0]} maxBarSize={16} isAnimationActive={false} />
              <Bar dataKey="then" name={name} fill={SERIES[0]} radius={[0, 4, 4, 0]} maxBarSize={16} isAnimationActive={false} />
            </BarChart>
          </ResponsiveContainer>
        </ChartFrame>
      )}
      <Section title="Side by side" {...(missing.length > 0 && { text: `No forecast: ${missing.join(" ")}` })}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
        <div tabIndex={0} role="region" aria-label="Side by side, as a table" className="overflow-x-auto">
          <table className="w-full text-sm">
            <caption className="sr-only">The plan of now and {name}</caption>
            <thead className="text-xs text-ink-muted">
              <tr>
                <th scope="col" className="py-1 text-left font-medium"><span className="sr-only">What</span></th>
                <th scope="col" className="py-1 pl-3 text-right font-medium">Plan of now</th>
                <th scope="col" className="max-w-40 truncate py-1 pl-3 text-right font-medium">{name}</th>
                <th scope="col" className="py-1 pl-3 text-right font-medium">Difference</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name} className="border-t border-line">
                  <th scope="row" className="py-1.5 text-left font-normal text-ink-muted">{row.name}</th>
                  <td className="py-1.5 pl-3 text-right whitespace-nowrap text-ink-muted tabular-nums">{row.now}</td>
                  <td className="py-1.5 pl-3 text-right font-medium whitespace-nowrap text-ink tabular-nums">{row.then}</td>
                  <td className="py-1.5 pl-3 text-right whitespace-nowrap text-ink-muted tabular-nums">{row.difference}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {scenario.unpriced_minutes > 0 && scenario.cost !== null && (
          <p className="mt-2 text-xs text-ink-muted">{formatNumber(Math.round(scenario.unpriced_minutes / 60))} h of the scenario have no price: nobody does them, or somebody without a rate.</p>
        )}
        {scenario.cost === null && <p className="mt-2 text-xs text-ink-muted">Costs are shown to those who may see rates.</p>}
      </Section>
    </>
  )
}

function daysFromNow(iso: string): number {
  const { timeZone } = region()
  const end = iso.length > 10 ? dayPoint(iso, timeZone) : dayPoint(`${iso}T23:59:59Z`, "UTC")
  return Math.max(0, Math.round((end - dayPoint(`${todayIn(timeZone)}T00:00:00Z`, "UTC")) * 10) / 10)
}

function dateOr(iso: string | null): string {
  return iso ? shortDate(iso) : "–"
}

function apart(now: string | null, then: string | null): string {
  return now && then ? daysApart(dayIn(now), dayIn(then)) : ""
}

function dayIn(iso: string): string {
  return iso.length > 10 ? todayIn(region().timeZone, Date.parse(iso)) : iso
}

function money(amount: string | null, currency: string): string {
  return amount === null ? "–" : new Intl.NumberFormat(region().locale, { style: "currency", currency }).format(Number(amount))
}

function costApart(now: string | null, then: string | null, currency: string): string {
  if (now === null || then === null) return ""
  const more = Number(then) - Number(now)
  return more === 0 ? "the same" : `${money(String(Math.abs(more)), currency)} ${more > 0 ? "more" : "less"}`
}

function spread({ p50, p80 }: Side): string {
  return p50 && p80 ? daysApart(p50, p80).replace(" later", "") : "–"
}

function numbers(now: number, then: number): { now: string; then: string; difference: string } {
  const more = then - now
  return { now: formatNumber(now), then: formatNumber(then), difference: more === 0 ? "the same" : `${count(Math.abs(more), "").trim()} ${more > 0 ? "more" : "fewer"}` }
}
