import { fileSize } from "@/lib/fileSize"
import { formatNumber } from "@/lib/region"
import type { Usage } from "./api"

const KINDS: Record<string, string> = {
  task: "Tasks", tasks: "Tasks, many at once", comment: "Comments", project: "Projects", user: "People", team: "Teams", time_entry: "Time",
  attachment: "Files and links", checklist_item: "Checklists", dependency: "Dependencies", milestone: "Milestones", workflow_state: "Workflows",
  view: "Views", import: "Imports", export: "Exports", webhook: "Webhooks", workspace: "Settings", api_key: "API keys", role: "Roles", reaction: "Reactions",
  custom_field: "Fields", baseline: "Baselines", calendar_feed: "Calendars", notification: "Inbox", session: "Signing in", report: "Reports",
} // prettier-ignore
const MOST_SHOWN = 12

/** What is here, and who changed something in the last four weeks. */
export function UsageFigures({ usage }: { usage: Usage }) {
  const { holdings, recent, people, changes, features } = usage
  return (
    <div className="space-y-5">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure label="People" value={formatNumber(holdings.people)} />
        <Figure label="Projects" value={formatNumber(holdings.projects)} />
        <Figure label="Tasks" value={formatNumber(holdings.tasks)} />
        <Figure label="Files" value={fileSize(holdings.file_bytes)} />
        <Figure label="Active today" value={formatNumber(recent.day)} />
        <Figure label="Active in 7 days" value={formatNumber(recent.week)} />
        <Figure label="Active in 28 days" value={formatNumber(recent.month)} />
        <Figure label="Changes in 28 days" value={formatNumber(changes)} />
      </dl>
      {features.length > 0 && (
        <table aria-label="What was changed" className="w-full text-left text-sm">
          <thead className="border-b border-line text-xs text-ink-faint">
            <tr>
              <th scope="col" className="py-1.5 font-medium">
                What was changed
              </th>
              <th scope="col" className="py-1.5 text-right font-medium">
                By people
              </th>
              <th scope="col" className="py-1.5 text-right font-medium">
                Changes
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {features.slice(0, MOST_SHOWN).map(({ kind, people: by, changes: times }) => (
              <tr key={kind}>
                <th scope="row" className="py-1.5 font-normal text-ink">
                  {KINDS[kind] ?? kind.replaceAll("_", " ")}
                </th>
                <td className="py-1.5 text-right text-ink-muted tabular-nums">{formatNumber(by)}</td>
                <td className="py-1.5 text-right text-ink-muted tabular-nums">{formatNumber(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="text-xs text-ink-faint">
        {people === 1 ? "1 person" : `${formatNumber(people)} people`} changed something in these four weeks. Reading leaves no trace, so only changes count.
      </p>
    </div>
  )
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2.5">
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="text-lg font-semibold text-ink tabular-nums">{value}</dd>
    </div>
  )
}
