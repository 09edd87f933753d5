import { skipToken } from "@reduxjs/toolkit/query"
import { useNavigate, useParams, useSearchParams } from "react-router"
import { useGetReportQuery } from "@/features/reports/api"
import { copyOf, draftOf, emptyDraft } from "@/features/reports/draft"
import { ReportBuilder } from "@/features/reports/ReportBuilder"
import { ResultSkeleton } from "@/features/reports/ResultView"
import { STARTERS } from "@/features/reports/starters"
import { QueryField } from "@/features/views/QueryField"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice } from "@/ui/states"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

/** Makes a report: an empty one, one of the starters, a copy; or changes one. */
export function ReportBuilderPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const { reportId } = useParams()
  const copied = params.get("copy")
  const me = useAppSelector(selectUser)
  const people = useAppSelector(selectPeople)
  const projects = useAppSelector(selectProjects)
  const readId = reportId ?? copied
  const { currentData: read, error, isFetching, refetch } = useGetReportQuery(readId ?? skipToken, { refetchOnMountOrArgChange: true })
  const title = reportId ? (read ? `Edit ${read.name}` : "Edit report") : "New report"
  useDocumentTitle(title)

  const starter = STARTERS.find(({ key }) => key === params.get("start"))
  const start = read ? (reportId ? draftOf(read) : copyOf(read)) : (starter?.draft ?? emptyDraft)
  // What is edited begins with what the server has now, not with what was read some time ago.
  const isHere = readId === null || (read !== undefined && !isFetching)
  return (
    <Page title={title}>
      {error && !read && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!isHere && !error && <ResultSkeleton />}
      {me && (isHere || read) && (
        <ReportBuilder
          key={`${readId ?? starter?.key ?? ""} ${isHere ? "" : "old"}`}
          start={start}
          {...(reportId && read && { report: read })}
          people={people}
          projects={projects}
          me={me}
          queryField={(shown) => <QueryField {...shown} shortcut="tasks.query" isLive />}
          onSaved={({ id }) => void navigate(paths.report(slug, id))}
          cancelTo={reportId ? paths.report(slug, reportId) : paths.reports(slug)}
        />
      )}
    </Page>
  )
}
