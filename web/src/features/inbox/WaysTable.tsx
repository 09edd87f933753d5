import { KINDS } from "./inboxFilters"
import { Select } from "@/ui/Select"
import { Icon } from "@/ui/icons"
import type { Ways, WaysByKind } from "./rules"

interface WaysTableProps {
  kinds: WaysByKind
  mailIsOff: boolean
  onChange: (kinds: WaysByKind) => void
}

const MAIL: { value: Ways["email"]; label: string }[] = [
  { value: "at_once", label: "At once" },
  { value: "digest", label: "In a digest" },
  { value: "none", label: "Never" },
]

export function WaysTable({ kinds, mailIsOff, onChange }: WaysTableProps) {
  return (
    <table aria-label="What you are told" className="w-full text-left text-sm">
      <thead>
        <tr className="border-b border-line text-xs text-ink-muted">
          <th scope="col" className="py-1.5 font-medium">
            What
          </th>
          <th scope="col" className="w-16 py-1.5 text-center font-medium">
            Inbox
          </th>
          <th scope="col" className="w-36 py-1.5 font-medium">
            Mail
          </th>
        </tr>
      </thead>
      <tbody>
        {KINDS.map(({ value: kind, label, text }) => {
          const ways = kinds[kind]
          const set = (change: Partial<Ways>) => onChange({ ...kinds, [kind]: { ...ways, ...change } })
          return (
            <tr key={kind} className="border-b border-line last:border-0">
              <th scope="row" className="py-2 pr-3 text-left font-normal text-ink">
                {label} <span className="block text-xs text-ink-faint">{text}</span>
              </th>
              <td className="text-center">
                <label className="inline-flex size-8 cursor-pointer items-center justify-center rounded-md hover:bg-hover pointer-coarse:size-10">
                  <span className="sr-only">{label} in the inbox</span>
                  <input type="checkbox" checked={ways.in_app} onChange={(event) => set({ in_app: event.target.checked })} className="size-4 accent-accent" />
                </label>
              </td>
              <td>
                <Select label={`${label} by mail`} look="chip" value={ways.email} onChange={(email) => set({ email })} choices={MAIL} disabled={mailIsOff}>
                  <span className={mailIsOff ? "text-ink-faint" : ""}>{MAIL.find(({ value }) => value === ways.email)?.label}</span>
                  <Icon name="chevronDown" className="size-3.5 text-ink-faint" />
                </Select>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
