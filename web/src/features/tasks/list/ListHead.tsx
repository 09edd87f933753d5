import { Icon } from "@/ui/icons"
import { COLUMNS, sortedNext, type ColumnName, type SortedBy } from "./listSettings"

interface ListHeadProps {
  columns: readonly ColumnName[]
  template: string
  sort: SortedBy
  onSort: (sort: SortedBy) => void
}

export const HEAD_HEIGHT = 34

/** The columns' names; each sorts up, down, and then as on the board. */
export function ListHead({ columns, template, sort, onSort }: ListHeadProps) {
  const heads: { name: SortedBy["column"]; label: string }[] = [
    { name: "key", label: "Key" },
    { name: "title", label: "Title" },
    ...COLUMNS.filter(({ name }) => columns.includes(name)),
  ]
  return (
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid items-center border-y border-line bg-sunken text-xs text-ink-muted"
      style={{ gridTemplateColumns: template, height: HEAD_HEIGHT }}
    >
      <div role="columnheader">
        <span className="sr-only">Selected</span>
      </div>
      {heads.map(({ name, label }) => {
        const isSorted = sort.column === name
        return (
          <div key={name} role="columnheader" aria-sort={isSorted ? (sort.descending ? "descending" : "ascending") : "none"} className="min-w-0">
            <button
              type="button"
              onClick={() => onSort(sortedNext(sort, name))}
              className={`flex h-7 max-w-full items-center gap-1 rounded-md text-left font-medium hover:text-ink focus-visible:-outline-offset-2 ${name === "key" ? "" : name === "title" ? "px-1.5" : "px-2"} ${isSorted ? "text-ink" : ""}`}
            >
              <span className="truncate">{label}</span>
              {isSorted && <Icon name="chevronDown" className={`size-3 ${sort.descending ? "" : "rotate-180"}`} />}
            </button>
          </div>
        )
      })}
    </div>
  )
}
