import type { WeekLoad } from "@/lib/api/types"
import { Icon } from "@/ui/icons"
import { hours, levelOf, type Level, type Measure } from "./load"

interface WorkloadCellProps {
  week: WeekLoad
  measure: Measure
  /** "Ada Lovelace, week of 23 Nov" */
  name: string
  isOpen: boolean
  isActive: boolean
  onOpen: () => void
}

const looks: Record<Level["tone"], string> = {
  over: "border-danger bg-danger-soft text-danger-ink",
  full: "border-transparent bg-warning-soft text-warning-ink",
  some: "border-transparent bg-accent-soft text-accent-ink",
  free: "border-line bg-raised text-ink-muted",
  off: "border-transparent bg-sunken text-ink-faint",
}
const bars: Record<Level["tone"], string> = { over: "bg-danger", full: "bg-state-started", some: "bg-accent", free: "bg-line", off: "bg-line" }

/** A week of somebody: how much of what they can do is taken, in words, and as a bar. */
export function WorkloadCell({ week, measure, name, isOpen, isActive, onOpen }: WorkloadCellProps) {
  const level = levelOf(week, measure)
  const here = (measure === "planned" ? week.here?.planned : week.here?.allocated) ?? 0
  const taken = `${hours(level.load)} of ${hours(week.capacity)}`
  const filled = week.capacity > 0 ? Math.min(100, (level.load / week.capacity) * 100) : level.load > 0 ? 100 : 0
  return (
    <button
      type="button"
      data-cell
      tabIndex={isActive ? 0 : -1}
      aria-expanded={isOpen}
      onClick={onOpen}
      className={`block w-full min-w-28 rounded-lg border px-2 py-1.5 text-left text-xs tabular-nums transition-colors duration-100 hover:border-line-strong ${looks[level.tone]} ${isOpen ? "outline-2 outline-accent" : ""}`}
    >
      <span className="sr-only">{name}: </span>
      <span className="flex items-center gap-1 font-medium">
        {level.tone === "over" && <Icon name="alert" className="size-3" />}
        {level.word}
      </span>
      <span className="block whitespace-nowrap">{taken}</span>
      {here > 0 && here !== level.load && <span className="block">{hours(here)} here</span>}
      <span aria-hidden="true" className="mt-1 block h-1 rounded-full bg-line">
        <span className={`block h-1 rounded-full ${bars[level.tone]}`} style={{ width: `${filled}%` }} />
      </span>
    </button>
  )
}
