import { useEffect, useRef } from "react"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { Button } from "@/ui/Button"

interface RemovedNoticeProps {
  person: User
  onUndo: () => void
}

/** Stands in the dialog, because a toast behind it is out of reach while the dialog is open. */
export function RemovedNotice({ person, onUndo }: RemovedNoticeProps) {
  const undo = useRef<HTMLButtonElement>(null)
  // The row that had the focus is gone.
  useEffect(() => undo.current?.focus(), [])
  return (
    <div role="status" className="flex items-center gap-2 rounded-lg bg-sunken py-1.5 pr-1.5 pl-3 text-sm text-ink">
      <p className="min-w-0 flex-1">{fullName(person)} is no longer in this project. Their tasks stay theirs.</p>
      <Button ref={undo} size="sm" variant="ghost" className="text-accent-ink!" onClick={onUndo}>
        Undo
      </Button>
    </div>
  )
}
