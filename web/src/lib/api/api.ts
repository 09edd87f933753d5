import { createApi } from "@reduxjs/toolkit/query/react"
import { baseQuery } from "./baseQuery"

/** The one API of the app. It is empty: every feature injects its own endpoints. */
export const api = createApi({
  baseQuery,
  tagTypes: ["Session", "People", "Sessions", "Members", "Project", "Board", "Task", "Comments", "Checklist", "Attachments", "Activity", "Tags", "Import", "Workspace", "Teams", "TeamMembers", "Roles", "IdentityProvider", "ScimTokens", "WorkspaceKeys", "Audit", "Timeline", "Baselines", "ProjectSettings", "Utilisation", "Scenarios", "Notifications", "NotificationRules", "TaskQueries", "Timer", "TimeEntries"],
  keepUnusedDataFor: 300,
  endpoints: () => ({}),
})
