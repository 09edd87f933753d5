import { FeedList } from "@/features/feeds/FeedList"
import { useAppSelector } from "@/lib/store"
import { selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Section } from "../shell/Section"

export function CalendarsPage() {
  useDocumentTitle("Calendars")
  const projects = useAppSelector(selectProjects)
  return (
    <Section title="Calendars" text="Due dates in your own calendar program: each calendar has a secret address to subscribe to.">
      <FeedList projects={projects} />
    </Section>
  )
}
