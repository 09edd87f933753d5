import type { ReactNode } from "react"
import { fileSize } from "@/lib/fileSize"
import { formatNumber } from "@/lib/region"
import { ProgressBar } from "@/ui/ProgressBar"
import type { Limits, Quota } from "./api"
import { windowOf } from "./windowOf"

const NEARLY_FULL = 0.9

/** What the plan allows, and how full the room for files is. */
export function PlanLimits({ limits }: { limits: Limits }) {
  const { storage_used_bytes: used, storage_bytes: room } = limits
  return (
    <div className="space-y-5">
      <div>
        <p className="mb-1.5 flex flex-wrap justify-between gap-x-3 text-sm text-ink">
          <span className="font-medium">Room for files</span>
          <span className="text-ink-muted tabular-nums">
            {fileSize(used)} of {fileSize(room)}
          </span>
        </p>
        <ProgressBar label="Room for files" value={used} max={room} />
        <p className={`mt-1.5 text-xs ${used > room * NEARLY_FULL ? "text-warning-ink" : "text-ink-faint"}`}>
          {used > room * NEARLY_FULL
            ? "It is nearly full. Delete files that nobody needs: their room comes back when the trash is emptied."
            : "Files in the trash count until they are deleted for good."}
        </p>
      </div>
      <dl className="divide-y divide-line text-sm">
        <Line label="Plan">{limits.plan_type.charAt(0).toUpperCase() + limits.plan_type.slice(1)}</Line>
        <Line label="Requests of a person">{quota(limits.requests_of_a_person)}</Line>
        <Line label="Requests of the workspace">{quota(limits.requests_of_the_workspace)}</Line>
        <Line label="Uploads of a person">{quota(limits.uploads_of_a_person)}</Line>
        <Line label="Largest file">{fileSize(limits.attachment_bytes)}</Line>
        <Line label="Largest file to import">{fileSize(limits.import_bytes)}</Line>
      </dl>
    </div>
  )
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4 py-2">
      <dt className="text-ink-muted">{label}</dt>
      <dd className="text-ink tabular-nums">{children}</dd>
    </div>
  )
}

function quota({ requests, seconds }: Quota): string {
  return `${formatNumber(requests)} ${windowOf(seconds)}`
}
