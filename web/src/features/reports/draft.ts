import type { AskedReport, NewReport, Report, ReportPatch, ReportSchedule } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { CHARTS, describeSchedule, dimensionName, listed, MEASURES, type Measure } from "./words"
import type { User } from "@/lib/api/types"

/** A report as somebody makes or changes it. */
export interface Draft {
  name: string
  measures: Measure[]
  dimensions: string[]
  query: string
  chart: Report["chart"]
  currency: string | null
  time_zone: string | null
  project_id: string | null
  is_shared: boolean
  schedule: ReportSchedule | null
}

export const emptyDraft: Draft = {
  name: "",
  measures: ["tasks"],
  dimensions: ["status"],
  query: "",
  chart: "bar",
  currency: null,
  time_zone: null,
  project_id: null,
  is_shared: false,
  schedule: null,
}

const FIELDS = Object.keys(emptyDraft) as (keyof Draft)[]

export function draftOf(report: Report): Draft {
  const { name, measures, dimensions = [], query, chart, currency = null, time_zone = null, project_id, is_shared, schedule } = report
  return { name, measures, dimensions, query, chart, currency, time_zone, project_id, is_shared, schedule }
}

/** A copy is one's own, and mailed to nobody until somebody says so. */
export function copyOf(report: Report): Draft {
  return { ...draftOf(report), name: `Copy of ${report.name}`.slice(0, 100), is_shared: false, schedule: null }
}

/** What is counted, without what a report is called and who gets it; null where there is nothing to ask yet. */
export function askedOf({ measures, dimensions, query, chart, currency, time_zone, project_id }: Draft): AskedReport | null {
  if (measures.length === 0) return null
  return { measures, dimensions, query, chart, currency, time_zone, project_id }
}

export function newReportOf(draft: Draft): NewReport {
  return { ...draft, name: draft.name.trim(), query: draft.query.trim() }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What somebody changed of what they had read. */
export function changesOf(base: Draft, mine: Draft): ReportPatch {
  const wanted = newReportOf(mine) as Draft
  return Object.fromEntries(FIELDS.filter((field) => !same(base[field], wanted[field])).map((field) => [field, wanted[field]]))
}

export interface Clash {
  field: string
  theirs: string
  /** Null where only they changed it: it stays as they have it. */
  mine: string | null
}

/** What others changed meanwhile, beside what oneself wants of it. */
export function clashesOf(base: Draft, theirs: Draft, mine: Draft, people: User[], projects: { id: string; name: string }[]): Clash[] {
  return FIELDS.filter((field) => !same(base[field], theirs[field]) && !same(theirs[field], mine[field])).map((field) => ({
    field: FIELD_NAMES[field],
    theirs: shown(theirs, field, people, projects),
    mine: same(base[field], mine[field]) ? null : shown(mine, field, people, projects),
  }))
}

const FIELD_NAMES: Record<keyof Draft, string> = {
  name: "Name",
  measures: "Numbers",
  dimensions: "Grouped by",
  query: "Query",
  chart: "Chart",
  currency: "Currency",
  time_zone: "Time zone",
  project_id: "Project",
  is_shared: "Shared",
  schedule: "Mail",
}

function shown(draft: Draft, field: keyof Draft, people: User[], projects: { id: string; name: string }[]): string {
  switch (field) {
    case "measures":
      return listed(draft.measures.map((measure) => MEASURES[measure].name))
    case "dimensions":
      return listed(draft.dimensions.map(dimensionName)) || "Nothing"
    case "query":
      return draft.query || "All tasks"
    case "chart":
      return CHARTS.find(({ value }) => value === draft.chart)?.label ?? draft.chart
    case "project_id":
      return draft.project_id ? (projects.find(({ id }) => id === draft.project_id)?.name ?? "One project") : "All projects"
    case "is_shared":
      return draft.is_shared ? "Yes" : "No"
    case "schedule": {
      if (!draft.schedule) return "None"
      const names = draft.schedule.recipients.map((id) => people.find((person) => person.id === id)).map((one) => (one ? fullName(one) : "Somebody"))
      return `${describeSchedule(draft.schedule)}, to ${listed(names)}`
    }
    default:
      return draft[field] ?? "–"
  }
}
