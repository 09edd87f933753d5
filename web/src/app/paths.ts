import type { View } from "@/lib/api/types"
import type { ViewName } from "./projectViews"

export const paths = {
  signIn: "/sign-in",
  createWorkspace: "/create-workspace",
  projects: (slug: string) => `/w/${slug}/projects`,
  board: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}/board`,
  /** The project as it was looked at last. */
  project: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}`,
  projectView: (slug: string, projectId: string, view: ViewName) => `/w/${slug}/projects/${projectId}/${view}`,
  task: (slug: string, projectId: string, taskId: string) => `/w/${slug}/projects/${projectId}/board?task=${taskId}`,
  inbox: (slug: string) => `/w/${slug}/inbox`,
  myWork: (slug: string) => `/w/${slug}/my-work`,
  search: (slug: string, words = "") => `/w/${slug}/search${words ? `?${new URLSearchParams({ q: words }).toString()}` : ""}`,
  tasks: (slug: string, query = "") => `/w/${slug}/tasks${query ? `?${new URLSearchParams({ query }).toString()}` : ""}`,
  view: (slug: string, id: string) => `/w/${slug}/tasks?view=${id}`,
  /** What is counted: the workspace, a team, or everybody's weeks. */
  insights: (slug: string) => `/w/${slug}/insights`,
  dashboard: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}/dashboard`,
  time: (slug: string) => `/w/${slug}/time`,
  notifications: (slug: string) => `/w/${slug}/settings/notifications`,
  reports: (slug: string) => `/w/${slug}/reports`,
  newReport: (slug: string) => `/w/${slug}/reports/new`,
  report: (slug: string, id: string) => `/w/${slug}/reports/${id}`,
  editReport: (slug: string, id: string) => `/w/${slug}/reports/${id}/edit`,
  imports: (slug: string) => `/w/${slug}/imports`,
  import: (slug: string, id: string) => `/w/${slug}/imports/${id}`,
  profile: (slug: string) => `/w/${slug}/settings/profile`,
  security: (slug: string) => `/w/${slug}/settings/security`,
  people: (slug: string) => `/w/${slug}/people`,
  teams: (slug: string) => `/w/${slug}/people/teams`,
  workspaceSettings: (slug: string) => `/w/${slug}/settings/workspace`,
  roles: (slug: string) => `/w/${slug}/settings/roles`,
  role: (slug: string, key: string) => `/w/${slug}/settings/roles/${key}`,
  singleSignOn: (slug: string) => `/w/${slug}/settings/sso`,
  workspaceKeys: (slug: string) => `/w/${slug}/settings/workspace-keys`,
  webhooks: (slug: string) => `/w/${slug}/settings/webhooks`,
  webhook: (slug: string, id: string) => `/w/${slug}/settings/webhooks/${id}`,
  exports: (slug: string) => `/w/${slug}/settings/export`,
  usage: (slug: string) => `/w/${slug}/settings/usage`,
  danger: (slug: string) => `/w/${slug}/settings/danger`,
  calendars: (slug: string) => `/w/${slug}/settings/calendars`,
  welcome: (slug: string) => `/w/${slug}/welcome`,
  audit: (slug: string) => `/w/${slug}/settings/audit`,
}

/** Where a saved view is shown. */
export function viewPath(slug: string, { id, layout, project_id }: View): string {
  return layout === "board" && project_id ? `${paths.board(slug, project_id)}?view=${id}` : paths.view(slug, id)
}
