import { useId, useRef, useState, type SubmitEvent } from "react"
import { useShortcuts } from "@/lib/shortcuts"
import type { ShortcutId } from "@/lib/shortcutList"
import { Button, IconButton } from "@/ui/Button"
import { inputLook } from "@/ui/Field"
import { Icon } from "@/ui/icons"
import { Spinner } from "@/ui/Spinner"
import { QueryHelp } from "./QueryHelp"
import { queryProblem } from "./queryProblem"

interface QueryFieldProps {
  query: string
  onChange: (query: string) => void
  /** What the server said of the query that stands. */
  error: unknown
  isBusy?: boolean
  shortcut: ShortcutId
  /** What is asked before it, which people do not see. */
  prefix?: string
  /** Asked at each key instead of by Enter: whoever asks waits until it rests. */
  isLive?: boolean
}

/** A query in words. Enter asks it; what is wrong with it is shown at its place. */
export function QueryField({ query, onChange, error, isBusy = false, shortcut, prefix = "", isLive = false }: QueryFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  const noteId = useId()
  const [typed, setTyped] = useState(query)
  const [seen, setSeen] = useState(query)
  const [explaining, setExplaining] = useState(false)
  if (query !== seen) {
    setSeen(query)
    setTyped(query)
  }
  useShortcuts({ [shortcut]: () => field.current?.focus() })
  const problem = typed === query ? queryProblem(error, query, prefix) : null
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onChange(typed.trim())
  }

  return (
    <form onSubmit={submit} className="min-w-0 flex-1">
      <div className="flex items-center gap-1.5">
        <div className="relative min-w-0 flex-1">
          <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-ink-faint">
            {isBusy ? <Spinner /> : <Icon name="filter" className="size-3.5" />}
          </span>
          <input
            ref={field}
            aria-label="Query"
            aria-keyshortcuts={shortcut === "board.query" ? "q" : "/"}
            aria-invalid={problem ? true : undefined}
            aria-describedby={problem ? noteId : undefined}
            placeholder="assignee:me status:open due<7d"
            maxLength={1000}
            value={typed}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => {
              setTyped(event.target.value)
              if (isLive) onChange(event.target.value)
            }}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
            className={`${inputLook} h-8 pr-8 pl-8 font-mono text-sm! pointer-coarse:h-10`}
          />
          {typed !== "" && (
            <IconButton
              icon="close"
              label="Clear the query"
              className="absolute! inset-y-0 right-0.5 my-auto"
              onClick={() => {
                setTyped("")
                onChange("")
                field.current?.focus()
              }}
            />
          )}
        </div>
        {/* Not disabled while an answer is awaited: Enter would do nothing. */}
        {!isLive && (
          <Button type="submit" disabled={typed.trim() === query}>
            Apply
          </Button>
        )}
        <Button variant="ghost" aria-expanded={explaining} onClick={() => setExplaining(true)}>
          Syntax
        </Button>
      </div>
      {problem && (
        <div id={noteId} role="alert" className="mt-1.5 rounded-md bg-danger-soft px-3 py-2 text-sm text-danger-ink">
          <code className="block overflow-x-auto font-mono whitespace-pre">
            {problem.before}
            <span className="underline decoration-wavy decoration-2 underline-offset-4">{problem.wrong || "▲"}</span>
            {problem.after}
          </code>
          {problem.message}
        </div>
      )}
      <QueryHelp open={explaining} onClose={() => setExplaining(false)} />
    </form>
  )
}
