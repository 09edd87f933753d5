import { useCallback, useMemo } from "react"
import { useSearchParams } from "react-router"
import { SearchBar } from "@/features/search/SearchBar"
import { readFilters, writeFilters, type SearchFilters } from "@/features/search/searchFilters"
import { SearchResults } from "@/features/search/SearchResults"
import { useAppSelector } from "@/lib/store"
import { selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function SearchPage() {
  useDocumentTitle("Search")
  const slug = useSlug()
  const [params, setParams] = useSearchParams()
  const filters = useMemo(() => readFilters(params), [params])
  const change = useCallback((wanted: SearchFilters) => setParams(writeFilters(wanted), { replace: true }), [setParams])
  const projects = useAppSelector(selectProjects)
  return (
    <Page title="Search" narrow>
      <SearchBar filters={filters} onChange={change} projects={projects} />
      <SearchResults
        filters={filters}
        linkTo={({ kind, id, project_id, task_id }) => (kind === "project" ? paths.board(slug, project_id) : paths.task(slug, project_id, task_id ?? id))}
      />
    </Page>
  )
}
