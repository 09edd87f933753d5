import { useState, type ReactNode } from "react"
import { fieldProblem, isProblem } from "@/lib/api/problem"
import type { Report, User } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button, ButtonLink } from "@/ui/Button"
import { ErrorNotice } from "@/ui/states"
import { useChangeReportMutation, useCreateReportMutation } from "./api"
import { BuilderFields, type QueryShown } from "./BuilderFields"
import { ConflictNotice } from "./ConflictNotice"
import { changesOf, clashesOf, draftOf, newReportOf, type Draft } from "./draft"
import { ResultSkeleton, ResultView } from "./ResultView"
import { usePreview } from "./usePreview"

interface ReportBuilderProps {
  start: Draft
  /** The report that is changed; none for a new one. */
  report?: Report
  people: User[]
  projects: { id: string; name: string }[]
  me: User
  /** The field of the query language, which is another feature's. */
  queryField: (shown: QueryShown) => ReactNode
  onSaved: (report: Report) => void
  cancelTo: string
}

const BUILT = ["name", "measures", "dimensions", "query", "chart", "currency", "project_id", "is_shared"]

/** A report is put together on one side; the other shows what it comes to. */
export function ReportBuilder({ start, report, people, projects, me, queryField, onSaved, cancelTo }: ReportBuilderProps) {
  const dispatch = useAppDispatch()
  const [draft, setDraft] = useState(start)
  // What was read when the editing began; after a conflict what others have made of it.
  const [base, setBase] = useState(report)
  const [theirs, setTheirs] = useState<Report | null>(null)
  const [error, setError] = useState<unknown>(undefined)
  const [create, { isLoading: isCreating }] = useCreateReportMutation()
  const [change, { isLoading: isChanging }] = useChangeReportMutation()
  const preview = usePreview(draft)
  const isComplete = draft.name.trim() !== "" && draft.measures.length > 0 && draft.schedule?.recipients.length !== 0
  const edit = (changed: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...changed }))
    setError(undefined)
  }

  const save = async (version = base?.version ?? 0) => {
    const answer = base ? await change({ id: base.id, version, change: changesOf(draftOf(base), draft) }) : await create(newReportOf(draft))
    if (answer.data) {
      dispatch(showToast(`Saved the report “${answer.data.name}”`))
      onSaved(answer.data)
    } else if (isProblem(answer.error) && answer.error.slug === "version-conflict" && answer.error.current) setTheirs(answer.error.current as Report)
    else setError(answer.error)
  }
  const takeTheirs = () => {
    if (!theirs) return
    setDraft(draftOf(theirs))
    setBase(theirs)
    setTheirs(null)
  }

  const problemOf = (field: string) => fieldProblem(error, field) ?? fieldProblem(preview.error, field)
  const isAtField = (problem: unknown) => isProblem(problem) && problem.errors.some(({ field }) => BUILT.includes(field) || field.startsWith("schedule"))
  return (
    <div className="grid gap-6 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <div className="min-w-0 space-y-4">
        {theirs && base && (
          <ConflictNotice
            clashes={clashesOf(draftOf(base), draftOf(theirs), draft, people, projects)}
            onMine={() => void save(theirs.version)}
            onTheirs={takeTheirs}
            isBusy={isChanging}
          />
        )}
        {error !== undefined && !isAtField(error) && <ErrorNotice error={error} />}
        <BuilderFields draft={draft} onEdit={edit} people={people} projects={projects} me={me} problemOf={problemOf} query={queryField({ query: draft.query, error: preview.queryError, isBusy: preview.isBusy, onChange: (query) => edit({ query }) })} />
        <div className="sticky bottom-0 -mx-1 flex justify-end gap-2 border-t border-line bg-canvas px-1 py-3">
          <ButtonLink to={cancelTo} variant="ghost">
            Cancel
          </ButtonLink>
          <Button variant="primary" busy={isCreating || isChanging} disabled={!isComplete || theirs !== null} onClick={() => void save()}>
            {base ? "Save report" : "Create report"}
          </Button>
        </div>
      </div>
      <section aria-label="Preview" aria-busy={preview.isBusy} className="min-w-0">
        {preview.error !== undefined && <PreviewProblem error={preview.error} isAtField={isAtField(preview.error) || isQuery(preview.error)} onRetry={() => void preview.refetch()} />}
        {preview.result && (
          <div className={preview.isBusy ? "opacity-60 transition-opacity delay-200 duration-200" : ""}>
            <ResultView title={draft.name.trim() || "New report"} result={preview.result} />
          </div>
        )}
        {!preview.result && preview.isBusy && draft.measures.length > 0 && <ResultSkeleton />}
      </section>
    </div>
  )
}

function isQuery(error: unknown): boolean {
  return isProblem(error) && error.slug === "invalid-query"
}

function PreviewProblem({ error, isAtField, onRetry }: { error: unknown; isAtField: boolean; onRetry: () => void }) {
  if (!isAtField) return <ErrorNotice error={error} onRetry={onRetry} />
  return <p className="rounded-xl border border-dashed border-line-strong px-4 py-10 text-center text-sm text-ink-muted">The numbers come as soon as what is marked on the form is right.</p>
}
