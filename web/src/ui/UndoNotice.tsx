import { useEffect, useRef } from "react"
import { Button } from "./Button"

interface UndoNoticeProps {
  text: string
  onUndo: () => void
}

/** Stands in a dialog, because a toast behind it is out of reach while the dialog is open. */
export function UndoNotice({ text, onUndo }: UndoNoticeProps) {
  const undo = useRef<HTMLButtonElement>(null)
  // The row that had the focus is gone.
  useEffect(() => undo.current?.focus(), [])
  return (
    <div role="status" className="flex items-center gap-2 rounded-lg bg-sunken py-1.5 pr-1.5 pl-3 text-sm text-ink">
      <p className="min-w-0 flex-1">{text}</p>
      <Button ref={undo} size="sm" variant="ghost" className="text-accent-ink!" onClick={onUndo}>
        Undo
      </Button>
    </div>
  )
}
