import { useState, type SyntheticEvent } from "react"
import { ownTimeZone } from "@/lib/region"
import { useRegion } from "@/lib/useRegion"
import { shortDate } from "@/lib/dates"
import { Button } from "@/ui/Button"
import { Choice } from "@/ui/charts/Choice"
import { Field } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { Select } from "@/ui/Select"
import { isDay, LENGTHS, readRange, type Range } from "./range"

interface RangeBarProps {
  range: Range
  onChange: (range: Range) => void
}

/** Which days, and by whose clock they begin. */
export function RangeBar({ range, onChange }: RangeBarProps) {
  const { timeZone } = useRegion()
  const [choosing, setChoosing] = useState(false)
  const zones = [...new Set([timeZone, ownTimeZone(), "UTC", range.zone])]
  const value = choosing || range.length === null ? "own" : String(range.length)
  const choose = (chosen: string) => {
    setChoosing(chosen === "own")
    if (chosen !== "own") onChange(readRange(new URLSearchParams({ range: chosen, zone: range.zone }), range.zone))
  }

  return (
    <div className="flex flex-wrap items-center gap-2">
      <Choice
        label="Range"
        value={value}
        onChange={choose}
        options={[...LENGTHS.map((days) => ({ value: String(days), label: `${days} days` })), { value: "own", label: "Own dates" }]}
      />
      <Select
        label="Time zone"
        look="chip"
        value={range.zone}
        onChange={(zone) => onChange(range.length === null ? { ...range, zone } : readRange(new URLSearchParams({ range: String(range.length), zone }), zone))}
        choices={zones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " "), ...(zone === timeZone && { hint: "Yours" }) }))}
      >
        <Icon name="clock" className="size-3.5" />
        {range.zone.replaceAll("_", " ")}
      </Select>
      <p className="text-xs text-ink-muted">
        {shortDate(range.since)} to {shortDate(range.until)}
      </p>
      {(choosing || range.length === null) && (
        <OwnDates
          key={`${range.since} ${range.until}`}
          range={range}
          onChange={(dates) => {
            setChoosing(false)
            onChange(dates)
          }}
        />
      )}
    </div>
  )
}

function OwnDates({ range, onChange }: RangeBarProps) {
  const [since, setSince] = useState(range.since)
  const [until, setUntil] = useState(range.until)
  const [problem, setProblem] = useState<string>()
  const show = (event: SyntheticEvent) => {
    event.preventDefault()
    if (!isDay(since) || !isDay(until)) setProblem("Choose two days from 2000 to 2199.")
    else if (until < since) setProblem("It ends before it begins.")
    else onChange({ ...range, length: null, since, until })
  }
  return (
    <form onSubmit={show} noValidate className="flex w-full flex-wrap items-end gap-2">
      <Field label="From" type="date" value={since} onChange={({ target }) => setSince(target.value)} />
      <Field label="To" type="date" value={until} error={problem} onChange={({ target }) => setUntil(target.value)} />
      <Button type="submit" className="h-9! pointer-coarse:h-11!">
        Show
      </Button>
    </form>
  )
}
