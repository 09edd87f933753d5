import type { SearchResult } from "@/lib/api/types"

/** What was searched for stands out. The pieces are plain text: there is nothing in them to run. */
export function Highlighted({ pieces }: { pieces: SearchResult["title"] }) {
  return pieces.map(({ text, hit }, at) =>
    hit ? (
      <mark key={at} className="rounded-xs bg-warning-soft text-warning-ink">
        {text}
      </mark>
    ) : (
      text
    ),
  )
}
