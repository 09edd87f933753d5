import { Combobox, ComboboxInput, ComboboxOption, ComboboxOptions } from "@headlessui/react"
import { useState } from "react"
import type { TaskRow } from "@/lib/sync/models"
import { inputLook } from "@/ui/Field"
import { optionLook, popLook } from "@/ui/Menu"

const MOST_SHOWN = 30

interface TaskComboboxProps {
  label: string
  tasks: readonly TaskRow[]
  onChoose: (task: TaskRow) => void
}

/** Finds a task by its key or words of its title. */
export function TaskCombobox({ label, tasks, onChoose }: TaskComboboxProps) {
  const [typed, setTyped] = useState("")
  const words = typed.trim().toLowerCase()
  const matching = tasks.filter(({ key, title }) => `${key} ${title}`.toLowerCase().includes(words)).slice(0, MOST_SHOWN)
  return (
    <Combobox
      value={null as TaskRow | null}
      onChange={(task) => {
        if (task) onChoose(task)
        setTyped("")
      }}
      onClose={() => setTyped("")}
      immediate
    >
      <ComboboxInput
        aria-label={label}
        placeholder={`${label}…`}
        displayValue={() => typed}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        className={`${inputLook} h-9 text-base pointer-coarse:h-11`}
      />
      <ComboboxOptions transition anchor="bottom start" className={`${popLook} max-h-60! w-(--input-width) overflow-y-auto empty:invisible`}>
        {matching.map((task) => (
          <ComboboxOption key={task.id} value={task} className={optionLook}>
            <span className="truncate">
              <span className="text-ink-muted">{task.key}</span> {task.title}
            </span>
          </ComboboxOption>
        ))}
      </ComboboxOptions>
    </Combobox>
  )
}
