import type { User } from "@/lib/api/types"
import { fullName, isAddressUnknown } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { SearchField } from "@/ui/SearchField"
import type { Choice } from "@/ui/Select"
import { SelectField } from "@/ui/SelectField"
import { isFiltering, noFilters, type AuditFilters } from "./auditFilters"
import { eventTypes } from "./eventTypes"

interface AuditFilterBarProps {
  filters: AuditFilters
  people: User[]
  onChange: (filters: AuditFilters) => void
}

const ANY = ""
const categories: Choice<AuditFilters["category"]>[] = [
  { value: "security", label: "Security", hint: "Sign-ins, people, roles, keys, settings, projects." },
  { value: "all", label: "All", hint: "Those of single tasks too." },
]

export function AuditFilterBar({ filters, people, onChange }: AuditFilterBarProps) {
  const set = (change: Partial<AuditFilters>) => onChange({ ...filters, ...change })
  const types = Object.entries(eventTypes).map(([value, label]) => ({ value, label }))
  return (
    <div role="search" aria-label="Filter events" className="mb-4 grid grid-cols-2 items-end gap-3 lg:grid-cols-[1.2fr_1.3fr_1.3fr_1fr_1fr]">
      <div className="max-lg:col-span-2">
        <SelectField
          label="Events"
          value={filters.category}
          onChange={(category) => set({ category })}
          choices={categories}
        />
      </div>
      <div>
        <SearchField
          label="Type"
          value={filters.type}
          onChange={(type) => set({ type })}
          choices={[{ value: ANY, label: "Any type" }, ...types]}
          nothing="There are no types."
        />
      </div>
      <div>
        <SearchField
          label="Person"
          value={filters.person}
          onChange={(person) => set({ person })}
          choices={[
            { value: ANY, label: "Anybody" },
            ...people.map((person) => ({ value: person.id, label: fullName(person), ...(!isAddressUnknown(person) && { hint: person.email }), icon: <Avatar person={person} size="sm" /> })),
          ]}
          nothing="There is nobody."
        />
      </div>
      <Field label="From" type="date" value={filters.from} max={filters.until || undefined} onChange={(event) => set({ from: event.target.value })} />
      <Field label="Until" type="date" value={filters.until} min={filters.from || undefined} onChange={(event) => set({ until: event.target.value })} />
      {isFiltering(filters) && (
        <Button size="sm" variant="ghost" icon="close" className="col-span-full -ml-2 justify-self-start" onClick={() => onChange(noFilters)}>
          Clear filters
        </Button>
      )}
    </div>
  )
}
