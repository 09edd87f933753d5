import type { Priority, State, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { Avatar } from "@/ui/Avatar"
import { PriorityIcon, priorityNames } from "@/ui/PriorityIcon"
import { Select } from "@/ui/Select"
import { StateDot } from "@/ui/StateDot"
import { PRIORITIES } from "../filters/boardFilters"

interface Pick<Value> {
  value: Value
  onChange: (value: Value) => void
  look?: "quiet" | "chip"
  disabled?: boolean
}

export function StatusSelect({ states, ...pick }: Pick<string> & { states: State[] }) {
  const state = states.find(({ key }) => key === pick.value)
  return (
    <Select
      {...pick}
      label="Status"
      choices={states.map(({ key, name, category }) => ({ value: key, label: name, icon: <StateDot category={category} /> }))}
    >
      {state && <StateDot category={state.category} />}
      <span className="truncate">{state?.name ?? pick.value}</span>
    </Select>
  )
}

export function PrioritySelect(pick: Pick<Priority>) {
  return (
    <Select
      {...pick}
      label="Priority"
      choices={PRIORITIES.map((value) => ({ value, label: priorityNames[value], icon: <PriorityIcon priority={value} /> }))}
    >
      <PriorityIcon priority={pick.value} />
      {priorityNames[pick.value]}
    </Select>
  )
}

export function AssigneeSelect({ people, ...pick }: Pick<string | null> & { people: User[] }) {
  const person = people.find(({ id }) => id === pick.value)
  // Somebody who left still holds their tasks, but gets no new ones.
  const choosable = people.filter(({ is_active, id }) => is_active || id === pick.value)
  return (
    <Select
      {...pick}
      label="Assignee"
      choices={[
        { value: null, label: "Unassigned", icon: <Avatar person={undefined} size="sm" /> },
        ...choosable.map((one) => ({ value: one.id, label: fullName(one), icon: <Avatar person={one} size="sm" /> })),
      ]}
    >
      <Avatar person={person} size="sm" />
      <span className={`truncate ${person ? "" : "text-ink-faint"}`}>{person ? fullName(person) : "Unassigned"}</span>
    </Select>
  )
}
