import { useEffect, useMemo, useState } from "react"
import { Outlet, useLocation } from "react-router"
import { ConfirmItIsYou } from "@/features/account/security/ConfirmItIsYou"
import { TimerBar } from "@/features/time/TimerBar"
import { selectUser, selectWorkspace } from "@/lib/session"
import { readStored, store } from "@/lib/storage"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { useLiveStore, useUndoKeys } from "@/lib/sync/hooks"
import { showToast } from "@/lib/toasts"
import { ErrorBoundary } from "@/ui/ErrorBoundary"
import { lazyDialog } from "@/ui/lazyDialog"
import { keepForOffline } from "../keepForOffline"
import { paths } from "../paths"
import { useSlug } from "../useSlug"
import { OfflineBanner } from "./OfflineBanner"
import { Sidebar } from "./Sidebar"
import { SidebarContext } from "./sidebarState"
import { LazyPalette } from "./LazyPalette"
import { useGlobalCommands } from "./useGlobalCommands"
import { useRememberedPlaces } from "./useRememberedPlaces"
import { useSignOut } from "./useSignOut"

const SidebarDrawer = lazyDialog(async () => (await import("./SidebarDrawer")).SidebarDrawer)
const ShortcutsDialog = lazyDialog(async () => (await import("./ShortcutsDialog")).ShortcutsDialog)

export function AppShell() {
  const { pathname } = useLocation()
  const slug = useSlug()
  const [collapsed, setCollapsed] = useState(() => readStored("sidebar") === "collapsed")
  const [drawerOpen, setDrawerOpen] = useState(false)
  const [showingShortcuts, setShowingShortcuts] = useState(false)
  const workspace = useAppSelector(selectWorkspace)
  const user = useAppSelector(selectUser)
  useLiveStore(workspace?.id ?? "", user?.id ?? "")
  useUndoKeys()
  useRememberedPlaces()
  const dispatch = useAppDispatch()
  useEffect(() => {
    const reload = { label: "Reload", run: () => window.location.reload() }
    keepForOffline(() => dispatch(showToast("A new version of ProjectFlow is here.", { action: reload, stays: true })))
  }, [dispatch])

  const sidebar = useMemo(
    () => ({
      collapsed,
      drawerOpen,
      closeDrawer: () => setDrawerOpen(false),
      toggle: () => {
        if (matchMedia("(min-width: 768px)").matches) {
          setCollapsed(!collapsed)
          store("sidebar", collapsed ? null : "collapsed")
        } else {
          setDrawerOpen((open) => !open)
        }
      },
    }),
    [collapsed, drawerOpen],
  )

  const { signOut, question } = useSignOut()
  const palette = useGlobalCommands({ signOut, toggleSidebar: sidebar.toggle, showHelp: () => setShowingShortcuts(true) })

  return (
    <SidebarContext value={sidebar}>
      <a
        href="#main"
        className="sr-only z-60 rounded-md bg-accent px-3 py-2 text-sm font-medium text-ink-inverse focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <div className="flex h-dvh overflow-hidden">
        {!collapsed && (
          <div className="hidden w-60 shrink-0 border-r border-line bg-sunken md:block">
            <Sidebar onShowShortcuts={() => setShowingShortcuts(true)} onSearch={palette.onOpen} />
          </div>
        )}
        <SidebarDrawer open={drawerOpen} onClose={sidebar.closeDrawer}>
          <Sidebar onShowShortcuts={() => setShowingShortcuts(true)} onSearch={palette.onOpen} />
        </SidebarDrawer>
        <div className="flex min-w-0 flex-1 flex-col">
          <OfflineBanner />
          <TimerBar linkTo={({ project_id, task_id }) => paths.task(slug, project_id, task_id)} />
          <main id="main" tabIndex={-1} className="min-h-0 flex-1 bg-canvas outline-none">
            <ErrorBoundary key={pathname}>
              <Outlet />
            </ErrorBoundary>
          </main>
        </div>
      </div>
      <ConfirmItIsYou />
      {question}
      <LazyPalette {...palette} />
      <ShortcutsDialog open={showingShortcuts} onClose={() => setShowingShortcuts(false)} />
    </SidebarContext>
  )
}
