import { useRef, useState, type DragEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { Attachment } from "@/lib/api/types"
import { selectCanWrite } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { AttachmentRow } from "./AttachmentRow"
import { useAttachFileMutation, useDeleteAttachmentMutation, useGetAttachmentsQuery, useRestoreAttachmentMutation } from "./api"

/** Files and links of a task. Files are chosen, or dropped anywhere on the section. */
export function Attachments({ taskId }: { taskId: string }) {
  const dispatch = useAppDispatch()
  const canWrite = useAppSelector(selectCanWrite)
  const { data: attachments = [] } = useGetAttachmentsQuery(taskId)
  const [attach, attaching] = useAttachFileMutation()
  const [remove] = useDeleteAttachmentMutation()
  const [restore] = useRestoreAttachmentMutation()
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  if (!canWrite && attachments.length === 0) return null

  const refuse = (error: unknown) => dispatch(showToast(problemMessage(error), { tone: "danger" }))
  const take = async (files: FileList | null) => {
    // One after the other: a slow line carries them no faster together.
    for (const file of Array.from(files ?? [])) {
      const { error } = await attach({ taskId, file })
      if (error) refuse(error)
      else dispatch(showToast(`${file.name} is attached`))
    }
  }
  const undo = async (attachment: Attachment) => {
    const { error } = await restore(attachment)
    if (error) refuse(error)
  }
  const takeAway = async (attachment: Attachment) => {
    const { error } = await remove(attachment)
    if (error) return refuse(error)
    return dispatch(showToast(`${attachment.name} is deleted`, { action: { label: "Undo", run: () => void undo(attachment) } }))
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files)
  }

  return (
    // Dropping is for the mouse; the button does the same for everyone.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-labelledby="attachments-heading"
      className={`mt-8 rounded-lg ${over ? "outline-2 outline-offset-4 outline-ring" : ""}`}
      onDragOver={(event) => {
        if (!canWrite || !event.dataTransfer.types.includes("Files")) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={canWrite ? onDrop : undefined}
    >
      <div className="mb-2 flex items-center justify-between gap-2">
        <h3 id="attachments-heading" className="text-sm font-semibold text-ink">
          Attachments
        </h3>
        {canWrite && (
          <Button size="sm" variant="ghost" icon="plus" busy={attaching.isLoading} onClick={() => picker.current?.click()}>
            Attach files
          </Button>
        )}
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        aria-label="Files to attach"
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          void take(event.target.files).finally(() => {
            // So that choosing the same file again counts as a change.
            if (picker.current) picker.current.value = ""
          })
        }}
      />
      {attachments.length > 0 && (
        <ul aria-label="Attachments" className="divide-y divide-line rounded-lg border border-line">
          {attachments.map((attachment) => (
            <AttachmentRow key={attachment.id} attachment={attachment} onDelete={canWrite ? () => void takeAway(attachment) : undefined} />
          ))}
        </ul>
      )}
    </section>
  )
}
