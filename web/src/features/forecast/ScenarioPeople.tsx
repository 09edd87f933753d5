import type { User } from "@/lib/api/types"
import { addDays, todayIn } from "@/lib/days"
import { fullName } from "@/lib/people"
import { region } from "@/lib/region"
import { Button, IconButton } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { replaced, without, type Draft } from "./draft"

interface ScenarioPeopleProps {
  draft: Draft
  onChange: (draft: Draft) => void
  people: User[]
}

/** Who is away, and who has less or more time for the project. */
export function ScenarioPeople({ draft, onChange, people }: ScenarioPeopleProps) {
  const choices = people.map((person) => ({ value: person.id, label: fullName(person) }))
  const first = people[0]?.id ?? ""
  const idle = people.find(({ id }) => !draft.capacities.some(({ user_id }) => user_id === id))
  const today = todayIn(region().timeZone)

  return (
    <fieldset className="space-y-3">
      <legend className="mb-2 text-sm font-semibold text-ink">People</legend>
      {draft.absences.map((away, index) => {
        const set = (fields: Partial<typeof away>) => onChange({ ...draft, absences: replaced(draft.absences, index, { ...away, ...fields }) })
        return (
          <div key={index} role="group" aria-label={`Absence ${index + 1}`} className="grid gap-2 rounded-lg border border-line p-3 sm:grid-cols-[1fr_9.5rem_9.5rem_auto]">
            <SelectField label="Away" value={away.user_id} choices={choices} onChange={(user_id) => set({ user_id })} />
            <Field label="From" type="date" required value={away.first_day} onChange={(event) => set({ first_day: event.target.value })} />
            <Field label="Until" type="date" required min={away.first_day} value={away.last_day} onChange={(event) => set({ last_day: event.target.value })} />
            <IconButton icon="close" label="Remove the absence" className="sm:mt-7" onClick={() => onChange({ ...draft, absences: without(draft.absences, index) })} />
          </div>
        )
      })}
      {draft.capacities.map((share, index) => {
        const set = (fields: Partial<typeof share>) => onChange({ ...draft, capacities: replaced(draft.capacities, index, { ...share, ...fields }) })
        return (
          <div key={index} role="group" aria-label={`Share of time ${index + 1}`} className="grid gap-2 rounded-lg border border-line p-3 sm:grid-cols-[1fr_9.5rem_auto]">
            <SelectField label="Person" value={share.user_id} choices={choices} onChange={(user_id) => set({ user_id })} />
            <Field label="Share of time, %" type="number" min={1} max={100} step={1} required value={share.units || ""} onChange={(event) => set({ units: Math.round(Number(event.target.value)) })} />
            <IconButton icon="close" label="Remove the share of time" className="sm:mt-7" onClick={() => onChange({ ...draft, capacities: without(draft.capacities, index) })} />
          </div>
        )
      })}
      <div className="flex flex-wrap gap-2">
        <Button icon="plus" disabled={!first} onClick={() => onChange({ ...draft, absences: [...draft.absences, { user_id: first, first_day: today, last_day: addDays(today, 6) }] })}>
          Somebody is away
        </Button>
        <Button icon="plus" disabled={!idle} onClick={() => idle && onChange({ ...draft, capacities: [...draft.capacities, { user_id: idle.id, units: 50 }] })}>
          Somebody has other time
        </Button>
      </div>
    </fieldset>
  )
}
