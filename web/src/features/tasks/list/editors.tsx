import { useEffect, useRef, useState, type ReactNode } from "react"
import { toDateInput } from "@/lib/dates"

interface OpenedProps {
  /** `back`: the row is to have the focus again. */
  onDone: (back: boolean) => void
  children: ReactNode
}

/** A select that stands in a cell for as long as it is used, and opens by itself. */
export function Opened({ onDone, children }: OpenedProps) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const timer = setTimeout(() => {
      const button = box.current?.querySelector("button")
      button?.focus()
      button?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }))
    })
    return () => clearTimeout(timer)
  }, [])
  return (
    // What is inside has the keys; this only notices that nobody is there any more.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={box}
      className="min-w-0 px-2"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return
        event.preventDefault()
        onDone(true)
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        const isInside = relatedTarget instanceof HTMLElement && (currentTarget.contains(relatedTarget) || relatedTarget.closest("[role='listbox']"))
        if (!isInside && relatedTarget !== null) onDone(false)
      }}
    >
      {children}
    </div>
  )
}

interface TypedProps {
  label: string
  type: "text" | "date"
  value: string
  onSave: (value: string) => void
  onDone: (back: boolean) => void
}

/** A field in a cell: Enter and leaving it save, Escape does not. */
export function Typed({ label, type, value, onSave, onDone }: TypedProps) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  const ended = useRef(false)
  useEffect(() => {
    field.current?.focus()
    if (type === "text") field.current?.select()
  }, [type])

  const end = (save: boolean, back: boolean) => {
    if (ended.current) return
    ended.current = true
    if (save && typed !== value) onSave(typed)
    onDone(back)
  }
  return (
    <input
      ref={field}
      type={type}
      aria-label={label}
      value={typed}
      maxLength={500}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => end(true, false)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === "Enter" && !event.nativeEvent.isComposing) end(true, true)
        if (event.key === "Escape") end(false, true)
        if (event.key === "Escape" || event.key === "Enter") event.preventDefault()
      }}
      className="h-8 w-full min-w-0 rounded-md border border-ring bg-raised px-1.5 text-sm text-ink outline-none"
    />
  )
}

interface DayProps {
  label: string
  value: string | null
  onSave: (day: string) => void
  onDone: (back: boolean) => void
}

export function TypedDay({ value, ...rest }: DayProps) {
  return <Typed {...rest} type="date" value={toDateInput(value)} />
}
