import { Link } from "react-router"
import { Icon } from "@/ui/icons"
import { chartIcons } from "./ReportList"
import { STARTERS } from "./starters"

/** Three reports that are nearly done. */
export function Starters({ linkTo }: { linkTo: (key: string) => string }) {
  return (
    <ul aria-label="Reports to begin with" className="mx-auto grid max-w-4xl gap-3 sm:grid-cols-3">
      {STARTERS.map(({ key, text, draft }) => (
        <li key={key}>
          <Link to={linkTo(key)} className="flex h-full flex-col gap-2 rounded-xl border border-line bg-raised p-4 shadow-card transition-colors duration-100 hover:border-line-strong hover:bg-hover">
            <Icon name={chartIcons[draft.chart]} className="size-5 text-accent-ink" />
            <span className="text-sm font-semibold text-ink">{draft.name}</span>
            <span className="text-xs text-ink-muted">{text}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
