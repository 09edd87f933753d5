import { Dialog } from "@/ui/Dialog"

// docs/query-language.md says all of it.
const rows: [written: string, meaning: string][] = [
  ["login", "this text in the title or description"],
  ["assignee:me", "yours; also a name, none, any"],
  ["status:started", "backlog, unstarted, started, completed, cancelled, open, or a state’s name in quotation marks"],
  ["priority>=high", "high and urgent"],
  ["tag:bug,ui", "any of these tags"],
  ["project:WEB", "of the project with this key"],
  ["due<7d", "due within a week; also today, friday, this-week, 2027-01-05"],
  ["is:blocked", "also overdue, blocking, unassigned, subtask, archived"],
  ["has:comments", "also attachments, checklist, estimate, time"],
  ["-tag:later", "of which this does not hold"],
  ["a OR b", "one of both; without OR both must hold"],
  ["order:due", "the soonest first; also priority, updated, title, due-desc"],
]

export function QueryHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="How to write a query">
      <dl className="space-y-2">
        {rows.map(([written, meaning]) => (
          <div key={written} className="grid grid-cols-[9rem_minmax(0,1fr)] gap-3 text-sm">
            <dt>
              <code className="rounded bg-hover px-1.5 py-0.5 font-mono text-xs text-ink">{written}</code>
            </dt>
            <dd className="text-ink-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
