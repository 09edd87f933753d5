import type { May } from "@/features/roles/useMay"
import { paths } from "./paths"

export interface SettingsTabs {
  group: string
  tabs: { to: string; label: string }[]
}

/** The pages of the settings that somebody is offered. */
export function settingsTabs(slug: string, may: May): SettingsTabs[] {
  const workspace = [
    { to: paths.workspaceSettings(slug), label: "General", offered: may("workspace", "read") },
    { to: paths.roles(slug), label: "Roles", offered: may("role", "read") },
    { to: paths.singleSignOn(slug), label: "Single sign-on", offered: may("workspace", "update") },
    { to: paths.workspaceKeys(slug), label: "All API keys", offered: may("api_key", "read") },
    { to: paths.audit(slug), label: "Audit log", offered: may("audit", "read") },
  ].filter(({ offered }) => offered)
  return [
    {
      group: "You",
      tabs: [
        { to: paths.profile(slug), label: "Profile" },
        { to: paths.notifications(slug), label: "Notifications" },
        { to: paths.security(slug), label: "Security" },
      ],
    },
    ...(workspace.length > 0 ? [{ group: "Workspace", tabs: workspace }] : []),
  ]
}
