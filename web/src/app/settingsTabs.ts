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
    { to: paths.webhooks(slug), label: "Webhooks", offered: may("webhook", "read") },
    { to: paths.audit(slug), label: "Audit log", offered: may("audit", "read") },
    { to: paths.usage(slug), label: "Usage and limits", offered: may("audit", "read") },
    { to: paths.exports(slug), label: "Export", offered: may("export", "create") || may("workspace_export", "create") },
    { to: paths.danger(slug), label: "Danger zone", offered: may("project", "delete") || may("workspace", "update") },
  ].filter(({ offered }) => offered)
  return [
    {
      group: "You",
      tabs: [
        { to: paths.profile(slug), label: "Profile" },
        { to: paths.notifications(slug), label: "Notifications" },
        { to: paths.security(slug), label: "Security" },
        { to: paths.calendars(slug), label: "Calendars" },
      ],
    },
    ...(workspace.length > 0 ? [{ group: "Workspace", tabs: workspace }] : []),
  ]
}
