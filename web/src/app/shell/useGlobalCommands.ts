import { useMemo, useState } from "react"
import { useNavigate } from "react-router"
import type { PaletteLinks } from "@/features/search/usePaletteItems"
import { selectCanCreateProjects, selectCanWrite } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { toggleTheme } from "@/lib/theme"
import { paths } from "../paths"
import { useSlug } from "../useSlug"

interface Shell {
  toggleSidebar: () => void
  showHelp: () => void
  signOut: () => void
}

/** What the palette shows: everything, or the projects in which a task can be made. */
export type PaletteMode = "everything" | "new task" | null

export interface PaletteState {
  mode: PaletteMode
  onOpen: () => void
  onClose: () => void
  onCreateIn: (projectId: string) => void
  links: PaletteLinks
}

/** Binds what can be done from anywhere; the palette is opened by one of these. */
export function useGlobalCommands({ toggleSidebar, showHelp, signOut }: Shell): PaletteState {
  const slug = useSlug()
  const navigate = useNavigate()
  const canWrite = useAppSelector(selectCanWrite)
  const canCreateProjects = useAppSelector(selectCanCreateProjects)
  const [mode, setMode] = useState<PaletteMode>(null)
  const go = (path: string) => () => void navigate(path)

  useShortcuts({
    palette: () => setMode("everything"),
    search: go(paths.search(slug)),
    ...(canWrite && { createTask: () => setMode("new task") }),
    ...(canCreateProjects && { createProject: go(`${paths.projects(slug)}?new`) }),
    theme: toggleTheme,
    sidebar: toggleSidebar,
    help: showHelp,
    signOut,
    goInbox: go(paths.inbox(slug)),
    goMyWork: go(paths.myWork(slug)),
    goProjects: go(paths.projects(slug)),
    goTasks: go(paths.tasks(slug)),
    goInsights: go(paths.insights(slug)),
    goTime: go(paths.time(slug)),
    goReports: go(paths.reports(slug)),
    goPeople: go(paths.people(slug)),
    goTeams: go(paths.teams(slug)),
    goSettings: go(paths.profile(slug)),
    goRules: go(paths.notifications(slug)),
  })

  const links = useMemo(
    (): PaletteLinks => ({
      toProject: (id) => void navigate(paths.board(slug, id)),
      toTask: (projectId, id) => void navigate(paths.task(slug, projectId, id)),
      toPerson: (email) => void navigate(paths.tasks(slug, `assignee:"${email}"`)),
      toSearch: (words) => void navigate(paths.search(slug, words)),
    }),
    [navigate, slug],
  )
  return {
    mode,
    onOpen: () => setMode("everything"),
    onClose: () => setMode(null),
    onCreateIn: (projectId) => void navigate(`${paths.board(slug, projectId)}?new`),
    links,
  }
}
