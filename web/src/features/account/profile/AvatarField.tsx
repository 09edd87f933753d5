import { useRef, useState, type DragEvent } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { User } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Icon } from "@/ui/icons"
import { useRemoveAvatarMutation, useSetAvatarMutation } from "../api"
import { checkPicture, PICTURE_TYPES } from "./checkPicture"

interface Chosen {
  file: File
  preview: string
}

/** A picture: chosen or dropped, looked at, then kept. */
export function AvatarField({ user }: { user: User }) {
  const dispatch = useAppDispatch()
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [asked, setAsked] = useState(false)
  const [keep, saving] = useSetAvatarMutation()
  const [remove, removing] = useRemoveAvatarMutation()
  const error = saving.error ?? removing.error
  const message = refused ?? (error ? problemMessage(error) : null)

  const take = async (file: File | undefined) => {
    if (!file) return
    saving.reset()
    removing.reset()
    const problem = checkPicture(file)
    setRefused(problem)
    setChosen(problem ? null : { file, preview: await readAsUrl(file) })
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  const save = async () => {
    if (!chosen || (await keep(chosen.file)).error) return
    setChosen(null)
    dispatch(showToast("Picture saved"))
  }
  const takeAway = async () => {
    if (!(await remove()).error) dispatch(showToast("Picture removed"))
  }

  return (
    <div className="mb-5">
      {/* Dropping is for the mouse; the button inside does the same for everyone. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        role="group"
        aria-label="Picture"
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={`flex flex-wrap items-center gap-4 rounded-lg border border-dashed p-4 transition-colors duration-100 ${
          over ? "border-ring bg-accent-soft" : "border-line-strong"
        }`}
      >
        {chosen ? (
          <img src={chosen.preview} alt="Preview of how others will see you" className="size-16 shrink-0 rounded-full bg-hover object-cover" />
        ) : (
          <Avatar person={user} size="xl" />
        )}
        <div className="min-w-0 flex-1 basis-48">
          <p className="truncate text-base font-medium text-ink">{chosen ? chosen.file.name : "Your picture"}</p>
          <p className="text-sm text-ink-muted">{chosen ? "Not saved yet." : "Drop one here, or choose a file: PNG, JPEG, WebP or GIF, up to 5 MB."}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {chosen ? (
            <>
              <Button variant="ghost" onClick={() => setChosen(null)}>
                Cancel
              </Button>
              <Button variant="primary" busy={saving.isLoading} onClick={() => void save()}>
                Save picture
              </Button>
            </>
          ) : (
            <>
              {user.avatar_url && (
                <Button variant="ghost" busy={removing.isLoading} onClick={() => setAsked(true)}>
                  Remove picture
                </Button>
              )}
              <Button onClick={() => picker.current?.click()}>{user.avatar_url ? "Change picture" : "Choose a picture"}</Button>
            </>
          )}
        </div>
        <input
          ref={picker}
          type="file"
          aria-label="Picture file"
          accept={PICTURE_TYPES.join(",")}
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
      <ConfirmDialog
        open={asked}
        title="Remove your picture?"
        text="Others see your initials again."
        confirmLabel="Remove"
        onConfirm={() => void takeAway()}
        onClose={() => setAsked(false)}
      />
    </div>
  )
}

/** A data: address, which is all that the page's security policy lets pictures have beside the server's own. */
function readAsUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener("load", () => resolve(reader.result as string))
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable")))
    reader.readAsDataURL(file)
  })
}
