import { Combobox, ComboboxInput, ComboboxOption, ComboboxOptions } from "@headlessui/react"
import { useState } from "react"
import { Icon } from "./icons"
import { optionLook, popLook } from "./Menu"

interface AddComboboxProps {
  label: string
  options: string[]
  onAdd: (value: string) => void
}

/** Choose one that exists, or type a new one. */
export function AddCombobox({ label, options, onAdd }: AddComboboxProps) {
  const [typed, setTyped] = useState("")
  const wanted = typed.trim()
  const matching = options.filter((option) => option.toLowerCase().includes(wanted.toLowerCase()))
  const isNew = wanted !== "" && !options.some((option) => option.toLowerCase() === wanted.toLowerCase())

  return (
    <Combobox
      value={null as string | null}
      onChange={(value) => {
        if (value) onAdd(value)
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
        maxLength={50}
        autoComplete="off"
        className="h-6 w-24 rounded bg-transparent px-1 text-sm text-ink placeholder:text-ink-faint hover:bg-hover pointer-coarse:h-10"
      />
      <ComboboxOptions
        transition
        anchor="bottom start"
        className={`${popLook} max-h-60! w-max max-w-64 min-w-40 scroll-thin empty:invisible`}
      >
        {matching.map((option) => (
          <ComboboxOption key={option} value={option} className={optionLook}>
            <span className="truncate">{option}</span>
          </ComboboxOption>
        ))}
        {isNew && (
          <ComboboxOption value={wanted} className={optionLook}>
            <Icon name="plus" className="size-3.5 text-ink-faint" />
            <span className="truncate">Create “{wanted}”</span>
          </ComboboxOption>
        )}
      </ComboboxOptions>
    </Combobox>
  )
}
