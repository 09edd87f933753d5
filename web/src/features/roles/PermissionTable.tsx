import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { actionName, answerName, keyOf, NEVER, resourceName, type Answers, type Cell } from "./matrix"

interface PermissionTableProps {
  rows: { resource: string; cells: Cell[] }[]
  answers: Answers
  /** Without it the table is only read. */
  onChange?: ((answers: Answers) => void) | undefined
}

/**
 * When a role may do what. On a narrow screen each row is a card of its own; the roles are written out, because a
 * table whose rows are laid out as boxes would no longer be one to a screen reader.
 */
export function PermissionTable({ rows, answers, onChange }: PermissionTableProps) {
  const actions = ["read", "create", "update", "delete"]
  return (
    <div role="table" aria-label="Permissions" className="rounded-lg border border-line">
      <div role="row" className="grid grid-cols-[minmax(6rem,1fr)_repeat(4,minmax(0,1.1fr))] gap-x-2 border-b border-line px-3 py-2 text-xs font-medium text-ink-faint max-md:sr-only">
        <span role="columnheader">About</span>
        {actions.map((action) => (
          <span key={action} role="columnheader">
            {actionName(action)}
          </span>
        ))}
      </div>
      <div role="rowgroup" className="divide-y divide-line">
        {rows.map(({ resource, cells }) => (
          <div
            key={resource}
            role="row"
            className="grid grid-cols-2 items-center gap-x-2 gap-y-2 px-3 py-2.5 md:grid-cols-[minmax(6rem,1fr)_repeat(4,minmax(0,1.1fr))] md:gap-y-0 md:py-1.5"
          >
            <span role="rowheader" className="text-sm font-medium text-ink max-md:col-span-2">
              {resourceName(resource)}
            </span>
            {actions.map((action) => {
              const cell = cells.find((one) => one.action === action)
              return (
                <span key={action} role="cell" className={cell ? "min-w-0" : "max-md:hidden"}>
                  {cell && <PermissionCell cell={cell} answers={answers} onChange={onChange} />}
                </span>
              )
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

function PermissionCell({ cell, answers, onChange }: Pick<PermissionTableProps, "answers" | "onChange"> & { cell: Cell }) {
  const key = keyOf(cell)
  const answer = answers[key] ?? NEVER
  const name = answerName(answer)
  const look = answer === NEVER ? "text-ink-faint" : "text-ink"
  const label = `${resourceName(cell.resource)}, ${cell.action}`
  const action = (
    <span aria-hidden="true" className="text-xs text-ink-faint md:hidden">
      {actionName(cell.action)}
    </span>
  )
  if (!onChange) {
    return (
      <>
        {action}
        <span className={`block py-1 text-sm ${look}`}>{name}</span>
      </>
    )
  }
  // A combination of conditions that the role has already can be kept, or given up.
  const values = cell.choices.includes(answer) ? cell.choices : [...cell.choices, answer]
  return (
    <>
      {action}
      <Select
        label={label}
        value={answer}
        onChange={(value) => onChange({ ...answers, [key]: value })}
        choices={values.map((value) => ({ value, label: answerName(value) }))}
      >
        <span className={`min-w-0 ${look}`}>{name}</span>
        <Icon name="chevronDown" className="size-3.5 text-ink-faint" />
      </Select>
    </>
  )
}
