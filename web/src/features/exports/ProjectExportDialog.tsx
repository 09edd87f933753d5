import { useState } from "react"
import type { Project } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { RadioList } from "@/ui/RadioList"
import { ErrorNotice } from "@/ui/states"
import { planOf, tableOf, useSaveAnswerMutation, useStartExportMutation } from "./api"
import { ExportRow } from "./ExportRow"
import { useExports } from "./useExports"

type Format = "csv" | "xlsx" | "msproject" | "archive"

const FORMATS: { value: Format; label: string; hint: string }[] = [
  { value: "csv", label: "CSV", hint: "The tasks as a table, for any program." },
  { value: "xlsx", label: "Excel", hint: "The tasks as a workbook, with dates and numbers as such." },
  { value: "msproject", label: "Microsoft Project", hint: "The plan as XML: dates, dependencies, people, baselines." },
]
const ARCHIVE: (typeof FORMATS)[number] = { value: "archive", label: "Archive", hint: "Everything with its files, to be imported into ProjectFlow again." }

interface ProjectExportDialogProps {
  open: boolean
  onClose: () => void
  project: Pick<Project, "id" | "key" | "name">
  /** Whether they may take all of it away. */
  mayArchive: boolean
}

export function ProjectExportDialog({ open, onClose, ...rest }: ProjectExportDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`Export ${rest.project.name}`}>
      <Steps onClose={onClose} {...rest} />
    </Dialog>
  )
}

function Steps({ onClose, project, mayArchive }: Omit<ProjectExportDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const [format, setFormat] = useState<Format>("csv")
  const [save, saving] = useSaveAnswerMutation()
  const [start, starting] = useStartExportMutation()
  const run = async () => {
    if (format === "archive") return void start({ projectId: project.id })
    const { error } = await save(format === "msproject" ? planOf(project) : tableOf(project, format))
    if (error) return
    dispatch(showToast(`Exported ${project.name}`))
    onClose()
  }
  if (starting.data) return <Archive id={starting.data.id} project={project} onClose={onClose} />
  const error = saving.error ?? starting.error
  return (
    <div className="space-y-4">
      {error && <ErrorNotice error={error} />}
      <RadioList label="Format" value={format} onChange={setFormat} choices={mayArchive ? [...FORMATS, ARCHIVE] : FORMATS} />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="primary" icon="download" busy={saving.isLoading || starting.isLoading} onClick={() => void run()}>
          Export
        </Button>
      </div>
    </div>
  )
}

function Archive({ id, project, onClose }: { id: string; project: { name: string }; onClose: () => void }) {
  const { data: exports } = useExports()
  const made = exports?.find((one) => one.id === id)
  return (
    <div className="space-y-4">
      <p className="text-base text-ink-muted">It goes on without this window. You find it under Settings, Export for a week.</p>
      <ul aria-label="Export" className="rounded-lg border border-line">
        {made && <ExportRow made={made} name={project.name} by="you" />}
      </ul>
      <div className="flex justify-end">
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  )
}
