import type { Priority, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { dayOf } from "./dayOf"

export interface Understood {
  /** What is left when everything that was understood is taken out. */
  title: string
  priority?: Priority
  assignee?: User
  tags: string[]
  /** As 2027-01-05. */
  due?: string
  parts: Part[]
}

/** A piece of the text that means something, and where it stands. */
export interface Part {
  kind: "priority" | "assignee" | "tag" | "due"
  value: string
  start: number
  end: number
}

export interface Known {
  people: readonly User[]
  tags: readonly { name: string }[]
  me: string
  /** The viewer's day, as 2026-11-25. */
  today: string
}

const PRIORITIES: Record<string, Priority> = {
  low: "low", l: "low", "4": "low",
  medium: "medium", med: "medium", m: "medium", "3": "medium",
  high: "high", hi: "high", h: "high", "2": "high",
  urgent: "urgent", u: "urgent", "1": "urgent",
} // prettier-ignore

const MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
const NAME = String.raw`"([^"]+)"|(\S+)`
// After white space or at the start alone: "me@example.org", "C#" and "wow!high" are words like any other.
const MARKED = new RegExp(
  String.raw`(?<=^|\s)(?:!(\w+)|@(?:${NAME})|[#*](?:${NAME})|due:\s?(?:"([^"]+)"|(next (?:week|month)|\d{1,2}\.? (?:${MONTHS})|(?:${MONTHS}) \d{1,2}|\S+)))(?=\s|$)`,
  "giu",
)
const MOST_TAGS = 20
const LONGEST_TAG = 50

/**
 * Reads "Bake rye !high @ada #bread due:fri". Of several priorities, people or days the last counts. What means nothing
 * here stays in the title, as does what follows a backslash: "\#1".
 */
export function parseQuickAdd(text: string, known: Known): Understood {
  const understood: Understood = { title: "", tags: [], parts: [] }
  const cut: Part[] = []
  for (const match of text.matchAll(MARKED)) {
    const [whole, priority, quotedPerson, person, quotedTag, tag, quotedDay, day] = match
    const at = { start: match.index, end: match.index + whole.length }
    const level = PRIORITIES[priority?.toLowerCase() ?? ""]
    const who = personOf(quotedPerson ?? person, known)
    const label = tagOf(quotedTag ?? tag, known)
    const due = dayOf(quotedDay ?? day, known.today)
    if (level) {
      understood.priority = level
      cut.push({ kind: "priority", value: level, ...at })
    } else if (who) {
      understood.assignee = who
      cut.push({ kind: "assignee", value: fullName(who), ...at })
    } else if (due) {
      understood.due = due
      cut.push({ kind: "due", value: due, ...at })
    } else if (label && understood.tags.length < MOST_TAGS) {
      if (!understood.tags.includes(label)) understood.tags.push(label)
      cut.push({ kind: "tag", value: label, ...at })
    }
  }
  const counts = ({ kind, value }: Part, at: number) =>
    !cut.slice(at + 1).some((later) => later.kind === kind && (kind !== "tag" || later.value === value))
  return { ...understood, parts: cut.filter(counts), title: titleOf(text, cut) }
}

/** The text without one of its parts. */
export function without(text: string, { start, end }: Part): string {
  return `${text.slice(0, start)}${text.slice(end)}`.replace(/ {2,}/g, " ").trimStart()
}

function titleOf(text: string, cut: { start: number; end: number }[]): string {
  let title = ""
  let at = 0
  for (const { start, end } of cut) {
    title += text.slice(at, start)
    at = end
  }
  title += text.slice(at)
  return title
    .replace(/(?<=^|\s)\\(?=[!@#*]|due:)/gi, "")
    .replace(/\s+/g, " ")
    .trim()
}

/** By "me", the e-mail address or what stands before its @, a name without spaces, or the beginning of one that only one has. */
function personOf(typed: string | undefined, { people, me }: Known): User | undefined {
  const wanted = typed?.toLowerCase()
  if (!wanted) return undefined
  const active = people.filter(({ is_active }) => is_active)
  if (wanted === "me") return active.find(({ id }) => id === me)
  const namesOf = (person: User) => {
    const { first_name, last_name, email } = person
    const full = fullName(person).toLowerCase()
    return [first_name.toLowerCase(), last_name.toLowerCase(), full, full.replaceAll(" ", ""), full.replaceAll(" ", "."), full.replaceAll(" ", "-"), email.toLowerCase(), email.toLowerCase().split("@")[0] ?? ""]
  }
  const exactly = active.filter((person) => namesOf(person).includes(wanted))
  const begins = exactly.length > 0 ? exactly : active.filter((person) => namesOf(person).some((name) => name.startsWith(wanted)))
  return begins.length === 1 ? begins[0] : undefined
}

/** As it is written already, where there is one. "#12" is a number, and no tag. */
function tagOf(typed: string | undefined, { tags }: Known): string | undefined {
  if (!typed || typed.length > LONGEST_TAG || !/\p{L}/u.test(typed) || typed.includes("*")) return undefined
  return tags.find(({ name }) => name.toLowerCase() === typed.toLowerCase())?.name ?? typed
}
