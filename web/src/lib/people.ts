import type { User } from "@/lib/api/types"

type Named = Pick<User, "first_name" | "last_name" | "email">

export function fullName(person: Named): string {
  return `${person.first_name} ${person.last_name}`.trim() || person.email
}

export function initials(person: Named): string {
  const letters = [person.first_name, person.last_name].map((name) => Array.from(name)[0] ?? "").join("")
  return (letters || person.email.charAt(0)).toUpperCase()
}

/** The same person keeps the same hue everywhere. */
export function hueOf(id: string): number {
  let hash = 0
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 360
  return hash
}

/** Who came with an import that holds no addresses got one that reaches nobody (RFC 2606). */
export function isAddressUnknown({ email }: Pick<User, "email">): boolean {
  return email.endsWith(".invalid")
}
