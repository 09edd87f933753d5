import { shortDate } from "@/lib/dates"
import { Icon, type IconName } from "@/ui/icons"
import { priorityNames } from "@/ui/PriorityIcon"
import { without, type Part, type Understood } from "./parseQuickAdd"

interface UnderstoodChipsProps {
  text: string
  understood: Understood
  onChange: (text: string) => void
}

const icons: Record<Part["kind"], IconName> = { priority: "filter", assignee: "person", tag: "tag", due: "calendar" }
const names: Record<Part["kind"], string> = { priority: "priority", assignee: "assignee", tag: "tag", due: "due date" }

/** What was understood of the text. To remove one takes its letters out of the text. */
export function UnderstoodChips({ text, understood, onChange }: UnderstoodChipsProps) {
  return (
    <ul aria-label="Understood" aria-live="polite" className="mt-1.5 flex flex-wrap gap-1 empty:hidden">
      {understood.parts.map((part) => (
        <li key={`${part.kind}-${part.value}`} className="inline-flex h-6 items-center gap-1 rounded-md bg-accent-soft pr-0.5 pl-1.5 text-xs font-medium text-accent-ink">
          <Icon name={icons[part.kind]} className="size-3" />
          {wordsOf(part, understood)}
          <button
            type="button"
            aria-label={`Remove the ${names[part.kind]} ${wordsOf(part, understood)}`}
            // Kept from taking the focus out of the field, which closes when it is empty.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChange(without(text, part))}
            className="inline-flex size-5 items-center justify-center rounded hover:bg-selected pointer-coarse:size-8"
          >
            <Icon name="close" className="size-3" />
          </button>
        </li>
      ))}
    </ul>
  )
}

function wordsOf({ kind, value }: Part, { priority }: Understood): string {
  if (kind === "priority" && priority) return priorityNames[priority]
  return kind === "due" ? shortDate(value) : value
}
