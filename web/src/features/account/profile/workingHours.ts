export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const

/** Hours of a day as somebody typed them, as the server keeps them: "7,5" is "7.5". Null: no hours of a day. */
export function parseHours(typed: string): string | null {
  const text = typed.trim().replace(",", ".") || "0"
  if (!/^\d{1,2}(\.\d{1,2})?$/.test(text) || Number(text) > 24) return null
  return String(Number(text))
}

/** Exact to the hundredth, which binary fractions are not. */
export function sumHours(hours: string[]): number {
  return hours.reduce((sum, hour) => sum + Math.round(Number(parseHours(hour) ?? 0) * 100), 0) / 100
}

export function sameHours(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((hour, day) => Number(hour) === Number(other[day]))
}
