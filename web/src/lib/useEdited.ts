import { useState } from "react"

/** What somebody edits: it starts as what is stored, and starts again whenever that changes. */
export function useEdited<Stored, Form>(stored: Stored, toForm: (stored: Stored) => Form) {
  const [seen, setSeen] = useState(stored)
  const [form, setForm] = useState(() => toForm(stored))
  if (stored !== seen) {
    setSeen(stored)
    setForm(toForm(stored))
  }
  return [form, setForm] as const
}
