import { todayIn } from "@/lib/days"
import { region } from "@/lib/region"
import { Button, IconButton } from "@/ui/Button"
import { monthOf, monthsLater } from "./month"

interface CalendarToolbarProps {
  month: string
  onMonth: (month: string) => void
}

export function CalendarToolbar({ month, onMonth }: CalendarToolbarProps) {
  const { locale, timeZone } = region()
  const name = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-01`))
  return (
    <div className="flex shrink-0 items-center gap-1 px-4 pb-2 sm:px-6">
      <h2 aria-live="polite" className="mr-2 min-w-40 text-base font-semibold text-ink">
        {name}
      </h2>
      <IconButton icon="chevronLeft" label="Month before" shortcut="Page Up" onClick={() => onMonth(monthsLater(month, -1))} />
      <IconButton icon="chevronRight" label="Month after" shortcut="Page Down" onClick={() => onMonth(monthsLater(month, 1))} />
      <Button size="sm" onClick={() => onMonth(monthOf(todayIn(timeZone)))}>
        Today
      </Button>
    </div>
  )
}
