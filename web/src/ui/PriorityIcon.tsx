import type { Priority } from "@/lib/api/types"

export const priorityNames: Record<Priority, string> = { urgent: "Urgent", high: "High", medium: "Medium", low: "Low" }

const colors: Record<Priority, string> = {
  urgent: "text-priority-urgent",
  high: "text-priority-high",
  medium: "text-priority-medium",
  low: "text-priority-low",
}

const bars: Record<Exclude<Priority, "urgent">, number> = { low: 1, medium: 2, high: 3 }

/** Shape and colour both carry it, so that it reads without colour. */
export function PriorityIcon({ priority, named = false }: { priority: Priority; named?: boolean }) {
  const name = `${priorityNames[priority]} priority`
  return (
    <svg
      viewBox="0 0 16 16"
      className={`size-4 shrink-0 ${colors[priority]}`}
      {...(named ? { role: "img", "aria-label": name } : { "aria-hidden": true })}
    >
      {named && <title>{name}</title>}
      {priority === "urgent" ? (
        <path
          fill="currentColor"
          fillRule="evenodd"
          d="M4 1.5h8A2.5 2.5 0 0 1 14.5 4v8a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 12V4A2.5 2.5 0 0 1 4 1.5M7.15 4h1.7l-.2 5h-1.3zM8 10.25a.9.9 0 1 1 0 1.8.9.9 0 0 1 0-1.8"
        />
      ) : (
        [0, 1, 2].map((bar) => (
          <rect
            key={bar}
            x={2.25 + bar * 4.25}
            y={9 - bar * 3}
            width="3"
            height={4.5 + bar * 3}
            rx="1"
            fill="currentColor"
            opacity={bar < bars[priority] ? 1 : 0.28}
          />
        ))
      )}
    </svg>
  )
}
