import type { ReactNode } from "react"
import type { User } from "@/lib/api/types"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { Switch } from "@/ui/Switch"
import type { Draft } from "./draft"
import { MeasurePicker } from "./MeasurePicker"
import { RangeFields } from "./RangeFields"
import { ScheduleFields } from "./ScheduleFields"
import { CHARTS, dimensionChoices } from "./words"

/** What stands in the field of the query, and what the server says of it. */
export interface QueryShown {
  query: string
  error: unknown
  isBusy: boolean
  onChange: (query: string) => void
}

interface BuilderFieldsProps {
  draft: Draft
  onEdit: (changed: Partial<Draft>) => void
  people: User[]
  projects: { id: string; name: string }[]
  me: User
  problemOf: (field: string) => string | undefined
  query: ReactNode
}

export function BuilderFields({ draft, onEdit, people, projects, me, problemOf, query }: BuilderFieldsProps) {
  const { measures, dimensions, chart } = draft
  const [first = null, second = null] = dimensions
  const mayWrite = me.role !== "viewer"
  const groupBy = (wanted: string | null, then: string | null) => {
    const dimensions = [wanted, wanted === null ? null : then].filter((name) => name !== null)
    onEdit({ dimensions, ...(dimensions.length === 0 && chart === "line" && { chart: "bar" as const }) })
  }
  return (
    <>
      <Field label="Name" value={draft.name} onChange={(event) => onEdit({ name: event.target.value })} maxLength={100} required autoComplete="off" placeholder="Open work by person" error={problemOf("name")} />
      <MeasurePicker measures={measures} onChange={(wanted) => onEdit({ measures: wanted })} error={problemOf("measures")} />
      {measures.includes("cost") && (
        <Field
          label="Currency"
          value={draft.currency ?? ""}
          onChange={(event) => onEdit({ currency: event.target.value.toUpperCase().trim() || null })}
          maxLength={3}
          placeholder="EUR"
          autoComplete="off"
          hint="Projects with budgets in another are left out."
          error={problemOf("currency")}
        />
      )}
      <div className="grid grid-cols-2 gap-3">
        <SelectField label="Group by" value={first} choices={dimensionChoices(first, null)} onChange={(name) => groupBy(name, second === name ? null : second)} error={problemOf("dimensions")} />
        {first !== null && <SelectField label="Then by" value={second} choices={dimensionChoices(second, first)} onChange={(name) => groupBy(first, name)} />}
      </div>
      <SelectField label="Chart" value={chart} choices={dimensions.length > 0 ? CHARTS : CHARTS.filter(({ value }) => value !== "line")} onChange={(wanted) => onEdit({ chart: wanted })} error={problemOf("chart")} />
      <SelectField
        label="Tasks of"
        value={draft.project_id}
        choices={[{ value: null, label: "All projects" }, ...projects.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(project_id) => onEdit({ project_id })}
        error={problemOf("project_id")}
      />
      <div>
        <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
          Only tasks that match
        </p>
        {query}
      </div>
      <RangeFields query={draft.query} onChange={(wanted) => onEdit({ query: wanted })} />
      {mayWrite && (
        <Switch
          label={draft.project_id ? "Share in the project" : "Share with the workspace"}
          text="Others see it among their reports, with the numbers of what they may see."
          checked={draft.is_shared}
          onChange={(is_shared) => onEdit({ is_shared })}
          error={problemOf("is_shared")}
        />
      )}
      <ScheduleFields schedule={draft.schedule} onChange={(schedule) => onEdit({ schedule })} people={people} me={me.id} mayMailOthers={mayWrite} problemOf={problemOf} />
    </>
  )
}
