// Storage can be switched off or full; nothing here is worth failing for.
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`projectflow.${key}`)
  } catch {
    return null
  }
}

export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`projectflow.${key}`)
    else localStorage.setItem(`projectflow.${key}`, value)
  } catch {
    // The preference lasts until the tab is closed.
  }
}
