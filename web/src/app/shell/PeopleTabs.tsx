import { NavLink } from "react-router"
import { paths } from "../paths"
import { useSlug } from "../useSlug"

/** People, and the teams they make up. */
export function PeopleTabs() {
  const slug = useSlug()
  const tabs = [
    { to: paths.people(slug), label: "People" },
    { to: paths.teams(slug), label: "Teams" },
  ]
  return (
    <nav aria-label="People and teams" className="mb-5 flex gap-5 border-b border-line">
      {tabs.map(({ to, label }) => (
        <NavLink
          key={to}
          to={to}
          end
          className={({ isActive }) =>
            `-mb-px border-b-2 py-2 text-sm font-medium transition-colors duration-100 pointer-coarse:py-3 ${
              isActive ? "border-accent text-ink" : "border-transparent text-ink-muted hover:text-ink"
            }`
          }
        >
          {label}
        </NavLink>
      ))}
    </nav>
  )
}
