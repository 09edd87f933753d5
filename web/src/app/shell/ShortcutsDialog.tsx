import { boundIds } from "@/lib/shortcuts"
import { OF_THE_FOCUS, SHORTCUTS, type Shortcut, type ShortcutId } from "@/lib/shortcutList"
import { Dialog } from "@/ui/Dialog"
import { Kbd } from "@/ui/Kbd"
import { Keycaps } from "@/ui/Keycaps"

const ORDER: Shortcut["where"][] = ["Anywhere", "Go to", "Inbox", "Tasks", "A project", "Board", "Move a card", "List", "Timeline", "Calendar", "Graph", "Projects", "Reports", "People", "Time", "Task"]

/** Every key there is, from the one list; what does something on this page comes first. */
export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width="max-w-3xl">
      {open && <Keys />}
    </Dialog>
  )
}

function Keys() {
  const bound = boundIds()
  const rows = (Object.entries(SHORTCUTS) as [ShortcutId, Shortcut][]).filter(([, { keys }]) => keys.length > 0)
  const isHere = (where: Shortcut["where"]) => rows.some(([id, row]) => row.where === where && bound.has(id))
  return (
    <>
      <div className="gap-x-8 sm:columns-2">
        {ORDER.toSorted((one, other) => Number(isHere(other)) - Number(isHere(one))).map((where) => (
          <section key={where} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-medium text-ink-faint">{where}</h3>
            <dl className="space-y-1.5">
              {rows.map(([id, row]) => row.where === where && <Row key={id} label={row.label} keys={<Alternatives keys={row.keys} />} />)}
              {OF_THE_FOCUS.map(
                (row) => row.where === where && <Row key={row.label} label={row.label} keys={row.keys.map((key) => <Kbd key={key}>{key}</Kbd>)} />,
              )}
            </dl>
          </section>
        ))}
      </div>
      <section>
        <h3 className="mb-1.5 text-xs font-medium text-ink-faint">In the title of a new task</h3>
        <p className="text-sm text-ink-muted">
          <Kbd>!high</Kbd> sets the priority, <Kbd>@name</Kbd> the assignee, <Kbd>#tag</Kbd> or <Kbd>*tag</Kbd> a tag, <Kbd>due:fri</Kbd> the due date
          (also today, tomorrow, next week, 3d, 2w, 5 jan, 2027-01-05). What was understood stands below, and can be removed.
        </p>
      </section>
    </>
  )
}

function Row({ label, keys }: { label: string; keys: React.ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-4 text-sm">
      <dt className="text-ink">{label}</dt>
      <dd className="flex shrink-0 items-center gap-1">{keys}</dd>
    </div>
  )
}

function Alternatives({ keys }: { keys: readonly string[] }) {
  return keys.map((key, at) => (
    <span key={key} className="flex items-center gap-1">
      {at > 0 && <span className="text-xs text-ink-faint">or</span>}
      <Keycaps keys={key} />
    </span>
  ))
}
