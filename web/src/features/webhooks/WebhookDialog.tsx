import { useEffect, useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { MultiSelect } from "@/ui/Select"
import { ErrorNotice } from "@/ui/states"
import { useCreateWebhookMutation, useUpdateWebhookMutation, type Webhook, type WebhookForm } from "./api"
import { describeEvents, eventChoices } from "./events"
import { SecretShown } from "./SecretShown"

interface NewWebhookDialogProps {
  open: boolean
  onClose: () => void
}

/** First where to and what, then the secret, which is shown once. */
export function NewWebhookDialog({ open, onClose }: NewWebhookDialogProps) {
  const [create, { data: made, isLoading, error, reset }] = useCreateWebhookMutation()
  const close = () => {
    onClose()
    // A secret does not outlive the dialog that shows it.
    reset()
  }
  return (
    <Dialog open={open} onClose={close} title={made ? "Your new webhook" : "New webhook"} stays={made !== undefined}>
      {made ? (
        <SecretShown secret={made.secret} onClose={close} />
      ) : (
        <HookFields stored={EMPTY} submitLabel="Create webhook" busy={isLoading} error={error} onCancel={close} onSubmit={(form) => void create(form)} />
      )}
    </Dialog>
  )
}

interface EditWebhookDialogProps extends NewWebhookDialogProps {
  webhook: Webhook
}

export function EditWebhookDialog({ open, onClose, webhook }: EditWebhookDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Edit webhook">
      <EditFields webhook={webhook} onClose={onClose} />
    </Dialog>
  )
}

function EditFields({ webhook, onClose }: Omit<EditWebhookDialogProps, "open">) {
  const dispatch = useAppDispatch()
  const [update, { isLoading, error, reset }] = useUpdateWebhookMutation()
  useEffect(() => reset, [reset])
  const save = async (form: WebhookForm) => {
    const { data } = await update({ id: webhook.id, version: webhook.version, ...form })
    if (!data) return
    dispatch(showToast("Webhook saved"))
    onClose()
  }
  return <HookFields stored={webhook} submitLabel="Save webhook" busy={isLoading} error={error} onCancel={onClose} onSubmit={(form) => void save(form)} />
}

const EMPTY: WebhookForm = { name: "", url: "", event_types: [] }

interface HookFieldsProps {
  stored: WebhookForm
  submitLabel: string
  busy: boolean
  error: unknown
  onSubmit: (form: WebhookForm) => void
  onCancel: () => void
}

function HookFields({ stored, submitLabel, busy, error, onSubmit, onCancel }: HookFieldsProps) {
  const [name, setName] = useState(stored.name)
  const [url, setUrl] = useState(stored.url)
  const [types, setTypes] = useState(stored.event_types)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSubmit({ name: name.trim(), url: url.trim(), event_types: types })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {Boolean(error) && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Address"
        type="url"
        placeholder="https://example.org/projectflow"
        value={url}
        onChange={(event) => setUrl(event.target.value)}
        hint="Events are sent there as JSON, signed by the Standard Webhooks specification."
        maxLength={2000}
        required
        autoComplete="off"
        data-autofocus
        error={fieldProblem(error, "url")}
      />
      <Field
        label="Name"
        placeholder="Build server"
        value={name}
        onChange={(event) => setName(event.target.value)}
        hint="What listens there, so that you know it again."
        maxLength={100}
        autoComplete="off"
        error={fieldProblem(error, "name")}
      />
      <div>
        <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
          Events
        </p>
        <MultiSelect label="Events" look="field" value={types} onChange={setTypes} choices={eventChoices(types)}>
          <span className="min-w-0 flex-1 truncate">{describeEvents(types)}</span>
          <Icon name="chevronDown" className="size-4 text-ink-faint" />
        </MultiSelect>
        <p className={`mt-1 text-xs ${fieldProblem(error, "event_types") ? "text-danger-ink" : "text-ink-faint"}`}>
          {fieldProblem(error, "event_types") ?? "With none chosen, all events are sent."}
        </p>
      </div>
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  )
}
