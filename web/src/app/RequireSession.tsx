import { Navigate, Outlet, useLocation, useParams } from "react-router"
import { selectSession } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { paths } from "./paths"

/** Everything under /w/:slug needs a session of that very workspace. */
export function RequireSession() {
  const { status, workspace, ended } = useAppSelector(selectSession)
  const { slug = "" } = useParams()
  const { pathname, search } = useLocation()
  if (status === "signed-in" && workspace?.slug === slug) return <Outlet />

  const wanted = new URLSearchParams({ workspace: slug })
  // After signing out on purpose, the next person starts at the front door.
  if (ended !== "by choice") wanted.set("next", pathname + search)
  return <Navigate to={`${paths.signIn}?${wanted}`} replace />
}
