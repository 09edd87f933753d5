import { useNavigate } from "react-router"
import { useGetReportsQuery } from "@/features/reports/api"
import { ReportList } from "@/features/reports/ReportList"
import { Starters } from "@/features/reports/Starters"
import { selectUser } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectPeople } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

/** One's own reports, and those that others share. */
export function ReportsPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  const me = useAppSelector(selectUser)?.id ?? ""
  const people = useAppSelector(selectPeople)
  const { data: reports, error, refetch } = useGetReportsQuery(undefined, { refetchOnMountOrArgChange: true })
  useDocumentTitle("Reports")
  useShortcuts({ "reports.create": () => void navigate(paths.newReport(slug)) })
  const lists = [
    { label: "Your reports", found: reports?.filter(({ owner_id }) => owner_id === me) ?? [] },
    { label: "Shared with you", found: reports?.filter(({ owner_id }) => owner_id !== me) ?? [] },
  ]
  return (
    <Page
      title="Reports"
      actions={
        <ButtonLink to={paths.newReport(slug)} variant="primary" icon="plus" aria-keyshortcuts="c" title="New report (C)">
          New report
        </ButtonLink>
      }
    >
      {error && !reports && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!reports && !error && (
        <div role="status" aria-label="Loading reports" className="space-y-2">
          <Skeleton className="h-14 rounded-xl" />
          <Skeleton className="h-14 rounded-xl" />
        </div>
      )}
      {lists.map(({ label, found }) => found.length > 0 && <ReportList key={label} label={label} reports={found} people={people} me={me} linkTo={({ id }) => paths.report(slug, id)} />)}
      {reports?.length === 0 && (
        <>
          <EmptyState icon="chartBars" title="No reports yet" text="A report counts tasks, hours or days, by person, project, week or what you like. Keep it, share it, or have it mailed. Begin with one of these, or with an empty one." />
          <Starters linkTo={(key) => `${paths.newReport(slug)}?start=${key}`} />
        </>
      )}
    </Page>
  )
}
