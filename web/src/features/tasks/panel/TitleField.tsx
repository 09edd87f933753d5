import { useState, type KeyboardEvent } from "react"

interface TitleFieldProps {
  title: string
  canWrite: boolean
  onSave: (title: string) => void
}

export function TitleField({ title, canWrite, onSave }: TitleFieldProps) {
  const [draft, setDraft] = useState<string | null>(null)

  const finish = () => {
    const next = draft?.replace(/\s*\n\s*/g, " ").trim()
    setDraft(null)
    if (next && next !== title) onSave(next)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault()
      event.currentTarget.blur()
    }
    if (event.key === "Escape" && draft !== null) {
      // The first Esc gives up the edit; the panel stays for the second.
      event.preventDefault()
      event.stopPropagation()
      setDraft(null)
    }
  }

  return (
    <textarea
      aria-label="Title"
      rows={1}
      value={draft ?? title}
      readOnly={!canWrite}
      maxLength={255}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={finish}
      onKeyDown={onKeyDown}
      className="mt-3 -mx-2 block field-sizing-content w-[calc(100%+1rem)] resize-none rounded-md bg-transparent px-2 py-1.5 text-[1.1875rem] leading-7 font-semibold tracking-tight text-ink hover:bg-hover focus:bg-transparent read-only:hover:bg-transparent"
    />
  )
}
