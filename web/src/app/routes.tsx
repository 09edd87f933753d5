import { Navigate, type RouteObject } from "react-router"
import { Home } from "./Home"
import { RememberedView } from "./RememberedView"
import { RequireSession } from "./RequireSession"
import { RouteError } from "./RouteError"
import { Splash } from "./Splash"

// Each page is a chunk of its own: who signs in does not wait for the board, Markdown or drag and drop.
export const routes: RouteObject[] = [
  {
    HydrateFallback: Splash,
    ErrorBoundary: RouteError,
    children: [
      { path: "/", Component: Home },
      {
        path: "/sign-in",
        lazy: async () => ({ Component: (await import("@/features/auth/SignInPage")).SignInPage }),
      },
      {
        path: "/create-workspace",
        lazy: async () => ({ Component: (await import("@/features/auth/CreateWorkspacePage")).CreateWorkspacePage }),
      },
      {
        path: "/accept-invitation",
        lazy: async () => ({ Component: (await import("@/features/auth/AcceptInvitationPage")).AcceptInvitationPage }),
      },
      {
        path: "/forgot-password",
        lazy: async () => ({ Component: (await import("@/features/auth/ForgotPasswordPage")).ForgotPasswordPage }),
      },
      {
        path: "/reset-password",
        lazy: async () => ({ Component: (await import("@/features/auth/ResetPasswordPage")).ResetPasswordPage }),
      },
      {
        path: "/w/:slug",
        Component: RequireSession,
        children: [
          {
            lazy: async () => ({ Component: (await import("./shell/AppShell")).AppShell }),
            children: [
              { index: true, element: <Navigate to="projects" replace /> },
              {
                path: "projects",
                lazy: async () => ({ Component: (await import("./pages/ProjectsPage")).ProjectsPage }),
              },
              { path: "projects/:projectId", Component: RememberedView },
              {
                path: "projects/:projectId/board",
                lazy: async () => ({ Component: (await import("./pages/BoardPage")).BoardPage }),
              },
              { path: "inbox", lazy: async () => ({ Component: (await import("./pages/InboxPage")).InboxPage }) },
              { path: "my-work", lazy: async () => ({ Component: (await import("./pages/MyWorkPage")).MyWorkPage }) },
              { path: "search", lazy: async () => ({ Component: (await import("./pages/SearchPage")).SearchPage }) },
              { path: "tasks", lazy: async () => ({ Component: (await import("./pages/TasksPage")).TasksPage }) },
              { path: "time", lazy: async () => ({ Component: (await import("./pages/TimePage")).TimePage }) },
              {
                path: "projects/:projectId/list",
                lazy: async () => ({ Component: (await import("./pages/ListPage")).ListPage }),
              },
              {
                path: "projects/:projectId/timeline",
                lazy: async () => ({ Component: (await import("./pages/TimelinePage")).TimelinePage }),
              },
              {
                path: "projects/:projectId/calendar",
                lazy: async () => ({ Component: (await import("./pages/CalendarPage")).CalendarPage }),
              },
              {
                path: "projects/:projectId/workload",
                lazy: async () => ({ Component: (await import("./pages/WorkloadPage")).WorkloadPage }),
              },
              { path: "projects/:projectId/graph", lazy: async () => ({ Component: (await import("./pages/GraphPage")).GraphPage }) },
              { path: "reports", lazy: async () => ({ Component: (await import("./pages/ReportsPage")).ReportsPage }) },
              { path: "reports/new", lazy: async () => ({ Component: (await import("./pages/ReportBuilderPage")).ReportBuilderPage }) },
              { path: "reports/:reportId", lazy: async () => ({ Component: (await import("./pages/ReportPage")).ReportPage }) },
              { path: "reports/:reportId/edit", lazy: async () => ({ Component: (await import("./pages/ReportBuilderPage")).ReportBuilderPage }) },
              {
                path: "projects/:projectId/dashboard",
                lazy: async () => ({ Component: (await import("./pages/DashboardPage")).DashboardPage }),
              },
              { path: "insights", lazy: async () => ({ Component: (await import("./pages/InsightsPage")).InsightsPage }) },
              {
                path: "projects/:projectId/forecast",
                lazy: async () => ({ Component: (await import("./pages/ForecastPage")).ForecastPage }),
              },
              {
                path: "imports",
                lazy: async () => ({ Component: (await import("./pages/ImportsPage")).ImportsPage }),
              },
              {
                path: "imports/:importId",
                lazy: async () => ({ Component: (await import("./pages/ImportPage")).ImportPage }),
              },
              {
                path: "people",
                lazy: async () => ({ Component: (await import("./pages/PeoplePage")).PeoplePage }),
              },
              {
                path: "people/teams",
                lazy: async () => ({ Component: (await import("./pages/TeamsPage")).TeamsPage }),
              },
              {
                path: "settings",
                lazy: async () => ({ Component: (await import("./pages/SettingsPage")).SettingsPage }),
                children: [
                  { index: true, element: <Navigate to="profile" replace /> },
                  {
                    path: "profile",
                    lazy: async () => ({ Component: (await import("./pages/ProfilePage")).ProfilePage }),
                  },
                  {
                    path: "notifications",
                    lazy: async () => ({ Component: (await import("./pages/NotificationsPage")).NotificationsPage }),
                  },
                  {
                    path: "security",
                    lazy: async () => ({ Component: (await import("./pages/SecurityPage")).SecurityPage }),
                  },
                  {
                    path: "workspace",
                    lazy: async () => ({ Component: (await import("./pages/WorkspacePage")).WorkspacePage }),
                  },
                  {
                    path: "roles",
                    lazy: async () => ({ Component: (await import("./pages/RolesPage")).RolesPage }),
                  },
                  {
                    path: "roles/:roleKey",
                    lazy: async () => ({ Component: (await import("./pages/RolePage")).RolePage }),
                  },
                  {
                    path: "sso",
                    lazy: async () => ({ Component: (await import("./pages/SingleSignOnPage")).SingleSignOnPage }),
                  },
                  {
                    path: "workspace-keys",
                    lazy: async () => ({ Component: (await import("./pages/WorkspaceKeysPage")).WorkspaceKeysPage }),
                  },
                  {
                    path: "calendars",
                    lazy: async () => ({ Component: (await import("./pages/CalendarsPage")).CalendarsPage }),
                  },
                  {
                    path: "webhooks",
                    lazy: async () => ({ Component: (await import("./pages/WebhooksPage")).WebhooksPage }),
                  },
                  {
                    path: "webhooks/:webhookId",
                    lazy: async () => ({ Component: (await import("./pages/WebhookPage")).WebhookPage }),
                  },
                  {
                    path: "export",
                    lazy: async () => ({ Component: (await import("./pages/ExportsPage")).ExportsPage }),
                  },
                  {
                    path: "usage",
                    lazy: async () => ({ Component: (await import("./pages/UsagePage")).UsagePage }),
                  },
                  {
                    path: "danger",
                    lazy: async () => ({ Component: (await import("./pages/DangerPage")).DangerPage }),
                  },
                  {
                    path: "audit",
                    lazy: async () => ({ Component: (await import("./pages/AuditPage")).AuditPage }),
                  },
                ],
              },
              {
                path: "*",
                lazy: async () => ({ Component: (await import("./pages/NotFoundPage")).NotFoundPage }),
              },
            ],
          },
        ],
      },
      { path: "*", lazy: async () => ({ Component: (await import("./pages/NotFoundPage")).NotFoundPage }) },
    ],
  },
]
