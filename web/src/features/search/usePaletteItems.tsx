import { useDeferredValue, useMemo, useState, useEffect, type ReactNode } from "react"
import type { SearchResult } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { selectUser } from "@/lib/session"
import { boundCommands } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectPeople, selectProjects, selectSeenTasks } from "@/lib/sync/select"
import { Avatar } from "@/ui/Avatar"
import { Icon, type IconName } from "@/ui/icons"
import { useGlanceQuery } from "./api"
import { Highlighted } from "./Highlighted"
import { fitting } from "./matching"
import { readRecent } from "./recent"

export interface PaletteItem {
  id: string
  group: string
  icon: ReactNode
  label: ReactNode
  /** What typed words are compared with; what was found by the server has none. */
  name?: string
  hint?: ReactNode
  keys?: string
  run: () => void
}

export interface PaletteLinks {
  toProject: (id: string) => void
  toTask: (projectId: string, id: string) => void
  toPerson: (email: string) => void
  toSearch: (words: string) => void
}

const PAUSE_MS = 150
const MOST_OF_A_KIND = 5
const kindIcons: Record<SearchResult["kind"], IconName> = { task: "checklist", project: "folder", comment: "comment", attachment: "paperclip" }

/** What the palette offers: what this page can do, where to go, and what is found. */
export function usePaletteItems(typed: string, links: PaletteLinks): { items: PaletteItem[]; isSearching: boolean } {
  const words = typed.trim()
  const asked = useDeferredValue(useLater(words))
  const { currentData, isFetching } = useGlanceQuery(asked, { skip: asked.length < 2 })
  const projects = useAppSelector(selectProjects)
  const people = useAppSelector(selectPeople)
  const tasks = useAppSelector(selectSeenTasks)
  const me = useAppSelector(selectUser)?.id ?? ""
  const [commands] = useState(boundCommands)

  const items = useMemo((): PaletteItem[] => {
    const icon = (name: IconName) => <Icon name={name} className="size-4 text-ink-faint" />
    const ofProject = ({ id, key, name }: (typeof projects)[number], group: string): PaletteItem => ({
      id: `${group}-${id}`, group, icon: icon("folder"), name: `${name} ${key}`, label: name, hint: key, run: () => links.toProject(id),
    }) // prettier-ignore
    const recent = readRecent(me).flatMap(({ kind, id, projectId }): PaletteItem[] => {
      if (kind === "project") return projects.filter((one) => one.id === id).map((one) => ofProject(one, "Recent"))
      const task = tasks.find((one) => one.id === id)
      return task ? [{ id: `recent-${id}`, group: "Recent", icon: icon("checklist"), name: `${task.title} ${task.key}`, label: task.title, hint: task.key, run: () => links.toTask(projectId, id) }] : []
    })
    const ofCommand = ({ id, label, keys, where, run }: (typeof commands)[number]): PaletteItem => ({
      id, run,
      group: where === "Anywhere" ? "Commands" : where === "Go to" ? "Go to" : "On this page",
      icon: icon(where === "Go to" ? "chevronRight" : "keyboard"),
      name: where === "Go to" ? `Go to ${label}` : label,
      label: where === "Go to" ? `Go to ${label}` : label,
      ...(keys[0] && { keys: keys[0] }),
    }) // prettier-ignore
    const ofCommands = commands.map(ofCommand)
    if (words === "") return [...recent.slice(0, MOST_OF_A_KIND), ...ofCommands]

    const key = words.toUpperCase()
    const here = tasks.filter((task) => task.key === key)
    const named = fitting(tasks, ({ title }) => title, words, MOST_OF_A_KIND)
    const found = currentData?.items ?? []
    const foundIds = new Set(found.map(({ id }) => id))
    // Before the server answers, and without the network, what is in this browser. Both have one id for
    // a task, so that an answer does not take away what somebody has chosen.
    const local = [...new Set([...here, ...named])].filter(({ id }) => !foundIds.has(id)).slice(0, currentData ? 2 : MOST_OF_A_KIND)
    return [
      ...fitting(recent, ({ name = "" }) => name, words, 3),
      ...fitting(ofCommands, ({ name = "" }) => name, words, MOST_OF_A_KIND),
      ...fitting(projects, ({ name, key: short }) => `${name} ${short}`, words, MOST_OF_A_KIND).map((one) => ofProject(one, "Projects")),
      ...fitting(people, (person) => `${fullName(person)} ${person.email}`, words, MOST_OF_A_KIND).map((person): PaletteItem => ({
        id: `person-${person.id}`, group: "People", icon: <Avatar person={person} size="sm" />, label: fullName(person), hint: "Their tasks", run: () => links.toPerson(person.email),
      })), // prettier-ignore
      ...local.map((task): PaletteItem => ({
        id: `found-task-${task.id}`, group: "Found", icon: icon("checklist"), label: task.title, hint: task.key, run: () => links.toTask(task.project_id, task.id),
      })), // prettier-ignore
      ...found.filter(({ kind }) => kind !== "project").map((one): PaletteItem => ({
        id: `found-${one.kind}-${one.id}`,
        group: "Found",
        icon: icon(kindIcons[one.kind]),
        label: <Highlighted pieces={one.kind === "comment" && one.snippet ? one.snippet : one.title} />,
        hint: one.key,
        run: () => links.toTask(one.project_id, one.task_id ?? one.id),
      })),
      { id: "everything", group: "Search", icon: icon("search"), label: `Search everything for “${words}”`, run: () => links.toSearch(words) },
    ]
  }, [words, commands, projects, people, tasks, currentData, me, links])
  return { items, isSearching: isFetching || (words.length > 1 && asked !== words) }
}

/** A value once it has rested. */
function useLater(value: string): string {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return later
}
