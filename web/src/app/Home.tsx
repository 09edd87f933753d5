import { Navigate } from "react-router"
import { selectWorkspace } from "@/lib/session"
import { readStored } from "@/lib/storage"
import { useAppSelector } from "@/lib/store"
import { paths } from "./paths"

export function Home() {
  const workspace = useAppSelector(selectWorkspace)
  if (workspace) return <Navigate to={paths.projects(workspace.slug)} replace />
  return <Navigate to={readStored("workspace") ? paths.signIn : paths.createWorkspace} replace />
}
