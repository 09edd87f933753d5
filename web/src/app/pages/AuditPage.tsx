import { useMemo } from "react"
import { useSearchParams } from "react-router"
import { useGetAuditInfiniteQuery } from "@/features/audit/api"
import { AuditFilterBar } from "@/features/audit/AuditFilterBar"
import { isFiltering, readFilters, writeFilters } from "@/features/audit/auditFilters"
import { AuditTable } from "@/features/audit/AuditTable"
import { ExportMenu } from "@/features/audit/ExportMenu"
import { useGetPeopleQuery } from "@/features/people/api"
import { useCustomRoles } from "@/features/roles/useCustomRoles"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Button } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"

export function AuditPage() {
  useDocumentTitle("Audit log")
  // The address is the only place the filters live: a link shows what you see.
  const [params, setParams] = useSearchParams()
  const filters = useMemo(() => readFilters(params), [params])
  const { data: people = [] } = useGetPeopleQuery()
  const roles = useCustomRoles()
  const { data, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useGetAuditInfiniteQuery(filters, {
    refetchOnMountOrArgChange: true,
  })
  const events = data?.pages.flatMap(({ items }) => items) ?? []

  return (
    <div data-wide>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-base font-semibold text-ink">Audit log</h2>
          <p className="text-sm text-ink-muted">Who did what in this workspace, newest first.</p>
        </div>
        <ExportMenu filters={filters} />
      </div>
      <AuditFilterBar filters={filters} people={people} onChange={(wanted) => setParams(writeFilters(wanted), { replace: true })} />
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && isFetching && <Skeleton className="h-96 rounded-xl" />}
      {events.length > 0 && <AuditTable events={events} names={{ people, roles }} />}
      {data && events.length === 0 && (
        <EmptyState
          icon="search"
          title="No events"
          text={isFiltering(filters) ? "Nothing that happened matches these filters." : "Nothing has happened here yet, or it is no longer kept."}
        />
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </div>
  )
}
