import { useMemo, useState, type SubmitEvent } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { User } from "@/lib/api/types"
import { ownTimeZone } from "@/lib/region"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button } from "@/ui/Button"
import { Field } from "@/ui/Field"
import { SearchField } from "@/ui/SearchField"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { useUpdateProfileMutation } from "../api"
import { localeChoices, sampleOf } from "./locales"
import { offsetOf, timeZones } from "./timeZones"
import { parseHours, sameHours } from "./workingHours"
import { WorkingHoursFields } from "./WorkingHoursFields"

export function ProfileForm({ user }: { user: User }) {
  const dispatch = useAppDispatch()
  const [firstName, setFirstName] = useState(user.first_name)
  const [lastName, setLastName] = useState(user.last_name)
  const [timeZone, setTimeZone] = useState(user.time_zone)
  const [locale, setLocale] = useState(user.locale)
  const [hours, setHours] = useState(() => plain(user.working_hours))
  const [update, { isLoading, error }] = useUpdateProfileMutation()
  const zones = useMemo(() => timeZones(user.time_zone).map((value) => ({ value, label: value.replaceAll("_", " ") })), [user.time_zone])
  const locales = useMemo(() => localeChoices(user.locale), [user.locale])

  const parsed = hours.map(parseHours)
  const wanted = { first_name: firstName.trim(), last_name: lastName.trim(), time_zone: timeZone, locale }
  const fields = ["first_name", "last_name", "time_zone", "locale"] as const
  const changed = fields.filter((field) => wanted[field] !== user[field])
  const newHours = isWhole(parsed) && !sameHours(parsed, user.working_hours) ? parsed : null

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isWhole(parsed)) return
    // Only what was changed here: another device may have changed the rest.
    const patch = Object.fromEntries(changed.map((field) => [field, wanted[field]]))
    const { data } = await update({ ...patch, ...(newHours && { working_hours: newHours }) })
    if (!data) return
    setHours(plain(data.working_hours))
    dispatch(showToast("Profile saved"))
  }

  const own = ownTimeZone()
  return (
    <form onSubmit={submit} className="space-y-4">
      {error && !(isProblem(error) && error.errors.length > 0) && <ErrorNotice error={error} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="First name" value={firstName} onChange={(event) => setFirstName(event.target.value)} autoComplete="given-name" maxLength={100} required error={fieldProblem(error, "first_name")} />
        <Field label="Last name" value={lastName} onChange={(event) => setLastName(event.target.value)} autoComplete="family-name" maxLength={100} required error={fieldProblem(error, "last_name")} />
      </div>
      <Field label="Email" type="email" value={user.email} readOnly hint="You sign in with it. It can’t be changed yet." />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <div>
          <SearchField
            label="Time zone"
            choices={zones}
            value={timeZone}
            onChange={setTimeZone}
            hint={`Now ${offsetOf(timeZone)} there.`}
            nothing="This browser knows no time zones."
            error={fieldProblem(error, "time_zone")}
          />
          {timeZone !== own && (
            <Button size="sm" variant="ghost" className="mt-1 -ml-2 text-accent-ink!" onClick={() => setTimeZone(own)}>
              Use this device’s: {own.replaceAll("_", " ")}
            </Button>
          )}
        </div>
        <SelectField label="Language and region" choices={locales} value={locale} onChange={setLocale} hint={sampleOf(locale)} error={fieldProblem(error, "locale")} />
      </div>
      <WorkingHoursFields hours={hours} onChange={setHours} error={hoursProblem(error)} />
      <div className="flex justify-end border-t border-line pt-4">
        <Button type="submit" variant="primary" busy={isLoading} disabled={!isWhole(parsed) || (changed.length === 0 && newHours === null)}>
          Save profile
        </Button>
      </div>
    </form>
  )
}

function isWhole(hours: (string | null)[]): hours is string[] {
  return hours.every((hour) => hour !== null)
}

/** "8.00" as people write it. */
function plain(hours: string[]): string[] {
  return hours.map((hour) => parseHours(hour) ?? hour)
}

/** The server names the list or one day of it. */
function hoursProblem(error: unknown): string | undefined {
  return isProblem(error) ? error.errors.find(({ field }) => field.startsWith("working_hours"))?.message : undefined
}
