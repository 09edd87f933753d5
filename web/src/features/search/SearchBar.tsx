import { useEffect, useRef, useState } from "react"
import { useShortcuts } from "@/lib/shortcuts"
import { inputLook } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { MultiSelect, Select } from "@/ui/Select"
import { KINDS, type SearchFilters } from "./searchFilters"

interface SearchBarProps {
  filters: SearchFilters
  onChange: (filters: SearchFilters) => void
  projects: { id: string; name: string }[]
}

const PAUSE_MS = 250

export function SearchBar({ filters, onChange, projects }: SearchBarProps) {
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(filters.q)
  const [seen, setSeen] = useState(filters.q)
  // The address changed under the field (Back, the palette).
  if (filters.q !== seen) {
    setSeen(filters.q)
    if (filters.q !== typed.trim()) setTyped(filters.q)
  }
  useShortcuts({ search: () => field.current?.focus() })
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (typed.trim() === filters.q) return
    const timer = setTimeout(() => onChange({ ...filters, q: typed.trim() }), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, filters, onChange])

  const project = projects.find(({ id }) => id === filters.projectId)
  const kinds = KINDS.filter(({ value }) => filters.kinds.includes(value))
  return (
    <div role="search" aria-label="Search everything" className="mb-5 space-y-2">
      <div className="relative">
        <Icon name="search" className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-ink-faint" />
        <input
          ref={field}
          type="search"
          aria-label="Search for"
          aria-keyshortcuts="/"
          placeholder="Words, or a key such as WEB-42"
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          className={`${inputLook} h-10 pl-9 text-base`}
        />
      </div>
      <div className="flex flex-wrap gap-1.5">
        <MultiSelect label="Kind" look={kinds.length > 0 ? "active" : "chip"} value={filters.kinds} onChange={(value) => onChange({ ...filters, kinds: value })} choices={KINDS}>
          <Icon name="filter" className="size-3.5" />
          {kinds.length > 0 ? kinds.map(({ label }) => label).join(", ") : "Kind"}
        </MultiSelect>
        <Select
          label="Project"
          look={project ? "active" : "chip"}
          value={filters.projectId}
          onChange={(projectId) => onChange({ ...filters, projectId })}
          choices={[{ value: null, label: "Any" }, ...projects.map(({ id, name }) => ({ value: id, label: name }))]}
        >
          <Icon name="folder" className="size-3.5" />
          <span className="max-w-40 truncate">{project?.name ?? "Project"}</span>
        </Select>
        <button
          type="button"
          aria-pressed={filters.archived}
          onClick={() => onChange({ ...filters, archived: !filters.archived })}
          className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-raised px-2 text-xs font-medium text-ink-muted hover:bg-hover hover:text-ink aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-10"
        >
          <Icon name="archive" className="size-3.5" />
          The archive too
        </button>
      </div>
    </div>
  )
}
