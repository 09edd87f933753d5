import type { ReactNode } from "react"
import { NavLink } from "react-router"
import { useGetUnreadCountQuery } from "@/features/inbox/api"
import { hueOf } from "@/lib/people"
import { selectWorkspace } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectIsReady, selectPeople, selectProjects } from "@/lib/sync/select"
import { IconButton } from "@/ui/Button"
import { hueStyle } from "@/ui/hue"
import { Icon, Logo, type IconName } from "@/ui/icons"
import { Keycaps } from "@/ui/Keycaps"
import { Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { useSlug } from "../useSlug"
import { AccountMenu } from "./AccountMenu"
import { useSidebar } from "./sidebarState"
import { ThemeSwitch } from "./ThemeSwitch"
import { ViewLinks } from "./ViewLinks"

interface SidebarProps {
  onShowShortcuts: () => void
  onSearch: () => void
}

export function Sidebar({ onShowShortcuts, onSearch }: SidebarProps) {
  const slug = useSlug()
  const workspace = useAppSelector(selectWorkspace)
  const isReady = useAppSelector(selectIsReady)
  const projects = useAppSelector(selectProjects)
  const people = useAppSelector(selectPeople)
  const { toggle, closeDrawer } = useSidebar()
  const { data: unread = 0 } = useGetUnreadCountQuery()

  return (
    <nav aria-label="Workspace" className="flex h-full flex-col">
      <div className="flex h-13 items-center gap-2.5 pr-2 pl-3.5">
        <Logo className="size-6" />
        <p className="min-w-0 flex-1 truncate text-base font-semibold text-ink" title={workspace?.name}>
          {workspace?.name}
        </p>
        <IconButton icon="sidebar" label="Close sidebar" shortcut="[" onClick={toggle} />
      </div>

      <div className="min-h-0 flex-1 overflow-y-auto scroll-thin px-2 pb-3">
        <button
          type="button"
          aria-keyshortcuts="Control+K"
          onClick={() => {
            closeDrawer()
            onSearch()
          }}
          className="mb-2 flex h-8 w-full items-center gap-2.5 rounded-md border border-line bg-surface px-2 text-left text-sm text-ink-muted transition-colors duration-100 hover:border-line-strong hover:text-ink pointer-coarse:h-10"
        >
          <Icon name="search" className="size-4 text-ink-faint" />
          <span className="flex-1">Search</span>
          <span aria-hidden="true" className="max-md:hidden">
            <Keycaps keys="mod+k" />
          </span>
        </button>
        <ul className="space-y-px">
          <Item to={paths.inbox(slug)} icon="inbox" {...(unread > 0 && { count: unread, countLabel: "unread" })}>
            Inbox
          </Item>
          <Item to={paths.myWork(slug)} icon="check">
            My work
          </Item>
          <Item to={paths.projects(slug)} icon="folder" end>
            Projects
          </Item>
          <Item to={paths.tasks(slug)} icon="view" end>
            All tasks
          </Item>
          <Item to={paths.time(slug)} icon="clock">
            Timesheet
          </Item>
          <Item to={paths.insights(slug)} icon="insights">
            Insights
          </Item>
          <Item to={paths.reports(slug)} icon="chartBars">
            Reports
          </Item>
          <Item to={paths.imports(slug)} icon="import">
            Imports
          </Item>
          <Item to={paths.people(slug)} icon="people" count={isReady ? people.length : undefined}>
            People
          </Item>
        </ul>

        <ViewLinks />
        <h2 className="mt-6 mb-1.5 px-2 text-xs font-medium text-ink-faint">Your projects</h2>
        {!isReady && <Skeleton className="mx-2 h-7" />}
        {isReady && projects.length === 0 && <p className="px-2 text-sm text-ink-faint">None yet.</p>}
        <ul className="space-y-px">
          {projects.map((project) => (
            <Item key={project.id} to={paths.project(slug, project.id)} mark={project.key} count={project.open_task_count}>
              {project.name}
            </Item>
          ))}
        </ul>
      </div>

      <div className="space-y-1 border-t border-line p-2">
        <div className="flex items-center justify-between px-1">
          <ThemeSwitch />
          <IconButton icon="keyboard" label="Keyboard shortcuts" shortcut="?" onClick={onShowShortcuts} />
        </div>
        <AccountMenu />
      </div>
    </nav>
  )
}

interface ItemProps {
  to: string
  icon?: IconName
  mark?: string
  count?: number | undefined
  /** What the count is of, where it is to be noticed: "unread". */
  countLabel?: string
  end?: boolean
  children: ReactNode
}

function Item({ to, icon, mark, count, countLabel, end = false, children }: ItemProps) {
  const { closeDrawer } = useSidebar()
  return (
    <li>
      <NavLink
        to={to}
        end={end}
        onClick={closeDrawer}
        className={({ isActive }) =>
          `flex h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors duration-100 pointer-coarse:h-10 ${
            isActive ? "bg-hover font-medium text-ink" : "text-ink-muted hover:bg-hover hover:text-ink"
          }`
        }
      >
        {icon && <Icon name={icon} className="size-4 text-ink-faint" />}
        {mark && (
          <span
            aria-hidden="true"
            className="inline-flex size-4 shrink-0 items-center justify-center rounded text-[0.5625rem] font-bold"
            style={hueStyle(hueOf(mark))}
          >
            {mark.charAt(0)}
          </span>
        )}
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {count !== undefined && !countLabel && <span className="text-xs text-ink-faint tabular-nums">{count}</span>}
        {count !== undefined && countLabel && (
          <span className="rounded-full bg-accent px-1.5 text-2xs leading-4.5 font-semibold text-ink-inverse tabular-nums">
            {count > 99 ? "99+" : count}
            <span className="sr-only"> {countLabel}</span>
          </span>
        )}
      </NavLink>
    </li>
  )
}
