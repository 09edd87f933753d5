import { useEffect, useState, type ReactNode } from "react"
import type { Import } from "@/lib/api/types"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { ProgressBar } from "@/ui/ProgressBar"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { useGetImportQuery } from "./api"
import { ImportReportView } from "./ImportReportView"
import { pollDelay } from "./polling"

interface ImportProgressProps {
  importId: string
  /** Told once, when the import has made or changed a project. */
  onSucceeded: () => void
  boardLink: (projectId: string) => ReactNode
}

export function ImportProgress({ importId, onSucceeded, boardLink }: ImportProgressProps) {
  const { data, error, refetch, fulfilledTimeStamp } = useGetImportQuery(importId, { refetchOnMountOrArgChange: true })
  const [asked, setAsked] = useState(0)
  const isOver = data?.status === "succeeded" || data?.status === "failed"
  const delay = pollDelay(asked)

  useEffect(() => {
    if (isOver || error || delay === null || fulfilledTimeStamp === undefined) return
    const timer = setTimeout(() => {
      setAsked((times) => times + 1)
      void refetch()
    }, delay)
    return () => clearTimeout(timer)
    // Every answer starts the wait for the next question.
  }, [isOver, error, delay, refetch, fulfilledTimeStamp])

  const succeeded = data?.status === "succeeded"
  useEffect(() => {
    if (succeeded) onSucceeded()
  }, [succeeded, onSucceeded])

  const askAgain = () => {
    setAsked(0)
    void refetch()
  }

  if (error) return <ErrorNotice error={error} onRetry={askAgain} />
  if (!data) return <Skeleton className="h-32 rounded-2xl" />
  return (
    <div className="rounded-2xl border border-line bg-surface p-5 shadow-card sm:p-6">
      <p className="mb-1 truncate text-sm text-ink-muted">{data.file_name}</p>
      {!isOver && <Running data={data} />}
      {!isOver && delay === null && (
        <p className="mt-4 flex flex-wrap items-center gap-3 text-sm text-ink-muted">
          This takes longer than usual. It goes on without this page.
          <Button size="sm" onClick={askAgain}>
            Check again
          </Button>
        </p>
      )}
      {data.status === "failed" && (
        <div role="alert">
          <h2 className="text-lg font-semibold text-ink">The import did not work</h2>
          <p className="mt-2 flex items-start gap-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger-ink">
            <Icon name="alert" className="mt-0.5 size-4" />
            {data.error ?? "The server did not say why. Try again, or look at its log."}
          </p>
        </div>
      )}
      {succeeded && data.report && <ImportReportView report={data.report} />}
      {succeeded && data.project_id && <div className="mt-5">{boardLink(data.project_id)}</div>}
    </div>
  )
}

function Running({ data }: { data: Import }) {
  const { done, total, phase } = data.progress
  return (
    <div aria-live="polite">
      <h2 className="text-lg font-semibold text-ink">{data.status === "queued" ? "Waiting to start…" : "Importing…"}</h2>
      <p className="mt-1 mb-3 text-sm text-ink-muted tabular-nums">
        {total > 0 ? `${done} of ${total}${phase ? ` · ${phase.replaceAll("_", " ")}` : ""}` : "Reading the file"}
      </p>
      <ProgressBar label="Import progress" value={done} max={total} />
    </div>
  )
}
