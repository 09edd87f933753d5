import { formatNumber } from "@/lib/region"

const LARGEST = 20 * 1024 * 1024

/** What is wrong with a file, before it travels; null when nothing is. */
export function checkFile({ name, size }: Pick<File, "name" | "size">): string | null {
  if (size === 0) return `${name} is empty.`
  if (size > LARGEST) return `${name} has ${megabytes(size)} MB. An import can have up to ${megabytes(LARGEST)} MB.`
  if (!/\.json$/i.test(name)) return `${name} is not a JSON file. In Trello: Menu → Print, export and share → Export as JSON.`
  return null
}

function megabytes(bytes: number): string {
  return formatNumber(Math.round((bytes / 1024 / 1024) * 10) / 10)
}
