import type { Timeline } from "@/lib/api/types"
import { dayNumber } from "@/lib/days"
import { shortDate } from "@/lib/dates"
import { region } from "@/lib/region"
import { weekOf } from "@/lib/week"
import { Icon } from "@/ui/icons"
import { ROW } from "./rows"
import { DAY_WIDTH, ticksOf, weekendsIn, widthOf, xOf, type Scale } from "./scale"

interface TimelineGroundProps {
  scale: Scale
  left: number
  height: number
  now: number
}

/** Weekends, lines of months, and today. */
export function TimelineGround({ scale, left, height, now }: TimelineGroundProps) {
  return (
    <div aria-hidden="true" className="pointer-events-none absolute top-0" style={{ left, width: widthOf(scale), height }}>
      {weekendsIn(scale).map((day) => (
        <div key={day} className="absolute inset-y-0 bg-sunken" style={{ left: xOf(day, scale), width: DAY_WIDTH[scale.zoom] * 2 }} />
      ))}
      {ticksOf(scale, weekOf(region().locale)[0] ?? 0).upper.map(({ day }) => (
        <div key={day} className="absolute inset-y-0 border-l border-line" style={{ left: xOf(day, scale) }} />
      ))}
      <div className="absolute inset-y-0 border-l-2 border-accent" style={{ left: xOf(now, scale) }} />
    </div>
  )
}

interface MilestoneLaneProps {
  milestones: Timeline["milestones"]
  scale: Scale
  left: number
}

/** The project's milestones, each with its name beside its diamond. */
export function MilestoneLane({ milestones, scale, left }: MilestoneLaneProps) {
  const dated = milestones.filter(({ due_date }) => due_date !== null)
  if (dated.length === 0) return null
  return (
    <div className="relative flex border-b border-line" style={{ height: ROW, width: left + widthOf(scale) }}>
      <h2 className="sticky left-0 z-10 flex shrink-0 items-center border-r border-line bg-canvas px-3 text-xs font-medium text-ink-muted sm:px-4" style={{ width: left }}>
        Milestones
      </h2>
      <ul className="contents">
        {dated.map(({ id, name, due_date, is_overdue, completed_at }) => {
          const state = completed_at ? ", reached" : is_overdue ? ", overdue" : ""
          return (
            <li
              key={id}
              title={`${name}, ${shortDate(due_date ?? "")}${state}`}
              className={`absolute flex h-full items-center gap-1.5 text-xs whitespace-nowrap ${is_overdue ? "text-danger-ink" : completed_at ? "text-ink-faint" : "text-ink"}`}
              style={{ left: left + xOf(dayNumber(due_date ?? "") + 1, scale) - 6 }}
            >
              <span aria-hidden="true" className={`size-3 rotate-45 rounded-[2px] ${completed_at ? "border-2 border-ink-faint" : is_overdue ? "bg-danger" : "bg-accent"}`} />
              {is_overdue && <Icon name="alert" className="size-3.5" />}
              {name}
              <span className="sr-only">
                , {shortDate(due_date ?? "")}
                {state}
              </span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
