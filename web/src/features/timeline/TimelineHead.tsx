import { region } from "@/lib/region"
import { weekOf } from "@/lib/week"
import { DAY_WIDTH, ticksOf, widthOf, xOf, type Scale } from "./scale"

export const HEAD = 48

/** The calendar above the bars. What it says is in every bar's name too. */
export function TimelineHead({ scale, left, now }: { scale: Scale; left: number; now: number }) {
  const { upper, lower } = ticksOf(scale, weekOf(region().locale)[0] ?? 0)
  return (
    <div aria-hidden="true" className="sticky top-0 z-20 flex border-y border-line bg-sunken text-2xs text-ink-muted" style={{ height: HEAD, width: left + widthOf(scale) }}>
      <div className="sticky left-0 z-20 shrink-0 border-r border-line bg-sunken" style={{ width: left }} />
      <div className="relative flex-1">
        {upper.map(({ day, label }, at) => {
          const end = xOf(upper[at + 1]?.day ?? scale.until, scale)
          return (
            <div key={day} className="absolute top-1.5 flex" style={{ left: xOf(day, scale), width: end - xOf(day, scale) }}>
              {/* A month is named as long as any of it is in sight. */}
              <span className="sticky truncate px-1.5 font-medium whitespace-nowrap text-ink" style={{ left }}>
                {label}
              </span>
            </div>
          )
        })}
        <span className="absolute top-1.5 z-10 -translate-x-1/2 rounded-full bg-accent px-1.5 font-medium text-ink-inverse" style={{ left: xOf(now, scale) }}>
          Today
        </span>
        {lower.map(({ day, label }) => (
          <span
            key={day}
            className={`absolute bottom-1 whitespace-nowrap tabular-nums ${scale.zoom === "day" ? "text-center" : "pl-1.5"}`}
            style={{ left: xOf(day, scale), ...(scale.zoom === "day" && { width: DAY_WIDTH.day }) }}
          >
            {label}
          </span>
        ))}
      </div>
    </div>
  )
}
