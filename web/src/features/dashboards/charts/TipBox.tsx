import type { ReactNode } from "react"

/** What a point of a chart says when it is pointed at. */
export function TipBox({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="max-w-64 rounded-lg border border-line bg-raised px-2.5 py-1.5 text-xs text-ink shadow-pop">
      <p className="truncate font-medium">{title}</p>
      <p className="text-ink-muted">{children}</p>
    </div>
  )
}
