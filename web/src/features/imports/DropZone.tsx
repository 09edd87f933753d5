import { useRef, useState, type DragEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { Import } from "@/lib/api/types"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { useStartTrelloImportMutation } from "./api"
import { checkFile } from "./checkFile"

export function DropZone({ onStarted }: { onStarted: (started: Import) => void }) {
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const [start, { isLoading, error }] = useStartTrelloImportMutation()
  const message = refused ?? (error ? problemMessage(error) : null)

  const take = async (file: File | undefined) => {
    if (!file || isLoading) return
    const problem = checkFile(file)
    setRefused(problem)
    if (problem) return
    const { data } = await start(file)
    if (data) onStarted(data)
  }

  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }

  return (
    <div>
      {/* Dropping is for the mouse; the button inside does the same for everyone. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        role="group"
        aria-label="Import from Trello"
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={`flex flex-col items-center rounded-2xl border-2 border-dashed px-6 py-10 text-center transition-colors duration-100 ${
          over ? "border-ring bg-accent-soft" : "border-line-strong bg-surface"
        }`}
      >
        <span className="mb-3 flex size-11 items-center justify-center rounded-xl border border-line bg-raised text-ink-faint shadow-card">
          <Icon name="import" className="size-5" />
        </span>
        <p className="text-base font-medium text-ink">Drop a Trello export here</p>
        <p className="mt-1 max-w-sm text-sm text-balance text-ink-muted">
          A board’s JSON file, up to 20 MB. In Trello: Menu → Print, export and share → Export as JSON.
        </p>
        <Button variant="primary" className="mt-5" busy={isLoading} onClick={() => picker.current?.click()}>
          {isLoading ? "Uploading…" : "Choose a file"}
        </Button>
        <input
          ref={picker}
          type="file"
          aria-label="Trello export file"
          accept=".json,application/json"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            void take(event.target.files?.[0])
            // So that choosing the same, repaired file again counts as a change.
            event.target.value = ""
          }}
        />
      </div>
      {message && (
        <p role="alert" className="mt-3 flex items-start gap-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger-ink">
          <Icon name="alert" className="mt-0.5 size-4" />
          {message}
        </p>
      )}
    </div>
  )
}
