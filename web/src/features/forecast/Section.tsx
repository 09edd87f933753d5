import { useId, type ReactNode } from "react"

interface SectionProps {
  title: string
  text?: string
  /** Stands at the right of the title. */
  action?: ReactNode
  children: ReactNode
}

/** A titled piece of a part. */
export function Section({ title, text, action, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-xl border border-line bg-raised p-4 shadow-card">
      <div className="mb-3 flex flex-wrap items-start gap-2">
        <div className="min-w-0 flex-1 basis-60">
          <h2 id={id} className="text-sm font-semibold text-ink">
            {title}
          </h2>
          {text && <p className="mt-0.5 text-xs text-ink-muted">{text}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}
