import type { ReactNode } from "react"
import type { AuditEvent } from "@/lib/api/types"
import { absoluteTime } from "@/lib/dates"
import { record, words } from "./describeChanges"

/** All that is known of an event: what it is about, and its payload, changes side by side. */
export function EventDetails({ event }: { event: AuditEvent }) {
  const { before, after, ...rest } = event.payload
  const old = record(before)
  const now = record(after)
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return (
    <div className="space-y-3 text-xs">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Row name="Event">
          <code className="font-mono">{event.type}</code>, number {event.seq}
        </Row>
        <Row name="Time">{absoluteTime(event.created_at)}</Row>
        <Row name={capitalised(words(event.entity_type))}>
          {event.entity_name && `${event.entity_name} · `}
          <code className="font-mono">{event.entity_id}</code>
        </Row>
        {event.actor && (
          <Row name="By">
            {event.actor.first_name} {event.actor.last_name} · <code className="font-mono">{event.actor.id}</code>
          </Row>
        )}
        {Object.entries(rest)
          .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
          .map(([name, value]) => (
            <Row key={name} name={capitalised(words(name))}>
              <Value of={value} />
            </Row>
          ))}
      </dl>
      {fields.length > 0 && (
        <table aria-label="Changes" className="w-full table-fixed border-collapse text-left">
          <thead>
            <tr className="border-b border-line text-ink-faint">
              <th scope="col" className="w-1/4 py-1 pr-2 font-medium">
                Field
              </th>
              <th scope="col" className="py-1 pr-2 font-medium">
                Before
              </th>
              <th scope="col" className="py-1 font-medium">
                After
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line align-top">
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row" className="py-1 pr-2 font-normal break-words text-ink-muted">
                  {capitalised(words(field))}
                </th>
                <td className="py-1 pr-2 text-ink">
                  <Value of={old[field]} />
                </td>
                <td className="py-1 text-ink">
                  <Value of={now[field]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-faint">{name}</dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </>
  )
}

function Value({ of: value }: { of: unknown }) {
  if (value === undefined || value === null || value === "") return <span className="text-ink-faint">nothing</span>
  if (typeof value === "string") return <span className="break-words">{value}</span>
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return <span className="break-words">{value.join(", ") || "nothing"}</span>
  return <code className="font-mono break-words whitespace-pre-wrap">{JSON.stringify(value, null, typeof value === "object" ? 2 : 0)}</code>
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
