import { useGetLimitsQuery, useGetUsageQuery } from "@/features/usage/api"
import { PlanLimits } from "@/features/usage/PlanLimits"
import { UsageFigures } from "@/features/usage/UsageFigures"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function UsagePage() {
  useDocumentTitle("Usage and limits")
  const usage = useGetUsageQuery(undefined, { refetchOnMountOrArgChange: true })
  const limits = useGetLimitsQuery(undefined, { refetchOnMountOrArgChange: true })
  return (
    <>
      <Section title="Usage" text="What this workspace holds, and how it was used in the last four weeks.">
        {usage.error && !usage.data && <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />}
        {!usage.data && !usage.error && <Skeleton className="h-40 rounded-lg" />}
        {usage.data && <UsageFigures usage={usage.data} />}
      </Section>
      <Section title="Limits" text="What the plan of this workspace allows.">
        {limits.error && !limits.data && <ErrorNotice error={limits.error} onRetry={() => void limits.refetch()} />}
        {!limits.data && !limits.error && <Skeleton className="h-40 rounded-lg" />}
        {limits.data && <PlanLimits limits={limits.data} />}
      </Section>
    </>
  )
}
