import { useSearchParams } from "react-router"
import { selectCanWrite } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { KeyButton } from "@/ui/KeyAction"

/** The one next step in a project without tasks. The frame around it opens the dialog. */
export function FirstTaskButton() {
  const [, setParams] = useSearchParams()
  const canWrite = useAppSelector(selectCanWrite)
  if (!canWrite) return null
  const ask = (now: URLSearchParams) => {
    now.set("new", "")
    return now
  }
  return (
    <KeyButton keys="c" variant="primary" icon="plus" onClick={() => setParams(ask, { replace: true })}>
      Create a task
    </KeyButton>
  )
}
