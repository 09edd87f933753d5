import { createContext, useContext } from "react"
import { IconButton } from "@/ui/Button"

export interface SidebarState {
  collapsed: boolean
  drawerOpen: boolean
  toggle: () => void
  closeDrawer: () => void
}

export const SidebarContext = createContext<SidebarState>({
  collapsed: false,
  drawerOpen: false,
  toggle: () => undefined,
  closeDrawer: () => undefined,
})

export const useSidebar = () => useContext(SidebarContext)

/** Stands at the start of every page's header; on wide screens only while the sidebar is away. */
export function SidebarButton() {
  const { collapsed, toggle } = useSidebar()
  return (
    <IconButton
      icon="menu"
      label="Open sidebar"
      shortcut="["
      onClick={toggle}
      className={collapsed ? "-ml-1.5" : "-ml-1.5 md:hidden"}
    />
  )
}
