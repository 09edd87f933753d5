import type { components } from "./schema"

// Short names for what the API speaks. The shapes are generated from openapi.json (`npm run types`).
type Schemas = components["schemas"]

export type User = Schemas["User"]
export type Role = User["role"]
export type Workspace = Schemas["Workspace"]
export type AuthResult = Schemas["AuthResult"]
export type Invitation = Schemas["Invitation"]
export type OpenInvitation = Schemas["OpenInvitation"]
export type Session = Schemas["Session"]
export type Member = Schemas["Member"]
export type ProjectRole = Member["role"]
export type Project = Schemas["Project"]
export type ProjectSummary = Schemas["ProjectSummary"]
export type ProjectDetails = Schemas["ProjectDetails"]
export type State = Schemas["State"]
export type StateCategory = State["category"]
export type Task = Schemas["Task"]
export type Priority = Task["priority"]
export type Card = Schemas["Card"]
export type BoardColumn = Schemas["Column"]
export type Board = Schemas["Board"]
export type Comment = Schemas["Comment"]
export type ChecklistItem = Schemas["ChecklistItem"]
export type Attachment = Schemas["Attachment"]
export type Tag = Schemas["Tag"]
export type Milestone = Omit<Schemas["MilestoneDetails"], "progress">
export type ProjectSettings = Schemas["ProjectSettings"]
export type Timeline = Schemas["Timeline"]
export type TimelineTask = Schemas["TimelineTask"]
export type Dependency = Schemas["Dependency"]
export type TaskChange = Schemas["TaskChange"]
export type Rescheduling = Schemas["Rescheduling"]
export type Baseline = Schemas["Baseline"]
export type BaselineDetails = Schemas["BaselineDetails"]
export type PersonLoad = Schemas["PersonLoad"]
export type WeekLoad = Schemas["WeekLoad"]
export type PersonDays = Schemas["PersonDays"]
export type Import = Schemas["Import"]
export type ImportReport = Schemas["ImportReport"]
export type WorkspaceSettings = Schemas["WorkspaceSettings"]
export type WorkspacePatch = Schemas["WorkspacePatch"]
export type WorkspaceDoor = Schemas["WorkspaceDoor"]
export type Credentials = Schemas["Credentials"]
export type NewWorkspace = Schemas["NewWorkspace"]
export type SecondFactorNeeded = Schemas["SecondFactorNeeded"]
export type SecondMethod = SecondFactorNeeded["methods"][number]
export type SecondFactors = Schemas["SecondFactors"]
export type Passkey = Schemas["Passkey"]
export type TotpSecret = Schemas["TotpSecret"]
export type Enrolled = Schemas["Enrolled"]
export type AddedPasskey = Schemas["AddedPasskey"]
export type FirstRecoveryCodes = Schemas["FirstRecoveryCodes"]
export type ProfilePatch = Schemas["ProfilePatch"]
export type ApiKey = Schemas["ApiKey"]
export type NewApiKey = Schemas["NewApiKey"]
export type Team = Schemas["Team"]
export type KnownPermission = Schemas["KnownPermission"]
export type RoleDetails = Schemas["RoleDetails"]
export type UserPermissions = Schemas["UserPermissions"]
export type IdentityProvider = Schemas["IdentityProvider"]
export type GroupRole = IdentityProvider["roles_by_group"][string]
export type DefaultRole = IdentityProvider["default_role"]
export type ScimToken = Schemas["ScimToken"]

export type Notification = Schemas["Notification"]
export type NotificationKind = Notification["kind"]
export type NotificationRules = Schemas["NotificationRules"]
export type SearchResult = Schemas["SearchResult"]
export type SearchPage = Schemas["SearchPage"]
export type View = Schemas["View"]
export type NewView = Schemas["NewView"]
export type TimeEntry = Schemas["TimeEntry"]
export type DependencyGraph = Schemas["DependencyGraph"]
export type LinkedTask = Schemas["LinkedTask"]
export type Report = Schemas["Report"]
export type NewReport = Schemas["NewReport"]
export type ReportPatch = Schemas["ReportPatch"]
export type ReportSchedule = Schemas["Schedule"]
export type ReportResult = Schemas["Result"]
export type AskedReport = Schemas["Asked"]
export type Timesheet = Schemas["Timesheet"]

/** The document has one page type for each thing that is listed; they differ only in that thing. */
export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
  total: number | null
}

/** The document leaves the payload open; this is what events of tasks carry. */
export interface ActivityEvent extends Omit<Schemas["Event"], "payload"> {
  payload: { before?: Record<string, unknown>; after?: Record<string, unknown> }
}

/** The payload is open here too, but always an object. */
export interface AuditEvent extends Omit<Schemas["AuditEvent"], "payload"> {
  payload: Record<string, unknown>
}
