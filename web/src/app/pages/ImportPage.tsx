import { useCallback } from "react"
import { Link, useParams } from "react-router"
import { ImportProgress } from "@/features/imports/ImportProgress"
import { api } from "@/lib/api/api"
import { useAppDispatch } from "@/lib/store"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { JUST_STARTED } from "../onboarding"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function ImportPage() {
  useDocumentTitle("Import")
  const slug = useSlug()
  const { importId = "" } = useParams()
  const dispatch = useAppDispatch()
  const onSucceeded = useCallback(
    () => void dispatch(api.util.invalidateTags([{ type: "Project", id: "LIST" }, "Board", "Tags", "People"])),
    [dispatch],
  )

  return (
    <Page title="Import from Trello" narrow>
      <Link to={paths.imports(slug)} className="mb-4 inline-flex items-center gap-1.5 text-sm text-ink-muted hover:text-ink">
        <Icon name="arrowLeft" />
        All imports
      </Link>
      <ImportProgress
        key={importId}
        importId={importId}
        onSucceeded={onSucceeded}
        boardLink={(projectId) => (
          <ButtonLink variant="primary" icon="board" to={paths.board(slug, projectId)} state={JUST_STARTED}>
            Open the board
          </ButtonLink>
        )}
      />
    </Page>
  )
}
