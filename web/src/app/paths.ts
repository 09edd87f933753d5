import type { ViewName } from "./projectViews"

export const paths = {
  signIn: "/sign-in",
  createWorkspace: "/create-workspace",
  projects: (slug: string) => `/w/${slug}/projects`,
  board: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}/board`,
  /** The project as it was looked at last. */
  project: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}`,
  view: (slug: string, projectId: string, view: ViewName) => `/w/${slug}/projects/${projectId}/${view}`,
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
  audit: (slug: string) => `/w/${slug}/settings/audit`,
}
