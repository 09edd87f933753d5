export const SHORTEST = 10
export const LONGEST_BYTES = 72

export interface PasswordStrength {
  /** 0 not acceptable, then 1 weak to 3 strong. */
  level: 0 | 1 | 2 | 3
  hint: string
}

const OBVIOUS = /password|passwort|qwert|12345|letmein|projectflow|(.)\1{3}/i

/** Length is what counts; a few obvious patterns lose it again. The server has the last word. */
export function passwordStrength(password: string): PasswordStrength {
  const bytes = new TextEncoder().encode(password).length
  if (bytes === 0) return { level: 0, hint: `At least ${SHORTEST} characters. A few unrelated words work well.` }
  if (bytes < SHORTEST) return { level: 0, hint: `${SHORTEST - bytes} more to go.` }
  if (bytes > LONGEST_BYTES) return { level: 0, hint: `Too long: ${bytes} of at most ${LONGEST_BYTES} bytes.` }
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length
  if (OBVIOUS.test(password)) return { level: 1, hint: "Easy to guess: it follows a common pattern." }
  if (bytes >= 16 || (bytes >= 12 && kinds >= 3)) return { level: 3, hint: "Strong." }
  return bytes >= 12 || kinds >= 3 ? { level: 2, hint: "Good. Longer is better." } : { level: 1, hint: "Acceptable. A longer one is safer." }
}
