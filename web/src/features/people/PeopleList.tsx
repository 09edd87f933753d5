import { useState } from "react"
import type { User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { Badge } from "@/ui/Badge"
import { RelativeTime } from "@/ui/RelativeTime"
import { Skeleton } from "@/ui/states"
import type { May, PersonAction } from "./offeredActions"
import { PersonDialogs } from "./PersonDialogs"
import { PersonMenu } from "./PersonMenu"
import { stateLooks, stateOf } from "./personState"
import { roleNameOf, type CustomRole } from "./roleChoices"

export interface Asked {
  action: PersonAction
  person: User
}

interface PeopleListProps {
  people: User[]
  actor: User
  may: May
  customRoles: CustomRole[]
}

const head = "px-3 py-2 text-xs font-medium text-ink-faint"
const cell = "px-3 py-2.5 align-middle text-sm"

export function PeopleList({ people, actor, may, customRoles }: PeopleListProps) {
  const [asked, setAsked] = useState<Asked | null>(null)
  return (
    <>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <table aria-label="People" className="w-full table-fixed border-collapse text-left">
          <thead className="border-b border-line max-sm:hidden">
            <tr>
              <th scope="col" className={`${head} pl-4`}>
                Name
              </th>
              <th scope="col" className={`${head} sm:w-28`}>
                Role
              </th>
              <th scope="col" className={`${head} sm:w-32`}>
                State
              </th>
              <th scope="col" className={`${head} sm:w-28`}>
                Last sign-in
              </th>
              <th scope="col" className="w-12">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {people.map((person) => (
              <PersonRow key={person.id} person={person} actor={actor} may={may} role={roleNameOf(person, customRoles)} onAsk={setAsked} />
            ))}
          </tbody>
        </table>
      </div>
      <PersonDialogs asked={asked} actor={actor} may={may} customRoles={customRoles} onClose={() => setAsked(null)} />
    </>
  )
}

interface PersonRowProps {
  person: User
  actor: User
  may: May
  role: string
  onAsk: (asked: Asked) => void
}

function PersonRow({ person, actor, may, role, onAsk }: PersonRowProps) {
  const state = stateOf(person)
  const faded = state === "active" ? "" : "grayscale"
  return (
    <tr>
      <th scope="row" className={`${cell} pl-4 font-normal`}>
        <div className="flex items-center gap-3">
          <span className={`inline-flex ${faded}`}>
            <Avatar person={person} size="lg" />
          </span>
          <div className="min-w-0 flex-1">
            <p className="truncate text-base font-medium text-ink">
              {fullName(person)}
              {person.id === actor.id && <span className="ml-1.5 text-xs font-normal text-ink-faint">you</span>}
            </p>
            <p className="truncate text-sm text-ink-muted" title={person.email}>
              {isAddressUnknown(person) ? <span className="text-ink-faint">Address not known</span> : person.email}
            </p>
            <p className="mt-1 flex items-center gap-2 text-xs text-ink-muted sm:hidden">
              {role}
              <Badge tone={stateLooks[state].tone}>{stateLooks[state].name}</Badge>
            </p>
          </div>
        </div>
      </th>
      <td className={`${cell} truncate text-ink-muted max-sm:hidden`} title={role}>{role}</td>
      <td className={`${cell} max-sm:hidden`}>
        <Badge tone={stateLooks[state].tone}>{stateLooks[state].name}</Badge>
      </td>
      <td className={`${cell} text-ink-muted max-sm:hidden`}>
        {person.last_login_at ? <RelativeTime iso={person.last_login_at} /> : <span className="text-ink-faint">{state === "active" ? "On joining" : "Never"}</span>}
      </td>
      <td className="w-12 pr-2.5 text-right align-middle">
        <PersonMenu person={person} actor={actor} may={may} onAsk={onAsk} />
      </td>
    </tr>
  )
}

export function PeopleListSkeleton() {
  return (
    <div role="status" aria-label="Loading people" className="divide-y divide-line rounded-xl border border-line bg-surface">
      {[1, 2, 3, 4].map((n) => (
        <div key={n} className="flex items-center gap-3 px-4 py-3">
          <Skeleton className="size-8 rounded-full" />
          <div className="flex-1 space-y-1.5">
            <Skeleton className="h-4 w-36" />
            <Skeleton className="h-3.5 w-48" />
          </div>
          <Skeleton className="hidden h-5 w-20 sm:block" />
        </div>
      ))}
    </div>
  )
}
