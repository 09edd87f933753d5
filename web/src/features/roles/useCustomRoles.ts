import { useMemo } from "react"
import { useGetRolesQuery } from "./api"
import { useMay } from "./useMay"

/** The roles that the workspace made for itself; none for who may not see roles. */
export function useCustomRoles() {
  const maySee = useMay()("role", "read")
  const { data: roles } = useGetRolesQuery(undefined, { skip: !maySee })
  return useMemo(() => (roles ?? []).flatMap(({ id, name, description }) => (id === null ? [] : [{ id, name, description }])), [roles])
}
