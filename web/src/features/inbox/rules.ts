import type { NotificationKind, NotificationRules } from "@/lib/api/types"

export interface Ways {
  in_app: boolean
  email: "at_once" | "digest" | "none"
}
export type WaysByKind = Record<NotificationKind, Ways>
export interface Quiet {
  start: string
  end: string
  days: number[]
}

export interface Rules {
  version: number
  email: boolean
  kinds: WaysByKind
  muted_project_ids: string[]
  quiet_hours: Quiet[]
  digest: { every: "hour" | "day" | "week"; at: string; weekday: number }
}

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const
export const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

/** The rules with what the document leaves open filled in. */
export function rulesOf(rules: NotificationRules): Rules {
  return {
    version: rules.version,
    email: rules.email,
    kinds: (rules.kinds ?? {}) as WaysByKind, // the server always gives all of them
    muted_project_ids: rules.muted_project_ids ?? [],
    quiet_hours: (rules.quiet_hours ?? []).map(({ start, end, days }) => ({ start, end, days: days ?? EVERY_DAY })),
    digest: { every: "day", at: "08:00", weekday: 0, ...rules.digest },
  }
}
