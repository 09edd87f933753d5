import { useState } from "react"
import type { Report } from "@/lib/api/types"
import { problemMessage } from "@/lib/api/problem"
import { toDateInput } from "@/lib/dates"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button, ButtonLink, IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Menu, type MenuAction } from "@/ui/Menu"
import { useDeleteReportMutation, useLeaveReportMutation, useSaveReportFileMutation } from "./api"

interface ReportActionsProps {
  report: Report
  mayChange: boolean
  /** Whether it is mailed to whoever looks. */
  isMailed: boolean
  editTo: string
  onDuplicate: () => void
  onDeleted: () => void
}

type Saved = Parameters<ReturnType<typeof useSaveReportFileMutation>[0]>[0]["format"]

/** What can be done with a report. */
export function ReportActions({ report, mayChange, isMailed, editTo, onDuplicate, onDeleted }: ReportActionsProps) {
  const dispatch = useAppDispatch()
  const [isDeleting, setDeleting] = useState(false)
  const [save, { isLoading }] = useSaveReportFileMutation()
  const [remove] = useDeleteReportMutation()
  const [leave] = useLeaveReportMutation()
  const fail = (error: unknown) => dispatch(showToast(problemMessage(error), { tone: "danger" }))

  const download = async (format: Saved) => {
    const name = report.name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "report"
    const { error } = await save({ id: report.id, format, fileName: `${name}-${toDateInput(new Date().toISOString())}.${format}` })
    if (error) fail(error)
  }
  const drop = async () => {
    const { error } = await remove(report)
    if (error) return void fail(error)
    dispatch(showToast(`Deleted the report “${report.name}”`))
    onDeleted()
  }
  const stop = async () => {
    const { error } = await leave(report.id)
    if (error) fail(error)
    else dispatch(showToast("You get this report by mail no more"))
  }
  const more: MenuAction[] = [
    { label: "Duplicate", icon: "copy", onSelect: onDuplicate },
    { label: "Print", icon: "printer", onSelect: () => window.print() },
    ...(isMailed ? [{ label: "Stop the mails to me", icon: "mail" as const, onSelect: () => void stop() }] : []),
    ...(mayChange ? [{ label: "Delete…", icon: "trash" as const, danger: true, startsGroup: true, onSelect: () => setDeleting(true) }] : []),
  ]

  return (
    <>
      <Menu
        button={
          <Button icon="download" busy={isLoading}>
            Download
          </Button>
        }
        actions={[
          { label: "PDF, with the chart", icon: "download", onSelect: () => void download("pdf") },
          { label: "Excel", icon: "download", onSelect: () => void download("xlsx") },
          { label: "CSV", icon: "download", onSelect: () => void download("csv") },
          { label: "JSON, for programs", icon: "download", onSelect: () => void download("json") },
        ]}
      />
      {mayChange && (
        <ButtonLink to={editTo} icon="edit">
          Edit
        </ButtonLink>
      )}
      <Menu button={<IconButton icon="more" label="Report actions" />} actions={more} />
      <ConfirmDialog
        open={isDeleting}
        title={`Delete “${report.name}”?`}
        text={`${report.schedule ? "It is mailed no more. " : ""}${report.is_shared ? "Nobody it is shared with has it any longer. " : ""}No task is changed. This cannot be undone.`}
        confirmLabel="Delete report"
        onConfirm={() => void drop()}
        onClose={() => setDeleting(false)}
      />
    </>
  )
}
