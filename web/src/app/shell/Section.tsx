import { useId, type ReactNode } from "react"

interface SectionProps {
  title: string
  text: string
  children: ReactNode
}

/** One card of a page of settings. */
export function Section({ title, text, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="mb-6 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 id={id} className="text-base font-semibold text-ink">
        {title}
      </h2>
      <p className="mb-4 text-sm text-ink-muted">{text}</p>
      {children}
    </section>
  )
}
