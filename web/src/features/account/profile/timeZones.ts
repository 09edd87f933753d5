import { ownTimeZone } from "@/lib/region"

/** IANA names; browsers leave UTC out, and the server may know one that this browser does not. */
export function timeZones(saved: string): string[] {
  return [...new Set([ownTimeZone(), "UTC", saved, ...Intl.supportedValuesOf("timeZone")])]
}

/** "GMT+2", as it is there now. */
export function offsetOf(timeZone: string, now: Date = new Date()): string {
  try {
    const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" }).formatToParts(now)
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? ""
  } catch {
    return ""
  }
}
