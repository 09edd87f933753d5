import type { ReportSchedule, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { region } from "@/lib/region"
import { Avatar } from "@/ui/Avatar"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { MultiSelect } from "@/ui/Select"
import { SelectField } from "@/ui/SelectField"
import { Switch } from "@/ui/Switch"
import { FORMATS, weekdayName } from "./words"

interface ScheduleFieldsProps {
  schedule: ReportSchedule | null
  onChange: (schedule: ReportSchedule | null) => void
  people: User[]
  me: string
  /** Who only reads mails to nobody else. */
  mayMailOthers: boolean
  problemOf: (field: string) => string | undefined
}

const EVERY = [
  { value: "day", label: "Day" },
  { value: "week", label: "Week" },
  { value: "month", label: "Month" },
] as const

/** When a report is mailed, and to whom. */
export function ScheduleFields({ schedule, onChange, people, me, mayMailOthers, problemOf }: ScheduleFieldsProps) {
  const receivers = people.filter(({ id, is_active }) => (is_active && mayMailOthers) || id === me || schedule?.recipients.includes(id))
  const turn = (isOn: boolean) =>
    onChange(isOn ? { every: "week", weekday: 0, day: 1, at: "08:00", time_zone: region().timeZone, format: "pdf", recipients: [me] } : null)
  return (
    <div className="space-y-3">
      <Switch label="Send by mail" text="Each receiver gets the numbers of what they may see themselves." checked={schedule !== null} onChange={turn} error={problemOf("schedule")} />
      {schedule && (
        <fieldset className="space-y-3 border-l-2 border-line pl-3">
          <legend className="sr-only">Mail</legend>
          <div className="grid grid-cols-2 gap-3">
            <SelectField label="Every" value={schedule.every} choices={[...EVERY]} onChange={(every) => onChange({ ...schedule, every })} />
            {schedule.every === "week" && (
              <SelectField
                label="On"
                value={schedule.weekday}
                choices={Array.from({ length: 7 }, (_, day) => ({ value: day, label: weekdayName(day) }))}
                onChange={(weekday) => onChange({ ...schedule, weekday })}
              />
            )}
            {schedule.every === "month" && (
              <SelectField
                label="On day"
                value={schedule.day}
                choices={Array.from({ length: 31 }, (_, at) => ({ value: at + 1, label: at === 30 ? "The last" : String(at + 1) }))}
                onChange={(day) => onChange({ ...schedule, day })}
              />
            )}
            <Field label="At" type="time" required value={schedule.at} onChange={(event) => event.target.value && onChange({ ...schedule, at: event.target.value.slice(0, 5) })} error={problemOf("at")} />
            <SelectField
              label="As"
              value={schedule.format}
              choices={(Object.keys(FORMATS) as ReportSchedule["format"][]).map((value) => ({ value, label: FORMATS[value] }))}
              onChange={(format) => onChange({ ...schedule, format })}
            />
          </div>
          <div>
            <p aria-hidden="true" className="mb-1 text-sm font-medium text-ink">
              To
            </p>
            <MultiSelect
              label="To"
              look="field"
              value={schedule.recipients}
              choices={receivers.map((person) => ({ value: person.id, label: fullName(person), icon: <Avatar person={person} size="sm" /> }))}
              onChange={(recipients) => onChange({ ...schedule, recipients })}
            >
              <span className="min-w-0 flex-1 truncate">
                {receivers
                  .filter(({ id }) => schedule.recipients.includes(id))
                  .map(fullName)
                  .join(", ")}
              </span>
              <Icon name="chevronDown" className="size-4 text-ink-faint" />
            </MultiSelect>
            {(schedule.recipients.length === 0 || problemOf("recipients")) && (
              <p role="alert" className="mt-1 text-xs text-danger-ink">
                {schedule.recipients.length === 0 ? "Choose somebody who gets it." : problemOf("recipients")}
              </p>
            )}
          </div>
          <p className="text-xs text-ink-faint">By the clock of {schedule.time_zone.replaceAll("_", " ")}.</p>
        </fieldset>
      )}
    </div>
  )
}
