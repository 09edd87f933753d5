import { Listbox, ListboxButton, ListboxOption, ListboxOptions } from "@headlessui/react"
import type { ReactNode } from "react"
import { Icon } from "./icons"
import { optionLook, popLook } from "./Menu"

export interface Choice<Value> {
  value: Value
  label: string
  icon?: ReactNode
  /** A line below the label. */
  hint?: string
}

const looks = {
  /** A row of a property list: quiet until pointed at. */
  quiet:
    "-mx-2 flex min-h-8 w-[calc(100%+1rem)] items-center gap-2 rounded-md px-2 text-left text-sm text-ink transition-colors duration-100 hover:bg-hover data-open:bg-hover disabled:hover:bg-transparent disabled:cursor-default pointer-coarse:min-h-10",
  chip: "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-raised px-2 text-xs font-medium text-ink-muted transition-colors duration-100 hover:bg-hover hover:text-ink data-open:bg-hover pointer-coarse:h-10",
  active:
    "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-transparent bg-accent-soft px-2 text-xs font-medium text-accent-ink transition-colors duration-100 hover:bg-selected pointer-coarse:h-10",
  field:
    "flex h-9 w-full items-center gap-2 rounded-md border border-line-strong bg-raised px-2.5 text-left text-base text-ink transition-colors duration-100 hover:border-ink-faint pointer-coarse:h-11",
} as const

interface Shared<Value> {
  label: string
  choices: Choice<Value>[]
  look?: keyof typeof looks
  disabled?: boolean
  describedBy?: string | undefined
  children: ReactNode
}

interface SelectProps<Value> extends Shared<Value> {
  value: Value
  onChange: (value: Value) => void
}

/** One of several. The button's name is "<label>: <what is chosen>". */
export function Select<Value>({ value, onChange, choices, ...rest }: SelectProps<Value>) {
  const chosen = choices.find((choice) => choice.value === value)
  return (
    <Listbox value={value} onChange={onChange} disabled={rest.disabled === true}>
      <Parts {...rest} name={`${rest.label}: ${chosen?.label ?? "none"}`} choices={choices} />
    </Listbox>
  )
}

interface MultiSelectProps<Value> extends Shared<Value> {
  value: Value[]
  onChange: (value: Value[]) => void
}

export function MultiSelect<Value>({ value, onChange, choices, ...rest }: MultiSelectProps<Value>) {
  const chosen = choices.filter((choice) => value.includes(choice.value)).map((choice) => choice.label)
  return (
    <Listbox value={value} onChange={onChange} multiple disabled={rest.disabled === true}>
      <Parts {...rest} name={`${rest.label}: ${chosen.join(", ") || "any"}`} choices={choices} />
    </Listbox>
  )
}

interface PartsProps<Value> extends Shared<Value> {
  name: string
}

function Parts<Value>({ name, label, choices, look = "quiet", describedBy, children }: PartsProps<Value>) {
  return (
    <>
      <ListboxButton aria-label={name} aria-describedby={describedBy} className={looks[look]}>
        {children}
      </ListboxButton>
      <ListboxOptions
        transition
        modal={false}
        aria-label={label}
        anchor="bottom start"
        className={`${popLook} max-h-72! w-max max-w-72 min-w-48 scroll-thin`}
      >
        {choices.length === 0 && <p className="px-2 py-1.5 text-sm text-ink-faint">Nothing to choose from yet.</p>}
        {choices.map((choice) => (
          <ListboxOption key={String(choice.value)} value={choice.value} className={`${optionLook} group`}>
            {choice.icon}
            <span className="min-w-0 flex-1">
              <span className="block truncate">{choice.label}</span>{" "}
              {choice.hint && <span className="block text-xs text-ink-faint">{choice.hint}</span>}
            </span>
            <Icon name="check" className="invisible size-4 text-accent-ink group-data-selected:visible" />
          </ListboxOption>
        ))}
      </ListboxOptions>
    </>
  )
}
