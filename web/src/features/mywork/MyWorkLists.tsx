import { useMemo, useState, type ReactNode } from "react"
import type { To } from "react-router"
import type { User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { focusRow } from "@/lib/rowFocus"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import type { StateRow, TaskRow } from "@/lib/sync/models"
import { selectRows } from "@/lib/sync/select"
import { EmptyState, Skeleton } from "@/ui/states"
import { TaskLine } from "@/ui/TaskLine"
import { DUES, type Waiting } from "./myWork"
import { useMyWork } from "./useMyWork"

interface MyWorkListsProps {
  people: User[]
  openId: string | null
  linkTo: (taskId: string) => To
  /** What to do when there is nothing here. */
  emptyAction: ReactNode
}

export function MyWorkLists({ people, openId, linkTo, emptyAction }: MyWorkListsProps) {
  const [now] = useState(Date.now)
  const work = useMyWork(now)
  const names = useNames(people)
  useShortcuts({ "rows.next": () => focusRow(1), "rows.previous": () => focusRow(-1) })
  if (!work) return <Skeleton className="h-96 rounded-xl" />

  const line = (task: TaskRow, more?: string) => (
    <TaskLine
      key={task.id}
      task={task}
      state={names.stateOf(task)}
      assignee={names.personOf(task.assignee_id)}
      to={linkTo(task.id)}
      isOpen={task.id === openId}
    >
      {more ?? names.projectOf(task)}
    </TaskLine>
  )
  const others = ({ others: waiting }: Waiting) => waiting.map(({ key, title, assignee_id }) => `${key} ${title} (${names.nameOf(assignee_id)})`).join(", ")
  const isEmpty = work.byDue.size + work.waitForMe.length === 0

  if (isEmpty) {
    return (
      <EmptyState icon="check" title="Nothing is yours to do" text="Tasks that are assigned to you come here, the most pressing first, with what your work and that of others waits for.">
        {emptyAction}
      </EmptyState>
    )
  }
  return (
    <>
      {DUES.map(({ due, title }) => {
        const tasks = work.byDue.get(due)
        return tasks && <Group key={due} title={title} count={tasks.length} isLate={due === "overdue"}>{tasks.map((task) => line(task))}</Group>
      })}
      {work.blocked.length > 0 && (
        <Group title="Waits for others" count={work.blocked.length}>
          {work.blocked.map((one) => line(one.task, `Waits for ${others(one)}`))}
        </Group>
      )}
      {work.waitForMe.length > 0 && (
        <Group title="Others wait for you" count={work.waitForMe.length}>
          {work.waitForMe.map((one) => line(one.task, `Before ${others(one)}`))}
        </Group>
      )}
    </>
  )
}

function Group({ title, count, isLate = false, children }: { title: string; count: number; isLate?: boolean; children: ReactNode }) {
  return (
    <section aria-label={title} className="mb-6">
      <h2 className={`mb-1.5 px-1 text-xs font-medium ${isLate ? "text-danger-ink" : "text-ink-faint"}`}>
        {title} <span className="tabular-nums">{count}</span>
      </h2>
      <ul className="overflow-hidden rounded-xl border border-line bg-surface">{children}</ul>
    </section>
  )
}

function useNames(people: User[]) {
  const states = useAppSelector((state) => selectRows(state, "state"))
  const projects = useAppSelector((state) => selectRows(state, "project"))
  return useMemo(() => {
    const byId = new Map(people.map((person) => [person.id, person]))
    const statesByKey = new Map(states.map((state): [string, StateRow] => [`${state.project_id} ${state.key}`, state]))
    const projectNames = new Map(projects.map(({ id, name }) => [id, name]))
    const personOf = (id: string | null) => byId.get(id ?? "")
    return {
      personOf,
      nameOf: (id: string | null) => {
        const person = personOf(id)
        return person ? fullName(person) : "nobody yet"
      },
      stateOf: ({ project_id, status }: TaskRow) => statesByKey.get(`${project_id} ${status}`),
      projectOf: ({ project_id }: TaskRow) => projectNames.get(project_id),
    }
  }, [people, states, projects])
}
