import { useState } from "react"
import { shortDate } from "@/lib/dates"
import { Field } from "@/ui/Field"
import { ErrorNotice } from "@/ui/states"
import { useGetForecastQuery } from "./api"
import { Section } from "./Section"
import { chance } from "./words"

const WHOLE_DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/

/** How likely all is done by a day that one has in mind. */
export function ChanceOfDate({ projectId, start }: { projectId: string; start: string }) {
  const [day, setDay] = useState(start)
  const isDay = WHOLE_DAY.test(day)
  const { currentData, error, refetch, isFetching } = useGetForecastQuery({ projectId, by: day }, { skip: !isDay })
  const wanted = currentData?.wanted

  return (
    <Section title="The chance of a date" text="When it has to be done by a certain day.">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Finished by" type="date" value={day} onChange={(event) => setDay(event.target.value)} className="w-44" />
        <p role="status" className="min-w-0 flex-1 basis-40 pb-1.5 text-sm text-ink-muted">
          {wanted && isDay ? (
            <>
              <strong className="text-lg font-semibold text-ink tabular-nums">{chance(wanted.probability)}</strong> chance that all is done by {shortDate(wanted.day)}
            </>
          ) : isDay && isFetching ? (
            "Working it out…"
          ) : (
            !isDay && "Choose a day."
          )}
        </p>
      </div>
      {error && isDay && (
        <div className="mt-2">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
    </Section>
  )
}
