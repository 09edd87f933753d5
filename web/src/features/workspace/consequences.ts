export type Rule = "require_second_factor" | "require_sso"

export interface Consequences {
  title: string
  text: string
  confirmLabel: string
}

/** Whom a rule is about, and how they sign in. */
export interface Affected {
  /** People who can sign in. */
  active: number
  /** Those of them who are no owners. */
  notOwners: number
  /** What the identity provider is called; null without one. */
  provider: string | null
}

/** What will happen to whom, said before a rule is changed. */
export function consequences(rule: Rule, on: boolean, { active, notOwners, provider }: Affected): Consequences {
  const through = provider ?? "your identity provider"
  if (rule === "require_second_factor") {
    return on
      ? {
          title: "Require two-step verification?",
          text: `It then counts for all ${counted(active)} of this workspace. Whoever is signed in without a second step is signed out within minutes, and sets one up at their next sign-in before they get in. API keys go on working.`,
          confirmLabel: "Require it",
        }
      : {
          title: "No longer require two-step verification?",
          text: `A password alone then opens this workspace again for those of its ${counted(active)} who have no second step. Who has one keeps it, and may remove it.`,
          confirmLabel: "No longer require it",
        }
  }
  return on
    ? {
        title: "Require single sign-on?",
        text: `${exceptOwners(notOwners)} can then sign in through ${through} alone: their passwords and passkeys no longer open this workspace. Who is signed in otherwise is signed out within minutes. Owners may still use theirs, so that nobody is locked out when ${through} fails.`,
        confirmLabel: "Require it",
      }
    : {
        title: "No longer require single sign-on?",
        text: `Passwords and passkeys then open this workspace again, beside ${through}. Who has no password asks for one under “Forgot your password?”.`,
        confirmLabel: "No longer require it",
      }
}

function exceptOwners(count: number): string {
  if (count === 0) return "Everybody but owners"
  return count === 1 ? "1 person who is no owner" : `${count} people who are no owners`
}

function counted(count: number): string {
  return count === 1 ? "1 person" : `${count} people`
}
