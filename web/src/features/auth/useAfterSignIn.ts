import { useSearchParams } from "react-router"
import { selectSession } from "@/lib/session"
import { useAppSelector } from "@/lib/store"

/** Where a signed-in visitor of the sign-in page belongs, or null when they have to fill it in. */
export function useAfterSignIn(): string | null {
  const { status, workspace } = useAppSelector(selectSession)
  const [params] = useSearchParams()
  if (status !== "signed-in" || !workspace) return null
  const wanted = params.get("workspace")
  if (wanted && wanted !== workspace.slug) return null
  const home = `/w/${workspace.slug}/`
  const next = params.get("next") ?? ""
  // Only back into the workspace just entered: never to another site, never into another workspace.
  return next.startsWith(home) ? next : `${home}projects`
}
