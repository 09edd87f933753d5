import { Link, useSearchParams } from "react-router"

export type InsightsTab = "workspace" | "team" | "workload"

const LABELS: Record<InsightsTab, string> = { workspace: "Workspace", team: "Team", workload: "Workload" }

/** What is counted; the range stays. */
export function InsightsTabs({ tabs, shown }: { tabs: readonly InsightsTab[]; shown: InsightsTab }) {
  const [params] = useSearchParams()
  const searchOf = (tab: InsightsTab) => {
    const next = new URLSearchParams(params)
    next.set("show", tab)
    return `?${next.toString()}`
  }
  return (
    <nav aria-label="Insights" className="mb-4 flex gap-5 border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab}
          to={searchOf(tab)}
          aria-current={tab === shown ? "page" : undefined}
          className={`-mb-px border-b-2 py-2 text-sm font-medium transition-colors duration-100 pointer-coarse:py-3 ${
            tab === shown ? "border-accent text-ink" : "border-transparent text-ink-muted hover:text-ink"
          }`}
        >
          {LABELS[tab]}
        </Link>
      ))}
    </nav>
  )
}
