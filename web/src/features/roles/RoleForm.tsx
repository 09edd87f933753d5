import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { KnownPermission, RoleDetails } from "@/lib/api/types"
import { useEdited } from "@/lib/useEdited"
import { Button, ButtonLink } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import type { RoleFields } from "./api"
import { rowsOf, toAnswers, toPermissions, type Cell } from "./matrix"
import { PermissionTable } from "./PermissionTable"
import { roleName } from "./roleName"

interface RoleFormProps {
  offered: KnownPermission[]
  /** The one to change; null for a new one. */
  role: RoleDetails | null
  /** Those a new one can start from. */
  others: RoleDetails[]
  mayChange: boolean
  busy: boolean
  error: unknown
  onSubmit: (fields: RoleFields) => void
  /** The address of the list of roles. */
  back: string
}

const START = "member"

export function RoleForm({ offered, role, others, mayChange, busy, error, onSubmit, back }: RoleFormProps) {
  const rows = rowsOf(offered)
  const cells = rows.flatMap((row) => row.cells)
  const [from, setFrom] = useState(START)
  const [form, setForm] = useEdited(role, (stored) => ({
    name: stored ? roleName(stored) : "",
    description: stored?.description ?? "",
    answers: answersOf(stored ?? others.find(({ name }) => name === START), cells),
  }))
  const start = (name: string) => {
    setFrom(name)
    setForm({ ...form, answers: answersOf(others.find((one) => one.name === name), cells) })
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSubmit({ name: form.name.trim(), description: form.description.trim(), permissions: toPermissions(form.answers) })
  }

  const permissions = toPermissions(form.answers)
  const atPermissions = isProblem(error) ? error.errors.find(({ field }) => field.startsWith("permissions"))?.message : undefined
  return (
    <form onSubmit={submit} className="space-y-5">
      {Boolean(error) && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Name"
          value={form.name}
          onChange={(event) => setForm({ ...form, name: event.target.value })}
          readOnly={!mayChange}
          maxLength={50}
          required
          autoComplete="off"
          error={fieldProblem(error, "name")}
        />
        <Field
          label="Description"
          value={form.description}
          onChange={(event) => setForm({ ...form, description: event.target.value })}
          readOnly={!mayChange}
          maxLength={200}
          autoComplete="off"
          error={fieldProblem(error, "description")}
        />
      </div>
      {!role && (
        <div className="sm:w-1/2 sm:pr-2">
          <SelectField
            label="Start from"
            value={from}
            onChange={start}
            choices={others.filter(({ name }) => name !== "owner").map((one) => ({ value: one.name, label: roleName(one) }))}
            hint="Sets the table below; then change what differs."
          />
        </div>
      )}
      <div>
        <PermissionTable rows={rows} answers={form.answers} onChange={mayChange ? (answers) => setForm({ ...form, answers }) : undefined} />
        {atPermissions && (
          <p role="alert" className="mt-1 text-xs text-danger-ink">
            {atPermissions}
          </p>
        )}
      </div>
      {mayChange && (
        <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line pt-4">
          <p role="status" className="mr-auto text-sm text-ink-faint">
            {permissions.length === 0 && "A role has to allow something."}
          </p>
          <ButtonLink to={back} variant="ghost">
            Cancel
          </ButtonLink>
          <Button type="submit" variant="primary" busy={busy} disabled={permissions.length === 0}>
            {role ? "Save role" : "Create role"}
          </Button>
        </div>
      )}
    </form>
  )
}

function answersOf(role: RoleDetails | undefined, cells: Cell[]) {
  return toAnswers(role?.permissions ?? [], cells)
}
