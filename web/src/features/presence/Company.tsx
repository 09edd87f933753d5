import { fullName } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import type { Company } from "./usePresence"

const MOST_FACES = 4

/** Who else looks at this. */
export function CompanyFaces({ company }: { company: Company[] }) {
  if (company.length === 0) return null
  const more = company.length - MOST_FACES
  return (
    <ul aria-label="Also here" className="flex shrink-0 items-center">
      {company.slice(0, MOST_FACES).map(({ person }) => (
        <li key={person.id} className="-ml-1 rounded-full ring-2 ring-canvas first:ml-0">
          <Avatar person={person} />
          <span className="sr-only">{fullName(person)}</span>
        </li>
      ))}
      {more > 0 && <li className="ml-1 text-xs text-ink-faint tabular-nums">+{more}</li>}
    </ul>
  )
}

/** Who else is writing. It takes its height beforehand, so that nothing moves when somebody begins. */
export function CompanyTyping({ company }: { company: Company[] }) {
  const names = company.flatMap(({ person, doing }) => (doing === "typing" ? [fullName(person)] : []))
  return (
    <p role="status" className="mt-3 min-h-4 text-xs text-ink-muted">
      {names.length === 1 && `${names[0] ?? ""} is typing…`}
      {names.length > 1 && `${names.join(", ")} are typing…`}
    </p>
  )
}
