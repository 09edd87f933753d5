import { NavLink, Outlet } from "react-router"
import { paths } from "../paths"
import { Page } from "../shell/Page"
import { useSlug } from "../useSlug"

export function SettingsPage() {
  const slug = useSlug()
  const tabs = [
    { to: paths.profile(slug), label: "Profile" },
    { to: paths.security(slug), label: "Security" },
  ]
  return (
    <Page title="Settings" narrow>
      <nav aria-label="Settings" className="mb-6 flex gap-5 border-b border-line">
        {tabs.map(({ to, label }) => (
          <NavLink
            key={to}
            to={to}
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
      <Outlet />
    </Page>
  )
}
