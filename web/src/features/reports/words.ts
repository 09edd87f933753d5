import type { Report, ReportSchedule } from "@/lib/api/types"
import { region } from "@/lib/region"

export type Measure = Report["measures"][number]
export type Chart = Report["chart"]

export const MEASURES: Record<Measure, { name: string; hint: string }> = {
  tasks: { name: "Tasks", hint: "All that the query means" },
  open: { name: "Open", hint: "Not completed, not cancelled" },
  in_progress: { name: "In progress", hint: "Somebody has started" },
  completed: { name: "Completed", hint: "" },
  overdue: { name: "Overdue", hint: "Open, and due before now" },
  throughput: { name: "Completed a week", hint: "Over the last four weeks" },
  unestimated: { name: "Without an estimate", hint: "" },
  hours_estimated: { name: "Hours estimated", hint: "" },
  hours_tracked: { name: "Hours tracked", hint: "Without running timers" },
  cost: { name: "Cost", hint: "Tracked hours at people’s rates" },
  on_time_percent: { name: "Completed on time", hint: "Percent of what was due" },
  lead_days_p50: { name: "Lead time, median", hint: "Days from creation to completion" },
  lead_days_p85: { name: "Lead time, 85 %", hint: "So many days or fewer for 85 %" },
  lead_days_p95: { name: "Lead time, 95 %", hint: "So many days or fewer for 95 %" },
  cycle_days_p50: { name: "Cycle time, median", hint: "Days from the first start to completion" },
  cycle_days_p85: { name: "Cycle time, 85 %", hint: "So many days or fewer for 85 %" },
  cycle_days_p95: { name: "Cycle time, 95 %", hint: "So many days or fewer for 95 %" },
  age_days_p50: { name: "Age, median", hint: "Days since the start of what is in progress" },
  age_days_p85: { name: "Age, 85 %", hint: "So many days or fewer for 85 %" },
}
export const MOST_MEASURES = 8

const DIMENSIONS: Record<string, string> = {
  status: "Status",
  category: "Category of status",
  assignee: "Assignee",
  reporter: "Reporter",
  priority: "Priority",
  project: "Project",
  parent: "Task above",
  milestone: "Milestone",
  tag: "Tag",
  created_day: "Day created",
  created_week: "Week created",
  created_month: "Month created",
  completed_day: "Day completed",
  completed_week: "Week completed",
  completed_month: "Month completed",
  due_day: "Day due",
  due_week: "Week due",
  due_month: "Month due",
}

export function dimensionName(name: string): string {
  return DIMENSIONS[name] ?? name.replace(/^field\./, "").replace(/^"(.*)"$/, "$1")
}

/** What tasks can be parted by; one that only the API knows (a custom field) stays among them where it is chosen. */
export function dimensionChoices(chosen: string | null, without: string | null): { value: string | null; label: string }[] {
  const names = Object.keys(DIMENSIONS)
  if (chosen && !names.includes(chosen)) names.push(chosen)
  return [{ value: null, label: "Nothing" }, ...names.filter((name) => name !== without).map((value) => ({ value, label: dimensionName(value) }))]
}

export const CHARTS: { value: Chart; label: string }[] = [
  { value: "bar", label: "Bars" },
  { value: "line", label: "Line" },
  { value: "pie", label: "Pie" },
  { value: "none", label: "No chart" },
]

/** "Tasks and Overdue by Assignee". */
export function describeReport({ measures, dimensions = [] }: Pick<Report, "measures" | "dimensions">): string {
  const counted = listed(measures.map((measure) => MEASURES[measure].name))
  return dimensions.length > 0 ? `${counted} by ${listed(dimensions.map((name) => dimensionName(name).toLowerCase()))}` : counted
}

/** "Mondays at 08:00, as PDF". */
export function describeSchedule({ every, at, weekday, day, format }: ReportSchedule): string {
  const when = { day: "Every day", week: `Every ${weekdayName(weekday)}`, month: `On day ${day} of each month` }[every]
  return `${when} at ${at}, as ${FORMATS[format]}`
}

export const FORMATS: Record<ReportSchedule["format"], string> = { pdf: "PDF", xlsx: "Excel", csv: "CSV" }

/** 0 is Monday. */
export function weekdayName(weekday: number): string {
  // 1 January 2024 was a Monday.
  return new Intl.DateTimeFormat(region().locale, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + weekday))
}

export function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`
}
