const UNITS = ["bytes", "kB", "MB", "GB"]

/** A size as people say it: 1,000 bytes are a kilobyte, as their file browsers have it. */
export function fileSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: unit && value < 10 ? 1 : 0 }).format(value)} ${UNITS[unit] ?? ""}`
}
