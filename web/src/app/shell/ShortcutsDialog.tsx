import { Dialog } from "@/ui/Dialog"
import { Kbd } from "@/ui/Kbd"

const groups: { title: string; rows: [keys: string[], meaning: string][] }[] = [
  {
    title: "Anywhere",
    rows: [
      [["?"], "Show these shortcuts"],
      [["["], "Open or close the sidebar"],
      [["T"], "Switch between light and dark"],
      [["⌘/Ctrl", "Z"], "Undo"],
      [["⌘/Ctrl", "Shift", "Z"], "Redo"],
      [["Esc"], "Close what is open"],
    ],
  },
  {
    title: "A project",
    rows: [
      [["1"], "Board"],
      [["2"], "List"],
      [["3"], "Timeline"],
      [["4"], "Calendar"],
      [["5"], "Workload"],
    ],
  },
  {
    title: "Board",
    rows: [
      [["C"], "Create a task"],
      [["/"], "Filter"],
      [["J", "K"], "Next, previous card"],
      [["←", "→", "↑", "↓"], "Move between cards"],
      [["Enter"], "Open the card"],
    ],
  },
  {
    title: "Move a card",
    rows: [
      [["Space"], "Pick up, put down"],
      [["←", "→", "↑", "↓"], "Choose the place"],
      [["Esc"], "Leave it where it was"],
    ],
  },
  {
    title: "List",
    rows: [
      [["X"], "Select the task"],
      [["S", "P", "A", "D"], "Set status, priority, assignee, due date"],
      [["E"], "Edit the title"],
    ],
  },
  {
    title: "Timeline",
    rows: [
      [["←", "→"], "A day earlier, later"],
      [["Shift", "←", "→"], "Shorter, longer by a day"],
      [["Enter"], "Apply what is shown"],
    ],
  },
  { title: "People", rows: [[["I"], "Invite people"]] },
  { title: "Task", rows: [[["⌘/Ctrl", "Enter"], "Send the comment, save the description"]] },
]

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" width="max-w-md">
      <div className="space-y-5">
        {groups.map(({ title, rows }) => (
          <section key={title}>
            <h3 className="mb-1.5 text-xs font-medium text-ink-faint">{title}</h3>
            <dl className="space-y-1.5">
              {rows.map(([keys, meaning]) => (
                <div key={meaning} className="flex items-center justify-between gap-4 text-sm">
                  <dt className="text-ink">{meaning}</dt>
                  <dd className="flex shrink-0 gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
