import { readStored, store } from "@/lib/storage"
import type { IconName } from "@/ui/icons"

export type ViewName = "board" | "list" | "timeline" | "calendar" | "workload" | "dashboard" | "forecast" | "graph"

interface ProjectView {
  name: ViewName
  label: string
  icon: IconName
  /** One key, wherever nobody types. */
  shortcut: string
}

/** The same work, looked at in different ways. */
export const PROJECT_VIEWS: readonly ProjectView[] = [
  { name: "board", label: "Board", icon: "board", shortcut: "1" },
  { name: "list", label: "List", icon: "list", shortcut: "2" },
  { name: "timeline", label: "Timeline", icon: "timeline", shortcut: "3" },
  { name: "calendar", label: "Calendar", icon: "calendar", shortcut: "4" },
  { name: "workload", label: "Workload", icon: "people", shortcut: "5" },
  { name: "dashboard", label: "Dashboard", icon: "insights", shortcut: "6" },
  { name: "forecast", label: "Forecast", icon: "forecast", shortcut: "7" },
  { name: "graph", label: "Graph", icon: "graph", shortcut: "8" },
]

/** How somebody looked at this project last, in this browser. */
export function rememberedView(projectId: string): ViewName {
  const kept = readStored(`view.${projectId}`)
  return PROJECT_VIEWS.find(({ name }) => name === kept)?.name ?? "board"
}

export function rememberView(projectId: string, view: ViewName): void {
  store(`view.${projectId}`, view === "board" ? null : view)
}
