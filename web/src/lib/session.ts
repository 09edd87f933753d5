import { createSlice, type PayloadAction } from "@reduxjs/toolkit"
import type { AuthResult, User, Workspace } from "@/lib/api/types"
import { readStored, store } from "./storage"

interface Session {
  /** "restoring" until the first refresh has answered: neither the app nor the sign-in form may show before. */
  status: "restoring" | "signed-in" | "signed-out"
  /** Lives in memory only; the refresh cookie is out of JavaScript's reach. */
  accessToken: string | null
  user: User | null
  workspace: Workspace | null
  /** How the last session ended: it ran out under somebody, or they signed out. */
  ended: "expired" | "by choice" | null
}

type RememberedSession = Pick<AuthResult, "user" | "workspace">

const restoring: Session = { status: "restoring", accessToken: null, user: null, workspace: null, ended: null }
const nobody = { accessToken: null, user: null, workspace: null }

const slice = createSlice({
  name: "session",
  initialState: restoring,
  reducers: {
    signedIn(_, { payload }: PayloadAction<AuthResult>) {
      return {
        status: "signed-in",
        accessToken: payload.access_token,
        user: payload.user,
        workspace: payload.workspace,
        ended: null,
      }
    },
    /** Whoever was here last is taken to be here still, until the refresh says otherwise: what is kept here can be shown. */
    sessionRemembered(session, { payload }: PayloadAction<RememberedSession>) {
      if (session.status === "restoring") return { ...session, ...payload, status: "signed-in" }
    },
    /** Their own profile was saved. */
    profileChanged(session, { payload }: PayloadAction<User>) {
      if (session.user?.id === payload.id) session.user = payload
    },
    /** The workspace got another name. */
    workspaceRenamed(session, { payload }: PayloadAction<string>) {
      if (session.workspace) session.workspace.name = payload
    },
    signedOut() {
      return { status: "signed-out", ...nobody, ended: "by choice" }
    },
    sessionEnded(session) {
      return { status: "signed-out", ...nobody, ended: session.status === "signed-in" ? "expired" : null }
    },
  },
})

export const sessionReducer = slice.reducer
export const { signedIn, sessionRemembered, profileChanged, workspaceRenamed, signedOut, sessionEnded } = slice.actions

interface WithSession {
  session: Session
}

/** Who was signed in when this browser was last used; no secret is among it. */
export function readRememberedSession(): RememberedSession | null {
  try {
    const kept = JSON.parse(readStored("session") ?? "null") as RememberedSession | null
    return kept?.user.id && kept.workspace.id ? kept : null
  } catch {
    return null
  }
}

export function rememberSession({ status, user, workspace }: Session): void {
  if (status === "signed-in" && user && workspace) store("session", JSON.stringify({ user, workspace }))
  if (status === "signed-out") store("session", null)
}

export const selectSession = (state: WithSession) => state.session
export const selectUser = (state: WithSession) => state.session.user
export const selectWorkspace = (state: WithSession) => state.session.workspace
export const selectCanWrite = (state: WithSession) =>
  state.session.user !== null && state.session.user.role !== "viewer"
export const selectCanCreateProjects = (state: WithSession) =>
  state.session.user !== null && !["viewer", "member"].includes(state.session.user.role)
