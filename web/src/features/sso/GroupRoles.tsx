import { useRef } from "react"
import type { GroupRole } from "@/lib/api/types"
import { roleLooks } from "@/lib/roles"
import { Button, IconButton } from "@/ui/Button"
import { inputLook } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import type { GroupRow } from "./providerForm"

const ROLES: readonly GroupRole[] = ["admin", "manager", "member", "viewer"]

interface GroupRolesProps {
  rows: GroupRow[]
  onChange: (rows: GroupRow[]) => void
  error?: string | undefined
}

/** Which group of the provider gets which role. */
export function GroupRoles({ rows, onChange, error }: GroupRolesProps) {
  const list = useRef<HTMLUListElement>(null)
  const addButton = useRef<HTMLButtonElement>(null)

  const change = (key: number, fields: Partial<GroupRow>) => onChange(rows.map((row) => (row.key === key ? { ...row, ...fields } : row)))
  const add = () => {
    onChange([...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, group: "", role: "member" }])
    // The new row is there after this render.
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus())
  }
  const remove = (key: number) => {
    onChange(rows.filter((row) => row.key !== key))
    addButton.current?.focus()
  }

  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium text-ink">Roles by group</legend>
      {rows.length > 0 && (
        <ul ref={list} aria-label="Roles by group" className="mb-2 space-y-2">
          {rows.map(({ key, group, role }, place) => (
            <li key={key} className="flex items-center gap-2">
              <input
                aria-label={`Group ${place + 1}`}
                value={group}
                onChange={(event) => change(key, { group: event.target.value })}
                placeholder="Name of the group"
                autoComplete="off"
                maxLength={255}
                className={`${inputLook} h-9 min-w-0 flex-1 text-base pointer-coarse:h-11`}
              />
              <Icon name="arrowLeft" className="size-4 rotate-180 text-ink-faint max-sm:hidden" />
              <div className="w-30 shrink-0 sm:w-40">
                <Select
                  look="field"
                  label={`Role of group ${place + 1}`}
                  value={role}
                  onChange={(wanted) => change(key, { role: wanted })}
                  choices={ROLES.map((value) => ({ value, label: roleLooks[value].name, hint: roleLooks[value].text }))}
                >
                  <span className="min-w-0 flex-1 truncate">{roleLooks[role].name}</span>
                  <Icon name="chevronDown" className="size-4 text-ink-faint" />
                </Select>
              </div>
              <IconButton icon="close" label={`Remove group ${place + 1}`} onClick={() => remove(key)} />
            </li>
          ))}
        </ul>
      )}
      <Button ref={addButton} size="sm" icon="plus" onClick={add}>
        Add a group
      </Button>
      <p role={error ? "alert" : undefined} className={`mt-1.5 text-xs ${error ? "text-danger-ink" : "text-ink-faint"}`}>
        {error ?? "At every sign-in. Who is in several of these groups gets the highest of their roles; owners stay owners."}
      </p>
    </fieldset>
  )
}
