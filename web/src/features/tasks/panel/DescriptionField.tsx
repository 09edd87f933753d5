import { useState, type KeyboardEvent } from "react"
import { Button } from "@/ui/Button"
import { Markdown } from "@/ui/Markdown"
import { MarkdownEditor } from "@/ui/MarkdownEditor"

interface DescriptionFieldProps {
  description: string | null
  canWrite: boolean
  onSave: (description: string | null) => void
}

export function DescriptionField({ description, canWrite, onSave }: DescriptionFieldProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const start = () => setDraft(description ?? "")

  const save = () => {
    const next = draft?.trim() ? draft : null
    setDraft(null)
    if (next !== description) onSave(next)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save()
    else if (event.key === "Escape") setDraft(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <section className="mt-6">
      <div className="mb-1.5 flex min-h-7 items-center justify-between">
        <h3 className="text-sm font-semibold text-ink">
          Description
        </h3>
        {canWrite && draft === null && description && (
          <Button size="sm" variant="ghost" icon="edit" aria-label="Edit description" onClick={start}>
            Edit
          </Button>
        )}
      </div>
      {draft !== null && (
        // One listener for the editor inside, wherever in it the focus is.
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions
        <div onKeyDown={onKeyDown}>
          <MarkdownEditor label="Description" value={draft} onChange={setDraft} rows={10} focused />
          <div className="mt-2 flex justify-end gap-2">
            <Button size="sm" variant="ghost" onClick={() => setDraft(null)}>
              Cancel
            </Button>
            <Button size="sm" variant="primary" onClick={save}>
              Save
            </Button>
          </div>
        </div>
      )}
      {draft === null && description && (
        <div className="text-base">
          <Markdown text={description} />
        </div>
      )}
      {draft === null && !description && canWrite && (
        <button
          type="button"
          onClick={start}
          className="-mx-2 w-[calc(100%+1rem)] rounded-md px-2 py-1.5 text-left text-base text-ink-faint transition-colors hover:bg-hover hover:text-ink-muted"
        >
          Add a description…
        </button>
      )}
      {draft === null && !description && !canWrite && <p className="text-base text-ink-faint">No description.</p>}
    </section>
  )
}
