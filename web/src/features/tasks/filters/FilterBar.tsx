import { useEffect, useRef, useState, type ReactNode } from "react"
import type { Tag, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useShortcuts } from "@/lib/shortcuts"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { PriorityIcon, priorityNames } from "@/ui/PriorityIcon"
import { MultiSelect } from "@/ui/Select"
import { isFiltering, PRIORITIES } from "./boardFilters"
import { useBoardFilters } from "./useBoardFilters"

interface FilterBarProps {
  people: User[]
  tags: Tag[]
  /** How many tasks match; unknown while loading. */
  matches: number | undefined
  /** Another way to filter, put here by the page. */
  children?: ReactNode
}

export function FilterBar({ people, tags, matches, children }: FilterBarProps) {
  const { filters, setFilters, clearFilters } = useBoardFilters()
  const { assignees, priorities, archived } = filters
  const active = isFiltering(filters)

  return (
    <div role="search" aria-label="Filter tasks" className="relative -mx-4 flex items-center gap-1.5 overflow-x-auto px-4 py-0.5 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:overflow-visible sm:px-0">
      <TextFilter value={filters.q} onChange={(q) => setFilters({ q })} />
      <MultiSelect
        label="Assignee"
        look={assignees.length > 0 ? "active" : "chip"}
        value={assignees}
        onChange={(value) => setFilters({ assignees: value })}
        choices={[
          { value: "none", label: "Unassigned", icon: <Avatar person={undefined} size="sm" /> },
          ...people.map((person) => ({ value: person.id, label: fullName(person), icon: <Avatar person={person} size="sm" /> })),
        ]}
      >
        <Icon name="person" className="size-3.5" />
        Assignee
        <Count of={assignees} />
      </MultiSelect>
      <MultiSelect
        label="Priority"
        look={priorities.length > 0 ? "active" : "chip"}
        value={priorities}
        onChange={(value) => setFilters({ priorities: value })}
        choices={PRIORITIES.map((value) => ({ value, label: priorityNames[value], icon: <PriorityIcon priority={value} /> }))}
      >
        <Icon name="filter" className="size-3.5" />
        Priority
        <Count of={priorities} />
      </MultiSelect>
      <MultiSelect
        label="Tag"
        look={filters.tags.length > 0 ? "active" : "chip"}
        value={filters.tags}
        onChange={(value) => setFilters({ tags: value })}
        choices={tags.map(({ name, color }) => ({
          value: name,
          label: name,
          icon: <span className="size-2 rounded-full bg-ink-faint" style={color ? { backgroundColor: color } : undefined} />,
        }))}
      >
        <Icon name="tag" className="size-3.5" />
        Tag
        <Count of={filters.tags} />
      </MultiSelect>
      <button
        type="button"
        aria-pressed={archived}
        onClick={() => setFilters({ archived: !archived })}
        className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-raised px-2 text-xs font-medium text-ink-muted transition-colors duration-100 hover:bg-hover hover:text-ink aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-10"
      >
        <Icon name="archive" className="size-3.5" />
        Archived
      </button>
      {children}
      {active && (
        <Button size="sm" variant="ghost" icon="close" onClick={clearFilters}>
          Clear
        </Button>
      )}
      <p role="status" className="shrink-0 px-1 text-xs whitespace-nowrap text-ink-faint tabular-nums">
        {matches !== undefined && `${matches} ${matches === 1 ? "task" : "tasks"}${active ? " found" : ""}`}
      </p>
    </div>
  )
}

function Count({ of }: { of: unknown[] }) {
  return of.length > 0 ? <span className="tabular-nums">{of.length}</span> : null
}

const PAUSE = 200

function TextFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  const [sent, setSent] = useState(value)
  // The address changed under the field (Back, Clear): show that. Our own change coming back is no reason to:
  // more may have been typed since.
  if (value !== seen) {
    setSeen(value)
    if (value !== sent) {
      setSent(value)
      setTyped(value)
    }
  }
  useShortcuts({ "board.filter": () => field.current?.focus() })

  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => {
      setSent(typed)
      onChange(typed)
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])

  return (
    <div className="relative shrink-0">
      <Icon name="search" className="pointer-events-none absolute inset-y-0 left-2 my-auto size-3.5 text-ink-faint" />
      <input
        ref={field}
        type="search"
        aria-label="Filter by text"
        aria-keyshortcuts="/"
        placeholder="Filter…"
        maxLength={200}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        className="h-7 w-40 rounded-md border border-line-strong bg-raised pr-2 pl-7 text-xs text-ink transition-colors duration-100 placeholder:text-ink-faint hover:border-ink-faint sm:w-48 pointer-coarse:h-10"
      />
    </div>
  )
}
