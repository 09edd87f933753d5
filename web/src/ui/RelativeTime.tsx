import { absoluteTime, relativeTime } from "@/lib/dates"
import { region } from "@/lib/region"

/** In the viewer's language, which the sentence around it may not be in. */
export function RelativeTime({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={absoluteTime(iso)} lang={region().locale}>
      {relativeTime(iso)}
    </time>
  )
}
