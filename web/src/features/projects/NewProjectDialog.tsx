import { useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Project } from "@/lib/api/types"
import { uuid7 } from "@/lib/uuid"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { AreaField, Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useCreateProjectMutation } from "./api"
import { PROJECT_KEY, suggestKey } from "./projectKey"

interface NewProjectDialogProps {
  open: boolean
  onClose: () => void
  onCreated: (project: Project) => void
}

export function NewProjectDialog({ open, onClose, onCreated }: NewProjectDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New project">
      <NewProjectForm onClose={onClose} onCreated={onCreated} />
    </Dialog>
  )
}

function NewProjectForm({ onClose, onCreated }: Omit<NewProjectDialogProps, "open">) {
  const [name, setName] = useState("")
  const [ownKey, setOwnKey] = useState("")
  const [description, setDescription] = useState("")
  const [tried, setTried] = useState(false)
  // One id for all attempts: a retry after a lost answer does not create a second project.
  const [id] = useState(() => uuid7())
  const [create, { isLoading, error }] = useCreateProjectMutation()

  const key = ownKey || suggestKey(name)
  const keyError = tried && !PROJECT_KEY.test(key) ? "2 to 10 capital letters or digits, a letter first." : undefined

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setTried(true)
    if (!PROJECT_KEY.test(key)) return
    const { data } = await create({ id, name: name.trim(), key, ...(description.trim() && { description: description.trim() }) })
    if (data) onCreated(data)
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
        <Field
          label="Project name"
          placeholder="Website relaunch"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={200}
          required
          data-autofocus
          error={fieldProblem(error, "name")}
        />
        <Field
          label="Project key"
          value={key}
          onChange={(event) => setOwnKey(event.target.value.toUpperCase())}
          maxLength={10}
          required
          spellCheck={false}
          error={keyError ?? fieldProblem(error, "key")}
          hint={key ? `Tasks: ${key}-1` : "Before each number"}
        />
      </div>
      <AreaField
        label="Description"
        placeholder="What is it for? (optional)"
        value={description}
        onChange={(event) => setDescription(event.target.value)}
        error={fieldProblem(error, "description")}
      />
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" busy={isLoading}>
          Create project
        </Button>
      </div>
    </form>
  )
}
