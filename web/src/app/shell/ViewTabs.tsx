import { useEffect, useRef } from "react"
import { Link, useLocation, useNavigate } from "react-router"
import { useShortcuts } from "@/lib/shortcuts"
import { Icon } from "@/ui/icons"
import { paths } from "../paths"
import { PROJECT_VIEWS, rememberView, type ViewName } from "../projectViews"
import { useSlug } from "../useSlug"

interface ViewTabsProps {
  projectId: string
  current: ViewName
}

/** The ways to look at a project. Filters and the open task stay, as they are in the address. */
export function ViewTabs({ projectId, current }: ViewTabsProps) {
  const slug = useSlug()
  const navigate = useNavigate()
  const { search } = useLocation()
  const addressOf = (view: ViewName) => ({ pathname: paths.projectView(slug, projectId, view), search })

  const tabs = useRef<HTMLElement>(null)

  useEffect(() => rememberView(projectId, current), [projectId, current])
  // On a phone not all of them have room.
  useEffect(() => {
    tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }, [current])
  useShortcuts(Object.fromEntries(PROJECT_VIEWS.map(({ name }) => [`view.${name}`, () => void navigate(addressOf(name))])))

  return (
    <nav ref={tabs} aria-label="Views" className="shrink-0 overflow-x-auto border-b border-line px-3 [scrollbar-width:none] sm:px-5">
      <ul className="flex min-w-max gap-0.5">
        {PROJECT_VIEWS.map(({ name, label, icon, shortcut }) => (
          <li key={name}>
            <Link
              to={addressOf(name)}
              aria-keyshortcuts={shortcut}
              title={`${label} (${shortcut})`}
              aria-current={name === current ? "page" : undefined}
              className={`flex h-9 items-center gap-1.5 border-b-2 px-2 text-sm transition-colors duration-100 focus-visible:-outline-offset-2 pointer-coarse:h-11 ${
                name === current ? "border-accent font-medium text-ink" : "border-transparent text-ink-muted hover:text-ink"
              }`}
            >
              <Icon name={icon} className={`size-3.5 ${name === current ? "text-accent-ink" : "text-ink-faint"}`} />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
