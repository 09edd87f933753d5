import { useSyncExternalStore } from "react"
import { readStored, store } from "./storage"

export type Theme = "light" | "dark" | "system"
export const THEMES: readonly Theme[] = ["light", "dark", "system"]

const listeners = new Set<() => void>()

export function currentTheme(): Theme {
  const stored = readStored("theme")
  return stored === "light" || stored === "dark" ? stored : "system"
}

export function setTheme(theme: Theme): void {
  store("theme", theme === "system" ? null : theme)
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  listeners.forEach((listener) => listener())
}

/** From what is on screen now to its opposite, whatever chose it. */
export function toggleTheme(): void {
  const theme = currentTheme()
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches)
  setTheme(dark ? "light" : "dark")
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme)
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
