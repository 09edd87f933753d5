import type { ReactNode } from "react"
import { problemMessage } from "@/lib/api/problem"
import { Button } from "./Button"
import { Icon, type IconName } from "./icons"

export function Skeleton({ className = "" }: { className?: string }) {
  return <div aria-hidden="true" className={`animate-[shimmer_1.6s_ease-in-out_infinite] rounded-md bg-hover ${className}`} />
}

interface EmptyStateProps {
  icon: IconName
  title: string
  text: string
  children?: ReactNode
}

export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center">
      <span className="mb-4 flex size-12 items-center justify-center rounded-xl border border-line bg-raised text-ink-faint shadow-card">
        <Icon name={icon} className="size-5" />
      </span>
      <h2 className="text-lg font-semibold text-ink">{title}</h2>
      <p className="mt-1.5 text-base text-balance text-ink-muted">{text}</p>
      {children && <div className="mt-5 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  )
}

interface ErrorNoticeProps {
  error: unknown
  onRetry?: () => void
}

export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger-ink">
      <Icon name="alert" className="size-4" />
      <p className="min-w-0 flex-1 basis-48">{problemMessage(error)}</p>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
