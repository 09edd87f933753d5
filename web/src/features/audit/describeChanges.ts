/** Changed fields as the end of a sentence: "required single sign-on and renamed it to “Acme”". */
export function describeChanges(before: Record<string, unknown>, after: Record<string, unknown>): string {
  const phrases = Object.keys(after).map((field) => describeChange(field, before[field], after[field]))
  return listed(phrases) || "changed it"
}

function describeChange(field: string, before: unknown, after: unknown): string {
  switch (field) {
    case "name":
      return `renamed “${text(before)}” to “${text(after)}”`
    case "require_second_factor":
      return after === true ? "required two-step verification" : "no longer required two-step verification"
    case "require_sso":
      return after === true ? "required single sign-on" : "no longer required single sign-on"
    case "audit_retention_days":
      return typeof after === "number" ? `let events be kept for ${after} days` : "let events be kept for ever"
    case "permissions":
      return describePermissions(strings(before), strings(after))
    default:
      return isShort(before) && isShort(after) ? `set the ${words(field)} from ${short(before)} to ${short(after)}` : `changed the ${words(field)}`
  }
}

function describePermissions(before: string[], after: string[]): string {
  const given = after.filter((one) => !before.includes(one))
  const taken = before.filter((one) => !after.includes(one))
  const phrases = [...(given.length > 0 ? [`gave ${given.join(", ")}`] : []), ...(taken.length > 0 ? [`took away ${taken.join(", ")}`] : [])]
  return listed(phrases) || "changed the order of permissions"
}

const MOST_SHOWN = 40

function isShort(value: unknown): boolean {
  return value === null || typeof value === "boolean" || ((typeof value === "string" || typeof value === "number") && text(value).length <= MOST_SHOWN)
}

function short(value: unknown): string {
  if (value === null || value === "") return "nothing"
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value)
}

export function listed(phrases: string[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(phrases)
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

export function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : ""
}

/** "sign_in_failed" → "sign in failed" */
export function words(name: string): string {
  return name.replaceAll("_", " ")
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : []
}
