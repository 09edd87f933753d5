import type { ReactNode } from "react"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { FOLDERS, KINDS, type InboxFilters } from "./inboxFilters"

interface InboxFilterBarProps {
  filters: InboxFilters
  onChange: (filters: InboxFilters) => void
  projects: { id: string; name: string }[]
  children: ReactNode
}

export function InboxFilterBar({ filters, onChange, projects, children }: InboxFilterBarProps) {
  const kind = KINDS.find(({ value }) => value === filters.kind)
  const project = projects.find(({ id }) => id === filters.projectId)
  return (
    <div role="search" aria-label="Filter notifications" className="mb-4 flex flex-wrap items-center gap-1.5">
      <div role="group" aria-label="Show" className="mr-1 flex rounded-lg border border-line bg-surface p-0.5">
        {FOLDERS.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            aria-pressed={filters.folder === value}
            onClick={() => onChange({ ...filters, folder: value })}
            className="h-6 rounded-md px-2.5 text-xs font-medium text-ink-muted hover:text-ink aria-pressed:bg-hover aria-pressed:text-ink pointer-coarse:h-9"
          >
            {label}
          </button>
        ))}
      </div>
      <Select
        label="Kind"
        look={kind ? "active" : "chip"}
        value={filters.kind}
        onChange={(value) => onChange({ ...filters, kind: value })}
        choices={[{ value: null, label: "Any" }, ...KINDS]}
      >
        <Icon name="filter" className="size-3.5" />
        {kind?.label ?? "Kind"}
      </Select>
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
      <span className="ml-auto">{children}</span>
    </div>
  )
}
