import { NavLink, Outlet } from "react-router"
import { useMay } from "@/features/roles/useMay"
import { Page } from "../shell/Page"
import { settingsTabs } from "../settingsTabs"
import { useSlug } from "../useSlug"

export function SettingsPage() {
  const groups = settingsTabs(useSlug(), useMay())
  return (
    <Page title="Settings">
      <div className="gap-10 lg:grid lg:grid-cols-[10rem_minmax(0,1fr)]">
        <nav aria-label="Settings" className="mb-6 space-y-3 border-b border-line pb-4 lg:mb-0 lg:space-y-6 lg:border-0 lg:pb-0">
          {groups.map(({ group, tabs }) => (
            <div key={group} className="flex items-baseline gap-3 lg:block">
              <h2 className="w-18 shrink-0 text-xs font-medium text-ink-faint lg:mb-1.5 lg:px-2">{group}</h2>
              <ul className="flex flex-wrap gap-x-1 gap-y-px lg:block lg:space-y-px">
                {tabs.map(({ to, label }) => (
                  <li key={to}>
                    <NavLink
                      to={to}
                      className={({ isActive }) =>
                        `flex h-8 items-center rounded-md px-2 text-sm transition-colors duration-100 pointer-coarse:h-10 ${
                          isActive ? "bg-hover font-medium text-ink" : "text-ink-muted hover:bg-hover hover:text-ink"
                        }`
                      }
                    >
                      {label}
                    </NavLink>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <div className="max-w-3xl min-w-0 has-data-wide:max-w-none">
          <Outlet />
        </div>
      </div>
    </Page>
  )
}
