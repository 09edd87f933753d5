import { useEffect, useRef, useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Project } from "@/lib/api/types"
import { toDateInput } from "@/lib/dates"
import { Button } from "@/ui/Button"
import { CopyField } from "@/ui/CopyField"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { RadioList } from "@/ui/RadioList"
import { MultiSelect } from "@/ui/Select"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { useCreateKeyMutation } from "./api"
import { EXPIRIES, expiresAt, type Expiry } from "./expiry"
import { offeredScopes, scopesOf, type Reach } from "./scopes"
import { ScopeTable } from "./ScopeTable"

export type KeyProject = Pick<Project, "id" | "name" | "key">

interface NewKeyDialogProps {
  open: boolean
  onClose: () => void
  projects: KeyProject[]
  /** The workspace's list; undefined where they may not read it. */
  permissions: string[] | undefined
}

const REACHES: { value: Reach; label: string; hint: string }[] = [
  { value: "reading", label: "Only read", hint: "It sees what you see, and changes nothing." },
  { value: "everything", label: "Everything", hint: "All that your role lets you do, now and later." },
  { value: "chosen", label: "Choose…", hint: "Only what you tick, as far as your role goes." },
]

export function NewKeyDialog({ open, onClose, projects, permissions }: NewKeyDialogProps) {
  const [create, { data: made, isLoading, error }] = useCreateKeyMutation()
  return (
    <Dialog open={open} onClose={onClose} title={made ? "Your new API key" : "New API key"} stays={made !== undefined}>
      {made ? (
        <Made secret={made.secret} name={made.api_key.name} onClose={onClose} />
      ) : (
        <NewKey projects={projects} permissions={permissions} onClose={onClose} onCreate={(key) => void create(key)} busy={isLoading} error={error} />
      )}
    </Dialog>
  )
}

interface NewKeyProps extends Omit<NewKeyDialogProps, "open"> {
  onCreate: (key: Parameters<ReturnType<typeof useCreateKeyMutation>[0]>[0]) => void
  busy: boolean
  error: unknown
}

function NewKey({ projects, permissions, onClose, onCreate, busy, error }: NewKeyProps) {
  const [name, setName] = useState("")
  const [reach, setReach] = useState<Reach>("reading")
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(["project:read", "task:read"]))
  const [projectIds, setProjectIds] = useState<string[]>([])
  const [expiry, setExpiry] = useState<Expiry>("90")
  const [day, setDay] = useState("")
  const scopes = scopesOf(reach, chosen)

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const limited = projectIds.length > 0 ? projectIds : null
    onCreate({ name: name.trim(), scopes, project_ids: limited, expires_at: expiresAt(expiry, day) })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      {Boolean(error) && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        placeholder="Nightly report"
        maxLength={100}
        autoComplete="off"
        required
        data-autofocus
        error={fieldProblem(error, "name")}
      />
      <div>
        <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
          What it may do
        </p>
        <RadioList label="What it may do" value={reach} onChange={setReach} choices={REACHES} />
        {reach === "chosen" && (
          <div className="mt-3 rounded-lg border border-line p-3">
            <ScopeTable offered={offeredScopes(permissions)} chosen={chosen} onChange={setChosen} />
          </div>
        )}
        {(scopes.length === 0 || fieldProblem(error, "scopes")) && (
          <p role="alert" className="mt-1 text-xs text-danger-ink">
            {fieldProblem(error, "scopes") ?? "Tick at least one."}
          </p>
        )}
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <div>
          <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
            Projects
          </p>
          <MultiSelect
            label="Projects"
            look="field"
            value={projectIds}
            onChange={setProjectIds}
            choices={projects.map((project) => ({ value: project.id, label: project.name, hint: project.key }))}
          >
            <span className="min-w-0 flex-1 truncate">{projectNames(projects, projectIds)}</span>
            <Icon name="chevronDown" className="size-4 text-ink-faint" />
          </MultiSelect>
          {fieldProblem(error, "project_ids") && <p className="mt-1 text-xs text-danger-ink">{fieldProblem(error, "project_ids")}</p>}
        </div>
        <SelectField label="Expires" choices={EXPIRIES} value={expiry} onChange={setExpiry} error={expiry === "date" ? undefined : fieldProblem(error, "expires_at")} />
        {expiry === "date" && (
          <Field
            label="Last day"
            type="date"
            value={day}
            min={toDateInput(new Date().toISOString())}
            onChange={(event) => setDay(event.target.value)}
            required
            className="sm:col-start-2"
            error={fieldProblem(error, "expires_at")}
          />
        )}
      </div>
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={busy} disabled={scopes.length === 0}>
          Create key
        </Button>
      </div>
    </form>
  )
}

function Made({ secret, name, onClose }: { secret: string; name: string; onClose: () => void }) {
  const copyButton = useRef<HTMLButtonElement>(null)
  useEffect(() => copyButton.current?.focus(), [])
  return (
    <div className="space-y-4">
      <p role="status" className="text-base text-ink-muted">
        <strong className="font-medium text-ink">{name}</strong> is made. Copy it now: it is not shown again.
      </p>
      <CopyField label="API key" value={secret} done="Copied the API key" hint="Programs send it as “Authorization: Bearer …”." buttonRef={copyButton} />
      <div className="flex justify-end">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

function projectNames(projects: KeyProject[], ids: string[]): string {
  if (ids.length === 0) return "All projects"
  return projects.filter(({ id }) => ids.includes(id)).map(({ name }) => name).join(", ")
}
