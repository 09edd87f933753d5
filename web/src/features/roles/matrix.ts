import type { KnownPermission } from "@/lib/api/types"
import { covers, parsePermission, type Permission } from "./permissions"

export const ALWAYS = "always"
export const NEVER = "never"

/** One cell of the table: when a role may do one thing to one kind of thing. */
export interface Cell {
  resource: string
  action: string
  /** From never to always; a combination of conditions that a role has already stands among them. */
  choices: string[]
}

/** How a role answers each cell: "task:update" → "is_assignee". Several conditions are joined by "+". */
export type Answers = Record<string, string>

const ACTIONS = ["read", "create", "update", "delete"]

export function keyOf({ resource, action }: Pick<Cell, "resource" | "action">): string {
  return `${resource}:${action}`
}

/** The rows of the table in the order in which people think of them, each with its actions. */
export function rowsOf(offered: KnownPermission[]): { resource: string; cells: Cell[] }[] {
  const permissions = offered.map(({ permission }) => parsePermission(permission)).filter(({ resource, action }) => resource !== "*" && action !== "*")
  return sorted(permissions.map(({ resource }) => resource), Object.keys(resourceNames)).map((resource) => {
    const of = permissions.filter((one) => one.resource === resource)
    const cells = sorted(of.map(({ action }) => action), ACTIONS).map((action) => ({
      resource,
      action,
      choices: [NEVER, ...levels(of.filter((one) => one.action === action))],
    }))
    return { resource, cells }
  })
}

/** A role's permissions as answers; what "*" stands for is spelled out. */
export function toAnswers(permissions: string[], cells: Cell[]): Answers {
  const held = permissions.map(parsePermission)
  return Object.fromEntries(
    cells.map((cell) => {
      const conditions = held.filter((one) => covers(one, cell.resource, cell.action)).map(({ condition }) => condition)
      if (conditions.includes(null)) return [keyOf(cell), cell.choices.includes(ALWAYS) ? ALWAYS : (cell.choices[1] ?? NEVER)]
      return [keyOf(cell), [...new Set(conditions)].sort().join("+") || NEVER]
    }),
  )
}

export function toPermissions(answers: Answers): string[] {
  return Object.entries(answers).flatMap(([key, answer]) => {
    if (answer === NEVER) return []
    return answer === ALWAYS ? [key] : answer.split("+").map((condition) => `${key}:${condition}`)
  })
}

const resourceNames: Record<string, string> = {
  project: "Projects",
  task: "Tasks",
  comment: "Comments",
  time_entry: "Time entries",
  import: "Imports",
  user: "People",
  team: "Teams",
  workspace: "Workspace settings",
  role: "Roles",
  api_key: "API keys",
  audit: "Audit log",
  calendar: "Calendars",
  absence: "Absences",
  rate: "Rates",
  webhook: "Webhooks",
  export: "Exports",
  workspace_export: "Export of the workspace",
}

const answerNames: Record<string, string> = {
  [NEVER]: "Never",
  [ALWAYS]: "Always",
  is_member: "In their projects",
  in_project: "In their projects",
  is_assignee: "When assigned",
  is_author: "When they wrote it",
  is_self: "For themselves",
  not_owner: "Not owners, admins",
}

export function resourceName(resource: string): string {
  return resourceNames[resource] ?? words(resource)
}

export function actionName(action: string): string {
  return words(action)
}

/** "is_assignee+is_author" → "When assigned, or when they wrote it". */
export function answerName(answer: string): string {
  const [first = "", ...more] = answer.split("+").map((part) => answerNames[part] ?? words(part))
  return [first, ...more.map((part) => `or ${part.charAt(0).toLowerCase()}${part.slice(1)}`)].join(", ")
}

function levels(permissions: Permission[]): string[] {
  const conditions = permissions.flatMap(({ condition }) => condition ?? [])
  return [...conditions, ...(permissions.some(({ condition }) => condition === null) ? [ALWAYS] : [])]
}

/** Each once: the known ones in their order, then what this version does not know yet. */
function sorted(found: string[], known: string[]): string[] {
  const once = [...new Set(found)]
  return [...known.filter((one) => once.includes(one)), ...once.filter((one) => !known.includes(one))]
}

function words(name: string): string {
  const spaced = name.replaceAll("_", " ")
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
