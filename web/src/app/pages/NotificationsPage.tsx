import { useGetNotificationRulesQuery } from "@/features/inbox/api"
import { NotificationRulesForm } from "@/features/inbox/NotificationRulesForm"
import { useAppSelector } from "@/lib/store"
import { selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { Section } from "../shell/Section"

export function NotificationsPage() {
  useDocumentTitle("Notifications")
  const { data, error, refetch } = useGetNotificationRulesQuery(undefined, { refetchOnMountOrArgChange: true })
  const projects = useAppSelector(selectProjects)
  return (
    <Section title="Notifications" text="What comes into your inbox, what by mail, and when not. You are never told of what you do yourself.">
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-96 rounded-lg" />}
      {data && <NotificationRulesForm rules={data} projects={projects} />}
    </Section>
  )
}
