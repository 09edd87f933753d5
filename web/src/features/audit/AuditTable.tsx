import { Fragment, useId, useState } from "react"
import type { AuditEvent } from "@/lib/api/types"
import { absoluteTime, momentOf } from "@/lib/dates"
import { Icon } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { describeAudit, type AuditNames } from "./describeAudit"
import { EventDetails } from "./EventDetails"

interface AuditTableProps {
  events: AuditEvent[]
  names: AuditNames
}

const head = "px-3 py-2 text-xs font-medium text-ink-faint"

export function AuditTable({ events, names }: AuditTableProps) {
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface">
      <table aria-label="Events" className="w-full table-fixed border-collapse text-left">
        {/* Narrow, the time stands below the sentence; the details would otherwise give its column half the width. */}
        <colgroup>
          <col />
          <col className="w-44 max-sm:w-0" />
        </colgroup>
        <thead className="border-b border-line max-sm:sr-only">
          <tr>
            <th scope="col" className={`${head} pl-4`}>
              What happened
            </th>
            <th scope="col" className={`${head} max-sm:hidden`}>
              When
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {events.map((event) => (
            <EventRow key={event.seq} event={event} names={names} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function EventRow({ event, names }: { event: AuditEvent; names: AuditNames }) {
  const [open, setOpen] = useState(false)
  const detailsId = useId()
  const { who, what } = describeAudit(event, names)
  return (
    <Fragment>
      <tr>
        <td className="p-0 align-top">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            onClick={() => setOpen(!open)}
            className="flex w-full items-start gap-2 px-3 py-2.5 text-left text-sm text-ink-muted outline-offset-[-2px] transition-colors duration-100 hover:bg-hover"
          >
            <Icon name={open ? "chevronDown" : "chevronRight"} className="mt-0.5 size-3.5 text-ink-faint" />
            <span className="min-w-0 break-words">
              <span className="font-medium text-ink">{who}</span> {what}
              <span className="block text-xs text-ink-faint sm:hidden">
                <RelativeTime iso={event.created_at} />
              </span>
            </span>
          </button>
        </td>
        <td className="px-3 py-2.5 align-top text-sm text-ink-muted max-sm:hidden">
          <time dateTime={event.created_at} title={absoluteTime(event.created_at)}>
            {momentOf(event.created_at)}
          </time>
        </td>
      </tr>
      {open && (
        <tr id={detailsId}>
          <td colSpan={2} className="bg-sunken px-4 py-3 sm:pl-8.5">
            <EventDetails event={event} />
          </td>
        </tr>
      )}
    </Fragment>
  )
}
