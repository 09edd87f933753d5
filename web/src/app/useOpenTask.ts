import { useCallback } from "react"
import { useSearchParams } from "react-router"

/** The open task is part of the address: it can be linked to, and Back closes it. */
export function useOpenTask() {
  const [params, setParams] = useSearchParams()
  const open = useCallback(
    (taskId: string) =>
      setParams((now) => {
        now.set("task", taskId)
        return now
      }),
    [setParams],
  )
  const close = useCallback(
    () =>
      setParams((now) => {
        now.delete("task")
        return now
      }),
    [setParams],
  )
  const linkTo = (taskId: string) => {
    const wanted = new URLSearchParams(params)
    wanted.set("task", taskId)
    return { search: `?${wanted.toString()}` }
  }
  return { openId: params.get("task"), open, close, linkTo }
}
