import type { Bottleneck, PlacedTask, PrioritySuggestion, Scenario, ScenarioChanges, User } from "@/lib/api/types"
import { momentOf, shortDate } from "@/lib/dates"
import { dayNumber } from "@/lib/days"
import { fullName } from "@/lib/people"
import { formatNumber, region } from "@/lib/region"

/** "79 %" */
export function percent(share: number): string {
  return new Intl.NumberFormat(region().locale, { style: "percent", maximumFractionDigits: 0 }).format(share)
}

/** A share of what was tried: certain only where nothing came out otherwise. */
export function chance(share: number): string {
  if (share > 0.99 && share < 1) return `more than ${percent(0.99)}`
  if (share > 0 && share < 0.01) return `less than ${percent(0.01)}`
  return percent(share)
}

/** "8 of 10": a share as people count. */
export function outOf(level: number): string {
  const tenths = level * 10
  return Number.isInteger(Math.round(tenths * 1000) / 1000) ? `${Math.round(tenths)} of 10` : `${Math.round(level * 20)} of 20`
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`
}

/** "3.5 days" */
export function days(number: number): string {
  const rounded = Math.round(number * 10) / 10
  return rounded < 0.1 ? "less than 0.1 days" : count(rounded, "day")
}

/** How far a day is from another: "3 days later". */
export function daysApart(from: string, to: string): string {
  const apart = Math.round(dayNumber(to) - dayNumber(from))
  return apart === 0 ? "the same day" : `${count(Math.abs(apart), "day")} ${apart > 0 ? "later" : "earlier"}`
}

export function nameOf(people: readonly User[], id: string | null | undefined): string {
  if (!id) return "nobody"
  const person = people.find((one) => one.id === id)
  return person ? fullName(person) : "somebody who has left"
}

export function bottleneckName({ kind, user_id, name }: Bottleneck, people: readonly User[]): string {
  return kind === "person" || kind === "reviewer" ? nameOf(people, user_id) : (name ?? "A task")
}

export function whyBottleneck({ kind, share, waiting }: Bottleneck): string {
  if (kind === "person") return `${count(waiting, "open task")} of theirs; their being busy decides the finish in ${chance(share)} of the simulated futures`
  if (kind === "task") return `${behind(waiting)}; the finish hangs on it in ${chance(share)} of the simulated futures`
  if (kind === "reviewer") return `${count(waiting, "task")} ${waiting === 1 ? "waits" : "wait"} for a review now; ${chance(share)} of the time in progress was waiting for theirs`
  return `${count(waiting, "task")} in it now; finished tasks spent ${chance(share)} of their time in progress here`
}

function behind(tasks: number): string {
  return tasks === 0 ? "nothing waits behind it" : `${count(tasks, "task")} ${tasks === 1 ? "waits" : "wait"} behind it`
}

const VALUES: Record<number, string> = { 1: "Low", 2: "Medium", 4: "High", 8: "Urgent" }

export function whyPriority({ about, value }: PrioritySuggestion["reasons"][number]): string {
  switch (about) {
    case "due_risk":
      return `late in ${chance(value)} of the simulated futures`
    case "critical_path":
      return `the finish hangs on it in ${chance(value)}`
    case "unblocks":
      return behind(value)
    case "value":
      return `now ${VALUES[value]?.toLowerCase() ?? formatNumber(value)}`
    case "short":
      return `takes about ${days(value)}`
  }
}

export function whyThere(reason: PlacedTask["reasons"][number], keyOf: (taskId: string) => string, people: readonly User[]): string {
  const { kind, until, task_id, user_id } = reason
  const task = task_id ? keyOf(task_id) : "another task"
  const when = until ? ` until ${momentOf(until)}` : ""
  switch (kind) {
    case "begun":
      return "has begun"
    case "pinned":
      return "is pinned"
    case "waits_for":
      return `waits for ${task}${when}`
    case "person_busy":
      return `${nameOf(people, user_id)} is busy with ${task}${when}`
    case "constraint":
      return "a constraint holds it"
    case "calendar":
      return "nobody works before"
    case "project_start":
      return "the project does not begin before"
    case "now":
      return "can begin now"
    case "present_plan":
      return "stays near the present plan"
    case "late":
      return until ? `misses its date, ${shortDate(until)}` : "misses its date"
  }
}

/** What a scenario changes, one sentence each. */
export function changesOf(changes: ScenarioChanges, keyOf: (taskId: string) => string, people: readonly User[]): string[] {
  const tasks = (changes.tasks ?? []).map((task) => {
    const parts = task.left_out
      ? ["left out"]
      : [
          ...(task.assignee_id === undefined ? [] : [`done by ${nameOf(people, task.assignee_id)}`]),
          ...(task.start_date ? [`starts ${shortDate(task.start_date)}`] : []),
          ...(task.due_date ? [`due ${shortDate(task.due_date)}`] : []),
          ...(task.duration_minutes === undefined ? [] : [`takes ${formatNumber(task.duration_minutes / 60)} h`]),
        ]
    return `${keyOf(task.task_id)}: ${parts.join(", ")}`
  })
  return [
    ...tasks,
    ...(changes.added ?? []).map(({ title, duration_minutes, assignee_id }) => `New: ${title}, ${formatNumber(duration_minutes / 60)} h, ${nameOf(people, assignee_id)}`),
    ...(changes.absences ?? []).map(({ user_id, first_day, last_day }) => `${nameOf(people, user_id)} away ${shortDate(first_day)} – ${shortDate(last_day)}`),
    ...(changes.capacities ?? []).map(({ user_id, units }) => `${nameOf(people, user_id)} has ${percent(units / 100)} of their time`),
  ]
}

/** The names of scenarios that can be worked on come first. */
export function openFirst(scenarios: readonly Scenario[]): Scenario[] {
  return scenarios.toSorted((one, other) => Number(one.merged_at !== null) - Number(other.merged_at !== null))
}
