export const paths = {
  signIn: "/sign-in",
  createWorkspace: "/create-workspace",
  projects: (slug: string) => `/w/${slug}/projects`,
  board: (slug: string, projectId: string) => `/w/${slug}/projects/${projectId}/board`,
  imports: (slug: string) => `/w/${slug}/imports`,
  import: (slug: string, id: string) => `/w/${slug}/imports/${id}`,
  profile: (slug: string) => `/w/${slug}/settings/profile`,
  security: (slug: string) => `/w/${slug}/settings/security`,
  people: (slug: string) => `/w/${slug}/people`,
}
