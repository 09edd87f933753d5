/** Colours of series, in the order in which they are given: tokens, so that they follow the theme. */
export const SERIES = ["var(--accent)", "var(--state-started)", "var(--success-ink)", "var(--priority-urgent)", "var(--state-backlog)"] as const

/** What every axis looks like. */
export const AXIS = { stroke: "var(--line-strong)", tick: { fill: "var(--ink-muted)", fontSize: 11 }, tickLine: false } as const

export const GRID = { stroke: "var(--line)", strokeDasharray: "2 4", vertical: false } as const

/** For the tooltip of recharts. */
export const TOOLTIP = {
  contentStyle: { background: "var(--raised)", border: "1px solid var(--line)", borderRadius: 8, fontSize: 12, color: "var(--ink)" },
  labelStyle: { color: "var(--ink-muted)" },
  itemStyle: { color: "var(--ink)" },
  cursor: { stroke: "var(--line-strong)", fill: "var(--hover)" },
} as const
