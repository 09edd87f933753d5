import type { ReactNode } from "react"
import type { Project } from "@/lib/api/types"
import { Skeleton } from "@/ui/states"
import { SidebarButton } from "./sidebarState"

interface BoardHeaderProps {
  project: Project | undefined
  children: ReactNode
}

export function BoardHeader({ project, children }: BoardHeaderProps) {
  return (
    <header className="flex h-14 shrink-0 items-center gap-2.5 px-4 sm:px-6">
      <SidebarButton />
      {project ? (
        <h1 className="mr-auto flex min-w-0 items-center gap-2.5 text-lg font-semibold tracking-tight text-ink">
          <span className="hidden rounded-md bg-accent-soft px-1.5 py-0.5 text-2xs font-semibold tracking-wide text-accent-ink sm:inline">
            {project.key}
          </span>
          <span className="truncate" title={project.name}>
            {project.name}
          </span>
        </h1>
      ) : (
        <Skeleton className="mr-auto h-6 w-48" />
      )}
      {children}
    </header>
  )
}
