import { useStartExportMutation } from "@/features/exports/api"
import { ExportRow } from "@/features/exports/ExportRow"
import { isUnderWay, useExports } from "@/features/exports/useExports"
import { useMay } from "@/features/roles/useMay"
import { problemMessage } from "@/lib/api/problem"
import { fullName } from "@/lib/people"
import { selectUser, selectWorkspace } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects } from "@/lib/sync/select"
import { showToast } from "@/lib/toasts"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function ExportsPage() {
  useDocumentTitle("Export")
  const dispatch = useAppDispatch()
  const workspace = useAppSelector(selectWorkspace)
  const me = useAppSelector(selectUser)
  const people = useAppSelector(selectPeople)
  const projects = useAppSelector(selectProjects)
  const mayAll = useMay()("workspace_export", "create")
  const { data: exports, error, refetch } = useExports()
  const [start, { isLoading }] = useStartExportMutation()
  const isWritten = exports?.some((one) => one.project_id === null && isUnderWay(one)) ?? false

  const begin = async () => {
    const { error: refused } = await start({ projectId: null })
    if (refused) dispatch(showToast(problemMessage(refused), { tone: "danger" }))
  }
  const nameOf = (projectId: string | null) =>
    projectId === null ? (workspace?.name ?? "The workspace") : (projects.find(({ id }) => id === projectId)?.name ?? "A project you are not in")
  const whoIs = (userId: string) => {
    if (userId === me?.id) return "you"
    const person = people.find(({ id }) => id === userId)
    return person ? fullName(person) : "somebody"
  }

  return (
    <>
      {mayAll && (
        <Section title="Export the workspace" text="Everything that is here, with its files and its log, as one archive. Another ProjectFlow can read it.">
          <p className="mb-4 text-sm text-ink-muted">
            Passwords, keys and other secrets stay out of it. The export, and each download of it, is an event in the audit log.
          </p>
          <Button icon="archive" busy={isLoading} disabled={isWritten} onClick={() => void begin()}>
            Export the workspace
          </Button>
        </Section>
      )}
      <Section title="Exports" text="Files are kept for a week. A project is exported from its own menu.">
        {error && !exports && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!exports && !error && <Skeleton className="h-16 rounded-lg" />}
        {exports?.length === 0 && <p className="text-sm text-ink-faint">No export yet.</p>}
        {exports && exports.length > 0 && (
          <ul aria-label="Exports" className="divide-y divide-line rounded-lg border border-line">
            {exports.map((made) => (
              <ExportRow key={made.id} made={made} name={nameOf(made.project_id)} by={whoIs(made.requested_by)} />
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}
