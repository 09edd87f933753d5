import { useMemo } from "react"
import { dueAtEndOf, toDateInput } from "@/lib/dates"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectTags } from "@/lib/sync/select"
import { parseQuickAdd, type Understood } from "./parseQuickAdd"

/** What is understood of a title as it is typed. */
export function useQuickAdd(text: string): Understood {
  const people = useAppSelector(selectPeople)
  const tags = useAppSelector(selectTags)
  const me = useAppSelector(selectUser)?.id ?? ""
  return useMemo(() => parseQuickAdd(text, { people, tags, me, today: toDateInput(new Date().toISOString()) }), [text, people, tags, me])
}

/** The same as fields of a new task. */
export function fieldsOf({ title, priority, assignee, tags, due }: Understood) {
  return {
    title,
    ...(priority && { priority }),
    ...(assignee && { assignee_id: assignee.id }),
    ...(tags.length > 0 && { tags }),
    ...(due && { due_date: dueAtEndOf(due) }),
  }
}
