import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { MultiSelect, Select } from "@/ui/Select"
import { asAtFirst, COLUMNS, GROUPINGS, type ListSettings } from "./listSettings"

interface ListToolbarProps {
  settings: ListSettings
  onChange: (change: Partial<ListSettings>) => void
}

/** How the list is arranged; kept for this project. */
export function ListToolbar({ settings, onChange }: ListToolbarProps) {
  const grouping = GROUPINGS.find(({ value }) => value === settings.grouping)
  return (
    <div className="flex shrink-0 items-center gap-1.5 overflow-x-auto px-4 py-0.5 pb-2 [scrollbar-width:none] sm:px-6">
      <Select label="Group by" look="chip" value={settings.grouping} choices={[...GROUPINGS]} onChange={(value) => onChange({ grouping: value })}>
        <Icon name="list" className="size-3.5" />
        {settings.grouping === "none" ? "No grouping" : `By ${grouping?.label.toLowerCase() ?? ""}`}
      </Select>
      <MultiSelect
        label="Columns"
        look="chip"
        value={settings.columns}
        choices={COLUMNS.map(({ name, label }) => ({ value: name, label }))}
        onChange={(wanted) => onChange({ columns: COLUMNS.map(({ name }) => name).filter((name) => wanted.includes(name)) })}
      >
        <Icon name="checklist" className="size-3.5" />
        Columns
      </MultiSelect>
      {settings.sort.column !== "rank" && (
        <Button size="sm" variant="ghost" icon="close" onClick={() => onChange({ sort: asAtFirst.sort })}>
          Sort as on the board
        </Button>
      )}
    </div>
  )
}
