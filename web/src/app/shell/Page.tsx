import type { ReactNode } from "react"
import { SidebarButton } from "./sidebarState"

interface PageProps {
  title: string
  actions?: ReactNode
  narrow?: boolean
  children: ReactNode
}

/** A page that scrolls as a whole; the board brings its own frame. */
export function Page({ title, actions, narrow = false, children }: PageProps) {
  return (
    <div className="h-full overflow-y-auto scroll-thin">
      <div className={`mx-auto w-full px-4 pt-3 pb-16 sm:px-8 sm:pt-6 ${narrow ? "max-w-3xl" : "max-w-6xl"}`}>
        <header className="mb-5 flex min-h-10 flex-wrap items-center gap-x-2 gap-y-3">
          <SidebarButton />
          <h1 className="mr-auto text-xl font-semibold tracking-tight text-ink">{title}</h1>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  )
}
