import type { Choice } from "@/ui/Select"

// What people connect other programs for. A webhook made by a program may name others: they stay.
const OFFERED: Record<string, string> = {
  "task.*": "Everything about tasks",
  "task.created": "A task was created",
  "task.updated": "A task was changed",
  "task.moved": "A task was moved",
  "task.deleted": "A task was deleted",
  "comment.*": "Comments",
  "checklist_item.*": "Checklists",
  "attachment.*": "Files and links of tasks",
  "dependency.*": "Dependencies",
  "time_entry.*": "Time",
  "project.*": "Projects",
  "milestone.*": "Milestones",
  "user.*": "People",
  "team.*": "Teams",
  "import.*": "Imports",
  "export.*": "Exports",
  "workspace.*": "Settings of the workspace",
}

/** What can be chosen, with what this webhook has already. */
export function eventChoices(chosen: string[]): Choice<string>[] {
  const others = chosen.filter((type) => !(type in OFFERED)).map((type) => ({ value: type, label: type }))
  return [...Object.entries(OFFERED).map(([value, label]) => ({ value, label, hint: value })), ...others]
}

/** "All events", "Comments, Projects", "Comments and 3 more". */
export function describeEvents(types: string[]): string {
  const [first, second, ...more] = types.map((type) => OFFERED[type] ?? type)
  if (first === undefined) return "All events"
  if (second === undefined) return first
  return more.length === 0 ? `${first}, ${second}` : `${first} and ${more.length + 1} more`
}

export interface HookState {
  label: string
  tone: "success" | "warning" | "neutral"
}

/** Whether it is sent to, in a word. */
export function stateOf(hook: { is_active: boolean; failing_since: string | null; disabled_at: string | null }): HookState {
  if (hook.disabled_at) return { label: "Switched off", tone: "warning" }
  if (!hook.is_active) return { label: "Paused", tone: "neutral" }
  return hook.failing_since ? { label: "Failing", tone: "warning" } : { label: "Active", tone: "success" }
}
