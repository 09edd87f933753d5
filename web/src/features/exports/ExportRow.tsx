import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import { shortDate } from "@/lib/dates"
import { fileSize } from "@/lib/fileSize"
import { formatNumber } from "@/lib/region"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { ProgressBar } from "@/ui/ProgressBar"
import { RelativeTime } from "@/ui/RelativeTime"
import { archiveOf, useDeleteExportMutation, useSaveAnswerMutation, type Export } from "./api"
import { isUnderWay } from "./useExports"

interface ExportRowProps {
  made: Export
  /** What it was made of: the workspace, or a project. */
  name: string
  /** Who asked for it. */
  by: string
}

/** How an export goes; its file, once it is there. */
export function ExportRow({ made, name, by }: ExportRowProps) {
  const dispatch = useAppDispatch()
  const [asked, setAsked] = useState(false)
  const [save, { isLoading }] = useSaveAnswerMutation()
  const [remove] = useDeleteExportMutation()
  const fetchFile = async () => {
    const { error } = await save(archiveOf(made, fileNameOf(name)))
    if (error) dispatch(showToast(problemMessage(error), { tone: "danger" }))
  }
  const confirm = async () => {
    const { error } = await remove(made.id)
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Deleted the export of ${name}`))
  }

  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2.5">
      <Icon name="archive" className="size-5 text-ink-faint" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 text-base font-medium text-ink">
          <span className="truncate">{name}</span>
          <Status of={made} />
        </p>
        {isUnderWay(made) ? (
          <Progress of={made} name={name} />
        ) : (
          <p className="text-xs text-ink-faint">
            Asked for <RelativeTime iso={made.created_at} /> by {by}
            {made.status === "succeeded" && contentOf(made)}
          </p>
        )}
        {made.error && <p className="mt-0.5 text-xs text-danger-ink">{made.error}</p>}
      </div>
      {made.status === "succeeded" && (
        <Button size="sm" icon="download" busy={isLoading} aria-label={`Download the export of ${name}`} onClick={() => void fetchFile()}>
          Download
        </Button>
      )}
      {!isUnderWay(made) && (
        <Button size="sm" variant="ghost" aria-label={`Delete the export of ${name}`} onClick={() => setAsked(true)}>
          Delete
        </Button>
      )}
      <ConfirmDialog
        open={asked}
        title="Delete this export?"
        text={`The file of ${name} is deleted. What it was made of stays as it is.`}
        confirmLabel="Delete export"
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      />
    </li>
  )
}

function Status({ of: { status } }: { of: Export }) {
  if (status === "failed") return <Badge tone="warning">Failed</Badge>
  if (status === "expired") return <Badge>No longer kept</Badge>
  return status === "succeeded" ? <Badge tone="success">Ready</Badge> : null
}

function Progress({ of: { status, progress }, name }: { of: Export; name: string }) {
  const { done, total, phase } = progress
  return (
    <div aria-live="polite" className="mt-1 max-w-sm">
      <p className="mb-1 text-xs text-ink-muted tabular-nums">
        {status === "queued" ? "Waiting to start…" : `Writing${phase ? ` ${phase.replaceAll("_", " ")}` : ""}, ${formatNumber(done)} of ${formatNumber(total)}`}
      </p>
      <ProgressBar label={`Export of ${name}`} value={done} max={total} />
    </div>
  )
}

function contentOf({ size_bytes, counts, expires_at }: Export): string {
  const tasks = counts.tasks ?? 0
  const parts = [size_bytes === null ? "" : fileSize(size_bytes), `${formatNumber(tasks)} ${tasks === 1 ? "task" : "tasks"}`, expires_at ? `kept until ${shortDate(expires_at)}` : ""]
  return `, ${parts.filter(Boolean).join(", ")}`
}

/** Letters and digits of any script; the rest is trouble in one file system or another. */
function fileNameOf(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "").toLowerCase() || "export"
}
