import type { StateCategory } from "@/lib/api/types"

const colors: Record<StateCategory, string> = {
  backlog: "text-state-backlog",
  unstarted: "text-state-unstarted",
  started: "text-state-started",
  completed: "text-state-completed",
  cancelled: "text-state-cancelled",
}

const names: Record<StateCategory, string> = {
  backlog: "Backlog",
  unstarted: "Not started",
  started: "Started",
  completed: "Completed",
  cancelled: "Cancelled",
}

/** A ring that fills up as work goes on; the shape tells the category without its colour. */
export function StateDot({ category }: { category: StateCategory }) {
  return (
    <svg viewBox="0 0 14 14" className={`size-3.5 shrink-0 ${colors[category]}`} role="img" aria-label={names[category]}>
      <title>{names[category]}</title>
      {category === "completed" || category === "cancelled" ? (
        <>
          <circle cx="7" cy="7" r="6.5" fill="currentColor" />
          <path
            d={category === "completed" ? "m4.25 7.25 2 2 3.5-4" : "m5 5 4 4M9 5 5 9"}
            fill="none"
            className="stroke-surface"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      ) : (
        <>
          <circle
            cx="7"
            cy="7"
            r="5.75"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            {...(category === "backlog" && { strokeDasharray: "1.8 1.81" })}
          />
          {category === "started" && <path d="M7 3.5a3.5 3.5 0 0 1 0 7z" fill="currentColor" />}
        </>
      )}
    </svg>
  )
}
