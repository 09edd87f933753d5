import { useNavigate, useParams } from "react-router"
import { useGetReportQuery, useGetReportResultQuery, useLeaveReportMutation } from "@/features/reports/api"
import { ReportActions } from "@/features/reports/ReportActions"
import { ResultSkeleton, ResultView } from "@/features/reports/ResultView"
import { describeReport, describeSchedule } from "@/features/reports/words"
import { isMissing, problemMessage } from "@/lib/api/problem"
import { fullName } from "@/lib/people"
import { selectUser } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { selectPeople, selectProjectByName } from "@/lib/sync/select"
import { showToast } from "@/lib/toasts"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button, ButtonLink } from "@/ui/Button"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

/** One report as it is now. What stands on paper when it is printed is marked so. */
export function ReportPage() {
  const slug = useSlug()
  const navigate = useNavigate()
  const { reportId = "" } = useParams()
  const me = useAppSelector(selectUser)
  const people = useAppSelector(selectPeople)
  const { currentData: report, error, refetch } = useGetReportQuery(reportId, { refetchOnMountOrArgChange: true })
  const { currentData: result, error: notCounted, refetch: countAgain } = useGetReportResultQuery(reportId, { refetchOnMountOrArgChange: true })
  const project = useAppSelector((state) => selectProjectByName(state, report?.project_id ?? ""))
  useDocumentTitle(report?.name ?? "Report")
  if (isMissing(error)) return <MissingReport id={reportId} />

  const owner = people.find(({ id }) => id === report?.owner_id)
  const mayChange = report !== undefined && me !== null && (report.owner_id === me.id || ["owner", "admin"].includes(me.role))
  return (
    <Page
      title={report?.name ?? "Report"}
      actions={
        report &&
        me && (
          <ReportActions
            report={report}
            mayChange={mayChange}
            isMailed={report.schedule?.recipients.includes(me.id) ?? false}
            editTo={paths.editReport(slug, report.id)}
            onDuplicate={() => void navigate(`${paths.newReport(slug)}?copy=${report.id}`)}
            onDeleted={() => void navigate(paths.reports(slug))}
          />
        )
      }
    >
      {error && !report && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <div data-paper="">
        {report && (
          <div className="mb-4 space-y-1 text-sm text-ink-muted">
            <p className="hidden text-xl font-semibold text-ink print:block">{report.name}</p>
            <p>
              {describeReport(report)}
              {project && ` in ${project.name}`}
              {report.query && (
                <>
                  {" of "}
                  <code className="rounded bg-sunken px-1 py-0.5 font-mono text-xs break-words">{report.query}</code>
                </>
              )}
            </p>
            <p className="text-xs print:hidden">
              {owner && owner.id !== me?.id ? `By ${fullName(owner)}. ` : ""}
              {report.is_shared ? (report.project_id ? "Shared in the project. " : "Shared with the workspace. ") : ""}
              {report.schedule && `Mailed: ${describeSchedule(report.schedule)}, to ${report.schedule.recipients.length === 1 ? "one person" : `${report.schedule.recipients.length} people`}.`}
            </p>
          </div>
        )}
        {notCounted && report && <ErrorNotice error={notCounted} onRetry={() => void countAgain()} />}
        {!result && !notCounted && <ResultSkeleton />}
        {report && result && <ResultView title={report.name} result={result} />}
      </div>
    </Page>
  )
}

/** Mails may go to who no longer sees it: they can be stopped all the same. */
function MissingReport({ id }: { id: string }) {
  const slug = useSlug()
  const dispatch = useAppDispatch()
  const [leave, { isLoading }] = useLeaveReportMutation()
  const stop = async () => {
    const { error } = await leave(id)
    if (!error) dispatch(showToast("You get this report by mail no more"))
    else dispatch(isMissing(error) ? showToast("This report is not mailed to you") : showToast(problemMessage(error), { tone: "danger" }))
  }
  return (
    <EmptyState icon="search" title="There is no such report" text="It may have been deleted, or is not shared with you. If you get it by mail, you can stop that.">
      <ButtonLink to={paths.reports(slug)} variant="primary">
        Go to your reports
      </ButtonLink>
      <Button busy={isLoading} onClick={() => void stop()}>
        Stop the mails to me
      </Button>
    </EmptyState>
  )
}
