import { configureStore, type Middleware } from "@reduxjs/toolkit"
import { setupListeners } from "@reduxjs/toolkit/query"
import { useDispatch, useSelector } from "react-redux"
import { api } from "./api/api"
import { setRegion } from "./region"
import { selectUser, sessionReducer } from "./session"
import { toastsReducer } from "./toasts"

export function makeStore() {
  const store = configureStore({
    reducer: {
      [api.reducerPath]: api.reducer,
      session: sessionReducer,
      toasts: toastsReducer,
    },
    middleware: (defaults) => defaults({ serializableCheck: false }).concat(api.middleware, forgetOthersData),
  })
  setupListeners(store.dispatch)
  const followRegion = () => setRegion(selectUser(store.getState()))
  followRegion()
  store.subscribe(followRegion)
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
