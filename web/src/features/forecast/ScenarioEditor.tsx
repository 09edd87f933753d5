import { useState, type SyntheticEvent } from "react"
import type { Scenario, ScenarioChanges, User } from "@/lib/api/types"
import type { TaskRow } from "@/lib/sync/models"
import { Button } from "@/ui/Button"
import { Dialog } from "@/ui/Dialog"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useChangeScenarioMutation, useMakeScenarioMutation } from "./api"
import { meantBy, type Draft } from "./draft"
import { ScenarioPeople } from "./ScenarioPeople"
import { ScenarioTasks } from "./ScenarioTasks"

interface ScenarioEditorProps {
  projectId: string
  /** None for a new one. */
  scenario: Scenario | null
  tasks: readonly TaskRow[]
  people: User[]
  onSaved: (scenario: Scenario) => void
  onClose: () => void
}

/** Other people, scope and dates than the plan has. */
export function ScenarioEditor({ projectId, scenario, tasks, people, onSaved, onClose }: ScenarioEditorProps) {
  const [name, setName] = useState(scenario?.name ?? "")
  const [draft, setDraft] = useState<Draft>(() => draftOf(scenario?.changes))
  const [make, making] = useMakeScenarioMutation()
  const [change, changing] = useChangeScenarioMutation()
  const error = making.error ?? changing.error

  const onSubmit = async (event: SyntheticEvent) => {
    event.preventDefault()
    const wanted = { name: name.trim(), changes: meantBy(draft) }
    const { data } = scenario ? await change({ id: scenario.id, version: scenario.version, ...wanted }) : await make({ projectId, ...wanted })
    if (!data) return
    onSaved(data)
    onClose()
  }

  return (
    <Dialog open onClose={onClose} title={scenario ? "Edit the scenario" : "New scenario"} width="max-w-2xl">
      <form onSubmit={(event) => void onSubmit(event)} className="space-y-5">
        <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} maxLength={100} required placeholder="Ada away in March" data-autofocus />
        <ScenarioTasks draft={draft} onChange={setDraft} tasks={tasks} people={people} />
        <ScenarioPeople draft={draft} onChange={setDraft} people={people} />
        {error && <ErrorNotice error={error} />}
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={making.isLoading || changing.isLoading}>
            {scenario ? "Save" : "Fork the plan"}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function draftOf(changes: ScenarioChanges | undefined): Draft {
  return { tasks: changes?.tasks ?? [], added: changes?.added ?? [], absences: changes?.absences ?? [], capacities: changes?.capacities ?? [] }
}
