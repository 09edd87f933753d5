import type { SubmitEvent } from "react"
import { fieldProblem } from "@/lib/api/problem"
import type { NotificationRules } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useEdited } from "@/lib/useEdited"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { MultiSelect } from "@/ui/Select"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { Switch } from "@/ui/Switch"
import { useSaveNotificationRulesMutation } from "./api"
import { QuietHoursFields } from "./QuietHoursFields"
import { DAYS, rulesOf, type Rules } from "./rules"
import { WaysTable } from "./WaysTable"

interface NotificationRulesFormProps {
  rules: NotificationRules
  projects: { id: string; name: string }[]
}

const EVERY: { value: Rules["digest"]["every"]; label: string }[] = [
  { value: "hour", label: "Hour" },
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
]

/** Per kind into the inbox and by mail; and when not. */
export function NotificationRulesForm({ rules, projects }: NotificationRulesFormProps) {
  const dispatch = useAppDispatch()
  const [form, setForm] = useEdited<NotificationRules, Rules>(rules, rulesOf)
  const [save, { isLoading, error }] = useSaveNotificationRulesMutation()
  const set = (change: Partial<Rules>) => setForm({ ...form, ...change })
  const muted = projects.filter(({ id }) => form.muted_project_ids.includes(id))

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { data } = await save(form)
    if (data) dispatch(showToast("Saved what you are told"))
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-6">
      {error && <ErrorNotice error={error} />}
      <Switch label="Mail" text="Switched off, nothing comes by mail, whatever is chosen below." checked={form.email} onChange={(email) => set({ email })} />
      <WaysTable kinds={form.kinds} mailIsOff={!form.email} onChange={(kinds) => set({ kinds })} />

      <fieldset>
        <legend className="text-sm font-medium text-ink">Digest</legend>
        <p className="mb-2 text-xs text-ink-muted">When mail comes of what is chosen as “In a digest”.</p>
        <div className="grid gap-3 sm:grid-cols-3">
          <SelectField
            label="Every"
            value={form.digest.every}
            onChange={(every) => set({ digest: { ...form.digest, every } })}
            choices={EVERY}
          />
          {form.digest.every === "week" && (
            <SelectField
              label="On"
              value={form.digest.weekday}
              onChange={(weekday) => set({ digest: { ...form.digest, weekday } })}
              choices={DAYS.map((label, value) => ({ value, label }))}
            />
          )}
          {form.digest.every !== "hour" && (
            <Field
              label="At"
              type="time"
              required
              value={form.digest.at}
              onChange={(event) => set({ digest: { ...form.digest, at: event.target.value } })}
              error={fieldProblem(error, "digest.at")}
            />
          )}
        </div>
      </fieldset>

      <QuietHoursFields hours={form.quiet_hours} onChange={(quiet_hours) => set({ quiet_hours })} />

      <div>
        <p className="text-sm font-medium text-ink">Muted projects</p>
        <p className="mb-2 text-xs text-ink-muted">You are told nothing of what happens in them.</p>
        <MultiSelect
          label="Muted projects"
          look={muted.length > 0 ? "active" : "chip"}
          value={form.muted_project_ids}
          onChange={(muted_project_ids) => set({ muted_project_ids })}
          choices={projects.map(({ id, name }) => ({ value: id, label: name }))}
        >
          <Icon name="folder" className="size-3.5" />
          <span className="max-w-72 truncate">{muted.length > 0 ? muted.map(({ name }) => name).join(", ") : "None"}</span>
        </MultiSelect>
      </div>

      <div className="flex justify-end border-t border-line pt-4">
        <Button type="submit" variant="primary" busy={isLoading}>
          Save notifications
        </Button>
      </div>
    </form>
  )
}
