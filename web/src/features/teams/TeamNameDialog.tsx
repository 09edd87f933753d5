import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Team } from "@/lib/api/types"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useCreateTeamMutation, useRenameTeamMutation } from "./api"

interface TeamNameDialogProps {
  open: boolean
  /** The one to rename; null for a new one. */
  team: Team | null
  onClose: () => void
  onCreated?: (team: Team) => void
}

export function TeamNameDialog({ open, ...form }: TeamNameDialogProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title={form.team ? `Rename ${form.team.name}` : "New team"} width="max-w-sm">
      <TeamNameForm {...form} />
    </Dialog>
  )
}

function TeamNameForm({ team, onClose, onCreated }: Omit<TeamNameDialogProps, "open">) {
  const [name, setName] = useState(team?.name ?? "")
  // One id for all attempts: a retry after a lost answer does not make two.
  const [id] = useState(() => uuid7())
  const [create, creating] = useCreateTeamMutation()
  const [rename, renaming] = useRenameTeamMutation()
  const error = creating.error ?? renaming.error

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { data } = team ? await rename({ team, name: name.trim() }) : await create({ id, name: name.trim() })
    if (!data) return
    onClose()
    if (!team) onCreated?.(data)
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Team name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        maxLength={100}
        required
        autoComplete="off"
        data-autofocus
        error={fieldProblem(error, "name")}
      />
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={creating.isLoading || renaming.isLoading}>
          {team ? "Rename" : "Create team"}
        </Button>
      </div>
    </form>
  )
}
