import { useSearchParams } from "react-router"
import { useMay } from "@/features/roles/useMay"
import { WeekSheet } from "@/features/time/WeekSheet"
import { fullName } from "@/lib/people"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects } from "@/lib/sync/select"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { Avatar } from "@/ui/Avatar"
import { KeyLink } from "@/ui/KeyAction"
import { Select } from "@/ui/Select"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function TimePage() {
  useDocumentTitle("Timesheet")
  const slug = useSlug()
  const [params, setParams] = useSearchParams()
  const me = useAppSelector(selectUser)
  const people = useAppSelector(selectPeople)
  const projects = useAppSelector(selectProjects)
  const maySeeOthers = useMay()("time_entry", "read")
  const userId = params.get("user")
  const person = people.find(({ id }) => id === (userId ?? me?.id))
  const set = (name: string, value: string | null) =>
    setParams(
      (now) => {
        if (value) now.set(name, value)
        else now.delete(name)
        return now
      },
      { replace: true },
    )

  return (
    <Page
      title="Timesheet"
      actions={
        maySeeOthers && (
          <Select
            label="Whose"
            look="chip"
            value={userId ?? me?.id ?? ""}
            onChange={(id) => set("user", id === me?.id ? null : id)}
            choices={people.map((one) => ({ value: one.id, label: fullName(one), icon: <Avatar person={one} size="sm" /> }))}
          >
            <Avatar person={person} size="sm" />
            {person ? fullName(person) : "Somebody"}
          </Select>
        )
      }
    >
      <WeekSheet
        shown={{ week: params.get("week"), userId }}
        onWeek={(week) => set("week", week)}
        projects={projects}
        emptyAction={
          <KeyLink keys="g m" variant="primary" to={paths.myWork(slug)}>
            Choose one of your tasks
          </KeyLink>
        }
        linkTo={({ project_id, task_id }) => paths.task(slug, project_id, task_id)}
      />
    </Page>
  )
}
