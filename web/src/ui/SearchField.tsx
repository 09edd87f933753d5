import { Combobox, ComboboxInput, ComboboxOption, ComboboxOptions, Field, Label } from "@headlessui/react"
import { useState } from "react"
import { inputLook } from "./Field"
import { Icon } from "./icons"
import { optionLook, popLook } from "./Menu"
import type { Choice } from "./Select"

// Four hundred time zones are too many to draw at each key; whoever looks for one types.
const SHOWN = 80

interface SearchFieldProps {
  label: string
  choices: Choice<string>[]
  /** What is chosen; null for a field that hands over what is chosen and is empty again. */
  value: string | null
  onChange: (value: string) => void
  placeholder?: string
  hint?: string
  error?: string | undefined
  /** Says why there is nothing to choose from. */
  nothing: string
}

/** One of many, found by typing a part of it. */
export function SearchField({ label, choices, value, onChange, placeholder, hint, error, nothing }: SearchFieldProps) {
  const [typed, setTyped] = useState("")
  const matching = choices.filter(({ label: name, hint: more = "" }) => contains(`${name} ${more}`, typed))
  const nameOf = (chosen: string | null) => choices.find((choice) => choice.value === chosen)?.label ?? chosen ?? ""

  return (
    <Field>
      <Label className="mb-1 block text-sm font-medium text-ink">{label}</Label>
      <Combobox
        value={value}
        onChange={(chosen: string | null) => {
          if (chosen !== null) onChange(chosen)
          setTyped("")
        }}
        onClose={() => setTyped("")}
        immediate
      >
        <div className="relative">
          <ComboboxInput
            displayValue={nameOf}
            onChange={(event) => setTyped(event.target.value)}
            onFocus={(event) => event.target.select()}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={error ? true : undefined}
            className={`${inputLook} h-9 pr-8 text-base pointer-coarse:h-11`}
          />
          <Icon name="search" className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-faint" />
        </div>
        <ComboboxOptions
          transition
          modal={false}
          anchor="bottom start"
          className={`${popLook} max-h-72! w-(--input-width) scroll-thin`}
        >
          {matching.slice(0, SHOWN).map((choice) => (
            <ComboboxOption key={choice.value} value={choice.value} className={`${optionLook} group`}>
              {choice.icon}
              <span className="min-w-0 flex-1">
                <span className="block truncate">{choice.label}</span>{" "}
                {choice.hint && <span className="block truncate text-xs text-ink-faint">{choice.hint}</span>}
              </span>
              <Icon name="check" className="invisible size-4 text-accent-ink group-data-selected:visible" />
            </ComboboxOption>
          ))}
          {matching.length > SHOWN && (
            <p className="px-2 py-1.5 text-xs text-ink-faint">{matching.length - SHOWN} more. Type to find one.</p>
          )}
          {matching.length === 0 && (
            <p className="px-2 py-1.5 text-sm text-ink-faint">{choices.length === 0 ? nothing : `Nothing matches “${typed}”.`}</p>
          )}
        </ComboboxOptions>
      </Combobox>
      {(error ?? hint) && <p className={`mt-1 text-xs ${error ? "text-danger-ink" : "text-ink-faint"}`}>{error ?? hint}</p>}
    </Field>
  )
}

/** "new york" finds "America/New_York". */
function contains(text: string, typed: string): boolean {
  const plain = (words: string) => words.toLowerCase().replaceAll("_", " ").trim()
  return plain(text).includes(plain(typed))
}
