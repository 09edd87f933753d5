import { Link } from "react-router"
import type { Import } from "@/lib/api/types"
import { RelativeTime } from "@/ui/RelativeTime"
import { statusLooks } from "./statusLooks"

interface ImportHistoryProps {
  imports: Import[]
  linkTo: (id: string) => string
}

export function ImportHistory({ imports, linkTo }: ImportHistoryProps) {
  if (imports.length === 0) return null
  return (
    <section aria-labelledby="history-heading" className="mt-8">
      <h2 id="history-heading" className="mb-2 text-sm font-semibold text-ink">
        Earlier imports
      </h2>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {imports.map(({ id, file_name, status, created_at }) => (
          <li key={id}>
            <Link to={linkTo(id)} className="flex min-h-11 items-center gap-3 px-4 py-2 text-sm hover:bg-hover">
              <span className="min-w-0 flex-1 truncate text-ink">{file_name}</span>
              <span className={statusLooks[status].ink}>{statusLooks[status].name}</span>
              <span className="w-24 shrink-0 text-right text-xs text-ink-faint">
                <RelativeTime iso={created_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
