import { useEffect, useState } from "react"

/** How long something has been running, counted up each second. */
export function useRunningSeconds(startedAt: string): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (now - Date.parse(startedAt)) / 1000
}
