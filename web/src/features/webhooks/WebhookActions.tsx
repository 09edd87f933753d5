import { useState } from "react"
import { problemMessage } from "@/lib/api/problem"
import type { May } from "./may"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Dialog } from "@/ui/Dialog"
import { useDeleteWebhookMutation, useRotateSecretMutation, useUpdateWebhookMutation, type Webhook } from "./api"
import { SecretShown } from "./SecretShown"
import { EditWebhookDialog } from "./WebhookDialog"
import { nameOf } from "./WebhookList"

interface WebhookActionsProps {
  webhook: Webhook
  may: May
  onDeleted: () => void
}

type Asked = "edit" | "rotate" | "delete" | null

/** What can be done to one webhook. */
export function WebhookActions({ webhook, may, onDeleted }: WebhookActionsProps) {
  const dispatch = useAppDispatch()
  const [asked, setAsked] = useState<Asked>(null)
  const [update, { isLoading: isSwitching }] = useUpdateWebhookMutation()
  const [rotate, { data: made, reset }] = useRotateSecretMutation()
  const [remove] = useDeleteWebhookMutation()
  const say = (error: unknown) => dispatch(showToast(problemMessage(error), { tone: "danger" }))
  const name = nameOf(webhook)
  const close = () => setAsked(null)

  const toggle = async () => {
    const { error } = await update({ id: webhook.id, version: webhook.version, is_active: !webhook.is_active })
    if (error) say(error)
    else dispatch(showToast(webhook.is_active ? `Paused ${name}` : `Resumed ${name}`))
  }
  const confirmRotation = async () => {
    const { error } = await rotate(webhook)
    if (error) say(error)
  }
  const confirmDeletion = async () => {
    const { error } = await remove(webhook.id)
    if (error) return void say(error)
    dispatch(showToast(`Deleted ${name}`))
    onDeleted()
  }

  return (
    <div className="flex flex-wrap gap-2">
      {may.update && (
        <>
          <Button icon="edit" onClick={() => setAsked("edit")}>
            Edit
          </Button>
          <Button icon={webhook.is_active ? "pause" : "play"} busy={isSwitching} onClick={() => void toggle()}>
            {webhook.is_active ? "Pause" : "Resume"}
          </Button>
          <Button icon="key" onClick={() => setAsked("rotate")}>
            New secret
          </Button>
        </>
      )}
      {may.delete && (
        <Button icon="trash" onClick={() => setAsked("delete")}>
          Delete
        </Button>
      )}
      <EditWebhookDialog open={asked === "edit"} onClose={close} webhook={webhook} />
      <ConfirmDialog
        open={asked === "rotate"}
        title="Replace the secret?"
        text="From this moment on events are signed with the new secret alone. The receiver refuses them until it knows it. What it refuses is sent again for about a day."
        confirmLabel="Replace secret"
        onConfirm={() => void confirmRotation()}
        onClose={close}
      />
      <ConfirmDialog
        open={asked === "delete"}
        title={`Delete ${name}?`}
        text="Nothing is sent there any more, and the log of what was sent is deleted with it. This can’t be undone."
        confirmLabel="Delete webhook"
        onConfirm={() => void confirmDeletion()}
        onClose={close}
      />
      <Dialog open={made !== undefined} onClose={reset} title="Your new secret" stays>
        {made && <SecretShown secret={made.secret} onClose={reset} />}
      </Dialog>
    </div>
  )
}
