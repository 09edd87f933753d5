import { Fragment } from "react"
import { ACTIONS, groupsOf } from "./scopes"

interface ScopeTableProps {
  offered: string[]
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

/** What by what: a box for each. */
export function ScopeTable({ offered, chosen, onChange }: ScopeTableProps) {
  const toggle = (scope: string) => {
    const next = new Set(chosen)
    if (!next.delete(scope)) next.add(scope)
    onChange(next)
  }
  return (
    <table aria-label="Permissions" className="w-full table-fixed text-sm">
      <thead>
        <tr className="text-xs text-ink-muted">
          <td className="w-[30%]" />
          {ACTIONS.map((action) => (
            <th key={action} scope="col" className="pb-1 font-medium">
              {capital(action)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groupsOf(offered).map((group) => (
          <Fragment key={group.label}>
            <tr>
              <th scope="colgroup" colSpan={ACTIONS.length + 1} className="pt-2 pb-0.5 text-left text-xs font-medium text-ink-faint">
                {group.label}
              </th>
            </tr>
            {group.resources.map(({ name, label, actions }) => (
              <tr key={name} className="border-t border-line">
                <th scope="row" className="py-1 text-left font-normal text-ink">
                  {label}
                </th>
                {ACTIONS.map((action) => (
                  <td key={action} className="text-center">
                    {actions.includes(action) && (
                      <label className="inline-flex size-8 cursor-pointer items-center justify-center rounded-md hover:bg-hover pointer-coarse:size-10">
                        <span className="sr-only">{`${capital(action)} ${label.toLowerCase()}`}</span>
                        <input
                          type="checkbox"
                          checked={chosen.has(`${name}:${action}`)}
                          onChange={() => toggle(`${name}:${action}`)}
                          className="size-4 accent-accent"
                        />
                      </label>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
