import type { ReactNode } from "react"
import { NavLink, useSearchParams } from "react-router"
import type { View } from "@/lib/api/types"
import { useAppSelector } from "@/lib/store"
import { selectViews } from "@/lib/sync/select"
import { Icon } from "@/ui/icons"
import { viewPath } from "../paths"
import { useSlug } from "../useSlug"
import { useSidebar } from "./sidebarState"

/** Saved views: one's own, and those that are shared. */
export function ViewLinks() {
  const views = useAppSelector(selectViews)
  if (views.length === 0) return null
  return (
    <>
      <h2 className="mt-6 mb-1.5 px-2 text-xs font-medium text-ink-faint">Views</h2>
      <ul aria-label="Views" className="space-y-px">
        {views.map((view) => (
          <ViewLink key={view.id} view={view}>
            {view.name}
          </ViewLink>
        ))}
      </ul>
    </>
  )
}

function ViewLink({ view, children }: { view: View; children: ReactNode }) {
  const slug = useSlug()
  const { closeDrawer } = useSidebar()
  const [params] = useSearchParams()
  const isHere = params.get("view") === view.id
  return (
    <li>
      <NavLink
        to={viewPath(slug, view)}
        onClick={closeDrawer}
        aria-current={isHere ? "page" : undefined}
        className={`flex h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors duration-100 pointer-coarse:h-10 ${
          isHere ? "bg-hover font-medium text-ink" : "text-ink-muted hover:bg-hover hover:text-ink"
        }`}
      >
        <Icon name={view.layout === "board" ? "board" : "view"} className="size-4 text-ink-faint" />
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {view.is_shared && (
          <span title="Shared">
            <Icon name="people" className="size-3.5 text-ink-faint" />
            <span className="sr-only">shared</span>
          </span>
        )}
      </NavLink>
    </li>
  )
}
