import { absoluteTime, relativeTime } from "@/lib/dates"

export function RelativeTime({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={absoluteTime(iso)}>
      {relativeTime(iso)}
    </time>
  )
}
