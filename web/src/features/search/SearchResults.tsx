import { Link } from "react-router"
import type { SearchResult } from "@/lib/api/types"
import { focusRow } from "@/lib/rowFocus"
import { useShortcuts } from "@/lib/shortcuts"
import { Badge } from "@/ui/Badge"
import { Button } from "@/ui/Button"
import { Icon, type IconName } from "@/ui/icons"
import { RelativeTime } from "@/ui/RelativeTime"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { useSearchInfiniteQuery } from "./api"
import { Highlighted } from "./Highlighted"
import type { SearchFilters } from "./searchFilters"

interface SearchResultsProps {
  filters: SearchFilters
  linkTo: (result: SearchResult) => string
}

const icons: Record<SearchResult["kind"], IconName> = { task: "checklist", project: "folder", comment: "comment", attachment: "paperclip" }
const names: Record<SearchResult["kind"], string> = { task: "Task", project: "Project", comment: "Comment", attachment: "File" }

export function SearchResults({ filters, linkTo }: SearchResultsProps) {
  const isAsked = filters.q.trim() !== ""
  const { data, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSearchInfiniteQuery(filters, {
    skip: !isAsked,
    refetchOnMountOrArgChange: true,
  })
  useShortcuts({ "rows.next": () => focusRow(1), "rows.previous": () => focusRow(-1) })
  const found = data?.pages.flatMap(({ items }) => items) ?? []

  if (!isAsked) {
    return <EmptyState icon="search" title="Search everything" text="Tasks by their words or key, projects, comments, and files by their names. Every word must be there; a typo in a title is forgiven." />
  }
  return (
    <>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && isFetching && <Skeleton className="h-96 rounded-xl" />}
      <p role="status" className="sr-only">
        {data && !isFetching && `${found.length}${hasNextPage ? " and more" : ""} found`}
      </p>
      {found.length > 0 && (
        <ul aria-label="Found" className="overflow-hidden rounded-xl border border-line bg-surface">
          {found.map((one) => (
            <li key={`${one.kind}-${one.id}`} data-row-of={one.id} className="relative flex items-start gap-3 border-b border-line px-4 py-2.5 last:border-0 hover:bg-hover">
              <Icon name={icons[one.kind]} className="mt-0.5 size-4 text-ink-faint" />
              <div className="min-w-0 flex-1">
                <Link
                  to={linkTo(one)}
                  data-row={one.id}
                  className="block truncate text-sm text-ink outline-none! after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ring"
                >
                  <span className="sr-only">{names[one.kind]}: </span>
                  <span className="mr-1.5 text-xs font-medium text-ink-faint tabular-nums">{one.key}</span>
                  <Highlighted pieces={one.title} />
                </Link>
                {one.snippet && (
                  <p className="line-clamp-2 text-sm text-ink-muted">
                    <Highlighted pieces={one.snippet} />
                  </p>
                )}
              </div>
              {one.is_archived && <Badge>Archived</Badge>}
              <span className="shrink-0 text-xs text-ink-faint max-sm:hidden">
                <RelativeTime iso={one.created_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {data && found.length === 0 && !isFetching && (
        <EmptyState icon="search" title="Nothing found" text={`Nothing that you may see has all of the words of “${filters.q.trim()}”. Try fewer words, or look in the archive.`} />
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}
