import type { User } from "@/lib/api/types"

/** How dates, times and numbers are written, and in which time zone. */
export interface Region {
  locale: string
  timeZone: string
}

/** As whoever is signed in has set it in their profile; the browser's own for nobody, and where the browser knows no such setting. */
export function setRegion(person: Pick<User, "locale" | "time_zone"> | null) {
  const own = { locale: ownLocale(), timeZone: ownTimeZone() }
  const wanted = person ? { locale: known(person.locale, isLocale) ?? own.locale, timeZone: known(person.time_zone, isTimeZone) ?? own.timeZone } : own
  if (wanted.locale !== current.locale || wanted.timeZone !== current.timeZone) current = withFormats(wanted)
}

export function region(): Region & Formats {
  return current
}

export function formatNumber(value: number): string {
  return current.number.format(value)
}

export function ownLocale(): string {
  return navigator.language || "en"
}

export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

type Formats = ReturnType<typeof formatsOf>

// Making a format costs far more than using it.
function formatsOf({ locale, timeZone }: Region) {
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone })
  return {
    number: new Intl.NumberFormat(locale),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
    full: date({ dateStyle: "full", timeStyle: "short" }),
    moment: date({ dateStyle: "medium", timeStyle: "short" }),
    day: date({ dateStyle: "medium" }),
    weekday: date({ weekday: "long", day: "numeric", month: "long" }),
    clock: date({ timeStyle: "short" }),
    dayThisYear: date({ day: "numeric", month: "short" }),
  }
}

function withFormats(wanted: Region): Region & Formats {
  return { ...wanted, ...formatsOf(wanted) }
}

let current = withFormats({ locale: ownLocale(), timeZone: ownTimeZone() })

function known(value: string, isKnown: (value: string) => boolean): string | null {
  try {
    return isKnown(value) ? value : null
  } catch {
    return null // a RangeError: no such thing
  }
}

function isLocale(value: string): boolean {
  return Intl.DateTimeFormat.supportedLocalesOf(value).length > 0
}

function isTimeZone(value: string): boolean {
  return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== ""
}
