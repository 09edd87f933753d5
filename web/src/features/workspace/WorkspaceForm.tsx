import { type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { WorkspaceSettings } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useEdited } from "@/lib/useEdited"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useUpdateWorkspaceMutation } from "./api"

interface WorkspaceFormProps {
  workspace: WorkspaceSettings
  mayChange: boolean
}

export function WorkspaceForm({ workspace, mayChange }: WorkspaceFormProps) {
  const dispatch = useAppDispatch()
  const [name, setName] = useEdited(workspace.name, String)
  const [update, { isLoading, error }] = useUpdateWorkspaceMutation()
  const wanted = name.trim()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { data } = await update({ name: wanted, version: workspace.version })
    if (data) dispatch(showToast("Workspace saved"))
  }

  const plan = workspace.plan_type.charAt(0).toUpperCase() + workspace.plan_type.slice(1)
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <Field
        label="Workspace name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        readOnly={!mayChange}
        maxLength={100}
        required
        autoComplete="off"
        error={fieldProblem(error, "name")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Workspace address" prefix="/w/" value={workspace.slug} readOnly hint="It stands in every link, so it can’t be changed." />
        <Field label="Plan" value={plan} readOnly />
      </div>
      {mayChange && (
        <div className="flex justify-end border-t border-line pt-4">
          <Button type="submit" variant="primary" busy={isLoading} disabled={wanted === workspace.name || wanted === ""}>
            Save workspace
          </Button>
        </div>
      )}
    </form>
  )
}
