import { problemMessage } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Icon, type IconName } from "@/ui/icons"
import { useChangeAutoScheduleMutation, useGetProjectSettingsQuery } from "./api"
import { BaselineControls } from "./BaselineControls"
import { ZOOMS, type Zoom } from "./scale"

interface TimelineToolbarProps {
  projectId: string
  zoom: Zoom
  onZoom: (zoom: Zoom) => void
  asTable: boolean
  onAsTable: (asTable: boolean) => void
  onToday: () => void
  baselineId: string | null
  onBaseline: (id: string | null) => void
  canWrite: boolean
}

export function TimelineToolbar({ projectId, zoom, onZoom, asTable, onAsTable, onToday, baselineId, onBaseline, canWrite }: TimelineToolbarProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 pb-2.5 sm:px-6">
      <div role="group" aria-label="Zoom" className="flex rounded-md border border-line-strong bg-raised p-0.5">
        {ZOOMS.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            aria-pressed={zoom === value}
            disabled={asTable}
            onClick={() => onZoom(value)}
            className="h-6 rounded px-2 text-xs font-medium text-ink-muted hover:text-ink disabled:opacity-55 aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-9"
          >
            {label}
          </button>
        ))}
      </div>
      <Button size="sm" disabled={asTable} onClick={onToday}>
        Today
      </Button>
      <Toggle icon="list" isOn={asTable} onClick={() => onAsTable(!asTable)}>
        Table
      </Toggle>
      <BaselineControls projectId={projectId} chosen={baselineId} onChoose={onBaseline} canWrite={canWrite} />
      <AutoSchedule projectId={projectId} canWrite={canWrite} />
    </div>
  )
}

/** Whether the project moves what waits by itself. */
function AutoSchedule({ projectId, canWrite }: { projectId: string; canWrite: boolean }) {
  const dispatch = useAppDispatch()
  const { data } = useGetProjectSettingsQuery(projectId)
  const [change, { isLoading }] = useChangeAutoScheduleMutation()
  if (!data) return null
  const toggle = async () => {
    const { error } = await change({ projectId, on: !data.auto_schedule })
    if (error) dispatch(showToast(problemMessage(error), { tone: "danger" }))
    else dispatch(showToast(data.auto_schedule ? "Tasks stay where they are put" : "Tasks that wait follow what they wait for"))
  }
  return (
    <Toggle icon="link" isOn={data.auto_schedule} disabled={!canWrite || isLoading} onClick={() => void toggle()}>
      Auto-schedule
    </Toggle>
  )
}

interface ToggleProps {
  icon: IconName
  isOn: boolean
  disabled?: boolean
  onClick: () => void
  children: string
}

function Toggle({ icon, isOn, disabled = false, onClick, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      disabled={disabled}
      onClick={onClick}
      className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-raised px-2 text-xs font-medium text-ink-muted transition-colors duration-100 hover:bg-hover hover:text-ink disabled:opacity-55 aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:text-accent-ink pointer-coarse:h-10"
    >
      <Icon name={isOn ? "check" : icon} className="size-3.5" />
      {children}
    </button>
  )
}
