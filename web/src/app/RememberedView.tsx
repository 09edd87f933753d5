import { Navigate, useParams } from "react-router"
import { useAppSelector } from "@/lib/store"
import { selectProjectByName } from "@/lib/sync/select"
import { rememberedView } from "./projectViews"

/** A project without a view in its address is shown as it was last. */
export function RememberedView() {
  const { projectId = "" } = useParams()
  const id = useAppSelector((state) => selectProjectByName(state, projectId)?.id)
  return <Navigate to={rememberedView(id ?? projectId)} replace />
}
