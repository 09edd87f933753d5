import { useEffect, useRef } from "react"
import { SHORTCUTS, type Shortcut, type ShortcutId } from "./shortcutList"

type Run = (event: KeyboardEvent | null) => void
export type Shortcuts = Partial<Record<ShortcutId, Run>>

interface Scope {
  handlers: Shortcuts
}

/** What is on screen now, the latest last. Help and palette read it, so that they can name nothing that is not bound. */
const scopes: Scope[] = []
const SEQUENCE_MS = 1_500
let begun: { key: string; at: number } | null = null

/** Binds keys of the list (`shortcutList.ts`) to what they do here. Never while somebody types, unless the list says so. */
export function useShortcuts(shortcuts: Shortcuts, enabled = true): void {
  const scope = useRef<Scope>({ handlers: shortcuts })
  useEffect(() => {
    scope.current.handlers = shortcuts
  })
  useEffect(() => {
    if (!enabled) return
    const mine = scope.current
    scopes.push(mine)
    if (scopes.length === 1) document.addEventListener("keydown", onKeyDown)
    return () => {
      scopes.splice(scopes.indexOf(mine), 1)
      if (scopes.length === 0) document.removeEventListener("keydown", onKeyDown)
    }
  }, [enabled])
}

export interface Command extends Shortcut {
  id: ShortcutId
  run: () => void
}

/** What can be done on this page, those of the page itself before those of everywhere. */
export function boundCommands(): Command[] {
  return bound()
    .filter(({ id }) => !optionsOf(id).keyOnly)
    .map(({ id, run }) => ({ ...optionsOf(id), id, run: () => run(null) }))
}

/** Which of the list's keys do something on this page. */
export function boundIds(): ReadonlySet<ShortcutId> {
  return new Set(bound().map(({ id }) => id))
}

function bound(): { id: ShortcutId; run: Run }[] {
  const runs = new Map<ShortcutId, Run>()
  for (const { handlers } of scopes.toReversed()) {
    for (const [id, run] of Object.entries(handlers) as [ShortcutId, Run][]) if (!runs.has(id)) runs.set(id, run)
  }
  const found = [...runs].map(([id, run]) => ({ id, run }))
  const isEverywhere = ({ id }: { id: ShortcutId }) => Number(optionsOf(id).where === "Anywhere" || optionsOf(id).where === "Go to")
  return found.sort((one, other) => isEverywhere(one) - isEverywhere(other))
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing || MODIFIERS.has(event.key)) return
  const isOpen = document.querySelector("[aria-modal='true'],[role='menu'],[role='listbox']") !== null
  if (isOpen) return
  const key = spelled(event)
  const prefix = begun && Date.now() - begun.at < SEQUENCE_MS ? begun.key : null
  begun = null
  const all = bound()
  const find = (wanted: string) => all.find(({ id }) => optionsOf(id).keys.includes(wanted))
  const hit = (prefix === null ? undefined : find(`${prefix} ${key}`)) ?? find(key)
  if (hit) {
    if (isTyping(event.target) && !optionsOf(hit.id).inFields) return
    event.preventDefault()
    hit.run(event)
    return
  }
  if (isTyping(event.target) || !all.some(({ id }) => optionsOf(id).keys.some((keys) => keys.startsWith(`${key} `)))) return
  event.preventDefault()
  begun = { key, at: Date.now() }
}

const MODIFIERS = new Set(["Shift", "Control", "Meta", "Alt"])

/** "mod" is ⌘ on a Mac and Ctrl elsewhere; either is taken. Shift is in what a single key writes already ("?"). */
function spelled({ key, metaKey, ctrlKey, shiftKey }: KeyboardEvent): string {
  const name = key.length === 1 ? key.toLowerCase() : key
  return metaKey || ctrlKey ? `mod+${shiftKey ? "shift+" : ""}${name}` : name
}

function optionsOf(id: ShortcutId): Shortcut {
  return SHORTCUTS[id]
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type)
}
