import type { ReportResult } from "@/lib/api/types"
import { region } from "@/lib/region"
import { shortDate } from "@/lib/dates"

type Unit = ReportResult["measures"][number]["unit"]

/** A number of a report as it is read; amounts come as decimals in text. */
export function figure(value: string | null | undefined, unit: Unit, currency: string | null): string {
  if (value === null || value === undefined) return "–"
  const { locale } = region()
  const number = Number(value)
  switch (unit) {
    case "money":
      return new Intl.NumberFormat(locale, currency ? { style: "currency", currency } : {}).format(number)
    case "percent":
      return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(number / 100)
    case "hours":
      return new Intl.NumberFormat(locale, { style: "unit", unit: "hour", maximumFractionDigits: 2 }).format(number)
    case "days":
      return new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 }).format(number)
    default:
      return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(number)
  }
}

type Row = ReportResult["rows"][number]

/** What a group is called. */
export function groupName(key: Row["keys"][number] | undefined, dimension: string | undefined): string {
  if (!key) return "All"
  if (key.value === null) return "None"
  if (dimension && isTime(dimension)) return timeName(key.value, dimension)
  return key.label.charAt(0).toLocaleUpperCase(region().locale) + key.label.slice(1)
}

export function isTime(dimension: string): boolean {
  return /^(created|completed|due)_(day|week|month)$/.test(dimension)
}

function timeName(value: string, dimension: string): string {
  if (!dimension.endsWith("_month")) return shortDate(value)
  const [year = 0, month = 1] = value.split("-").map(Number)
  return new Intl.DateTimeFormat(region().locale, { month: "short", year: "numeric", timeZone: "UTC" }).format(Date.UTC(year, month - 1, 1))
}
