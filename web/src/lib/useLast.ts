import { useState } from "react"

/** What a value was when it last was something: a dialog that fades out still shows what it was about. */
export function useLast<T>(value: T | null): T | null {
  const [last, setLast] = useState(value)
  if (value !== null && value !== last) setLast(value)
  return value ?? last
}
