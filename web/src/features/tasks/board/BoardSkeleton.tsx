import { Skeleton } from "@/ui/states"

const cards = [4, 3, 5, 2, 3]

export function BoardSkeleton() {
  return (
    <div role="status" aria-label="Loading the board" className="flex h-full gap-3 overflow-hidden px-4 pt-1 sm:px-6">
      {cards.map((count, column) => (
        <div key={column} className="w-[min(18.5rem,84vw)] shrink-0 space-y-2 self-start rounded-xl bg-sunken p-2">
          <Skeleton className="mx-1.5 mt-1.5 mb-3 h-5 w-28" />
          {Array.from({ length: count }, (_, card) => (
            <Skeleton key={card} className={`rounded-lg ${card % 2 ? "h-20" : "h-24"}`} />
          ))}
        </div>
      ))}
    </div>
  )
}
