import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { RelativeTime } from "@/ui/RelativeTime"

export function PeopleList({ people }: { people: User[] }) {
  return (
    <ul aria-label="People" className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
      {people.map((person) => (
        <li key={person.id} className="flex items-center gap-3 px-4 py-3">
          <Avatar person={person} size="lg" />
          <div className="min-w-0 flex-1">
            <p className="truncate text-base font-medium text-ink">{fullName(person)}</p>
            <p className="truncate text-sm text-ink-muted">{person.email}</p>
          </div>
          <div className="shrink-0 text-right text-xs text-ink-faint">
            <p className="capitalize">{person.is_active ? person.role : `${person.role}, inactive`}</p>
            {person.last_login_at && (
              <p className="hidden sm:block">
                Last seen <RelativeTime iso={person.last_login_at} />
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
