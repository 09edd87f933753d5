import { configureStore, type Middleware } from "@reduxjs/toolkit"
import { setupListeners } from "@reduxjs/toolkit/query"
import { useDispatch, useSelector } from "react-redux"
import { api } from "./api/api"
import { setRegion } from "./region"
import { rememberSession, selectSession, selectUser, sessionReducer } from "./session"
import { presenceReducer } from "./sync/presenceSlice"
import { syncReducer } from "./sync/slice"
import { redoReducer } from "./sync/undoSlice"
import { toastsReducer } from "./toasts"

export function makeStore() {
  const store = configureStore({
    reducer: {
      [api.reducerPath]: api.reducer,
      session: sessionReducer,
      toasts: toastsReducer,
      sync: syncReducer,
      redo: redoReducer,
      presence: presenceReducer,
    },
    middleware: (defaults) => defaults({ serializableCheck: false, immutableCheck: false }).concat(api.middleware, forgetOthersData),
  })
  setupListeners(store.dispatch)
  const followRegion = () => setRegion(selectUser(store.getState()))
  followRegion()
  let session = selectSession(store.getState())
  store.subscribe(() => {
    const now = selectSession(store.getState())
    if (now === session) return
    session = now
    followRegion()
    rememberSession(now)
  })
  return store
}

// What one person loaded must not be there for the next: a refresh may answer for whoever signed in in another tab.
const forgetOthersData: Middleware = (store) => {
  const userId = () => (store.getState() as { session: { user: { id: string } | null } }).session.user?.id
  return (next) => (action) => {
    const before = userId()
    const result = next(action)
    if (before !== undefined && userId() !== before) store.dispatch(api.util.resetApiState())
    return result
  }
}

export type AppStore = ReturnType<typeof makeStore>
export type RootState = ReturnType<AppStore["getState"]>
export type AppDispatch = AppStore["dispatch"]

export const useAppDispatch = useDispatch.withTypes<AppDispatch>()
export const useAppSelector = useSelector.withTypes<RootState>()
