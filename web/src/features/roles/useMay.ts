import { skipToken } from "@reduxjs/toolkit/query"
import { useCallback } from "react"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { useGetAllowedQuery } from "./api"
import { allows } from "./permissions"

export type May = (resource: string, action: string) => boolean

/** What whoever is signed in may do; nothing until it is known. The server has the last word. */
export function useMay(): May {
  const user = useAppSelector(selectUser)
  const isOwner = user?.role === "owner"
  const { data } = useGetAllowedQuery(user && !isOwner ? user.id : skipToken, { refetchOnMountOrArgChange: 60, refetchOnFocus: true })
  return useCallback((resource, action) => isOwner || (data !== undefined && allows(data.permissions, resource, action)), [isOwner, data])
}
