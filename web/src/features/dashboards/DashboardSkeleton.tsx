import { Skeleton } from "@/ui/states"

export function DashboardSkeleton() {
  return (
    <div role="status" aria-label="Counting" className="space-y-4">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
        {Array.from({ length: 8 }, (_, tile) => (
          <Skeleton key={tile} className="h-22 rounded-xl" />
        ))}
      </div>
      <ChartsSkeleton />
    </div>
  )
}

export function ChartsSkeleton() {
  return (
    <div aria-hidden="true" className="grid gap-4 lg:grid-cols-2">
      {Array.from({ length: 4 }, (_, chart) => (
        <Skeleton key={chart} className="h-80 rounded-xl" />
      ))}
    </div>
  )
}
