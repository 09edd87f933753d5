import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { EmptyState } from "@/ui/states"

export function NotFoundPage() {
  useDocumentTitle("Not found")
  return (
    <EmptyState icon="search" title="There is nothing here" text="The address may be mistyped, or what was here is gone.">
      <ButtonLink to="/" variant="primary">
        Go to your projects
      </ButtonLink>
    </EmptyState>
  )
}
