import { useNavigate } from "react-router"
import { useGetImportsQuery } from "@/features/imports/api"
import { DropZone } from "@/features/imports/DropZone"
import { ImportHistory } from "@/features/imports/ImportHistory"
import { selectCanCreateProjects } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { EmptyState, ErrorNotice } from "@/ui/states"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function ImportsPage() {
  useDocumentTitle("Imports")
  const slug = useSlug()
  const navigate = useNavigate()
  const canImport = useAppSelector(selectCanCreateProjects)
  const { data: imports = [], error, refetch } = useGetImportsQuery(undefined, { refetchOnMountOrArgChange: true })

  return (
    <Page title="Imports" narrow>
      {canImport ? (
        <DropZone onStarted={({ id }) => void navigate(paths.import(slug, id))} />
      ) : (
        <EmptyState icon="import" title="Imports make projects" text="Your role can’t do that. Ask a manager or an admin of your workspace." />
      )}
      {error && (
        <div className="mt-6">
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      <ImportHistory imports={imports} linkTo={(id) => paths.import(slug, id)} />
    </Page>
  )
}
